import type { Mistake } from "../mistake.js";

const update = {
  theme: "optimizer",
  file: "src/kernels/reference/optimizer-updates.ts",
  layers: [],
} as const;

export const optimizers: readonly Mistake[] = [
  {
    ...update,
    name: "adam-without-bias-correction",
    title: "Adam's moments are used as they are, without the correction for their start at 0",
    edits: [
      {
        find: "(learningRate * (m[i]! / correction1)) / (Math.sqrt(v[i]! / correction2) + epsilon)",
        replace: "(learningRate * m[i]!) / (Math.sqrt(v[i]!) + epsilon)",
      },
    ],
    tag: "optimizers.27",
    setups: ["notes"],
    primitives: ["update"],
    story:
      "The first step is 0.1/√0.001 = 3.2 times too long, the steps after it up to 6.6 times; " +
      "the effect lasts for some thousand steps. On MNIST such long steps happen to help, " +
      "which is how a mistake gets kept. Elsewhere the loss explodes.",
  },
  {
    ...update,
    name: "adam-epsilon-under-the-root",
    title: "ε is added under the root: √(v̂ + ε)",
    edits: [
      {
        find: "(Math.sqrt(v[i]! / correction2) + epsilon)",
        replace: "Math.sqrt(v[i]! / correction2 + epsilon)",
      },
    ],
    tag: "optimizers.28",
    setups: ["notes"],
    primitives: ["update"],
    story:
      "Then ε = 1e-8 acts like 1e-4 outside of it, and weights with small gradients take much " +
      "smaller steps. Some papers have it so; another engine's numbers tell the two apart.",
  },
  {
    ...update,
    name: "adam-without-root",
    title: "Adam divides by v̂ instead of its root",
    edits: [
      {
        find: "(Math.sqrt(v[i]! / correction2) + epsilon)",
        replace: "(v[i]! / correction2 + epsilon)",
      },
    ],
    tag: "optimizers.28",
    setups: ["notes"],
    primitives: ["update"],
    story:
      "A step of g/g² grows as the gradient shrinks: the units do not fit, and the smaller the " +
      "slope, the further it jumps.",
  },
  {
    ...update,
    name: "momentum-dampened",
    title: "the velocity is a mean, μ·v + (1 − μ)·g, with the learning rate of the sum",
    edits: [{ find: "momentum * v[i]! + d;", replace: "momentum * v[i]! + (1 - momentum) * d;" }],
    tag: "optimizers.12",
    setups: ["sgd"],
    primitives: ["update"],
    story:
      "Both definitions are in use. With μ = 0.9 they differ by a factor of 10 in the learning " +
      "rate, so numbers copied from a paper mean something else.",
  },
  {
    ...update,
    name: "descent-uphill",
    title: "the step is added: w + η·g",
    edits: [{ find: "w[i]! -= learningRate * d;", replace: "w[i]! += learningRate * d;" }],
    tag: "optimizers.4",
    setups: ["sgd"],
    primitives: ["update"],
    story:
      "All gradients are right and all checks of layers pass. The loss rises from the first " +
      "step, until it is no longer a number.",
  },
  {
    ...update,
    name: "decay-that-grows",
    title: "weight decay with the wrong sign: g − λ·w",
    edits: [
      { find: "const d = g[i]! + decay * w[i]!;", replace: "const d = g[i]! - decay * w[i]!;" },
    ],
    tag: "optimizers.10",
    setups: ["decay"],
    primitives: ["update"],
    story:
      "Weights are pushed away from 0. In the first epoch that looks like progress, since the " +
      "right decay, at the notes' 0.1, slows the network down. Without weight decay the line " +
      "does nothing.",
  },
];
