/** The steps of `derivations/affine.md`. */
import type { StepsOfLayer } from "./step.js";

export const affine: StepsOfLayer = {
  line: "affine.9",
  steps: {
    affineBackward: [
      {
        ask:
          "Watch one output, out[r, m], in (affine.1). Move bias[o] a little, and nothing else. " +
          "How far does that output move, and when does it not move at all?",
        tag: "affine.3",
      },
      {
        ask:
          "The loss feels bias[o] through every output that it moves. What does the chain rule, " +
          "(chain-rule.8), say about dBias[o]?",
        tag: "affine.4",
      },
      {
        ask: "In most terms of these sums the delta is 0, (affine.4). Which sum is left?",
        tag: "affine.5",
      },
      {
        ask:
          "Now move one entry of the weight, weight[o, i], and watch out[r, m] in (affine.1). " +
          "Call the summed index i′, since i is taken. In which terms of the sum is the entry " +
          "that moves?",
        tag: "affine.6",
      },
      { ask: "What does the second delta leave of the sum over i′?", tag: "affine.7" },
      {
        ask:
          "Multiply that, (affine.7), by dOut[r, m] and sum over all outputs, as for the bias. " +
          "Which of the two sums goes, and which one stays?",
        tag: "affine.8",
      },
      {
        ask:
          "The last sum is over n, (affine.8). Where does n stand in each of the two factors? " +
          "So which product of matrices is it, and which of them has to be transposed?",
        tag: "affine.9",
      },
      {
        ask:
          "Move one entry of the input, x[n, i]. Which rows of the output can feel it, and how " +
          "far does out[r, m] move?",
        tag: "affine.10",
      },
      {
        ask:
          "Multiply that, (affine.10), by dOut[r, m] and sum over all outputs. Which sum does " +
          "the delta end this time? Which outputs use input i, so that their sum stays?",
        tag: "affine.11",
      },
      {
        ask:
          "Where does the summed index stand in the two factors of (affine.11)? So which " +
          "product of matrices is it?",
        tag: "affine.12",
      },
    ],
  },
};

export const flatten: StepsOfLayer = {
  line: "affine.15",
  steps: {
    flattenBackward: [
      {
        ask:
          "Flatten changes no number, only where it stands, (affine.13). If x[n, c, h, w] " +
          "moves, which outputs move with it, and how far?",
        tag: "affine.14",
      },
      {
        ask:
          "Multiply that, (affine.14), by dOut[m, a] and sum over all outputs. How many terms " +
          "are left, and which?",
        tag: "affine.15",
      },
    ],
  },
};
