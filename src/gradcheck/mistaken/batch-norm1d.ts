import { batchNormMistaken, batchOf } from "./batch-norm.js";
import { BATCH_NORM_TAGS } from "./batch-norm2d.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";
import {
  type Batch,
  type Standardised,
  standardised,
  sumPerPlace,
  termsOf,
  times,
  together,
} from "./standardised.js";

const form = {
  layer: "batchNorm1d",
  tags: BATCH_NORM_TAGS,
  plane: { axes: "L", size: "L", entry: "place l" },
} as const;

/** As if a sequence came as [N, L, C]. */
function channelsLast(point: MistakenPoint): Standardised {
  const batch: Batch = batchOf(form, point);
  const C = batch.weight.length;
  return standardised({ ...batch, group: (e) => e % C, place: (e) => e % C });
}

const ofSequences: readonly Mistaken[] = [
  {
    argument: "x",
    says: "the channels are taken for the last axis: [N, C, L] is read as [N, L, C]",
    tag: "normalisation.37",
    gradient: (point) => together(channelsLast(point), termsOf(channelsLast(point))),
  },
  {
    argument: "weight",
    says: "the channels are taken for the last axis: [N, C, L] is read as [N, L, C]",
    tag: BATCH_NORM_TAGS.dWeight,
    gradient: (point) => {
      const s = channelsLast(point);
      return sumPerPlace(s, times(s.dOut, s.xHat));
    },
  },
  {
    argument: "bias",
    says: "the channels are taken for the last axis: [N, C, L] is read as [N, L, C]",
    tag: BATCH_NORM_TAGS.dBias,
    gradient: (point) => sumPerPlace(channelsLast(point), channelsLast(point).dOut),
  },
];

export const batchNorm1d: readonly Mistaken[] = [...batchNormMistaken(form), ...ofSequences];
