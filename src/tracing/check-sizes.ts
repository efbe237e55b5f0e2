/** Sizes of small layers, and which of them fit together. */
import { conv2dGeometry, type WindowGeometry } from "../im2col/index.js";

/** The layers that {@link inputShapes} knows. */
export const CHECKED_LAYERS = [
  "conv2d",
  "affine",
  "relu",
  "maxPool2d",
  "averagePool2d",
  "softmaxCrossEntropy",
  "batchNorm2d",
  "im2col",
] as const;

/** A layer and its sizes; it has no use for some of them. */
export interface CheckSizes {
  /** By its name in the catalog; `im2col` is a layer whose backward pass is col2im. */
  readonly layer: (typeof CHECKED_LAYERS)[number];
  /** N */
  readonly images: number;
  /** C */
  readonly channels: number;
  /** K */
  readonly filters: number;
  /** Features of an affine layer. */
  readonly features: number;
  /** Outputs of an affine layer, classes of a loss. */
  readonly outputs: number;
  /** H and W of the image. */
  readonly size: readonly [h: number, w: number];
  /** kH and kW of a window. */
  readonly kernel: readonly [h: number, w: number];
  /** From window to window. */
  readonly stride: readonly [h: number, w: number];
  /** On either side. */
  readonly padding: readonly [h: number, w: number];
  /** Between entries of a window. */
  readonly dilation: readonly [h: number, w: number];
}

/** Whether the layer slides a window over its image. */
export const hasWindows = (layer: CheckSizes["layer"]): boolean =>
  ["conv2d", "maxPool2d", "averagePool2d", "im2col"].includes(layer);

/** Where the windows lie. @throws InputError when one does not fit into the image */
export function windowsOf({ layer, size, ...sizes }: CheckSizes): WindowGeometry {
  const { kernel, stride, padding, dilation } = sizes;
  return conv2dGeometry(layer, ...size, { kernelSize: kernel, stride, padding, dilation });
}

/** The shapes of a layer's inputs, by name, as it takes them. */
export function inputShapes(sizes: CheckSizes): Readonly<Record<string, readonly number[]>> {
  const { layer, images: N, channels: C, filters: K, features, outputs } = sizes;
  const image = [N, C, ...sizes.size];
  switch (layer) {
    case "affine":
      return { x: [N, features], weight: [outputs, features], bias: [outputs] };
    case "softmaxCrossEntropy":
      return { logits: [N, outputs] };
    case "batchNorm2d":
      return { x: image, weight: [C], bias: [C] };
    case "conv2d":
      return { x: image, weight: [K, C, ...sizes.kernel], bias: [K] };
    default:
      return { x: image };
  }
}

/** The shape of its output; [] for a loss. */
export function outputShape(sizes: CheckSizes): readonly number[] {
  const { layer, images: N, channels: C, filters: K, kernel, outputs } = sizes;
  if (layer === "affine") return [N, outputs];
  if (layer === "softmaxCrossEntropy") return [];
  if (!hasWindows(layer)) return [N, C, ...sizes.size];
  const { outH, outW } = windowsOf(sizes);
  if (layer === "im2col") return [N, C * kernel[0] * kernel[1], outH * outW];
  return [N, layer === "conv2d" ? K : C, outH, outW];
}

/** Sizes that hang together. */
export interface FittingSizes {
  /** Those that were asked for, as far as they fit. */
  readonly sizes: CheckSizes;
  /** What had to be changed, in words; null for nothing. */
  readonly changed: string | null;
}

/**
 * The sizes nearest to these that hang together: a window no larger than the padded image, and for
 * a pooling no more padding than half the window.
 */
export function fittingSizes(sizes: CheckSizes): FittingSizes {
  const { layer } = sizes;
  if (layer === "batchNorm2d") {
    const [H, W] = sizes.size;
    if (sizes.images * H * W > 1) return { sizes, changed: null };
    const changed = "A channel of one number has no variance: there are 2 images.";
    return { sizes: { ...sizes, images: 2 }, changed };
  }
  if (!hasWindows(layer)) return { sizes, changed: null };
  const isPooling = layer === "maxPool2d" || layer === "averagePool2d";
  const fitted = { ...sizes };
  const said: string[] = [];
  const padding = sizes.padding.map((pad, axis) =>
    isPooling ? Math.min(pad, Math.floor(sizes.kernel[axis]! / 2)) : pad,
  ) as [number, number];
  if (padding.join() !== sizes.padding.join())
    said.push(`a pooling pads by half its window at most: ${padding.join("×")}`);
  fitted.padding = padding;
  const room = sizes.size.map((extent, axis) => extent + 2 * padding[axis]!);
  const dilation = sizes.dilation.map((gap, axis) => {
    // so that no window of a pooling lies on padding alone
    const extent = isPooling ? sizes.size[axis]! : room[axis]!;
    return 1 + gap * (sizes.kernel[axis]! - 1) <= extent ? gap : 1;
  }) as [number, number];
  const kernel = sizes.kernel.map((k, axis) => Math.min(k, room[axis]!)) as [number, number];
  if (dilation.join() !== sizes.dilation.join())
    said.push(`the window fits without gaps only: dilation ${dilation.join("×")}`);
  if (kernel.join() !== sizes.kernel.join())
    said.push(`the window fits into the image only as ${kernel.join("×")}`);
  const changed = said.length === 0 ? null : `Changed so that it fits: ${said.join("; ")}.`;
  return { sizes: { ...fitted, dilation, kernel }, changed };
}
