import type { Mistake } from "../mistake.js";

const affine = {
  theme: "affine and relu",
  file: "src/backprop/affine.ts",
  layers: ["affine"],
  setups: ["notes"],
} as const;

export const affineMistakes: readonly Mistake[] = [
  {
    ...affine,
    name: "affine-bias-of-one-image",
    title: "the gradient of the bias is not summed over the batch: only the first row counts",
    edits: [
      {
        find: "await backend.sumPerChannel(dOut)",
        replace: "await backend.sumPerChannel(dOut.slice([0, 1]))",
      },
    ],
    tag: "affine.5",
    story:
      "Written and tested with a batch of one. The bias then follows one image of the batch, a " +
      "noisy estimate of the right direction; it is not even wrong on average, only noisy, and " +
      "Adam makes light of that.",
  },
  {
    ...affine,
    name: "bias-never-updated",
    title: "the gradient of a bias is computed and never stored",
    file: "src/backprop/layer.ts",
    edits: [
      {
        find: "await parameter.accumulate(gradient, pass.backend);",
        replace:
          'if (parameter.name === "weight") await parameter.accumulate(gradient, pass.backend);',
      },
    ],
    tag: "affine.5",
    story:
      "The pure functions are right, and so every check of them passes. The line that hands " +
      "their results on to the parameters was written for weights. They make up for it, so the " +
      "accuracy says next to nothing; only a check of the whole network, or of the loop, " +
      "asks what became of each parameter.",
  },
  {
    ...affine,
    name: "reshaped-instead-of-transposed",
    title: "xᵀ · dOut is reshaped to the shape of the weight instead of transposed",
    edits: [
      {
        find: "const dWeight = await backend.matmul(dOut, x, { transposeA: true });",
        replace:
          "const dWeight = (await backend.matmul(x, dOut, { transposeA: true }))" +
          ".reshape(weight.shape);",
      },
    ],
    tag: "affine.9",
    story:
      "The product came out as [I, O], an error message asked for [O, I], and reshape silenced " +
      "it. The shapes match and all numbers are there, in the wrong places.",
  },
  {
    ...affine,
    name: "affine-input-scaled",
    title: "dX is divided by the number of outputs, as if gradients were averaged over them",
    edits: [
      {
        find: "await backend.matmul(dOut, weight)",
        replace: "multiply(await backend.matmul(dOut, weight), 1 / weight.shape[0]!)",
      },
      {
        find: "  formatShape,\n",
        replace: "  formatShape,\n  multiply,\n",
      },
    ],
    tag: "affine.12",
    story:
      "Gradients that meet in one input are added, not averaged. All layers in front get a " +
      "gradient of the right direction that is too small by a constant, and Adam takes such a " +
      "constant out again.",
  },
  {
    name: "relu-lets-all-through",
    theme: "affine and relu",
    title: "the rectifier's backward pass hands the gradient on unmasked",
    file: "src/kernels/reference/relu.ts",
    edits: [
      { find: "target[i] = mask[i]! > 0 ? source[i]! : 0;", replace: "target[i] = source[i]!;" },
    ],
    tag: "relu.8",
    layers: ["relu"],
    setups: ["notes"],
    primitives: ["reluBackward"],
    story:
      "Units that were switched off are trained as if they had been on. The network still " +
      "learns something: this is known as a straight-through estimator.",
  },
  {
    name: "relu-masks-by-gradient",
    theme: "affine and relu",
    title: "the mask is taken from the gradient, dOut > 0, instead of the input",
    file: "src/kernels/reference/relu.ts",
    edits: [
      {
        find: "target[i] = mask[i]! > 0 ? source[i]! : 0;",
        replace: "target[i] = source[i]! > 0 ? source[i]! : 0;",
      },
    ],
    tag: "relu.8",
    layers: ["relu"],
    setups: ["notes"],
    primitives: ["reluBackward"],
    story:
      "The rectifier is applied to the gradient as it was to the signal. No unit is ever told " +
      "that it said too little, since such a gradient is negative.",
  },
  {
    name: "flatten-in-another-order",
    theme: "affine and relu",
    title: "flatten goes back as if the channels had come last",
    file: "src/backprop/flatten.ts",
    edits: [
      {
        find: "return { dX: dOut.reshape(shape) };",
        replace:
          "const [N, C, H, W] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!];\n" +
          "  return { dX: dOut.reshape([N, H, W, C]).transpose([0, 3, 1, 2]).reshape(shape) };",
      },
    ],
    tag: "affine.15",
    layers: ["flatten"],
    setups: ["notes"],
    story:
      "Two layouts, NCHW and NHWC, in one program. The number of entries is the same either " +
      "way, and reshape asks for no more than that. The convolutions get gradients meant for " +
      "other pixels and other channels. The affine layers behind them learn " +
      "to make the best of what comes.",
  },
];
