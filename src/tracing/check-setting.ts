/**
 * Small layers to check: which one, of which sizes, with which numbers. A setting is plain, so that
 * a link can carry it.
 */
import {
  affineEntry,
  averagePool2dEntry,
  batchNorm2dEntry,
  type CatalogEntry,
  conv2dEntry,
  type LayerOptions,
  layerEntry,
  maxPool2dEntry,
  type NamedTensors,
  reluEntry,
  softmaxCrossEntropyEntry,
} from "../gradcheck/index.js";
import { col2im, im2col, type WindowGeometry } from "../im2col/index.js";
import { type DType, Random, sizeOf, Tensor } from "../tensor/index.js";
import { type CheckSizes, inputShapes, windowsOf } from "./check-sizes.js";

/** A layer, its sizes, and where its numbers come from. */
export interface CheckSetting extends CheckSizes {
  /** Draws what is not given. */
  readonly seed: number;
  /** The first input's numbers, in row-major order; drawn if there are none. */
  readonly x: readonly number[];
}

/** A layer at a point: what a check begins with. */
export interface CheckedLayer {
  /** The layer as the check sees it. */
  readonly entry: CatalogEntry;
  /** Its options there. */
  readonly options: LayerOptions;
  /** Tensors by name, the first of them x or the logits. */
  readonly inputs: NamedTensors;
}

/** im2col as a layer, whose backward pass is col2im: (conv2d.10a). */
const im2colEntry = layerEntry<WindowGeometry, WindowGeometry & LayerOptions>({
  layer: "im2col",
  linear: ["x"],
  forward: async ({ x }, geometry) => ({ out: im2col(x!, geometry), cache: geometry }),
  backward: async (dOut, geometry) => ({
    dX: col2im(dOut, dOut.shape[1]! / (geometry.kH * geometry.kW), geometry),
  }),
  cases: () => [],
  sample: () => ({ options: {}, inputs: {} }),
});

const ENTRIES: Readonly<Record<CheckSizes["layer"], CatalogEntry>> = {
  affine: affineEntry,
  relu: reluEntry,
  softmaxCrossEntropy: softmaxCrossEntropyEntry,
  batchNorm2d: batchNorm2dEntry,
  conv2d: conv2dEntry,
  maxPool2d: maxPool2dEntry,
  averagePool2d: averagePool2dEntry,
  im2col: im2colEntry,
};

/** Two digits behind the point: enough for numbers that somebody reads. */
const rounded = (value: number): number => Math.round(100 * value) / 100;

/**
 * The layer of a setting, with its numbers. What is drawn has two digits behind the point, and for
 * layers with kinks no two numbers are closer than 0.1.
 *
 * @param dtype float64 if left out; in float32 the same numbers, rounded
 */
export function checkedLayer(setting: CheckSetting, dtype: DType = "float64"): CheckedLayer {
  const random = new Random(setting.seed).split(setting.layer);
  const shapes = inputShapes(setting);
  const inputs = Object.entries(shapes).map(([name, shape], i) => {
    const drawn = drawnFor(setting, name, shape, random);
    const numbers = i === 0 && setting.x.length === drawn.length ? setting.x : drawn;
    return [name, Tensor.from([...numbers], shape, dtype)] as const;
  });
  return {
    entry: ENTRIES[setting.layer],
    options: optionsOf(setting, random),
    inputs: Object.fromEntries(inputs),
  };
}

function drawnFor(
  { layer }: CheckSetting,
  name: string,
  shape: readonly number[],
  random: Random,
): readonly number[] {
  const size = sizeOf(shape);
  if (layer === "relu" || layer === "maxPool2d")
    return Array.from(random.permutation(size), (rank) =>
      rounded(0.1 * (rank - Math.floor(size / 2)) + 0.05),
    );
  const isScale = layer === "batchNorm2d" && name === "weight";
  const [low, high] = isScale ? [0.5, 1.5] : [-1, 1];
  return Array.from(random.uniform(shape, low, high, "float64").data, rounded);
}

function optionsOf(setting: CheckSetting, random: Random): LayerOptions {
  const { layer, images, outputs, kernel, stride, padding, dilation } = setting;
  switch (layer) {
    case "softmaxCrossEntropy":
      return { target: Array.from({ length: images }, () => random.integer(outputs)) };
    case "batchNorm2d":
      return { mode: "train" };
    case "conv2d":
    case "maxPool2d":
    case "averagePool2d":
      return { kernelSize: kernel, stride, padding, dilation };
    case "im2col":
      return { ...windowsOf(setting) };
    default:
      return {};
  }
}
