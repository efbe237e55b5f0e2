/** How much work a recorded case takes, from its shapes and options alone. */
import { reject, type Tensor } from "../tensor/index.js";

/** Multiplications of all cases of a file together: some seconds in plain TypeScript. */
const MOST_WORK = 1e9;

/** Adds up the work of a file's cases. */
export class WorkLimit {
  #work = 0;

  /** @throws InputError when it is too much, naming the case that went over */
  add(work: number, where: string): void {
    this.#work += work;
    if (!(this.#work <= MOST_WORK))
      reject(
        where,
        `cases of at most ${MOST_WORK.toExponential(0)} multiplications together`,
        `about ${this.#work.toExponential(1)}`,
      );
  }
}

/**
 * At least what a layer multiplies, forward: each number of the padded input with each weight, or
 * with each place of a window.
 */
export function workOfLayer(
  inputs: Readonly<Record<string, Tensor>>,
  options: Readonly<Record<string, unknown>>,
): number {
  const { x, weight } = inputs;
  const shape = x?.shape ?? Object.values(inputs)[0]?.shape ?? [];
  const extents = shape.slice(2, 4);
  const windows = pair(options["kernelSize"]);
  const dilation = pair(options["dilation"]);
  const paddings =
    options["padding"] === "same"
      ? windows.map((extent, axis) => extent * dilation[axis]!)
      : pair(options["padding"] ?? 0);
  let places = shape.length > 2 ? shape[0]! : 1;
  for (const [axis, extent] of extents.entries()) places *= extent + 2 * paddings[axis]!;
  const rest = shape.length > 2 ? shape[1]! : shape.reduce((size, extent) => size * extent, 1);
  const each = Math.max(weight?.size ?? 1, rest * windows[0]! * windows[1]!);
  return places * (shape.length > 2 ? each : Math.max(rest, (shape[0] ?? 1) * (weight?.size ?? 1)));
}

/** Sizes of both axes; 1 for what is no number, which the layer itself refuses. */
function pair(option: unknown): readonly [number, number] {
  const size = (value: unknown): number => (typeof value === "number" ? Math.abs(value) : 1);
  return Array.isArray(option) ? [size(option[0]), size(option[1])] : [size(option), size(option)];
}
