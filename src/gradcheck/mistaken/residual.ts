import type { Conv2dOptions } from "../../backprop/index.js";
import { conv2dGeometry } from "../../im2col/index.js";
import type { Tensor } from "../../tensor/index.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";

/** What comes back to x along either way, in row-major order. */
interface Ways {
  /** Jᶠᵀ · dOut */
  readonly body: readonly number[];
  /** Jˢᵀ · dOut, which is dOut for x itself. */
  readonly shortcut: readonly number[];
}

/** Jᵀ · dOut of a convolution. */
function throughConvolution(
  { inputs, dOut }: MistakenPoint,
  weight: Tensor,
  options: Pick<Conv2dOptions, "stride" | "padding">,
): number[] {
  const [N, C, H, W] = inputs["x"]!.shape as [number, number, number, number];
  const [K, , kH, kW] = weight.shape as [number, number, number, number];
  const geometry = conv2dGeometry("residual", H, W, { kernelSize: [kH, kW], ...options });
  const { strideH, strideW, padH, padW, outH, outW } = geometry;
  const [d, filter] = [dOut.contiguous().data, weight.contiguous().data];
  const dX = new Array<number>(N * C * H * W).fill(0);
  for (let n = 0; n < N; n++)
    for (let k = 0; k < K; k++)
      for (let p = 0; p < outH; p++)
        for (let q = 0; q < outW; q++)
          for (let c = 0; c < C; c++)
            for (let i = 0; i < kH; i++)
              for (let j = 0; j < kW; j++) {
                const [h, w] = [p * strideH + i - padH, q * strideW + j - padW];
                if (h < 0 || h >= H || w < 0 || w >= W) continue;
                dX[((n * C + c) * H + h) * W + w]! +=
                  d[((n * K + k) * outH + p) * outW + q]! *
                  filter[((k * C + c) * kH + i) * kW + j]!;
              }
  return dX;
}

/** Both ways back to x, each with all of dOut (residual.4). */
export function waysBack(point: MistakenPoint): Ways {
  const { stride = 1, padding = 0 } = point.options as unknown as Conv2dOptions;
  const { weight, shortcut } = point.inputs;
  return {
    body: throughConvolution(point, weight!, { stride, padding }),
    shortcut:
      shortcut === undefined
        ? [...point.dOut.contiguous().data]
        : throughConvolution(point, shortcut, { stride }),
  };
}

/** How the two ways are joined at each entry of x. */
const joined: Readonly<Record<string, (body: number, shortcut: number) => number>> = {
  "what comes back along the shortcut is missing: dX is Jᶠᵀ · dOut alone": (body) => body,
  "what comes back through the body is missing: dX is Jˢᵀ · dOut alone": (_, shortcut) => shortcut,
  "the shortcut's gradient is subtracted; both have to be added": (body, shortcut) =>
    body - shortcut,
  "the body's gradient is subtracted; both have to be added": (body, shortcut) => shortcut - body,
  "the two ways are multiplied; they have to be added": (body, shortcut) => body * shortcut,
  "what comes back through the body is added twice": (body, shortcut) => 2 * body + shortcut,
  "what comes back along the shortcut is added twice": (body, shortcut) => body + 2 * shortcut,
  "dX is half of the sum: each way has to get all of dOut (residual.4)": (body, shortcut) =>
    (body + shortcut) / 2,
  "the body gets half of dOut: each way has to get all of it (residual.4)": (body, shortcut) =>
    body / 2 + shortcut,
  "the shortcut gets half of dOut: each way has to get all of it (residual.4)": (body, shortcut) =>
    body + shortcut / 2,
  "the larger of the two ways comes back; they have to be added": Math.max,
};

/** Mistakes of one kind of block: where the shortcut is x itself, or where it has layers. */
const ofOneKind: readonly Mistaken[] = [
  {
    argument: "x",
    says: "where the shortcut is x itself, what comes back along it is missing: dOut",
    tag: "residual.8",
    gradient: (point) => {
      const { body, shortcut } = waysBack(point);
      return isIdentity(point) ? body : added(body, shortcut);
    },
  },
  {
    argument: "x",
    says: "where the shortcut has layers, what comes back along it is missing",
    tag: "residual.8",
    gradient: (point) => {
      const { body, shortcut } = waysBack(point);
      return isIdentity(point) ? added(body, shortcut) : body;
    },
  },
  {
    argument: "x",
    says: "what came through the body counts as the shortcut's as well, where that is x itself",
    tag: "residual.8",
    gradient: (point) => {
      const { body, shortcut } = waysBack(point);
      return added(body, isIdentity(point) ? body : shortcut);
    },
  },
];

function isIdentity({ inputs }: MistakenPoint): boolean {
  return inputs["shortcut"] === undefined;
}

function added(body: readonly number[], shortcut: readonly number[]): number[] {
  return body.map((one, at) => one + shortcut[at]!);
}

const ofAllBlocks: readonly Mistaken[] = Object.entries(joined).map(([says, join]) => ({
  argument: "x",
  says,
  tag: "residual.8",
  gradient: (point) => {
    const { body, shortcut } = waysBack(point);
    return body.map((one, at) => join(one, shortcut[at]!));
  },
}));

export const residual: readonly Mistaken[] = [...ofAllBlocks, ...ofOneKind];
