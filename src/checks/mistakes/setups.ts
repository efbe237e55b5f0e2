/**
 * What is trained to see a mistake: the notes' network by the recipe `default`, and where that has
 * no such layer, a relative of it.
 */
import {
  Affine,
  AveragePool2d,
  BatchNorm1d,
  Conv2d,
  Dropout,
  Flatten,
  GlobalAveragePool2d,
  type Layer,
  MaxPool2d,
  meanSquaredError,
  Relu,
  Residual,
  Sigmoid,
  softmaxCrossEntropy,
  type StorageOptions,
  Tanh,
} from "../../backprop/index.js";
import type { Backend } from "../../kernels/index.js";
import { notebookNetwork, Sequential } from "../../network/index.js";
import {
  adam,
  findRecipe,
  type OptimizerDescription,
  sgd,
  type Training,
} from "../../training/index.js";

/** Each is described in {@link setups}. */
export type SetupName =
  | "notes"
  | "sgd"
  | "decay"
  | "oblong"
  | "average"
  | "global"
  | "squared"
  | "deep"
  | "dropout";

/** A network and a way to train it, to see what a mistake does. */
export interface Setup {
  /** Its key in {@link setups}. */
  readonly name: SetupName;
  /** In a few words, for the head of a table. */
  readonly description: string;
  /** For MNIST's images, [N, 1, 28, 28] → [N, 10], with memory of the backend; not initialised. */
  readonly network: (backend: Backend) => Sequential;
  /** One epoch over MNIST. */
  readonly recipe: Training;
  /**
   * The same layers, for images of 14 × 17 pixels and 5 classes, so small that all its gradients
   * can be checked.
   */
  readonly small: (storage: StorageOptions) => Sequential;
  /** What the optimizer minimises; all but one setup have the classifier's loss. */
  readonly loss: "softmax cross-entropy" | "squared error";
  /**
   * Below this, with room to spare, it brings the loss on a few images soon; weight decay keeps it
   * from 0.
   */
  readonly fewLoss: number;
}

/** Of one channel, height and width. */
export const SMALL_IMAGE = [14, 17] as const;
export const SMALL_CLASSES = 5;
const MNIST_IMAGE = [28, 28] as const;
const MNIST_CLASSES = 10;

/**
 * How wide a network is: filters of its two convolutions, and the units between its affine layers.
 */
interface Widths {
  readonly filters: readonly [number, number];
  readonly hidden: number;
}

const FULL: Widths = { filters: [16, 32], hidden: 120 };
const SMALL: Widths = { filters: [2, 3], hidden: 4 };

type Layers = Readonly<Record<string, Layer>>;

/**
 * How a network is put together: its blocks of convolution, and what stands between its affine
 * layers.
 */
interface Plan {
  readonly blocks: (first: number, second: number, storage: StorageOptions) => Layers;
  readonly middle?: (hidden: number, storage: StorageOptions) => Layers;
  /** Of the first affine layer; a normalisation right behind it would take it out again. */
  readonly bias?: boolean;
}

/**
 * Two blocks of convolution, relu and pooling, then two affine layers; the sizes in between are
 * worked out.
 */
function convolutional(
  image: readonly [number, number],
  classes: number,
  { filters, hidden }: Widths,
  storage: StorageOptions,
  { blocks, middle = () => ({ relu3: new Relu() }), bias = true }: Plan,
): Sequential {
  const images = { ...blocks(...filters, storage), flatten: new Flatten() };
  const features = new Sequential(images).outputShapes([1, 1, ...image]).at(-1)![1]!;
  return new Sequential({
    ...images,
    affine1: new Affine({ inFeatures: features, outFeatures: hidden, bias }, storage),
    ...middle(hidden, storage),
    affine2: new Affine({ inFeatures: hidden, outFeatures: classes }, storage),
  });
}

const notes: Plan = {
  blocks: (first, second, storage) => ({
    conv1: new Conv2d({ inChannels: 1, outChannels: first, kernelSize: 3 }, storage),
    relu1: new Relu(),
    pool1: new MaxPool2d({ kernelSize: 2 }),
    conv2: new Conv2d({ inChannels: first, outChannels: second, kernelSize: 3 }, storage),
    relu2: new Relu(),
    pool2: new MaxPool2d({ kernelSize: 2 }),
  }),
};

/** Nothing is the same on both axes, windows overlap, and there is padding. */
const oblong: Plan = {
  blocks: (first, second, storage) => ({
    conv1: new Conv2d(
      { inChannels: 1, outChannels: first, kernelSize: [3, 5], stride: [1, 2], padding: [2, 1] },
      storage,
    ),
    relu1: new Relu(),
    pool1: new MaxPool2d({ kernelSize: [3, 2], stride: [2, 1] }),
    conv2: new Conv2d(
      {
        inChannels: first,
        outChannels: second,
        kernelSize: [2, 3],
        stride: [1, 2],
        padding: [0, 1],
      },
      storage,
    ),
    relu2: new Relu(),
    pool2: new MaxPool2d({ kernelSize: [3, 2], stride: 2 }),
  }),
};

const average: Plan = {
  blocks: (first, second, storage) => ({
    conv1: new Conv2d({ inChannels: 1, outChannels: first, kernelSize: 3 }, storage),
    relu1: new Relu(),
    pool1: new AveragePool2d({ kernelSize: [2, 3], padding: [1, 1] }),
    conv2: new Conv2d({ inChannels: first, outChannels: second, kernelSize: 3 }, storage),
    relu2: new Relu(),
    pool2: new AveragePool2d({ kernelSize: 2 }),
  }),
};

/** Rows are normalised, squashed, and changed by a residual block. */
const deep: Plan = {
  ...notes,
  bias: false,
  middle: (hidden, storage) => ({
    norm: new BatchNorm1d({ channels: hidden }, storage),
    sigmoid: new Sigmoid(),
    block: new Residual({
      body: {
        inner: new Affine({ inFeatures: hidden, outFeatures: hidden }, storage),
        tanh: new Tanh(),
      },
    }),
  }),
};

const dropout: Plan = {
  ...notes,
  middle: () => ({ relu3: new Relu(), dropout: new Dropout({ probability: 0.5 }) }),
};

/** Averages over whole channels stand in front of the only affine layer. */
function global(
  classes: number,
  { filters: [first, second] }: Widths,
  storage: StorageOptions,
): Sequential {
  return new Sequential({
    conv1: new Conv2d({ inChannels: 1, outChannels: first, kernelSize: 3 }, storage),
    relu1: new Relu(),
    pool1: new MaxPool2d({ kernelSize: 2 }),
    conv2: new Conv2d({ inChannels: first, outChannels: second, kernelSize: [3, 4] }, storage),
    relu2: new Relu(),
    pool2: new GlobalAveragePool2d(),
    affine1: new Affine({ inFeatures: second, outFeatures: classes }, storage),
  });
}

const on = (backend: Backend): StorageOptions => ({ allocator: backend.persistent });
const usual = adam({ learningRate: 1e-3 });
const descent = sgd({ learningRate: 0.03, momentum: 0.9 });

const notesNetwork = (backend: Backend): Sequential => notebookNetwork(on(backend));
const full =
  (plan: Plan) =>
  (backend: Backend): Sequential =>
    convolutional(MNIST_IMAGE, MNIST_CLASSES, FULL, on(backend), plan);
const small =
  (plan: Plan) =>
  (storage: StorageOptions): Sequential =>
    convolutional(SMALL_IMAGE, SMALL_CLASSES, SMALL, storage, plan);

interface Choice {
  readonly description: string;
  readonly network: Setup["network"];
  readonly small: Setup["small"];
  readonly optimizer: OptimizerDescription;
  readonly loss?: Setup["loss"];
  readonly fewLoss?: number;
}

const choices: Readonly<Record<SetupName, Choice>> = {
  notes: {
    description: "the notes' network, Adam",
    network: notesNetwork,
    small: small(notes),
    optimizer: usual,
  },
  sgd: {
    description: "the notes' network, SGD with momentum",
    network: notesNetwork,
    small: small(notes),
    optimizer: descent,
  },
  decay: {
    description: "the notes' network, Adam with weight decay 0.1",
    network: notesNetwork,
    small: small(notes),
    optimizer: adam({ learningRate: 1e-3, weightDecay: 0.1 }),
    fewLoss: 0.5,
  },
  oblong: {
    description: "oblong windows that overlap, padded",
    network: full(oblong),
    small: small(oblong),
    optimizer: usual,
  },
  average: {
    description: "average pooling, padded",
    network: full(average),
    small: small(average),
    optimizer: usual,
  },
  global: {
    description: "global average pooling",
    network: (backend) => global(MNIST_CLASSES, FULL, on(backend)),
    small: (storage) => global(SMALL_CLASSES, SMALL, storage),
    optimizer: adam({ learningRate: 1e-2 }),
    fewLoss: 0.5,
  },
  deep: {
    description: "batch normalisation, a sigmoid and a residual block between the affine layers",
    network: full(deep),
    small: small(deep),
    optimizer: usual,
  },
  dropout: {
    description: "the notes' network, dropout 0.5 before its last layer",
    network: full(dropout),
    small: small(dropout),
    optimizer: usual,
    fewLoss: 0.5,
  },
  squared: {
    description: "the notes' network, squared error",
    network: notesNetwork,
    small: small(notes),
    optimizer: usual,
    loss: "squared error",
    fewLoss: 0.01,
  },
};

/** All setups, by name. */
export const setups: Readonly<Record<SetupName, Setup>> = Object.fromEntries(
  Object.entries(choices).map(
    ([
      name,
      {
        description,
        network,
        small: smallNetwork,
        optimizer,
        loss = "softmax cross-entropy",
        fewLoss = 0.1,
      },
    ]) => {
      const recipe: Training = {
        ...findRecipe("default"),
        // the classes as a regression: the outputs are to be 1 at the class and 0 elsewhere
        loss: loss === "squared error" ? meanSquaredError() : softmaxCrossEntropy(),
        optimizer,
        epochs: 1,
      };
      return [name, { name, description, network, recipe, small: smallNetwork, loss, fewLoss }];
    },
  ),
) as Record<SetupName, Setup>;
