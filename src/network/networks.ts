import {
  Affine,
  Conv2d,
  Flatten,
  MaxPool2d,
  Relu,
  type StorageOptions,
} from "../backprop/index.js";
import { Sequential } from "./sequential.js";

/**
 * The notes' network for MNIST: images [N, 1, 28, 28] in, logits [N, 10] out, 102,130 parameters.
 */
export function notebookNetwork(storage: StorageOptions = {}): Sequential {
  return new Sequential({
    conv1: new Conv2d({ inChannels: 1, outChannels: 16, kernelSize: 3 }, storage),
    relu1: new Relu(),
    pool1: new MaxPool2d({ kernelSize: 2 }),
    conv2: new Conv2d({ inChannels: 16, outChannels: 32, kernelSize: 3 }, storage),
    relu2: new Relu(),
    pool2: new MaxPool2d({ kernelSize: 2 }),
    flatten: new Flatten(),
    affine1: new Affine({ inFeatures: 800, outFeatures: 120 }, storage),
    relu3: new Relu(),
    affine2: new Affine({ inFeatures: 120, outFeatures: 10 }, storage),
  });
}
