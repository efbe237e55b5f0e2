/** What `best` chooses among: networks, changes of the images, and details of the training. */
import { type LossDescription, softmaxCrossEntropy } from "../../backprop/index.js";
import {
  type AugmentationDescription,
  elastic,
  rotation,
  scale as scaled,
  shift,
} from "../../data/index.js";
import {
  affine,
  batchNorm2d,
  conv2d,
  dropout,
  flatten,
  globalAveragePool2d,
  type LayerDescriptions,
  maxPool2d,
  type NetworkDescription,
  notebookDescription,
  relu,
} from "../../network/index.js";
import { adamW, oneCycle, type OptimizerDescription, sgd } from "../../training/index.js";

/** What is trained of a network before its classes, and for how long. */
interface Candidate {
  readonly body: LayerDescriptions;
  /** As many as two cores do in about 13 minutes. */
  readonly epochs: number;
}

/** By its parameters, and by the products that it takes. */
export const SECOND_LARGEST = "32 (5 × 5), pool, 64, pool, 96";

/** By the filters of their convolutions: 3 × 3, or as wide as is said; batch norm behind each. */
export const networks: Readonly<Record<string, Candidate>> = {
  "16, pool, 32, 32, pool, 64": {
    body: {
      ...block(1, 16),
      ...pool(1),
      ...block(2, 32),
      ...block(3, 32),
      ...pool(2),
      ...block(4, 64),
    },
    epochs: 30,
  },
  [SECOND_LARGEST]: {
    body: { ...block(1, 32, 5), ...pool(1), ...block(2, 64), ...pool(2), ...block(3, 96) },
    epochs: 21,
  },
  "24 (5 × 5), pool, 48, pool, 64, 64, mean": {
    body: {
      ...{ ...block(1, 24, 5), ...pool(1), ...block(2, 48), ...pool(2) },
      ...{ ...block(3, 64), ...block(4, 64), mean: globalAveragePool2d() },
    },
    epochs: 21,
  },
  "32, pool, 32, 64, pool, 64, 128, mean": {
    body: {
      ...{ ...block(1, 32), ...pool(1), ...block(2, 32), ...block(3, 64), ...pool(2) },
      ...{ ...block(4, 64), ...block(5, 128), mean: globalAveragePool2d() },
    },
    epochs: 14,
  },
};

export const UNCHANGED = "none";
/** All changes at once. */
export const TOGETHER = "shift, rotation, scale, elastic";

const moved = [shift({ pixels: 2 }), rotation({ degrees: 10 }), scaled({ factor: 0.1 })];

export const augmentations: Readonly<Record<string, readonly AugmentationDescription[]>> = {
  [UNCHANGED]: [],
  "shift of 2 pixels": [shift({ pixels: 2 })],
  "shift, rotation, scale": moved,
  "elastic distortion": [elastic({ strength: 34, smoothness: 4 })],
  [TOGETHER]: [...moved, elastic({ strength: 20, smoothness: 4 })],
};

/** What stays as it is while network and augmentation are chosen. */
export const PLAIN = "AdamW at 0.003";
export const USUAL_IMAGES = "shift, rotation, scale";

interface Details {
  readonly optimizer: OptimizerDescription;
  readonly labelSmoothing?: number;
  readonly dropout?: number;
}

const usual = adamW({ learningRate: 0.003, weightDecay: 0.01 });

export const details: Readonly<Record<string, Details>> = {
  [PLAIN]: { optimizer: usual },
  "AdamW at 0.01": { optimizer: adamW({ learningRate: 0.01, weightDecay: 0.01 }) },
  "AdamW, decay 0.1": { optimizer: adamW({ learningRate: 0.003, weightDecay: 0.1 }) },
  "momentum at 0.1": {
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
  },
  "labels smoothed by 0.1": { optimizer: usual, labelSmoothing: 0.1 },
  "dropout of 0.3": { optimizer: usual, dropout: 0.3 },
};

/** One of each, by their names. */
export interface Choice {
  readonly network: string;
  readonly images: string;
  readonly details: string;
}

/** What a choice stands for, as a recipe has it. */
export function chosenRecipe(choice: Choice): {
  network: NetworkDescription;
  optimizer: OptimizerDescription;
  loss: LossDescription;
  schedule: ReturnType<typeof oneCycle>;
  augment: readonly AugmentationDescription[];
  epochs: number;
  batchSize: number;
} {
  const { body, epochs } = networks[choice.network]!;
  const { optimizer, labelSmoothing, dropout: probability } = details[choice.details]!;
  const layers: LayerDescriptions = {
    ...{ ...body, flatten: flatten() },
    ...(probability !== undefined && { dropout: dropout({ probability }) }),
    classes: affine({ outFeatures: 10 }),
  };
  return {
    network: { input: notebookDescription.input!, layers },
    optimizer,
    loss: softmaxCrossEntropy(labelSmoothing === undefined ? {} : { labelSmoothing }),
    schedule: oneCycle(),
    augment: augmentations[choice.images]!,
    ...{ epochs, batchSize: 128 },
  };
}

function block(i: number, outChannels: number, kernelSize = 3): LayerDescriptions {
  return {
    [`conv${i}`]: conv2d({ outChannels, kernelSize, padding: (kernelSize - 1) / 2 }),
    [`norm${i}`]: batchNorm2d(),
    [`relu${i}`]: relu(),
  };
}

function pool(i: number): LayerDescriptions {
  return { [`pool${i}`]: maxPool2d({ kernelSize: 2 }) };
}
