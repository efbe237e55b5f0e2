/** What is seen of the microscope without script: one layer both ways, and a pixel's receipt. */
import { cells, diagram, label, type Window } from "leibniz/figures";
import { initialState } from "../frame/fields.js";
import { fullNumber } from "../frame/short-number.js";
import { compute, type Im2colNumbers } from "./compute.js";
import { factor, named } from "./names.js";
import { fields } from "./state.js";

export async function still(): Promise<string> {
  const state = initialState(fields);
  const numbers = await compute(state);
  const [, p, q] = state.output as [number, number, number];
  const [c, h, w] = state.pixel as [number, number, number];
  const { output, pixel } = numbers;
  return [
    "<p>Forward: the filter lies over each window of x. Every window is a column of cols, and",
    "out = filters · cols.</p>",
    image(forward(numbers, [p, q])),
    `<p>${named("out", 0, p, q)} is the sum of`,
    output.products.map(({ weight, value }) => `${factor(weight)} · ${factor(value)}`).join(" + "),
    `= ${fullNumber(output.sum)}.</p>`,
    "<p>Backward: every window returns its numbers to the pixels that it was copied from. The four",
    `windows that hold pixel (${h}, ${w}) are the four outputs that it influences.</p>`,
    image(backward(numbers, [h, w])),
    `<p>The receipt of ${named("dX", c, h, w)}:</p>`,
    receipt(numbers, c),
    `<p>Their sum is ${fullNumber(pixel.sum)}, and so says the engine.</p>`,
  ].join("\n");
}

const rowsOf = (values: readonly number[], columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, r) =>
    values.slice(r * columns, (r + 1) * columns),
  );

const WIDTH = 380;

function forward(numbers: Im2colNumbers, [p, q]: readonly [number, number]): Drawing {
  const { geometry, x, weight, out, cols } = numbers;
  const { W, kH, kW, outH, outW } = geometry;
  const windows: Window[] = [{ row: p, column: q, size: [kH, kW], series: 1 }];
  const P = outH * outW;
  const size = 24;
  return {
    height: 330,
    title: "An image, a filter, an output, and the columns between them",
    description:
      `The window (${p}, ${q}) of the image is marked, and the column of cols and the output ` +
      "that belong to it.",
    content: [
      cells({ at: [10, 26], values: rowsOf(x, W), size, kind: "signed", title: "x", windows }),
      cells({ at: [150, 26], values: rowsOf(weight, kW), size, kind: "signed", title: "weight" }),
      cells({
        ...{ at: [242, 26], values: rowsOf(out, outW), size, kind: "signed", title: "out" },
        windows: [{ row: p, column: q, size: [1, 1], series: 1 }],
      }),
      cells({
        ...{ at: [10, 160], values: rowsOf(cols, P), size, kind: "signed", title: "cols" },
        windows: [{ row: 0, column: p * outW + q, size: [kH * kW, 1], series: 1 }],
      }),
    ],
  };
}

function backward(numbers: Im2colNumbers, [h, w]: readonly [number, number]): Drawing {
  const { geometry, weight, dOut, dX, reach } = numbers;
  const { W, kW, outW } = geometry;
  const size = 24;
  const windows = reach.map(({ p, q }): Window => ({ row: p, column: q, size: [1, 1], series: 1 }));
  return {
    height: 140,
    title: "An upstream gradient, a filter, and the image's gradient",
    description: `The pixel (${h}, ${w}) of dX is marked, and the entries of dOut it comes from.`,
    content: [
      cells({
        at: [10, 26],
        values: rowsOf(dOut, outW),
        size,
        kind: "signed",
        title: "dOut",
        windows,
      }),
      cells({ at: [102, 26], values: rowsOf(weight, kW), size, kind: "signed", title: "weight" }),
      label([190, 55], "→"),
      cells({
        ...{ at: [218, 26], values: rowsOf(dX, W), size, kind: "signed", title: "dX" },
        windows: [{ row: h, column: w, size: [1, 1], series: 1 }],
      }),
    ],
  };
}

interface Drawing {
  readonly height: number;
  readonly title: string;
  readonly description: string;
  readonly content: readonly string[];
}

/** Its style is in it, which a page of this site may not have. */
function image(drawing: Drawing): string {
  const svg = diagram({ ...drawing, width: WIDTH });
  const source = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  const { description, height } = drawing;
  return `<p><img src="${source}" alt="${description}" width="${WIDTH}" height="${height}"></p>`;
}

function receipt({ pixel }: Im2colNumbers, c: number): string {
  const rows = pixel.shares.flatMap(({ p, q, i, j, addends }) =>
    addends.map(({ k, weight, dOut, product }) => [
      `(${p}, ${q})`,
      `${named("weight", k, c, i, j)} · ${named("dOut", k, p, q)}`,
      `${factor(weight)} · ${factor(dOut)}`,
      fullNumber(product),
    ]),
  );
  const head = ["window", "factors", "numbers", "product"];
  return (
    `<table><thead><tr>${head.map((text) => `<th scope="col">${text}</th>`).join("")}</tr>` +
    `</thead><tbody>${rows
      .map((row) => `<tr>${row.map((text) => `<td>${text}</td>`).join("")}</tr>`)
      .join("\n")}</tbody></table>`
  );
}
