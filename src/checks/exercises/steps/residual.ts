/** The way back through a residual block. */
import type { StepsOfLayer } from "./step.js";

/** The steps of the residual block. */
export const residual: Readonly<Record<string, StepsOfLayer>> = {
  residual: {
    line: "residual.8",
    steps: {
      residualBackward: [
        {
          ask:
            "out is a sum of two terms, F = f(x) and S = s(x) (residual.2). Forget for a moment " +
            "that both come from x: if F[i] alone grows, which entries of out grow, and how fast?",
          tag: "residual.3",
        },
        {
          ask:
            "Multiply by dOut and sum over all outputs (chain-rule.8). Which gradient does each " +
            "of the two terms get: do they share dOut, or has each all of it?",
          tag: "residual.4",
        },
        {
          ask:
            "In truth x is in both terms. What do you do with two gradients that come back to " +
            "one x (chain-rule.12)?",
          tag: "residual.5",
        },
        {
          ask: "What comes back along a shortcut that is x itself?",
          tag: "residual.6",
        },
        {
          ask:
            "For any body and any shortcut, write Jᶠ and Jˢ for their slopes (chain-rule.19). " +
            "What are the slopes of the whole block?",
          tag: "residual.7",
        },
        {
          ask:
            "Backward, dOut is multiplied by the transpose. What is the transpose of a sum, and " +
            "which two backward passes does that call, with what?",
          tag: "residual.8",
        },
      ],
    },
  },
};
