/** What is trained to see a mistake: the notes' network by the recipe `default`, and where that has no such layer, a relative of it. */
import { Affine, AveragePool2d, Conv2d, Flatten, GlobalAveragePool2d, type Layer, MaxPool2d, Relu, type StorageOptions } from "../../backprop/index.js";
import type { Backend } from "../../kernels/index.js";
import { notebookNetwork, Sequential } from "../../network/index.js";
import { Adam, type AdamOptions, findRecipe, type Optimizer, type Recipe, Sgd } from "../../training/index.js";

export type SetupName = "notes" | "sgd" | "decay" | "oblong" | "average" | "global" | "squared";

export interface Setup {
  readonly name: SetupName;
  /** In a few words, for the head of a table. */
  readonly description: string;
  /** One epoch over MNIST. */
  readonly recipe: Recipe;
  /** The same layers, for images of {@link SMALL_IMAGE} pixels and {@link SMALL_CLASSES} classes, so small that all its gradients can be checked. */
  readonly small: (storage: StorageOptions) => Sequential;
  /** What the optimizer minimises; all but one setup have the classifier's loss. */
  readonly loss: "softmax cross-entropy" | "squared error";
  /** Below this, with room to spare, it brings the loss on a few images soon; weight decay keeps it from 0. */
  readonly fewLoss: number;
}

/** Of one channel, height and width. */
export const SMALL_IMAGE = [14, 17] as const;
export const SMALL_CLASSES = 5;
const MNIST_IMAGE = [28, 28] as const;
const MNIST_CLASSES = 10;

/** How wide a network is: filters of its two convolutions, and the units between its affine layers. */
interface Widths {
  readonly filters: readonly [number, number];
  readonly hidden: number;
}

const FULL: Widths = { filters: [16, 32], hidden: 120 };
const SMALL: Widths = { filters: [2, 3], hidden: 4 };

type Layers = Readonly<Record<string, Layer>>;

/** Two blocks of convolution, relu and pooling, then two affine layers; the sizes in between are worked out. */
function convolutional(image: readonly [number, number], classes: number, { filters, hidden }: Widths, storage: StorageOptions, blocks: (first: number, second: number) => Layers): Sequential {
  const images = { ...blocks(...filters), flatten: new Flatten() };
  const features = new Sequential(images).outputShapes([1, 1, ...image]).at(-1)![1]!;
  return new Sequential({
    ...images,
    affine1: new Affine({ inFeatures: features, outFeatures: hidden }, storage),
    relu3: new Relu(),
    affine2: new Affine({ inFeatures: hidden, outFeatures: classes }, storage),
  });
}

function notes(storage: StorageOptions): (first: number, second: number) => Layers {
  return (first, second) => ({
    conv1: new Conv2d({ inChannels: 1, outChannels: first, kernelSize: 3 }, storage),
    relu1: new Relu(),
    pool1: new MaxPool2d({ kernelSize: 2 }),
    conv2: new Conv2d({ inChannels: first, outChannels: second, kernelSize: 3 }, storage),
    relu2: new Relu(),
    pool2: new MaxPool2d({ kernelSize: 2 }),
  });
}

/** Nothing is the same on both axes, windows overlap, and there is padding. */
function oblong(storage: StorageOptions): (first: number, second: number) => Layers {
  return (first, second) => ({
    conv1: new Conv2d({ inChannels: 1, outChannels: first, kernelSize: [3, 5], stride: [1, 2], padding: [2, 1] }, storage),
    relu1: new Relu(),
    pool1: new MaxPool2d({ kernelSize: [3, 2], stride: [2, 1] }),
    conv2: new Conv2d({ inChannels: first, outChannels: second, kernelSize: [2, 3], stride: [1, 2], padding: [0, 1] }, storage),
    relu2: new Relu(),
    pool2: new MaxPool2d({ kernelSize: [2, 3], stride: 2 }),
  });
}

function average(storage: StorageOptions): (first: number, second: number) => Layers {
  return (first, second) => ({
    conv1: new Conv2d({ inChannels: 1, outChannels: first, kernelSize: 3 }, storage),
    relu1: new Relu(),
    pool1: new AveragePool2d({ kernelSize: [2, 3], padding: [1, 1] }),
    conv2: new Conv2d({ inChannels: first, outChannels: second, kernelSize: 3 }, storage),
    relu2: new Relu(),
    pool2: new AveragePool2d({ kernelSize: 2 }),
  });
}

/** Averages over whole channels stand in front of the only affine layer. */
function global(classes: number, { filters: [first, second] }: Widths, storage: StorageOptions): Sequential {
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

const on = (backend: Backend): StorageOptions => ({ allocator: backend.allocator });
const adam = (options: AdamOptions = {}) => (network: Sequential, backend: Backend): Optimizer => new Adam(network.parameters, { learningRate: 1e-3, ...options }, backend.allocator);
const sgd = (network: Sequential, backend: Backend): Optimizer => new Sgd(network.parameters, { learningRate: 0.03, momentum: 0.9 }, backend.allocator);

const notesNetwork = (backend: Backend): Sequential => notebookNetwork(on(backend));
const smallNotes = (storage: StorageOptions): Sequential => convolutional(SMALL_IMAGE, SMALL_CLASSES, SMALL, storage, notes(storage));
const full = (build: (storage: StorageOptions) => (first: number, second: number) => Layers) => (backend: Backend): Sequential => convolutional(MNIST_IMAGE, MNIST_CLASSES, FULL, on(backend), build(on(backend)));
const small = (build: (storage: StorageOptions) => (first: number, second: number) => Layers) => (storage: StorageOptions): Sequential => convolutional(SMALL_IMAGE, SMALL_CLASSES, SMALL, storage, build(storage));

interface Choice {
  readonly description: string;
  readonly network: Recipe["network"];
  readonly small: Setup["small"];
  readonly optimizer: Recipe["optimizer"];
  readonly loss?: Setup["loss"];
  readonly fewLoss?: number;
}

const choices: Readonly<Record<SetupName, Choice>> = {
  notes: { description: "the notes' network, Adam", network: notesNetwork, small: smallNotes, optimizer: adam() },
  sgd: { description: "the notes' network, SGD with momentum", network: notesNetwork, small: smallNotes, optimizer: sgd },
  decay: { description: "the notes' network, Adam with weight decay 0.1", network: notesNetwork, small: smallNotes, optimizer: adam({ weightDecay: 0.1 }), fewLoss: 0.5 },
  oblong: { description: "oblong windows that overlap, padded", network: full(oblong), small: small(oblong), optimizer: adam() },
  average: { description: "average pooling, padded", network: full(average), small: small(average), optimizer: adam() },
  global: { description: "global average pooling", network: (backend) => global(MNIST_CLASSES, FULL, on(backend)), small: (storage) => global(SMALL_CLASSES, SMALL, storage), optimizer: adam({ learningRate: 1e-2 }), fewLoss: 0.5 },
  squared: { description: "the notes' network, squared error", network: notesNetwork, small: smallNotes, optimizer: adam(), loss: "squared error" },
};

export const setups: Readonly<Record<SetupName, Setup>> = Object.fromEntries(
  Object.entries(choices).map(([name, { description, network, small: smallNetwork, optimizer, loss = "softmax cross-entropy", fewLoss = 0.1 }]) => {
    const recipe: Recipe = { ...findRecipe("default"), name, description, network, optimizer, epochs: 1 };
    return [name, { name, description, recipe, small: smallNetwork, loss, fewLoss }];
  }),
) as Record<SetupName, Setup>;
