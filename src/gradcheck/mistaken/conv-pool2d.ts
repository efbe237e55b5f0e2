/** What goes wrong on the way back through a convolution with pooling: `derivations/fused.md`. */
import type { ConvPool2dOptions } from "../../backprop/index.js";
import { conv2dGeometry } from "../../im2col/index.js";
import {
  type Convolution,
  dBiasOf,
  dWeightOf,
  dXOf,
  outOf,
  rightPlaces,
} from "./convolution-loops.js";
import { convolutionMistakes } from "./convolution-mistakes.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";
import { exchangedAxes, wrongPlaces } from "./mistaken-windows.js";
import { type WinnerMistake, winnerMistakes } from "./winner-mistakes.js";
import { dealtOut, type Pooling, toWinner } from "./winners.js";

/** The convolution of a case, with `dOut` still to come, and the pooling of what it computes. */
interface Both {
  readonly convolution: Convolution;
  readonly pooling: Pooling;
}

/** A case is asked for once for each mistake, and is worked out once. */
const known = new WeakMap<MistakenPoint, Both>();

function bothOf(point: MistakenPoint): Both {
  const before = known.get(point);
  if (before !== undefined) return before;
  const both = workedOut(point);
  known.set(point, both);
  return both;
}

function workedOut({ options, inputs, dOut }: MistakenPoint): Both {
  const { conv, pool, rectify } = options as unknown as ConvPool2dOptions;
  const [x, weight] = [inputs["x"]!, inputs["weight"]!];
  const [N, C, H, W] = x.shape as [number, number, number, number];
  const [K, , ...kernelSize] = weight.shape as [number, number, number, number];
  const convolution: Convolution = {
    ...conv2dGeometry("convPool2d", H, W, { ...conv, kernelSize }),
    ...{ N, C, K, G: 1 },
    x: x.contiguous().data,
    weight: weight.contiguous().data,
    bias: inputs["bias"]?.contiguous().data ?? null,
    dOut: [],
  };
  const { outH, outW } = convolution;
  const windows = { stride: pool.kernelSize, ...pool };
  const pooling: Pooling = {
    ...conv2dGeometry("convPool2d", outH, outW, windows),
    ...{ N, C: K, rectify },
    x: outOf(convolution, rightPlaces(convolution)),
    dOut: dOut.contiguous().data,
  };
  return { convolution, pooling };
}

/** The convolution of a case, with the gradient that comes to it from the pooling, (fused.5). */
export function convolutionOf(
  point: MistakenPoint,
  dConv: (pooling: Pooling) => Float64Array = (pooling) => dealtOut(pooling, toWinner),
): Convolution {
  const { convolution, pooling } = bothOf(point);
  return { ...convolution, dOut: dConv(pooling) };
}

const gradients = { x: dXOf, weight: dWeightOf, bias: dBiasOf };

/** What a wrong dConv does to one of the three gradients. */
function pooled(
  argument: keyof typeof gradients,
  list: readonly WinnerMistake[],
): readonly Mistaken[] {
  return list.map(([says, tag, dConv]) => ({
    argument,
    says,
    tag,
    gradient: (point) => {
      const convolution = convolutionOf(point, dConv);
      return gradients[argument](convolution, rightPlaces(convolution));
    },
  }));
}

const { hiddenBySums, others } = winnerMistakes(
  { winner: "fused.5", gate: "fused.5", sum: "fused.5" },
  { hasTies: false, hasDilation: false },
);

/** What dBias can tell of mistakes that differ in dX and dWeight only. */
const shownBySums: readonly WinnerMistake[] = [
  [
    "windows with out = 0 count as well: the rectifier's gate is forgotten",
    "fused.5",
    (pooling) => dealtOut({ ...pooling, rectify: false }, toWinner),
  ],
  [
    "all filters add up in the first: the channel's offset is missing",
    "fused.5",
    (pooling) => {
      const { C, H, W } = pooling;
      const dConv = dealtOut(pooling, toWinner);
      const joined = new Float64Array(dConv.length);
      dConv.forEach((d, at) => {
        joined[(at % (H * W)) + at - (at % (C * H * W))]! += d;
      });
      return joined;
    },
  ],
];

export const convPool2d: readonly Mistaken[] = [
  ...pooled("x", [...hiddenBySums, ...others]),
  ...pooled("weight", [...hiddenBySums, ...others]),
  ...pooled("bias", [...shownBySums, ...others]),
  ...convolutionMistakes({
    of: (point) => convolutionOf(point),
    tags: {
      bias: "fused.6",
      weight: "fused.7",
      columns: "fused.8",
      image: "fused.8",
      padding: "fused.8",
    },
    sizes: [...wrongPlaces, ...exchangedAxes],
    upstream: "dConv",
    hasGroups: false,
  }),
];
