/** Stacks of convolutions, and how much of an image is left behind each of them. */
import { conv2dGeometry } from "../../im2col/index.js";
import {
  affine,
  conv2d,
  flatten,
  type LayerDescription,
  maxPool2d,
  type NetworkDescription,
  relu,
} from "../../network/index.js";

const SIDE = 28;
const CHANNELS = 8;

/** How maps become smaller: hardly, by a stride of 2, or by a pooling after each convolution. */
export const halvings = ["none", "stride 2", "pooling"] as const;
export type Halving = (typeof halvings)[number];

export interface Stack {
  readonly halving: Halving;
  readonly padding: number;
  readonly depth: number;
}

/** Heights of the maps, after each layer, as far as there is room for one more. */
export function mapSizes({ halving, padding, depth }: Stack): number[] {
  const found: number[] = [];
  const windows = [
    { kernelSize: 3, padding, stride: halving === "stride 2" ? 2 : 1 },
    ...(halving === "pooling" ? [{ kernelSize: 2, stride: 2, padding: 0 }] : []),
  ];
  let size = SIDE;
  for (let d = 0; d < depth; d++) {
    for (const window of windows) {
      if (window.kernelSize > size + 2 * window.padding) return found;
      // sizes after filtering are computed in one place only: (conv2d.2).
      size = conv2dGeometry("mapSizes", size, size, window).outH;
    }
    found.push(size);
  }
  return found;
}

/** Convolutions of 3×3, each with its rectifier, in front of one affine layer to ten classes. */
export function stackOfConvolutions({ halving, padding, depth }: Stack): NetworkDescription {
  const layers: [string, LayerDescription][] = [];
  const stride = halving === "stride 2" ? 2 : 1;
  for (let d = 1; d <= depth; d++) {
    layers.push(
      [`conv${d}`, conv2d({ outChannels: CHANNELS, kernelSize: 3, padding, stride })],
      ...(halving === "pooling"
        ? [[`pool${d}`, maxPool2d({ kernelSize: 2 })] as [string, LayerDescription]]
        : []),
      [`relu${d}`, relu()],
    );
  }
  layers.push(["flatten", flatten()], ["affine", affine({ outFeatures: 10 })]);
  return { input: [1, SIDE, SIDE], layers: Object.fromEntries(layers) };
}
