import type { Mistake } from "../mistake.js";

const parameters = { theme: "parameters", layers: [], setups: ["notes"] } as const;

export const parameterMistakes: readonly Mistake[] = [
  {
    ...parameters,
    name: "gradient-overwritten",
    title: "a parameter keeps the last gradient that it is given instead of the sum",
    file: "src/backprop/parameter.ts",
    edits: [
      {
        find: "await backend.accumulate(this.grad, gradient);",
        replace: "this.grad.copyFrom(gradient);",
      },
    ],
    tag: "backpropagation.10",
    story:
      "In a chain of layers each parameter is used once a step, and nothing is wrong. The day " +
      "a weight is shared, or a batch is processed in two halves, part of the gradient is lost.",
  },
  {
    ...parameters,
    name: "gradients-never-zeroed",
    title: "the gradients are not set to 0 before the next step",
    file: "src/training/fit-step.ts",
    edits: [{ find: "network.zeroGrad();", replace: "" }],
    tag: "backpropagation.10",
    setups: ["notes", "sgd"],
    story:
      "Since gradients are added up, those of all earlier steps stay in. It acts like a " +
      "momentum that never fades.",
  },
  {
    ...parameters,
    name: "weights-start-at-zero",
    title: "all weights start at 0",
    file: "src/network/initialisers.ts",
    edits: [{ find: "const limit = 1 / Math.sqrt(parameter.fanIn);", replace: "const limit = 0;" }],
    tag: "initialisation.16",
    story:
      "It works for a single layer. With more of them every unit of a layer computes the same " +
      "and gets the same gradient, here none at all but for the last bias: accuracy would stay " +
      "at 10 %. The training loop refuses such a network before the first step.",
  },
  {
    ...parameters,
    name: "weights-start-too-large",
    title: "the initial weights do not shrink with the number of inputs",
    file: "src/network/initialisers.ts",
    edits: [{ find: "const limit = 1 / Math.sqrt(parameter.fanIn);", replace: "const limit = 1;" }],
    tag: "initialisation.16",
    story:
      "Each layer multiplies the size of its signal by about the root of its number of inputs. " +
      "The first predictions are confident and wrong, and the first loss is in the hundreds. " +
      "Adam on MNIST recovers from even that, to a worse place.",
  },
];
