import type { Mistaken, MistakenPoint } from "./mistaken.js";
import {
  factorMistakes,
  groupsMistaken,
  type Norm,
  rhoMistaken,
  sumsMistaken,
  termsMistaken,
} from "./norm-mistakes.js";
import { type Batch, standardised, termsOf, times, together } from "./standardised.js";

/** A group is a row: M numbers that lie side by side, each with a weight of its own. */
export function rowsOf({ options, inputs, dOut }: MistakenPoint): Batch {
  const [x, weight, bias] = [inputs["x"]!, inputs["weight"]!, inputs["bias"]!];
  const M = weight.size;
  return {
    shape: x.shape,
    x: x.contiguous().data,
    dOut: dOut.contiguous().data,
    weight: weight.contiguous().data,
    bias: bias.contiguous().data,
    epsilon: (options["epsilon"] as number | undefined) ?? 1e-5,
    group: (e) => Math.floor(e / M),
    place: (e) => e % M,
    running: null,
  };
}

const norm: Norm = {
  batchOf: rowsOf,
  tags: {
    dX: "normalisation.44",
    dXHat: "normalisation.43",
    dWeight: "normalisation.42",
    dBias: "normalisation.41",
    mu: "normalisation.38",
    variance: "normalisation.39",
  },
  counts: [
    { name: "N, the rows", count: ({ batch, M }) => batch.x.length / M },
    { name: "N·M, the entries of x", count: ({ batch }) => batch.x.length },
  ],
  groups: [
    {
      says: "over the rows, for each place, as in batch normalisation",
      group: (s) => s.batch.place,
    },
    { says: "over all rows at once", group: () => () => 0 },
    {
      says: "over the last axis alone",
      group: ({ batch }) => {
        const last = batch.shape.at(-1)!;
        return (e) => Math.floor(e / last);
      },
    },
    {
      says: "over all axes but the first",
      group: ({ batch }) => {
        const size = batch.x.length / batch.shape[0]!;
        return (e) => Math.floor(e / size);
      },
    },
  ],
};

/** In which way a weight for each place differs from one for each channel. */
const ofPlaces: readonly Mistaken[] = [
  {
    argument: "x",
    says: "the weight is in front of the bracket; it differs from place to place: dX̂ in the means",
    tag: "normalisation.44",
    gradient: (point) => {
      const s = standardised(rowsOf(point));
      const terms = termsOf({ ...s, dXHat: s.dOut });
      return together(s, {
        direct: times(s.weight, terms.direct),
        mean: times(s.weight, terms.mean),
        variance: times(s.weight, terms.variance),
      });
    },
  },
];

export const layerNorm: readonly Mistaken[] = [
  ...termsMistaken(norm),
  ...ofPlaces,
  ...factorMistakes.map(
    ({ says, isWeight, dX }): Mistaken => ({
      argument: "x",
      says,
      tag: isWeight ? norm.tags.dXHat : norm.tags.dX,
      gradient: (point) => dX(rowsOf(point)),
    }),
  ),
  ...rhoMistaken(norm),
  ...groupsMistaken(norm),
  ...sumsMistaken(norm),
];
