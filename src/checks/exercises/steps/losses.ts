/** The way back through softmax and the losses. */
import type { Step, StepsOfLayer } from "./step.js";

/**
 * The derivative of one probability by one score.
 *
 * @param row which scores, as a sentence says it
 */
const softmaxSlopes = (row: string): readonly Step[] => [
  {
    ask:
      `${row} Every score is in the sum S below the bar (softmax-cross-entropy.1). How do you ` +
      "write the quotient as a product, so that the product rule will do?",
    tag: "softmax-cross-entropy.4",
  },
  {
    ask:
      "Differentiate both sides by x[j]. What does the product rule give on the left, and for " +
      "which c does the right side move?",
    tag: "softmax-cross-entropy.5",
  },
  {
    ask: "Which terms of S contain x[j]? So what is its slope?",
    tag: "softmax-cross-entropy.6",
  },
  {
    ask: "Insert that, and divide by S. Which quotients are probabilities?",
    tag: "softmax-cross-entropy.7",
  },
  {
    ask: "Solve for the derivative of p[c]. Which factor is in both terms?",
    tag: "softmax-cross-entropy.8",
  },
];

/** The steps of softmax, and of each loss. */
export const losses: Readonly<Record<string, StepsOfLayer>> = {
  softmax: {
    line: "softmax-cross-entropy.11",
    steps: {
      softmaxBackward: [
        ...softmaxSlopes("Take one row of scores x, and its probabilities p."),
        {
          ask:
            "x[j] moves all p[c], and to each of them a gradient dOut[c] arrives. How do you " +
            "collect what comes back to x[j] (chain-rule.8)?",
          tag: "softmax-cross-entropy.9",
        },
        {
          ask: "Multiply out. Which term does the δ leave, and what does not depend on c?",
          tag: "softmax-cross-entropy.10",
        },
        {
          ask: "Which factor is in both terms, and what has to be computed but once for a row?",
          tag: "softmax-cross-entropy.11",
        },
      ],
    },
  },
  softmaxCrossEntropy: {
    line: "softmax-cross-entropy.22",
    steps: {
      softmaxCrossEntropyBackward: [
        ...softmaxSlopes(
          "The loss contains log p (softmax-cross-entropy.15), so first see how p changes. Row n " +
            "of p depends on row n of the logits alone: call that row x.",
        ),
        {
          ask:
            "Now the logarithm of p. What is its slope in p, and what cancels when you multiply " +
            "by the derivative of p (softmax-cross-entropy.8)?",
          tag: "softmax-cross-entropy.18",
        },
        {
          ask:
            "Differentiate the loss term by term (softmax-cross-entropy.15). What does not " +
            "depend on the logits, and stays as it is?",
          tag: "softmax-cross-entropy.19",
        },
        {
          ask: "Multiply out. Which term does the δ leave, and what does not depend on c?",
          tag: "softmax-cross-entropy.20",
        },
        {
          ask:
            "One sum is left, over the targets of a row (softmax-cross-entropy.13). What do they " +
            "add up to, with label smoothing or without?",
          tag: "softmax-cross-entropy.14",
        },
        { ask: "So what is left of the derivative?", tag: "softmax-cross-entropy.21" },
        {
          ask:
            "The number dOut comes from whatever follows the loss. What does the chain rule do " +
            "with it, and how do you write the result for all logits at once?",
          tag: "softmax-cross-entropy.22",
        },
      ],
    },
  },
  meanSquaredError: {
    line: "mean-squared-error.4",
    steps: {
      meanSquaredErrorBackward: [
        {
          ask:
            "The loss is a mean of squares (mean-squared-error.1), and a square is a product of " +
            "two equal factors. What is the slope of the square of entry i in prediction[j], " +
            "where i = j and where not?",
          tag: "mean-squared-error.2",
        },
        {
          ask:
            "Which factors do the mean and the number dOut bring, and what comes back to " +
            "prediction[j] from all the squares?",
          tag: "mean-squared-error.3",
        },
        {
          ask: "Which term of the sum is left? How do you write that for all entries at once?",
          tag: "mean-squared-error.4",
        },
      ],
    },
  },
};
