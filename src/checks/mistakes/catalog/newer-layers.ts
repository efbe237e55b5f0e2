import type { Mistake } from "../mistake.js";

const newer = { theme: "other layers", setups: ["deep"] } as const;
const dropout = {
  ...newer,
  file: "src/backprop/dropout.ts",
  layers: ["dropout"],
  setups: ["dropout"],
} as const;
const batchNorm = {
  ...newer,
  file: "src/backprop/batch-norm.ts",
  layers: ["batchNorm2d", "batchNorm1d"],
} as const;

export const newerLayers: readonly Mistake[] = [
  {
    ...newer,
    name: "slope-at-the-output",
    title: "the slope of the sigmoid is taken at its output instead of its input",
    file: "src/backprop/sigmoid.ts",
    edits: [
      {
        find: "probability * (1 - probability)",
        replace: "sigmoid(probability) * (1 - sigmoid(probability))",
      },
    ],
    tag: "activations.9",
    layers: ["sigmoid"],
    primitives: ["activationBackward"],
    story:
      "The cache holds the output, and the slope is written as a function of the input. A " +
      "rectifier forgives this, since its output is positive where its input is. Here every " +
      "slope comes out between 0.20 and 0.25, which is not even wrong by much.",
  },
  {
    ...dropout,
    name: "dropout-mask-forgotten",
    title: "the backward pass of dropout does not mask the gradient",
    edits: [{ find: "dX: await backend.multiply(dOut, mask)", replace: "dX: dOut" }],
    tag: "dropout.12",
    story:
      "Units that were left out are blamed for what they had no part in, and those that were " +
      "there get half of what is due to them.",
  },
  {
    ...dropout,
    name: "dropout-not-scaled",
    title:
      "what dropout lets through is not divided by 1 − p, and evaluation does not make up for it",
    edits: [
      {
        find: "value: 1 / (1 - probability)",
        replace: "value: 1",
      },
    ],
    tag: "dropout.1",
    story:
      "The first form of dropout multiplies by 1 − p in evaluation instead, and half of each " +
      "form is none. The gradient is exact. In evaluation the layer behind gets inputs twice " +
      "as large as it was trained on; as the largest logit mostly stays the largest, the " +
      "accuracy says little of it, and the test loss much.",
  },
  {
    ...newer,
    name: "evaluation-in-training-mode",
    title: "the test images are classified in training mode, with dropout at work",
    file: "src/training/measure.ts",
    edits: [
      {
        find: 'mode: "evaluate"',
        replace: 'mode: "train",\n        random: new Random(totals.batches)',
      },
      {
        find: 'import { turn } from "./turn.js";',
        replace: 'import { Random } from "../tensor/index.js";\nimport { turn } from "./turn.js";',
      },
    ],
    tag: "dropout.13",
    layers: [],
    setups: ["dropout"],
    story:
      "In other frameworks, a forgotten `model.eval()`. Half of the features are missing when " +
      "it counts, and the same image may be a 3 today and a 5 tomorrow. A batch normalisation " +
      "would, on top of that, let the answer for one image depend on the others of its batch.",
  },
  {
    ...newer,
    name: "batch-statistics-held-fixed",
    title: "the gradient of batch normalisation takes mean and variance of the batch for constants",
    file: "src/backprop/batch-norm2d.ts",
    edits: [
      {
        find: "const dX = await backend.channelResidual(dOut, xHat, { ...means, scale });",
        replace: "const dX = await backend.channelAffine(dOut, { scale });",
      },
    ],
    tag: "normalisation.26",
    layers: ["batchNorm2d", "batchNorm1d"],
    story:
      "Right in evaluation, where they are constants. In training every value moves the mean " +
      "and the variance of all others. The gradient then pushes weights in directions that the " +
      "normalisation takes back at once.",
  },
  {
    ...newer,
    name: "epsilon-beside-the-root",
    title: "ε is added to the standard deviation instead of to the variance",
    file: "src/backprop/standardise.ts",
    edits: [
      { find: "1 / Math.sqrt(value + epsilon)", replace: "1 / (Math.sqrt(value) + epsilon)" },
    ],
    tag: "normalisation.3",
    layers: ["batchNorm2d", "batchNorm1d", "layerNorm"],
    story:
      "Both keep a constant channel from being divided by 0. But the gradient was derived for " +
      "one of them and is not that of the other: the less a channel varies, the more it is off.",
  },
  {
    ...batchNorm,
    name: "running-average-the-other-way",
    title: "the share m of the newest batch is given to the old average",
    edits: [
      {
        find: "add(multiply(running, 1 - momentum), multiply(now, momentum))",
        replace: "add(multiply(running, momentum), multiply(now, 1 - momentum))",
      },
    ],
    tag: "normalisation.30",
    story:
      "Frameworks disagree on what momentum means: 0.1 in one is 0.9 in the other. Evaluation " +
      "then uses the statistics of little more than the last batch. No gradient depends on them.",
  },
  {
    ...batchNorm,
    name: "running-variance-biased",
    title: "the running variance is not corrected by M/(M − 1)",
    edits: [
      {
        find: "const unbiased = multiply(batch.variance, M / (M - 1));",
        replace: "const unbiased = multiply(batch.variance, 1);",
      },
    ],
    tag: "normalisation.35",
    story:
      "A batch of 32 rows underestimates the variance by 3 %. Nobody would notice, but for " +
      "someone who loads the weights into another engine and gets other logits.",
  },
  {
    ...newer,
    name: "shortcut-forgotten-going-back",
    title: "the gradient of a residual block comes back through its body only",
    file: "src/backprop/residual.ts",
    edits: [
      {
        find: "await backend.add(throughBody!, throughShortcut!)",
        replace: "throughBody",
      },
    ],
    tag: "residual.8",
    layers: ["residual"],
    story:
      "The input is used twice, so its gradient is a sum (chain-rule.12). Without the second " +
      "term the block keeps its shape and loses its point, which was to let gradients through.",
  },
];
