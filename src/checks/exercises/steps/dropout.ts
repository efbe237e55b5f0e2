/** The way back through dropout. */
import type { StepsOfLayer } from "./step.js";

/** The steps of dropout. */
export const dropout: Readonly<Record<string, StepsOfLayer>> = {
  dropout: {
    line: "dropout.12",
    steps: {
      dropoutBackward: [
        {
          ask:
            "out is a product of two factors, entry by entry (dropout.2). Which of them moves " +
            "when x[i] grows, and which outputs change, how fast?",
          tag: "dropout.10",
        },
        {
          ask:
            "Multiply by dOut and sum over all outputs (chain-rule.8). Which term of the sum is " +
            "left?",
          tag: "dropout.11",
        },
        {
          ask:
            "How do you write that for all entries at once? May the mask be drawn anew for it, " +
            "and does it still need a factor?",
          tag: "dropout.12",
        },
      ],
    },
  },
};
