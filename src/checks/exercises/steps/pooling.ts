/** The steps of `derivations/pooling.md`. */
import type { StepsOfLayer } from "./step.js";

export const maxPool2d: StepsOfLayer = {
  line: "pooling.4",
  steps: {
    maxPool2dBackward: [
      {
        ask:
          "The forward pass keeps which pixel won each window, (pooling.2). With an indicator, " +
          "1 where its condition holds and 0 elsewhere, how do you write what a window returns " +
          "as a sum over all pixels?",
        tag: "pooling.3",
      },
      {
        ask:
          "The indicators depend on the pixels as well. Suppose that the winner leads by ε. How " +
          "far may all the pixels move before another one can win?",
        tag: "pooling.3a",
      },
      {
        ask:
          "So a small step leaves all winners where they are. How far does out[m, l, p, q] move " +
          "if x[n, c, h, w] does, and when not at all?",
        tag: "pooling.3b",
      },
      {
        ask:
          "Multiply that, (pooling.3b), by dOut[m, l, p, q] and sum over all outputs. From " +
          "which windows does a pixel collect, and what?",
        tag: "pooling.4",
      },
    ],
  },
};

export const averagePool2d: StepsOfLayer = {
  line: "pooling.6",
  steps: {
    averagePool2dBackward: [
      {
        ask:
          "A window returns its mean, (pooling.5). Where in that sum does the pixel x[n, c, h, " +
          "w] occur, and what is it multiplied by?",
        tag: "pooling.5a",
      },
      {
        ask:
          "Multiply that, (pooling.5a), by dOut[m, l, p, q] and sum over all outputs. Which " +
          "windows does a pixel hear from, and which share of each does it get?",
        tag: "pooling.6",
      },
    ],
  },
};

export const globalAveragePool2d: StepsOfLayer = {
  line: "pooling.8",
  steps: {
    globalAveragePool2dBackward: [
      {
        ask:
          "This is average pooling, (pooling.5), with one window as large as the image. How far " +
          "does the mean of a window move, if one of its pixels does?",
        tag: "pooling.5a",
      },
      {
        ask:
          "Multiply that, (pooling.5a), by dOut[m, l, p, q] and sum over all outputs. What does " +
          "a pixel get from each window that holds it?",
        tag: "pooling.6",
      },
      {
        ask:
          "Now there is one window. Which pixels does it hold, and how many are they? So what " +
          "is left of (pooling.6)?",
        tag: "pooling.8",
      },
    ],
  },
};
