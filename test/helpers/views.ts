import * as fc from "fast-check";
import { Random, Tensor } from "leibniz/tensor";

/**
 * What a view promises, without strides: its shape, and for each index the row-major position, in
 * the tensor that it was made from, of the element found there.
 */
export interface Model {
  readonly shape: readonly number[];
  source(index: readonly number[]): number;
}

/**
 * A tensor and what it must be equal to. `base` holds 0, 1, 2, … in row-major order, so an
 * element's value is its position.
 */
export interface ViewCase {
  readonly base: Tensor;
  readonly view: Tensor;
  readonly model: Model;
  /** How the view was made, for failure messages. */
  readonly made: string;
}

/** Every index of a shape, in row-major order. */
export function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, extent) =>
      all.flatMap((index) => Array.from({ length: extent }, (_, i) => [...index, i])),
    [[]],
  );
}

/** The place of an index among all indices of the shape (Horner's rule). */
export function flatPosition(shape: readonly number[], index: readonly number[]): number {
  return index.reduce((position, i, axis) => position * shape[axis]! + i, 0);
}

/** The numbers 0, 1, 2, … under a shape. */
export function counting(
  shape: readonly number[],
  dtype: "float32" | "float64" = "float64",
): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return Tensor.from(
    Array.from({ length: size }, (_, i) => i),
    shape,
    dtype,
  );
}

/** A model of the base itself. */
export const identity = (shape: readonly number[]): Model => ({
  shape,
  source: (index) => flatPosition(shape, index),
});

/** Entry i of the result is axis `axes[i]` of the model. */
export function transposed(model: Model, axes: readonly number[]): Model {
  const source = (index: readonly number[]): number => {
    const original = new Array<number>(axes.length);
    axes.forEach((from, to) => (original[from] = index[to]!));
    return model.source(original);
  };
  return { shape: axes.map((axis) => model.shape[axis]!), source };
}

/** Starts each axis at `starts[axis]` and ends it before `stops[axis]`. */
export function sliced(model: Model, starts: readonly number[], stops: readonly number[]): Model {
  return {
    shape: starts.map((start, axis) => stops[axis]! - start),
    source: (index) => model.source(index.map((i, axis) => i + starts[axis]!)),
  };
}

/** Axes of extent 1 repeat, and so do new ones in front. */
export function broadcast(model: Model, shape: readonly number[]): Model {
  const added = shape.length - model.shape.length;
  return {
    shape,
    source: (index) =>
      model.source(model.shape.map((extent, axis) => (extent === 1 ? 0 : index[axis + added]!))),
  };
}

/** The elements in the same order under another shape. */
export function reshaped(model: Model, shape: readonly number[]): Model {
  const all = indicesOf(model.shape);
  return { shape, source: (index) => model.source(all[flatPosition(shape, index)]!) };
}

type Step = "transpose" | "slice" | "broadcast" | "reshape";

/**
 * A random shape with the given number of elements: prime factors dealt out among one to four axes.
 */
function someShape(size: number, random: Random): number[] {
  const shape = new Array<number>(1 + random.integer(4)).fill(1);
  let rest = size;
  if (rest === 0) shape[random.integer(shape.length)] = 0;
  for (let factor = 2; rest > 1; ) {
    if (rest % factor === 0) {
      shape[random.integer(shape.length)]! *= factor;
      rest /= factor;
    } else factor++;
  }
  return shape;
}

function take(step: Step, { base, view, model, made }: ViewCase, random: Random): ViewCase {
  const { shape } = model;
  const next = (how: string, after: Tensor, expected: Model): ViewCase => ({
    base,
    view: after,
    model: expected,
    made: `${made}.${step}(${how})`,
  });
  if (step === "transpose") {
    const axes = [...random.permutation(shape.length)];
    return next(`${axes}`, view.transpose(axes), transposed(model, axes));
  }
  if (step === "slice") {
    const starts = shape.map((extent) => random.integer(extent + 1) % Math.max(1, extent));
    const stops = shape.map(
      (extent, axis) =>
        starts[axis]! + (extent === 0 ? 0 : 1 + random.integer(extent - starts[axis]!)),
    );
    return next(
      `${starts} to ${stops}`,
      view.slice(...starts.map((start, axis) => [start, stops[axis]!] as const)),
      sliced(model, starts, stops),
    );
  }
  if (step === "broadcast") {
    const wider = [
      ...Array.from(
        { length: shape.length < 4 ? random.integer(2) : 0 },
        () => 1 + random.integer(3),
      ),
      ...shape.map((extent) => (extent === 1 ? 1 + random.integer(3) : extent)),
    ];
    return next(`${wider}`, view.broadcastTo(wider), broadcast(model, wider));
  }
  const other = someShape(view.size, random);
  return next(`${other}`, view.reshape(other), reshaped(model, other));
}

/**
 * Random tensors of rank 0 to 4 and random chains of view methods; each step is taken by the tensor
 * and by its model.
 */
export function viewCases(...steps: Step[]): fc.Arbitrary<ViewCase> {
  return fc
    .record({
      shape: fc.array(
        fc.oneof(
          { weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }) },
          { weight: 1, arbitrary: fc.constant(0) },
        ),
        { maxLength: 4 },
      ),
      chain: fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 4 }),
      dtype: fc.constantFrom("float32" as const, "float64" as const),
      seed: fc.nat(),
    })
    .map(({ shape, chain, dtype, seed }) => {
      const random = new Random(seed);
      const base = counting(shape, dtype);
      const start: ViewCase = {
        base,
        view: base,
        model: identity(shape),
        made: `[${shape}] ${dtype}`,
      };
      return chain.reduce((current, step) => take(step, current, random), start);
    });
}
