/** The steps of `derivations/fused.md`; those of the layers in one are taken for known. */
import type { Step, StepsOfLayer } from "./step.js";

/** What the layers keep of their forward pass. */
const WINNERS: Step = {
  ask:
    "The layer returns the largest of a window's entries and the number 0. If none of the " +
    "entries is positive, which pixel has won, and what can argmax say?",
  tag: "fused.1a",
};

export const reluPool2d: StepsOfLayer = {
  line: "fused.3",
  steps: {
    reluPool2dBackward: [
      WINNERS,
      {
        ask:
          "There is a maximum in a maximum, (fused.1). Call the inner one max. Where does the " +
          "rectifier let the gradient through to it, and how can you tell that from out alone?",
        tag: "fused.2",
      },
      {
        ask:
          "From max, the gradient goes to the pixel that won. Where the rectifier lets nothing " +
          "through, what does argmax say? So do you need dMax, or will dOut do?",
        tag: "fused.3",
      },
    ],
  },
};

export const convPool2d: StepsOfLayer = {
  line: "fused.7",
  steps: {
    convPool2dBackward: [
      WINNERS,
      {
        ask:
          "Call the gradient of the convolution's output dConv. What does an entry receive that " +
          "has won windows of the pooling, and what do all others?",
        tag: "fused.5",
      },
      {
        ask:
          "The convolution receives dConv for its dOut. The bias of a convolution gets " +
          "(conv2d.6). What is that here?",
        tag: "fused.6",
      },
      { ask: "Its filters get (conv2d.7). What is that here?", tag: "fused.7" },
      {
        ask:
          "Write out what dConv is (fused.5), in the sum that is dWeight (fused.7). For each " +
          "window of the pooling, how many columns of the image are left to be multiplied?",
        tag: "fused.7a",
      },
      {
        ask: "Its image gets two steps, (conv2d.8), (conv2d.10). What are they here, in one?",
        tag: "fused.8",
      },
    ],
  },
};

export const batchNormPool2d: StepsOfLayer = {
  line: "fused.13",
  steps: {
    batchNormPool2dBackward: [
      WINNERS,
      {
        ask:
          "Call the gradient of the normalisation's output dNorm. What does an entry receive " +
          "that has won windows of the pooling, and what do all others?",
        tag: "fused.10",
      },
      {
        ask:
          "Batch normalisation receives dNorm for its dOut. Its bias gets (normalisation.23). " +
          "What is that here?",
        tag: "fused.11",
      },
      { ask: "Its weight gets (normalisation.24). What is that here?", tag: "fused.12" },
      {
        ask:
          "In training, its image gets (normalisation.26). What is that here? Do pixels that " +
          "won nothing receive something too?",
        tag: "fused.13",
      },
      {
        ask:
          "In evaluation, mean and variance are given, and x does not move them. There are " +
          "three terms, (fused.13). Which of them go?",
        tag: "fused.14",
      },
    ],
  },
};
