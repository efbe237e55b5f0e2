/** The notes' network, which most recipes train. */
import type { StorageOptions } from "../backprop/index.js";
import { buildNetwork } from "./build-network.js";
import type { NetworkDescription } from "./description.js";
import { affine, conv2d, flatten, maxPool2d, relu } from "./layer-kinds.js";
import type { Sequential } from "./sequential.js";

/**
 * The notes' network for MNIST: images [N, 1, 28, 28] in, logits [N, 10] out, 102,130 parameters.
 */
export const notebookDescription: NetworkDescription = {
  input: [1, 28, 28],
  layers: {
    conv1: conv2d({ outChannels: 16, kernelSize: 3 }),
    relu1: relu(),
    pool1: maxPool2d({ kernelSize: 2 }),
    conv2: conv2d({ outChannels: 32, kernelSize: 3 }),
    relu2: relu(),
    pool2: maxPool2d({ kernelSize: 2 }),
    flatten: flatten(),
    affine1: affine({ outFeatures: 120 }),
    relu3: relu(),
    affine2: affine({ outFeatures: 10 }),
  },
};

/**
 * The network that {@link notebookDescription} describes, with weights of 0: see
 * {@link initialise}.
 *
 * @param storage on the heap in float32 if left out
 */
export function notebookNetwork(storage: StorageOptions = {}): Sequential {
  return buildNetwork(notebookDescription, { storage, initialiser: () => {} });
}
