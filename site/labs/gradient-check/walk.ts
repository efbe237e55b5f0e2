/** What to try, and what to notice. */
import type { WalkStep } from "../frame/walk.js";
import { initialState } from "../frame/fields.js";
import { fields, type State } from "./state.js";

const start = initialState(fields);

export const walk: readonly WalkStep<State>[] = [
  {
    text:
      "A convolution, and its gradient twice: as backward returns it, and as it is measured, by " +
      "moving one number of x at a time. They agree to eleven digits or more. Point at an entry, " +
      "and choose it to see its numbers.",
    state: { ...start, view: "maps" },
  },
  {
    text:
      "Now backward turns the filters by half a turn. Every entry of dX is wrong, while dWeight " +
      "and dBias stay right: the table says which gradient to look at.",
    state: { ...start, view: "maps", mistake: "turned" },
  },
  {
    text:
      "Two outputs are exchanged, and dOut is all ones: the check passes. An exchange of ones " +
      "changes nothing. Choose a random dOut, and all three gradients are wrong.",
    state: { ...start, view: "maps", mistake: "exchanged", upstream: "ones" },
  },
  {
    text:
      "All checks on that mistake. Those that draw dOut at random notice; the one with ones does " +
      "not. Try other mistakes: a dropped padding is one that this geometry hides.",
    state: { ...start, view: "checks", mistake: "exchanged" },
  },
  {
    text:
      "The error against the step, for a loss that is bent. Drag the point along the V, or use " +
      "the slider. To the right the step cuts too much off, to the left rounding rules.",
    state: { ...start, ...{ view: "step", layer: "softmaxCrossEntropy" }, outputs: 4, images: 2 },
  },
  {
    text:
      "A tie: two pixels of the first window are 0.5. Backward gives all of dOut to the first of " +
      "them, as the chapter says. The difference quotient gives half to each. It is a kink, and " +
      "neither is blamed.",
    state: {
      ...start,
      ...{ view: "maps", layer: "maxPool2d", size: [2, 4], kernel: [2, 2], stride: [2, 2] },
      x: [0.5, 0.5, 0.1, -0.3, 0.2, -0.4, 0.3, 0.2],
    },
  },
  {
    text:
      "The balance: im2col on one pan, col2im on the other. It is level for every x and y. Plant " +
      "the mistake that overwrites where windows overlap, and it tips.",
    state: { ...start, view: "balance", layer: "im2col" },
  },
];
