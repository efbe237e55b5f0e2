/** Networks whose maps become smaller in different ways, or do not. */
import {
  affine,
  averagePool2d,
  conv2d,
  flatten,
  type LayerDescriptions,
  type NetworkDescription,
  notebookDescription,
  relu,
} from "../../network/index.js";
import type { ColourPool } from "./coloured-digits.js";
import { plainMlp } from "./plain-mlp.js";

/** The notes' network, and others whose maps become smaller in another way, or do not. */
export const networks: Readonly<Record<string, NetworkDescription>> = {
  "max pooling": notebookDescription,
  "average pooling": {
    ...notebookDescription,
    layers: {
      ...notebookDescription.layers,
      pool1: averagePool2d({ kernelSize: 2 }),
      pool2: averagePool2d({ kernelSize: 2 }),
    },
  },
  // 28 → 13 → 6, so 1,152 inputs of affine1; 102,502 parameters
  "strided convolution": withoutPools({ stride: 2, maps: 32, hidden: 84 }),
  // 28 → 26 → 24, so 2,304 inputs of affine1; 102,610 parameters
  "no pooling": withoutPools({ stride: 1, maps: 4, hidden: 44 }),
  mlp: plainMlp,
};

function withoutPools(sizes: {
  readonly stride: number;
  readonly maps: number;
  readonly hidden: number;
}): NetworkDescription {
  const { stride, maps, hidden } = sizes;
  return {
    input: [1, 28, 28],
    layers: {
      conv1: conv2d({ outChannels: 16, kernelSize: 3, stride }),
      relu1: relu(),
      conv2: conv2d({ outChannels: maps, kernelSize: 3, stride }),
      relu2: relu(),
      ...classifying(hidden),
    },
  };
}

function classifying(hidden: number): LayerDescriptions {
  return {
    flatten: flatten(),
    affine1: affine({ outFeatures: hidden }),
    relu3: relu(),
    affine2: affine({ outFeatures: 10 }),
  };
}

/** What stands in front of the notes' layers, by what it takes and whether it merges channels. */
export const colourPools: Readonly<Record<string, ColourPool>> = {
  "largest, channels kept": { takes: "largest", keepsChannels: true },
  "largest, channels merged": { takes: "largest", keepsChannels: false },
  "mean, channels kept": { takes: "mean", keepsChannels: true },
  "mean, channels merged": { takes: "mean", keepsChannels: false },
};

/** The notes' layers, behind a pool that stands before them. */
export function colourNetwork({ keepsChannels }: ColourPool): NetworkDescription {
  const { conv1, relu1, pool1, conv2, relu2 } = notebookDescription.layers;
  return {
    input: [keepsChannels ? 3 : 1, 14, 14],
    layers: {
      ...{ conv1: conv1!, relu1: relu1!, pool1: pool1!, conv2: conv2!, relu2: relu2! },
      ...classifying(120),
    },
  };
}
