import type { WindowGeometry, WindowOptions } from "../../im2col/index.js";
import { type BatchNormForm, batchNormMistaken, batchOf } from "./batch-norm.js";
import { BATCH_NORM_TAGS } from "./batch-norm2d.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";
import { geometryOf, type Hand, handedOn, type Pooled, toWinner } from "./pooled-windows.js";
import {
  type Standardised,
  standardised,
  sumPerPlace,
  termsOf,
  times,
  together,
} from "./standardised.js";

const layer = "batchNormPool2d";

/** What was pooled: weight · x̂ + bias. */
function pooledOf(point: MistakenPoint): Pooled {
  const { options, inputs, dOut } = point;
  return {
    values: standardised(batchOf({ layer }, point)).out,
    shape: inputs["x"]!.shape,
    pool: options["pool"] as WindowOptions,
    rectify: options["rectify"] === true,
    dOut: dOut.contiguous().data,
  };
}

const known = new WeakMap<MistakenPoint, Float64Array>();

/** (fused.10), once for each point. */
function dNormOf(point: MistakenPoint): Float64Array {
  const dNorm = known.get(point) ?? handedOn(pooledOf(point));
  known.set(point, dNorm);
  return dNorm;
}

/** Its dOut is what flows back out of the pooling. */
export const batchNormPool2dForm: BatchNormForm = {
  layer,
  tags: {
    ...BATCH_NORM_TAGS,
    dX: "fused.13",
    evaluation: "fused.14",
    dWeight: "fused.12",
    dBias: "fused.11",
  },
  plane: { axes: "H and W", size: "H·W", entry: "pixel" },
  dNorm: dNormOf,
};
const { tags } = batchNormPool2dForm;

/** A wrong dNorm. */
interface PoolMistake {
  readonly says: string;
  readonly hand?: Hand;
  /** Where the windows are taken to lie. */
  readonly lie?: (sizes: WindowGeometry) => WindowGeometry;
  /** Only a rectifier can be wrong in this way. */
  readonly isRectifiers?: boolean;
  /** What the bias's gradient says of it, which sums over all pixels; null for nothing. */
  readonly ofBias?: string | null;
}

const poolMistakes: readonly PoolMistake[] = [
  {
    says: "= stands for +=: a pixel that wins several windows keeps the last one's gradient",
    hand: (plane, { winner }, d) => {
      if (winner >= 0) plane[winner] = d;
    },
  },
  {
    says: "the rectifier is missing: a window that its 0 won hands on to its largest pixel",
    hand: (plane, { largest }, d) => {
      plane[largest]! += d;
    },
    isRectifiers: true,
    ofBias: "the rectifier is missing: windows that its 0 won are summed too",
  },
  {
    says: "a window that the rectifier's 0 won hands on to the last pixel: −1 read from the end",
    hand: (plane, { winner }, d) => {
      plane[winner < 0 ? plane.length - 1 : winner]! += d;
    },
    isRectifiers: true,
    ofBias: null,
  },
  {
    says: "a window that the rectifier's 0 won hands on to pixel (0, 0)",
    hand: (plane, { winner }, d) => {
      plane[Math.max(winner, 0)]! += d;
    },
    isRectifiers: true,
    ofBias: null,
  },
  {
    says: "the rectifier looks at dOut too: only what is above 0 goes through",
    hand: (plane, window, d, sizes) => toWinner(plane, window, Math.max(d, 0), sizes),
    isRectifiers: true,
  },
  {
    says: "all pixels of a window receive its gradient; only the winner should",
    hand: (plane, { winner, places }, d) => {
      if (winner >= 0) for (const place of places) plane[place]! += d;
    },
  },
  {
    says: "a window's gradient is spread evenly, as by average pooling; the winner gets it all",
    hand: (plane, { winner, places }, d, { kH, kW }) => {
      if (winner >= 0) for (const place of places) plane[place]! += d / (kH * kW);
    },
  },
  {
    says: "the winner's place is read as w·H + h; it is h·W + w",
    hand: (plane, { winner }, d, { H, W }) => {
      if (winner >= 0) plane[(winner % H) * W + Math.floor(winner / H)]! += d;
    },
    ofBias: null,
  },
  {
    says: "the first pixel of a window receives its gradient; it has to be the winner",
    hand: (plane, { winner, places }, d) => {
      if (winner >= 0) plane[places[0]!]! += d;
    },
    ofBias: null,
  },
  {
    says: "the stride is dropped: windows lie 1 apart",
    lie: (sizes) => ({ ...sizes, strideH: 1, strideW: 1 }),
  },
  {
    says: "the padding is dropped: windows begin at pixel (0, 0)",
    lie: (sizes) => ({ ...sizes, padH: 0, padW: 0 }),
  },
  {
    says: "the dilation is dropped: windows have no gaps",
    lie: (sizes) => ({ ...sizes, dilationH: 1, dilationW: 1 }),
  },
  {
    says: "the strides of H and W have changed places",
    lie: (sizes) => ({ ...sizes, strideH: sizes.strideW, strideW: sizes.strideH }),
  },
  {
    says: "the paddings of H and W have changed places",
    lie: (sizes) => ({ ...sizes, padH: sizes.padW, padW: sizes.padH }),
  },
  {
    says: "the dilations of H and W have changed places",
    lie: (sizes) => ({ ...sizes, dilationH: sizes.dilationW, dilationW: sizes.dilationH }),
  },
  {
    says: "kH and kW have changed places",
    lie: (sizes) => ({ ...sizes, kH: sizes.kW, kW: sizes.kH }),
  },
];

const poolMistaken: readonly Mistaken[] = poolMistakes.flatMap(
  ({ says, hand, lie, isRectifiers, ofBias = says }) => {
    const from = (
      argument: string,
      gradient: (s: Standardised) => ArrayLike<number>,
    ): Mistaken => ({
      argument,
      says,
      tag: "fused.10",
      gradient: (point) => {
        const pooled = pooledOf(point);
        const isRight = isRectifiers === true && !pooled.rectify;
        const dOut = isRight ? dNormOf(point) : handedOn(pooled, hand, lie);
        return gradient(standardised({ ...batchOf({ layer }, point), dOut }));
      },
    });
    return [
      from("x", (s) => together(s, termsOf(s))),
      from("weight", (s) => sumPerPlace(s, times(s.dOut, s.xHat))),
      ...(ofBias === null
        ? []
        : [{ ...from("bias", (s) => sumPerPlace(s, s.dOut)), says: ofBias }]),
    ];
  },
);

/** What only a pass with both layers in it can get wrong. */
const bothMistaken: readonly Mistaken[] = [
  {
    argument: "x",
    says: "only the winners receive something: all pixels move mean and variance, and so count",
    tag: tags.dX,
    gradient: (point) => {
      const s = standardised(batchOf(batchNormPool2dForm, point));
      return together(s, termsOf(s)).map((value, e) => (s.dOut(e) === 0 ? 0 : value));
    },
  },
  {
    argument: "x",
    says: "M counts the windows, N·outH·outW; it has to be the pixels, N·H·W",
    tag: tags.dX,
    gradient: (point) => {
      const s = standardised(batchOf(batchNormPool2dForm, point));
      const { outH, outW, H, W } = geometryOf(pooledOf(point));
      const { direct, mean, variance } = termsOf(s);
      const ratio = (H * W) / (outH * outW);
      return together(s, {
        direct,
        mean: times(ratio, mean),
        variance: times(ratio, variance),
      });
    },
  },
];

export const batchNormPool2d: readonly Mistaken[] = [
  ...batchNormMistaken(batchNormPool2dForm),
  ...poolMistaken,
  ...bothMistaken,
];
