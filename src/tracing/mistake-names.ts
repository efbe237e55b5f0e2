/** Which mistakes a layer can be given: their names, in a link and for people. */
import type { CheckSizes } from "./check-sizes.js";

/** A mistake by its names; `plantedMistake` has what it does. */
export interface MistakeName {
  /** In a link: `turned`. */
  readonly name: string;
  /** In a few words: `filters turned by half a turn`. */
  readonly label: string;
  /** How the checker's words for it begin; left out for one that it has no words for. */
  readonly begins?: string;
  /** Whose gradient comes out wrong, where two share those words. */
  readonly argument?: string;
}

const OF_ANY: readonly MistakeName[] = [
  { name: "sign", label: "sign flipped" },
  { name: "thousandth", label: "0.1 % too large" },
];

const OF_OUTPUTS: readonly MistakeName[] = [
  { name: "exchanged", label: "two outputs exchanged" },
  { name: "no-upstream", label: "dOut not multiplied in" },
];

const OF_LOSSES: readonly MistakeName[] = [{ name: "no-mean", label: "1/N forgotten" }];

const OF_LAYER: Readonly<Record<CheckSizes["layer"], readonly MistakeName[]>> = {
  affine: [
    {
      name: "reshaped",
      label: "dWeight: dOut reshaped, not transposed",
      begins: "dOut is read as [O, N]",
      argument: "weight",
    },
    {
      name: "transposed",
      label: "dX: weight transposed",
      begins: "weight is read as [I, O]",
      argument: "x",
    },
    {
      name: "last-output",
      label: "dX: = for += over outputs",
      begins: "only the last output counts",
      argument: "x",
    },
    {
      name: "times-bias",
      label: "dBias times bias",
      begins: "dBias is multiplied by the bias",
      argument: "bias",
    },
  ],
  conv2d: [
    {
      name: "turned",
      label: "dX: filters turned by half a turn",
      begins: "the filters are turned by half a turn",
      argument: "x",
    },
    {
      name: "overwritten",
      label: "dX: = for += where windows overlap",
      begins: "overlap is overwritten",
      argument: "x",
    },
    {
      name: "no-stride",
      label: "dX: stride dropped",
      begins: "the stride is dropped",
      argument: "x",
    },
    {
      name: "no-padding",
      label: "dX: padding dropped",
      begins: "the padding is dropped",
      argument: "x",
    },
    {
      name: "first-window",
      label: "dWeight: first window only",
      begins: "only the first window of each image",
      argument: "weight",
    },
    {
      name: "transposed",
      label: "dWeight: kH and kW exchanged",
      begins: "dWeight is laid out column by column",
      argument: "weight",
    },
  ],
  relu: [
    { name: "no-mask", label: "mask forgotten", begins: "the mask 1[x > 0] is left out" },
    {
      name: "mask-of-dout",
      label: "mask asks dOut, not x",
      begins: "the mask asks whether dOut is positive",
    },
    { name: "not-strict", label: "≥ for > at 0", begins: "at the kink x = 0 the slope is 0" },
  ],
  maxPool2d: [
    { name: "last-wins", label: "tie: the last wins", begins: "in a tie the last pixel wins" },
    { name: "tie-shared", label: "tie: shared", begins: "in a tie the winners share dOut" },
    { name: "tie-all", label: "tie: all to each", begins: "in a tie every winner gets all" },
    {
      name: "overwritten",
      label: "= for += where a pixel wins twice",
      begins: "where windows share a winner, the last one overwrites",
    },
    {
      name: "evenly",
      label: "spread over the window",
      begins: "dOut is spread evenly over the window",
    },
  ],
  averagePool2d: [
    {
      name: "no-share",
      label: "1/(kH·kW) forgotten",
      begins: "the factor 1/(kH·kW) is left out",
    },
    {
      name: "overwritten",
      label: "= for += where windows overlap",
      begins: "where windows overlap, the last one overwrites",
    },
  ],
  softmaxCrossEntropy: [
    {
      name: "no-targets",
      label: "targets not subtracted",
      begins: "the targets are not subtracted",
    },
    {
      name: "mean-of-all",
      label: "mean over all entries",
      begins: "the mean is taken over all N · C entries",
    },
    {
      name: "diagonal",
      label: "only the diagonal of softmax's Jacobian",
      begins: "only the diagonal of softmax's Jacobian",
    },
  ],
  batchNorm2d: [],
  im2col: [{ name: "col-overwritten", label: "= for += where windows overlap" }],
};

/** The mistakes of a layer, those first that any layer can make. */
export function mistakeNames(layer: CheckSizes["layer"]): readonly MistakeName[] {
  const isLoss = layer === "softmaxCrossEntropy";
  return [...OF_ANY, ...(isLoss ? OF_LOSSES : OF_OUTPUTS), ...OF_LAYER[layer]];
}
