/** Which mistakes a layer can be given: their names, in a link and for people. */
import type { CheckSizes } from "./check-sizes.js";

/** A mistake by its names; `plantedMistake` has what it does. */
export interface MistakeName {
  /** In a link: `turned`. */
  readonly name: string;
  /** In a few words: `dX: filters turned by half a turn`. */
  readonly label: string;
}

const OF_ANY = { sign: "sign flipped", thousandth: "0.1 % too large" };

const OF_OUTPUTS = {
  exchanged: "two outputs exchanged",
  "no-upstream": "dOut not multiplied in",
};

const OVERWRITTEN = "= for += where windows overlap";

const OF_LAYER: Readonly<Record<CheckSizes["layer"], Readonly<Record<string, string>>>> = {
  affine: {
    ...OF_OUTPUTS,
    transposed: "dX: weight not transposed rightly",
    reshaped: "dWeight: dOut reshaped, not transposed",
    "last-output": "dX: = for += over outputs",
    "times-bias": "dBias: times bias",
  },
  conv2d: {
    ...OF_OUTPUTS,
    turned: "dX: filters turned by half a turn",
    overwritten: `dX: ${OVERWRITTEN}`,
    "no-padding": "dX: padding dropped",
    "first-window": "dWeight: first window only",
    "by-columns": "dWeight: kH and kW exchanged",
  },
  relu: {
    ...OF_OUTPUTS,
    "no-mask": "mask forgotten",
    "mask-of-dout": "mask asks dOut, not x",
    "not-strict": "x ≥ 0 for x > 0",
  },
  maxPool2d: {
    ...OF_OUTPUTS,
    "last-wins": "in a tie the last wins",
    overwritten: "= for += where a pixel wins twice",
    evenly: "spread as in average pooling",
  },
  averagePool2d: {
    ...OF_OUTPUTS,
    "no-share": "1/(kH·kW) forgotten",
    overwritten: OVERWRITTEN,
  },
  softmaxCrossEntropy: {
    "no-mean": "1/N forgotten",
    "no-targets": "targets not subtracted",
    "mean-of-all": "mean over all N · C entries",
    "right-class": "only the right class",
  },
  batchNorm2d: OF_OUTPUTS,
  im2col: { ...OF_OUTPUTS, overwritten: OVERWRITTEN },
};

/** The mistakes of a layer, those first that any layer can make. */
export function mistakeNames(layer: CheckSizes["layer"]): readonly MistakeName[] {
  const all = { ...OF_ANY, ...OF_LAYER[layer] };
  return Object.entries(all).map(([name, label]) => ({ name, label }));
}
