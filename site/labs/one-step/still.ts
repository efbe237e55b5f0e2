/** What is seen without script: one weight, from its update back to the image. */
import { initialState } from "../frame/fields.js";
import { fullNumber, shortNumber } from "../frame/short-number.js";
import { compute, type OneStepNumbers, type Opened } from "./compute.js";
import { nameOf, placeOf } from "./names.js";
import { fields } from "./state.js";

/** From the weight in the middle of the first filter. */
const WAY = ["conv1.weight.new-4", "conv1.weight.velocity.new-4", "conv1.dWeight-4"];

export async function still(): Promise<string> {
  const start = initialState(fields);
  const numbers = await compute({ ...start, path: WAY.join("~"), view: "nudge", delta: 0.05 });
  const { now, loss } = numbers.nudge!;
  const [updated, velocity, gradient] = numbers.trail as [Opened, Opened, Opened];
  return [
    "<p>The image, the first filter of the convolution, and what it makes of the image:</p>",
    grid(numbers, "x"),
    grid(numbers, "conv1.weight"),
    grid(numbers, "conv1.out"),
    `<p>Rectifier, max pooling and affine layer follow. The probabilities of the classes:</p>`,
    grid(numbers, "p"),
    `<p>The image is of class ${start.label}, so the loss is ${fullNumber(loss)}. Backward:</p>`,
    grid(numbers, "dLogits"),
    grid(numbers, "conv1.dWeight"),
    ...[gradient, velocity, updated].map((opened) => made(numbers, opened)),
    `<p>A check: with 0.05 more in that weight, the loss is ${fullNumber(now.loss)}, which is`,
    `${fullNumber(now.loss - loss)} more. dWeight · 0.05 is`,
    `${fullNumber(now.predicted - loss)}.</p>`,
  ].join("\n");
}

/** Its first plane as a table. */
function grid({ tensors }: OneStepNumbers, name: string): string {
  const { shape, data } = tensors.find((tensor) => tensor.name === name)!;
  const [columns, rows] = [shape.at(-1)!, shape.at(-2)!];
  const row = (r: number): string =>
    data
      .slice(r * columns, (r + 1) * columns)
      .map((value) => `<td>${shortNumber(value)}</td>`)
      .join("");
  const body = Array.from({ length: rows }, (_, r) => `<tr>${row(r)}</tr>`).join("\n");
  const title = shape.length === 4 ? `${nameOf(name)}[0, 0]` : nameOf(name);
  return `<table class="number-grid"><caption>${title}</caption><tbody>${body}</tbody></table>`;
}

/** A number with its addends that are not 0. */
function made(numbers: OneStepNumbers, opened: Opened): string {
  const tensors = new Map(numbers.tensors.map((tensor) => [tensor.name, tensor]));
  const addends = opened.addends.filter((value) => value !== 0).map(shortNumber);
  const sum = addends.length > 1 ? ` The addends that are not 0: ${addends.join(" + ")}.` : "";
  return (
    `<p>${placeOf({ tensors }, opened)} = ${fullNumber(opened.value)}. ` +
    `${opened.origin!.words}${sum}</p>`
  );
}
