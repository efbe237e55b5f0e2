/** What the batch normalisations share: a group is a channel, and evaluation has constants. */
import { batchNormOptions, runningStatistics } from "../catalog/batch-norm-cases.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";
import {
  factorMistakes,
  groupsMistaken,
  type Norm,
  type NormTags,
  rhoMistaken,
  sumsMistaken,
  termsMistaken,
} from "./norm-mistakes.js";
import {
  type Batch,
  type Of,
  type Standardised,
  standardised,
  sumPerPlace,
  termsOf,
  times,
  together,
} from "./standardised.js";
import type { OtherCount, OtherGroup } from "./term-mistakes.js";

/** A batch normalisation of a shape. */
export interface BatchNormForm {
  readonly layer: string;
  readonly tags: NormTags & { readonly evaluation: string };
  /** The axes behind the channels, and how many entries they have: `H and W`, `H·W`. */
  readonly plane: {
    readonly axes: string;
    readonly size: string;
    readonly entry: string;
  };
  /** The gradient of what was normalised; dOut itself unless something comes behind. */
  readonly dNorm?: (point: MistakenPoint) => ArrayLike<number>;
}

/** [N, C, S], with S for all axes behind the channels. */
function extentsOf([N, C, ...rest]: readonly number[]): readonly [N: number, C: number, S: number] {
  return [N!, C!, rest.reduce((product, extent) => product * extent, 1)];
}

/** With the running statistics in evaluation, and the batch's own in training. */
export function batchOf(
  { layer, dNorm }: Pick<BatchNormForm, "layer" | "dNorm">,
  point: MistakenPoint,
): Batch {
  const { options, inputs, dOut } = point;
  const [x, weight, bias] = [inputs["x"]!, inputs["weight"]!, inputs["bias"]!];
  const { mode, epsilon = 1e-5 } = batchNormOptions(options);
  const [, C, S] = extentsOf(x.shape);
  const channel: Of = (e) => Math.floor(e / S) % C;
  const { mean, variance } = runningStatistics(layer, options, weight);
  return {
    shape: x.shape,
    x: x.contiguous().data,
    dOut: dNorm === undefined ? dOut.contiguous().data : dNorm(point),
    weight: weight.contiguous().data,
    bias: bias.contiguous().data,
    epsilon,
    group: channel,
    place: channel,
    running: mode === "evaluate" ? { mean: mean.data, variance: variance.data } : null,
  };
}

const countsOf = ({ plane }: BatchNormForm): readonly OtherCount[] => [
  { name: "N", count: ({ batch }) => extentsOf(batch.shape)[0] },
  { name: plane.size, count: ({ batch }) => extentsOf(batch.shape)[2] },
  { name: "C", count: ({ batch }) => extentsOf(batch.shape)[1] },
  { name: `N·C·${plane.size}`, count: ({ batch }) => batch.x.length },
];

const groupsOf = ({ plane }: BatchNormForm): readonly OtherGroup[] => {
  const ofIndices =
    (group: (n: number, c: number, s: number, extents: readonly number[]) => number) =>
    ({ batch }: Standardised): Of => {
      const extents = extentsOf(batch.shape);
      const [, C, S] = extents;
      return (e) => group(Math.floor(e / (C * S)), Math.floor(e / S) % C, e % S, extents);
    };
  return [
    {
      says: `over the batch alone, for each ${plane.entry}, without ${plane.axes}`,
      group: ofIndices((_n, c, s, [, , S]) => c * S! + s),
    },
    {
      says: `over ${plane.axes} alone, without the batch`,
      group: ofIndices((n, c, _s, [, C]) => n * C! + c),
    },
    {
      says: "over all channels of an image, as in layer normalisation",
      group: ofIndices((n) => n),
    },
    { says: "over all channels at once", group: ofIndices(() => 0) },
  ];
};

/** One of the layer's modes, or both; the other is right then. */
const MODES = [
  { says: "", isIn: () => true },
  { says: "in training, ", isIn: ({ running }: Batch) => running === null },
  { says: "in evaluation, ", isIn: ({ running }: Batch) => running !== null },
] as const;

/** Factors are missing in both modes, or in one. */
function factorsMistaken(form: BatchNormForm): readonly Mistaken[] {
  const { tags } = form;
  const dXOf = (batch: Batch): Float64Array => {
    const s = standardised(batch);
    return together(s, termsOf(s));
  };
  return factorMistakes.flatMap(({ says, isWeight, dX }) =>
    MODES.map((mode, i): Mistaken => {
      const ofBoth = isWeight ? tags.dXHat : tags.dX;
      return {
        argument: "x",
        says: mode.says + says,
        tag: [ofBoth, tags.dX, tags.evaluation][i]!,
        gradient: (point) => {
          const batch = batchOf(form, point);
          return mode.isIn(batch) ? dX(batch) : dXOf(batch);
        },
      };
    }),
  );
}

/** A mode is taken for the other: in the statistics, in the terms of dX, or in both. */
function modesMistaken(form: BatchNormForm): readonly Mistaken[] {
  const { tags, layer } = form;
  const isTraining = (point: MistakenPoint): boolean => batchOf(form, point).running === null;
  const withBatchs = (point: MistakenPoint): Standardised =>
    standardised({ ...batchOf(form, point), running: null });
  const withRunning = (point: MistakenPoint): Standardised => {
    const { mean, variance } = runningStatistics(layer, point.options, point.inputs["weight"]!);
    const running = { mean: mean.data, variance: variance.data };
    return standardised({ ...batchOf(form, point), running });
  };
  const asIs = (point: MistakenPoint): Standardised => standardised(batchOf(form, point));
  const dX = (
    says: string,
    tag: string,
    statistics: (point: MistakenPoint) => Standardised,
    hasAllTerms: (point: MistakenPoint) => boolean,
  ): Mistaken => ({
    argument: "x",
    says,
    tag,
    gradient: (point) => {
      const s = statistics(point);
      return together(s, termsOf(s), !hasAllTerms(point));
    },
  });
  const dWeight = (
    says: string,
    tag: string,
    statistics: (point: MistakenPoint) => Standardised,
  ): Mistaken => ({
    argument: "weight",
    says,
    tag,
    gradient: (point) => {
      const s = statistics(point);
      return sumPerPlace(s, times(s.dOut, s.xHat));
    },
  });
  const { dX: training, evaluation } = tags;
  return [
    dX("in evaluation, the terms of mean and variance are subtracted too", evaluation, asIs, yes),
    dX(
      "the batch's statistics in evaluation; they have to be the running ones",
      "normalisation.27",
      withBatchs,
      isTraining,
    ),
    dX(
      "evaluation is treated as training: the batch's statistics, and all three terms",
      evaluation,
      withBatchs,
      yes,
    ),
    dX(
      "training is treated as evaluation: the running statistics, and one term of three",
      training,
      withRunning,
      () => false,
    ),
    dX(
      "the running statistics in training; they have to be the batch's",
      tags.mu,
      withRunning,
      isTraining,
    ),
    dX(
      "the modes have changed places: all three terms in evaluation, one in training",
      training,
      asIs,
      (point) => !isTraining(point),
    ),
    dWeight(
      "the batch's statistics in evaluation; they have to be the running ones",
      "normalisation.27",
      withBatchs,
    ),
    dWeight(
      "the running statistics in training; they have to be the batch's",
      tags.mu,
      withRunning,
    ),
  ];
}

const yes = (): boolean => true;

/** All that a batch normalisation of this form can get wrong. */
export function batchNormMistaken(form: BatchNormForm): readonly Mistaken[] {
  const norm: Norm = {
    batchOf: (point) => batchOf(form, point),
    tags: form.tags,
    counts: countsOf(form),
    groups: groupsOf(form),
  };
  const all = [
    ...termsMistaken(norm),
    ...factorsMistaken(form),
    ...rhoMistaken(norm),
    ...groupsMistaken(norm),
    ...sumsMistaken(norm),
    ...modesMistaken(form),
  ];
  if (form.dNorm === undefined) return all;
  return all.map((one) => ({ ...one, says: one.says.replaceAll("dOut", "dNorm") }));
}
