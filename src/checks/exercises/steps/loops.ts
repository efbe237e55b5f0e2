/**
 * The steps of a backward pass in loops: those of the layer, entry by entry, and before them what
 * the loops have to compute again, since nothing of the forward pass is kept for them.
 */
import { conv2d } from "./convolution.js";
import { normalisation } from "./normalisation.js";
import type { Step, StepsOfLayer } from "./step.js";

/** From the variance to the standardised numbers. */
const STANDARDISED: readonly Step[] = [
  {
    ask: "By which factor do you have to stretch the numbers, and where does ε come in?",
    tag: "normalisation.3",
  },
  { ask: "So what are the standardised numbers x̂?", tag: "normalisation.4" },
];

const OF_CHANNELS: readonly Step[] = [
  {
    ask:
      "In evaluation, mean and variance are given. In training they are not: what is the mean μ " +
      "of a channel, and over which entries of x?",
    tag: "normalisation.20",
  },
  { ask: "And what is its variance?", tag: "normalisation.21" },
  ...STANDARDISED,
];

const SIGMOID: Step = {
  ask: "You are given x alone. What is its sigmoid p?",
  tag: "activations.5",
};

const PROBABILITIES: Step = {
  ask: "You are given scores. What are the probabilities p that softmax makes of a row of them?",
  tag: "softmax-cross-entropy.1",
};

/** What is computed again, by layer. */
const FIRST: Readonly<Record<string, readonly Step[]>> = {
  sigmoid: [SIGMOID],
  tanh: [
    {
      ask: "You are given x alone. What is its tanh, written with exponentials?",
      tag: "activations.12",
    },
  ],
  silu: [SIGMOID],
  gelu: [
    { ask: "Which curve is φ, the density of the normal distribution?", tag: "activations.25" },
    {
      ask: "Φ(x) is the area below φ, up to x. How do you get it from erfc, which is imported?",
      tag: "activations.30",
    },
  ],
  softmax: [PROBABILITIES],
  softmaxCrossEntropy: [
    PROBABILITIES,
    {
      ask:
        "What should have come out for class c of row n, if a share ε is taken from the right " +
        "class and spread over all of them?",
      tag: "softmax-cross-entropy.13",
    },
  ],
  maxPool2d: [
    {
      ask: "Which pixel has won a window, and which one if two are equally large?",
      tag: "pooling.2",
    },
  ],
  batchNorm2d: OF_CHANNELS,
  batchNorm1d: OF_CHANNELS,
  layerNorm: [
    {
      ask: "You are given x. What is the mean μ of a row, and over which entries?",
      tag: "normalisation.38",
    },
    { ask: "And what is its variance?", tag: "normalisation.39" },
    ...STANDARDISED,
  ],
  dropout: [
    {
      ask:
        "A number u[i] was drawn for each entry. What is the mask at i, if the entries that " +
        "stay have to make up for those that go?",
      tag: "dropout.1",
    },
  ],
  batchNormPool2d: OF_CHANNELS,
};

/** What says of whole tensors what loops say entry by entry. */
const OF_WHOLE_TENSORS: readonly string[] = ["activations.4", "affine.9"];

/** A convolution goes from its definition, without a matrix of windows. */
const CONVOLUTION: readonly Step[] = [
  {
    ask: "Entry (i, j) of window (p, q): on which row of the image does it lie?",
    tag: "conv2d.1d",
  },
  { ask: "And in which column?", tag: "conv2d.1e" },
  {
    ask:
      "Write x̄ for the image with its frame of zeros. A filter sees the channels of its own " +
      "group alone. Of K filters and C channels in G groups, which group is that of filter k, " +
      "and where in x is the filter's channel c?",
    tag: "conv2d.16",
  },
  {
    ask:
      "From here on there is one group; with more of them, the same holds in each. The numbers " +
      "below window s are column s of a matrix cols, (conv2d.4), and the weights of filter k are " +
      "row k of another, filters, (conv2d.4d). So the layer is a product, (conv2d.4e). The " +
      "letters n, k, r and s will belong to the number that moves. How does the product read " +
      "for an output with letters of its own: image m, filter l, window t?",
    tag: "conv2d.5a",
  },
  ...conv2d.steps["conv2dBackward"]!.filter(({ tag }) => /\.(?:5[b-z]|6.?)$/.test(tag)),
  {
    ask:
      "Row r of the columns belongs to the weight (c, i, j), column s is window (p, q), and the " +
      "entry is a pixel or a zero (conv2d.4). How does the gradient of a weight, (conv2d.6b), " +
      "read with these letters?",
    tag: "conv2d.7a",
  },
  {
    ask:
      "Now move one pixel, x[n, c, h, w], and watch out[m, l, p, q] in the definition " +
      "(conv2d.3), with c′ for the summed channel. In which terms is the pixel?",
    tag: "conv2d.10f",
  },
  {
    ask:
      "Multiply that, (conv2d.10f), by dOut[m, l, p, q] and sum over all outputs. Which sums " +
      "stay? And since the deltas are 0 in most terms: how can loops over windows and weights " +
      "add each of the others to the pixel that it belongs to, without a search?",
    tag: "conv2d.11",
  },
];

/**
 * The steps to a layer's loops, each once, up to the last of their equations.
 *
 * @param name as the catalog calls the layer
 * @param layer its steps
 * @param equations the tags of what the loops implement
 */
export function stepsToLoops(
  name: string,
  { steps }: StepsOfLayer,
  equations: readonly string[],
): readonly Step[] {
  const own = name === "conv2d" ? CONVOLUTION : Object.values(steps).flat();
  // a batch normalisation of rows calls that of images, which loops cannot
  const called = name === "batchNorm1d" ? Object.values(normalisation["batchNorm2d"]!.steps) : [];
  const all = [...(FIRST[name] ?? []), ...own, ...called.flat()].filter(
    ({ tag }) => !OF_WHOLE_TENSORS.includes(tag),
  );
  const last = all.findLastIndex(({ tag }) => equations.includes(tag));
  return all
    .slice(0, last + 1)
    .filter(({ tag }, i) => all.findIndex((other) => other.tag === tag) === i);
}
