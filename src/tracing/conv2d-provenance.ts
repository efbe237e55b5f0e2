/** Where the numbers of a convolution come from, for one image and without groups. */
import type { WindowGeometry } from "../im2col/index.js";
import { entry, type Expression, product, sum } from "./expression.js";
import type { Origin } from "./origin.js";
import { indicesAt, positionOf } from "./places.js";

/** The names and shapes around a convolution. */
export interface ConvolutionPlace {
  /** The layer's name. */
  readonly name: string;
  readonly geometry: WindowGeometry;
  /** Name and shape of the input, [1, C, H, W]. */
  readonly x: string;
  readonly xShape: readonly number[];
  /** [K, C, kH, kW] */
  readonly weightShape: readonly number[];
  readonly hasBias: boolean;
  /** The name of the gradient that comes in. */
  readonly dOut: string;
  /** [1, K, outH, outW] */
  readonly outShape: readonly number[];
}

const FILE = "src/backprop/conv2d.ts";

/** out[0, k, p, q], (conv2d.3). */
export function convolutionOut(place: ConvolutionPlace, position: number): Origin {
  const { name, x, xShape, weightShape, hasBias, outShape } = place;
  const [, k, p, q] = indicesAt(outShape, position) as [number, number, number, number];
  const terms: Expression[] = [];
  eachWeight(weightShape, (c, i, j) => {
    const pixel = pixelUnder(place, p, q, i, j);
    // on the padding, the product is 0
    if (pixel === null) return;
    terms.push(
      product(
        entry(`${name}.weight`, positionOf(weightShape, [k, c, i, j])),
        entry(x, positionOf(xShape, [0, c, ...pixel])),
      ),
    );
  });
  return {
    expression: hasBias ? sum(entry(`${name}.bias`, k), sum(...terms)) : sum(...terms),
    words: "Each weight times the pixel under it, and the bias. On the padding it is 0.",
    ...{ chapter: "conv2d", tag: "conv2d.3", codeTag: "conv2d.5", file: FILE },
  };
}

/** dWeight[k, c, i, j], (conv2d.7a). */
export function convolutionDWeight(place: ConvolutionPlace, position: number): Origin {
  const { x, xShape, weightShape, dOut, outShape } = place;
  const [k, c, i, j] = indicesAt(weightShape, position) as [number, number, number, number];
  const terms: Expression[] = [];
  eachWindow(outShape, (p, q) => {
    const pixel = pixelUnder(place, p, q, i, j);
    if (pixel === null) return;
    terms.push(
      product(
        entry(dOut, positionOf(outShape, [0, k, p, q])),
        entry(x, positionOf(xShape, [0, c, ...pixel])),
      ),
    );
  });
  return {
    expression: sum(...terms),
    words: "At every window, the gradient of its output times the pixel that the weight lay on.",
    ...{ chapter: "conv2d-gradients", tag: "conv2d.7a", codeTag: "conv2d.7", file: FILE },
  };
}

/** dBias[k], (conv2d.6). */
export function convolutionDBias({ dOut, outShape }: ConvolutionPlace, k: number): Origin {
  const terms: Expression[] = [];
  eachWindow(outShape, (p, q) => terms.push(entry(dOut, positionOf(outShape, [0, k, p, q]))));
  return {
    expression: sum(...terms),
    words: "The bias is in every output of its channel, so all of their gradients add up.",
    ...{ chapter: "conv2d-gradients", tag: "conv2d.6", codeTag: "conv2d.6", file: FILE },
  };
}

/** dX[0, c, h, w]: an addend for each window that holds the pixel, (conv2d.10). */
export function convolutionDX(place: ConvolutionPlace, position: number): Origin {
  const { name, xShape, weightShape, dOut, outShape } = place;
  const [, c, h, w] = indicesAt(xShape, position) as [number, number, number, number];
  const [K, , kH, kW] = weightShape as [number, number, number, number];
  const windows: Expression[] = [];
  for (let i = 0; i < kH; i++)
    for (let j = 0; j < kW; j++)
      eachWindow(outShape, (p, q) => {
        const pixel = pixelUnder(place, p, q, i, j);
        if (pixel === null || pixel[0] !== h || pixel[1] !== w) return;
        const filters = Array.from({ length: K }, (_, k) =>
          product(
            entry(`${name}.weight`, positionOf(weightShape, [k, c, i, j])),
            entry(dOut, positionOf(outShape, [0, k, p, q])),
          ),
        );
        windows.push(sum(...filters));
      });
  return {
    expression: sum(...windows),
    words:
      windows.length === 0
        ? "No window holds this pixel, so it changes nothing."
        : "For every window that holds the pixel: the weight that lay on it, times the gradient " +
          "of the output, added up over the filters.",
    ...{ chapter: "conv2d-gradients", tag: "conv2d.10", codeTag: "conv2d.10", file: FILE },
  };
}

/** The pixel under entry (i, j) of window (p, q), (conv2d.1d); null on the padding. */
function pixelUnder(
  { geometry }: ConvolutionPlace,
  p: number,
  q: number,
  i: number,
  j: number,
): readonly [number, number] | null {
  const { H, W, strideH, strideW, dilationH, dilationW, padH, padW } = geometry;
  const h = p * strideH + i * dilationH - padH;
  const w = q * strideW + j * dilationW - padW;
  return h < 0 || h >= H || w < 0 || w >= W ? null : [h, w];
}

function eachWeight(
  [, C, kH, kW]: readonly number[],
  visit: (c: number, i: number, j: number) => void,
): void {
  for (let c = 0; c < C!; c++)
    for (let i = 0; i < kH!; i++) for (let j = 0; j < kW!; j++) visit(c, i, j);
}

function eachWindow(
  [, , outH, outW]: readonly number[],
  visit: (p: number, q: number) => void,
): void {
  for (let p = 0; p < outH!; p++) for (let q = 0; q < outW!; q++) visit(p, q);
}
