/** The steps of the rectifier, and of the leaky one in `derivations/activations.md`. */
import type { StepsOfLayer } from "./step.js";

export const relu: StepsOfLayer = {
  line: "relu.8",
  steps: {
    reluBackward: [
      {
        ask:
          "Take a number that is not 0, and move it by a step so small that its sign stays. How " +
          "far does max(x, 0) move if the number is positive, and how far if it is negative?",
        tag: "relu.3",
      },
      {
        ask:
          "And at 0 itself: what is the change of the output, divided by the step h, if h is " +
          "positive? What if it is negative?",
        tag: "relu.4",
      },
      {
        ask:
          "The two sides disagree, so there is no derivative at 0. Which straight lines touch " +
          "the graph there and are nowhere above it? Whose slope will you take?",
        tag: "relu.5",
      },
      {
        ask:
          "Such a line may have any slope from 0 to 1. leibniz takes 0, as PyTorch does, and so " +
          "the rule for other numbers, (relu.3), holds at 0 too. If x[i] moves, which entries of " +
          "the output move, and how far?",
        tag: "relu.6",
      },
      {
        ask: "The chain rule sums over all outputs, (chain-rule.8). Which term is left?",
        tag: "relu.7",
      },
      { ask: "How is that, (relu.7), said of whole tensors, without an index?", tag: "relu.8" },
    ],
  },
};

export const leakyRelu: StepsOfLayer = {
  line: "activations.17",
  steps: {
    leakyReluBackward: [
      {
        ask:
          "The layer applies one function f to each entry alone, (activations.1). If x[i] " +
          "moves, which entries of the output move, and how far?",
        tag: "activations.2",
      },
      {
        ask: "The chain rule sums over all outputs, (chain-rule.8). Which term is left?",
        tag: "activations.3",
      },
      {
        ask: "How is that, (activations.3), said of whole tensors, without an index?",
        tag: "activations.4",
      },
      {
        ask:
          "All that is missing is the slope of f. On either side of 0 its graph is a straight " +
          "line, (activations.16). What are the slopes of the two, and which of them will you " +
          "take at 0 itself?",
        tag: "activations.17",
      },
    ],
  },
};
