/** The steps of `derivations/conv2d-gradients.md`. */
import type { StepsOfLayer } from "./step.js";

export const conv2d: StepsOfLayer = {
  line: "conv2d.7",
  steps: {
    conv2dBackward: [
      {
        ask:
          "The cache holds the windows as columns, [N, G, R, P], with an axis for the groups. " +
          "Groups share no weight and no channel. So what is the layer for one image and one " +
          "group, as a product of matrices?",
        tag: "conv2d.16a",
      },
      {
        ask:
          "From here on there is one group; with more of them, the same holds in each. Read " +
          "(conv2d.4e). The letters n, k, r and s will belong to the number that moves. How " +
          "does it read for an output with letters of its own: image m, filter l, window t?",
        tag: "conv2d.5a",
      },
      {
        ask:
          "Suppose that bias, filters and columns all depend on one number y. What do the rules " +
          "for sums and products, (chain-rule.11), make of (conv2d.5a)?",
        tag: "conv2d.5b",
      },
      { ask: "Let y be bias[k]. Which outputs does it move, and how far?", tag: "conv2d.5c" },
      {
        ask:
          "Multiply that, (conv2d.5c), by dOut[m, l, t] and sum over all outputs. Which sum " +
          "does the delta end, and which stay?",
        tag: "conv2d.6",
      },
      {
        ask:
          "Let y be filters[k, r]. There are three terms, (conv2d.5b). Which one is left? What " +
          "is the weight multiplied by in it, and in which outputs?",
        tag: "conv2d.6a",
      },
      {
        ask:
          "Multiply that, (conv2d.6a), by dOut[m, l, t] and sum over all outputs. Which sum " +
          "does the delta end, and which stay?",
        tag: "conv2d.6b",
      },
      {
        ask:
          "For one image, the last sum is over s, (conv2d.6b). Where does s stand in each of " +
          "the two factors? So which product of matrices is it, and what becomes of the images?",
        tag: "conv2d.7",
      },
      {
        ask:
          "Let y be cols[n, r, s], an entry of one window of one image. Of the three terms, " +
          "(conv2d.5b), which one is left now? Which outputs can feel the entry, and how " +
          "strongly?",
        tag: "conv2d.7b",
      },
      {
        ask:
          "Multiply that, (conv2d.7b), by dOut[m, l, t] and sum over all outputs. Which sum do " +
          "the deltas leave?",
        tag: "conv2d.7c",
      },
      {
        ask:
          "Where does the summed index stand in each of the last two factors of (conv2d.7c)? So " +
          "which product of matrices is it, for one image?",
        tag: "conv2d.8",
      },
      {
        ask:
          "The columns are copies of pixels, (conv2d.4). If the pixel x[n, c′, h, w] moves, " +
          "which entries of the columns move with it, and how far?",
        tag: "conv2d.8a",
      },
      {
        ask:
          "Take the columns for the output, and their gradient dCols for its dOut. What does " +
          "the chain rule, (chain-rule.8), make of (conv2d.8a)?",
        tag: "conv2d.8b",
      },
      {
        ask:
          "To search for the copies of each pixel would take long. How can a program go through " +
          "the entries of the columns, one after the other, and come to the same sums?",
        tag: "conv2d.9",
      },
      {
        ask:
          "Start from zeros, and do that for every entry of the columns that lies on a pixel. " +
          "Compare what a pixel has received in the end with (conv2d.8b). What have you " +
          "computed?",
        tag: "conv2d.10",
      },
    ],
  },
};
