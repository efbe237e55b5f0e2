/** The way back through batch normalisation and layer normalisation: from out to x̂, then to x. */
import type { Step, StepsOfLayer } from "./step.js";

/**
 * From dX̂ to dX for M numbers with one mean and one variance.
 *
 * @param numbers what they are, as a sentence says it
 */
const standardising = (numbers: string): readonly Step[] => [
  {
    ask:
      `Now from x̂ to x. ${numbers} One of them, x[j], grows a little: how fast does the mean μ ` +
      "grow (normalisation.1)?",
    tag: "normalisation.8",
  },
  {
    ask: "So how does each distance x[i] − μ change with x[j], where i = j and where not?",
    tag: "normalisation.9",
  },
  {
    ask:
      "The variance is made of the squares of these distances (normalisation.2). What is the " +
      "slope of one square in x[j]?",
    tag: "normalisation.10",
  },
  {
    ask:
      "Take the mean of these slopes over i, and multiply out. What does the δ leave of one sum, " +
      "and what do all the distances in the other add up to?",
    tag: "normalisation.11",
  },
  {
    ask:
      "Had μ been held still, the slope of the variance would be the same. Measure the squared " +
      "distances from any number m instead of μ: how does their mean change with m, and how " +
      "fast at m = μ?",
    tag: "normalisation.11a",
  },
  {
    ask:
      "ρ depends on x through the variance alone (normalisation.3). What is its slope in σ², " +
      "and how do you write that with ρ itself?",
    tag: "normalisation.12",
  },
  {
    ask:
      "So what is the slope of ρ in x[j], by the chain rule? One ρ and one distance make an x̂ " +
      "(normalisation.4): what is left?",
    tag: "normalisation.13",
  },
  {
    ask:
      "x̂[i] is a product of two factors, and both depend on x[j] (normalisation.4). What does " +
      "the product rule give?",
    tag: "normalisation.14",
  },
  {
    ask:
      "Which factor is in both terms? And what does the other ρ make of the distance that is " +
      "left in the last one?",
    tag: "normalisation.15",
  },
  {
    ask:
      "x[j] moves all x̂[i], and to each of them a gradient dX̂[i] arrives. How do you collect " +
      "what comes back to x[j] (chain-rule.8)?",
    tag: "normalisation.16",
  },
  {
    ask:
      "The bracket has a term for each of the three ways from x to x̂: directly, through μ, and " +
      "through ρ. Which three sums do they make?",
    tag: "normalisation.16a",
  },
  {
    ask: "What does the δ leave of the first sum, and what can be taken out of the other two?",
    tag: "normalisation.17",
  },
];

/** The steps of each layer that normalises. */
export const normalisation: Readonly<Record<string, StepsOfLayer>> = {
  batchNorm2d: {
    line: "normalisation.26",
    steps: {
      batchNorm2dBackward: [
        {
          ask:
            "Start from out (normalisation.22). Which entries of it does bias[k] move, how fast, " +
            "and so what comes back to it in all?",
          tag: "normalisation.23",
        },
        {
          ask: "And weight[k]: which entries does it move, how fast, and what comes back to it?",
          tag: "normalisation.24",
        },
        {
          ask:
            "Now from out back to x̂. How fast does out[n, c, h, w] change with its x̂, and so " +
            "which gradient arrives there?",
          tag: "normalisation.25",
        },
        ...standardising("A channel has M numbers; call them x[0] to x[M − 1]."),
        {
          ask:
            "That is dX for one channel, and it asks for two means (normalisation.17). The first " +
            "is the mean of dX̂: what comes out of the sum, and which gradient is left that you " +
            "have already?",
          tag: "normalisation.25a",
        },
        {
          ask: "The second is the mean of dX̂ times x̂. Which gradient do you find in it?",
          tag: "normalisation.25b",
        },
        {
          ask:
            "Put dX̂ and both means into (normalisation.17). Which factor is then in all three " +
            "terms?",
          tag: "normalisation.26",
        },
        {
          ask:
            "In evaluation, the mean and the variance are kept from training (normalisation.27). " +
            "Which of the three ways from x to x̂ are then open?",
          tag: "normalisation.28",
        },
      ],
    },
  },
  batchNorm1d: {
    line: "normalisation.37",
    steps: {
      batchNorm1dBackward: [
        {
          ask:
            "A row or a sequence is normalised as an image with H = 1 (normalisation.36), so two " +
            "things are new: reshaping before and after. Take the layer that does nothing else, " +
            "flatten (affine.13): on which entries of its input does an output depend, and with " +
            "which slope?",
          tag: "affine.14",
        },
        {
          ask: "So what comes back through a layer that only writes the same numbers elsewhere?",
          tag: "affine.15",
        },
        {
          ask:
            "What do you give to batchNorm2dBackward, then, and where in its dX do you find " +
            "dX[n, c, l]? Do dWeight and dBias, of shape [C], have to be changed at all?",
          tag: "normalisation.37",
        },
      ],
    },
  },
  layerNorm: {
    line: "normalisation.44",
    steps: {
      layerNormBackward: [
        {
          ask:
            "Start from out (normalisation.40). Which entries of it does bias[i] move, how fast, " +
            "and so what comes back to it in all?",
          tag: "normalisation.41",
        },
        {
          ask:
            "Next comes the weight, for which you need x̂. The cache does not hold it: which of " +
            "its tensors is x̂ made of?",
          tag: "normalisation.4",
        },
        {
          ask: "Which entries of out does weight[i] move, how fast, and what comes back to it?",
          tag: "normalisation.42",
        },
        {
          ask:
            "Now from out back to x̂. How fast does out[n, i] change with its x̂, and so which " +
            "gradient arrives there?",
          tag: "normalisation.43",
        },
        ...standardising("A row has M numbers; take one row, x[0] to x[M − 1]."),
        {
          ask:
            "That is dX for one row (normalisation.17). Which of its letters get an index n? And " +
            "why can no weight be taken out of the sums, as in batch normalisation?",
          tag: "normalisation.44",
        },
      ],
    },
  },
};
