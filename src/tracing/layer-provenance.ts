/** Where the numbers of affine layers, rectifiers, max poolings and flattening come from. */
import type { WindowGeometry } from "../im2col/index.js";
import { entry, type Expression, number, product, sum } from "./expression.js";
import type { Origin } from "./origin.js";
import { indicesAt, positionOf } from "./places.js";

const AFFINE = { chapter: "affine", file: "src/backprop/affine.ts" };

/** The names and extents around an affine layer: O outputs of I inputs. */
export interface AffinePlace {
  readonly name: string;
  readonly x: string;
  readonly dOut: string;
  readonly O: number;
  readonly I: number;
  readonly hasBias: boolean;
}

/** out[0, o], (affine.1). */
export function affineOut({ name, x, I, hasBias }: AffinePlace, o: number): Origin {
  const terms = Array.from({ length: I }, (_, i) =>
    product(entry(x, i), entry(`${name}.weight`, o * I + i)),
  );
  return {
    expression: hasBias ? sum(entry(`${name}.bias`, o), sum(...terms)) : sum(...terms),
    words: "Each input times its weight, and the bias.",
    ...{ ...AFFINE, tag: "affine.1", codeTag: "affine.2" },
  };
}

/** dWeight[o, i], (affine.8). */
export const affineDWeight = ({ x, dOut, I }: AffinePlace, position: number): Origin => ({
  expression: product(entry(dOut, Math.floor(position / I)), entry(x, position % I)),
  words: "The gradient of the output times the input that the weight was multiplied by.",
  ...{ ...AFFINE, tag: "affine.8", codeTag: "affine.9" },
});

/** dBias[o], (affine.5). */
export const affineDBias = ({ dOut }: AffinePlace, o: number): Origin => ({
  expression: entry(dOut, o),
  words: "The gradient of the output: with one example there is nothing to add up.",
  ...{ ...AFFINE, tag: "affine.5", codeTag: "affine.5" },
});

/** dX[0, i], (affine.11). */
export const affineDX = ({ name, dOut, O, I }: AffinePlace, i: number): Origin => ({
  expression: sum(
    ...Array.from({ length: O }, (_, o) =>
      product(entry(dOut, o), entry(`${name}.weight`, o * I + i)),
    ),
  ),
  words: "The gradient of each output, times the weight by which the input is in it.",
  ...{ ...AFFINE, tag: "affine.11", codeTag: "affine.12" },
});

const RELU = { chapter: "relu", file: "src/backprop/relu.ts" };

/** out = max(x, 0), (relu.2). */
export const reluOut = (x: string, position: number): Origin => ({
  expression: { op: "largest", of: [entry(x, position), number(0, "")] },
  words: "The larger of the number and 0.",
  ...{ ...RELU, tag: "relu.2", codeTag: "relu.2" },
});

/** dX = dOut ⊙ 1[x > 0], (relu.8). */
export function reluDX(x: string, dOut: string, position: number, isOpen: boolean): Origin {
  const of = [entry(dOut, position), entry(x, position)] as const;
  return {
    expression: { op: "when", of, condition: "x > 0", holds: isOpen },
    words: isOpen
      ? "The rectifier let the number through, so it lets the gradient through."
      : "The rectifier made a 0 of the number, so nothing comes back.",
    ...{ ...RELU, tag: "relu.8", codeTag: "relu.8" },
  };
}

/** The names and shapes around a max pooling. */
export interface PoolPlace {
  readonly x: string;
  readonly xShape: readonly number[];
  readonly dOut: string;
  readonly outShape: readonly number[];
  readonly geometry: WindowGeometry;
  /** For each window, the position h·W + w of its winner in its plane. */
  readonly winners: readonly number[];
}

const POOL = { chapter: "pooling", file: "src/backprop/max-pool2d.ts" };

/** out[0, c, p, q], (pooling.1). */
export function poolOut(place: PoolPlace, position: number): Origin {
  return {
    expression: { op: "largest", of: pixelsOf(place, position).map((at) => entry(place.x, at)) },
    words: "The largest number of the window.",
    ...{ ...POOL, tag: "pooling.1", codeTag: "pooling.1" },
  };
}

/** dX[0, c, h, w], (pooling.4). */
export function poolDX(place: PoolPlace, position: number): Origin {
  const { x, xShape, dOut, winners } = place;
  const plane = xShape[2]! * xShape[3]!;
  const terms: Expression[] = [];
  let won = 0;
  for (const [window, winner] of winners.entries()) {
    if (!pixelsOf(place, window).includes(position)) continue;
    const holds = winner === position % plane;
    if (holds) won++;
    const of = [entry(dOut, window), entry(x, position)] as const;
    terms.push({ op: "when", of, condition: "it won its window", holds });
  }
  return {
    expression: sum(...terms),
    words:
      won > 0
        ? "The pixel won its window, so the window's gradient is its."
        : "The pixel won no window: a small change of it changes nothing.",
    ...{ ...POOL, tag: "pooling.4", codeTag: "pooling.4" },
  };
}

/** The positions in x of what a window holds, row by row. */
function pixelsOf({ xShape, outShape, geometry }: PoolPlace, window: number): number[] {
  const [n, c, p, q] = indicesAt(outShape, window) as [number, number, number, number];
  const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW } = geometry;
  const found: number[] = [];
  for (let i = 0; i < kH; i++)
    for (let j = 0; j < kW; j++) {
      const h = p * strideH + i * dilationH - padH;
      const w = q * strideW + j * dilationW - padW;
      if (h >= 0 && h < H && w >= 0 && w < W) found.push(positionOf(xShape, [n, c, h, w]));
    }
  return found;
}

const FLATTEN = { chapter: "affine", file: "src/backprop/flatten.ts" };

/** out, (affine.13). */
export const flattenOut = (x: string, position: number): Origin => ({
  expression: entry(x, position),
  words: "The same number, at another place.",
  ...{ ...FLATTEN, tag: "affine.13", codeTag: "affine.13" },
});

/** dX, (affine.15). */
export const flattenDX = (dOut: string, position: number): Origin => ({
  expression: entry(dOut, position),
  words: "The same gradient, back at the place that the number came from.",
  ...{ ...FLATTEN, tag: "affine.15", codeTag: "affine.15" },
});
