/** The way to the slopes of the smooth activations, and the one rule that uses them. */
import type { Step, StepsOfLayer } from "./step.js";

/** What comes back through any function that is applied to each entry alone. */
const oneRule = (last: string): readonly Step[] => [
  {
    ask:
      "Each entry of out is one function f of one entry of x (activations.1). Which entries of " +
      "out does x[i] move, and how fast?",
    tag: "activations.2",
  },
  {
    ask: "Multiply by dOut and sum over all outputs (chain-rule.8). Which term of the sum is left?",
    tag: "activations.3",
  },
  { ask: last, tag: "activations.4" },
];

/** Where backward computes the slope. */
const RULE = oneRule(
  "How do you write that for all entries at once, and what is then left to find?",
);

/** Where forward has kept it. */
const RULE_WITH_SLOPE = oneRule(
  "The cache holds the slope of every entry. How do you get dX for all entries at once?",
);

/** Of p = σ(x), by p itself. */
const SIGMOID_SLOPE: readonly Step[] = [
  {
    ask:
      "You will need what p, the sigmoid of x (activations.5), lacks of 1. Write that as one " +
      "fraction: is it a sigmoid, too?",
    tag: "activations.7",
  },
  {
    ask:
      "Now the slope of the sigmoid. Call the denominator of p u, so that p is 1/u: what is the " +
      "slope of 1/u in u, what is that of u in x, and what do they make together?",
    tag: "activations.8",
  },
  {
    ask: "Write the square below the bar as a product of two fractions. Do you know each of them?",
    tag: "activations.9",
  },
];

/** The steps of each smooth activation. */
export const activations: Readonly<Record<string, StepsOfLayer>> = {
  sigmoid: {
    line: "activations.9",
    steps: { sigmoidBackward: [...RULE, ...SIGMOID_SLOPE] },
  },
  tanh: {
    line: "activations.15",
    steps: {
      tanhBackward: [
        ...RULE,
        {
          ask:
            "In the tanh (activations.12), multiply above and below by exp(−x). Can you find a " +
            "sigmoid in the result?",
          tag: "activations.13",
        },
        ...SIGMOID_SLOPE,
        {
          ask:
            "Differentiate the tanh as you have written it (activations.13). Which factor comes " +
            "from outside, which from inside, and what is between them?",
          tag: "activations.14",
        },
        {
          ask: "How do you write p = σ(2x), and what it lacks of 1, with t? Insert: what is left?",
          tag: "activations.15",
        },
      ],
    },
  },
  softplus: {
    line: "activations.21",
    steps: {
      softplusSlope: [
        {
          ask:
            "Softplus is a logarithm with an exponential in it (activations.18). What are the " +
            "slopes of the two, and have you met their product before?",
          tag: "activations.21",
        },
      ],
      softplusBackward: RULE_WITH_SLOPE,
    },
  },
  silu: {
    line: "activations.24",
    steps: {
      siluSlope: [
        ...SIGMOID_SLOPE,
        {
          ask:
            "out is the product of x and p (activations.22), and both factors move with x. What " +
            "does the product rule give?",
          tag: "activations.23",
        },
        { ask: "Which factor is in both terms?", tag: "activations.24" },
      ],
      siluBackward: RULE_WITH_SLOPE,
    },
  },
  gelu: {
    line: "activations.33",
    steps: {
      geluSlope: [
        {
          ask:
            "out is x times the probability that a normal number is smaller than x " +
            "(activations.32). Which area below the bell curve φ is that (activations.25)?",
          tag: "activations.26",
        },
        {
          ask:
            "Up to its scale, that area is the error function, an area up to the limit z " +
            "(activations.27). Move the limit by a little: which strip is added, and how high " +
            "is it?",
          tag: "activations.28",
        },
        {
          ask:
            "Half of the bell lies left of 0. Of the rest, from 0 to x, can you make an error " +
            "function, by putting √2 · r for s?",
          tag: "activations.29",
        },
        {
          ask:
            "Differentiate that with the slope of erf (activations.28), and mind the inner " +
            "slope. Do you recognise the result?",
          tag: "activations.31",
        },
        {
          ask:
            "out is a product, and both factors move with x. What does the product rule make of " +
            "it?",
          tag: "activations.33",
        },
      ],
      geluBackward: RULE_WITH_SLOPE,
    },
  },
  elu: {
    line: "activations.38",
    steps: {
      eluBackward: [
        ...RULE,
        {
          ask: "What is the slope of the ELU on either side of 0 (activations.34)?",
          tag: "activations.36",
        },
        {
          ask:
            "Do the two sides meet at 0? Give the left one a factor α, and go from 0 to the left " +
            "by a small h: what does the difference quotient tend to?",
          tag: "activations.37",
        },
        {
          ask:
            "With α = 1 there is no jump. Which one formula has the right slope on both sides, " +
            "and no exponent above 0?",
          tag: "activations.38",
        },
      ],
    },
  },
};
