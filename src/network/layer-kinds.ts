/**
 * Layers as data. `conv2d({ … })` does not make a layer, it describes one: its kind and its checked
 * options, plain JSON. So the same description can stand in a recipe, a file or a checkpoint, and
 * {@link buildNetwork} makes layers of it.
 */
import {
  Affine,
  type AffineLayerOptions,
  affineRules,
  AveragePool2d,
  BatchNorm1d,
  BatchNorm2d,
  type BatchNormLayerOptions,
  batchNormRules,
  Conv2d,
  type Conv2dLayerOptions,
  conv2dLayerRules,
  Dropout,
  type DropoutLayerOptions,
  dropoutRules,
  Elu,
  Flatten,
  Gelu,
  GlobalAveragePool2d,
  type Layer,
  LayerNorm,
  type LayerNormLayerOptions,
  layerNormRules,
  LeakyRelu,
  type LeakyReluOptions,
  leakyReluRules,
  MaxPool2d,
  Relu,
  Sigmoid,
  Silu,
  Softplus,
  type StorageOptions,
  Tanh,
} from "../backprop/index.js";
import { type WindowOptions, windowRules } from "../im2col/index.js";
import { type Describe, describing, type Kind, type Rules } from "../tensor/index.js";
import type { LayerDescription, LayerDescriptions } from "./description.js";

/** What is to be known of a kind of layer, so that it can be described. */
export interface LayerKind<Options extends object = object> extends Kind<Options> {
  /**
   * Options that may be left out, since the shape of the layer's input tells them.
   *
   * @param x of one example: with N = 1
   */
  readonly inferred?: (x: readonly number[]) => Partial<Options>;
  readonly build: (options: Options, storage: StorageOptions) => Layer;
}

/** A kind as it stands in a table of kinds, whatever its options are. */
export type AnyKind = LayerKind<Record<string, unknown>>;

/** Describes layers of one kind. */
export type Describer<Options> = Describe<Options> & { readonly layerKind: AnyKind };

/** What may be left out of the options, because it is inferred. */
export type Described<Options, Inferred extends keyof Options> = Omit<Options, Inferred> &
  Partial<Pick<Options, Inferred>>;

/**
 * A function that describes layers of a kind of one's own. `buildNetwork` has to be given it among
 * its `kinds`; those below it knows.
 */
export function describer<Options extends object, Inferred extends keyof Options = never>(
  kind: LayerKind<Options>,
): Describer<Described<Options, Inferred>> {
  const layerKind = kind as unknown as AnyKind;
  const describe = describing({ kind: kind.kind, rules: inferable(layerKind) });
  return Object.assign(describe, { layerKind }) as unknown as Describer<
    Described<Options, Inferred>
  >;
}

/** The rules of a description, in which nothing is required that can be inferred. */
export function inferable({ rules, inferred }: AnyKind): Rules<Record<string, unknown>> {
  const names = Object.keys(inferred?.([1, 1, 1, 1]) ?? {});
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [
      name,
      names.includes(name) ? { ...rule, isRequired: false } : rule,
    ]),
  );
}

/** Describes layers without options. */
function plain(kind: string, build: () => Layer): Describer<object> {
  return describer<object>({ kind, rules: {}, build });
}

export const conv2d = describer<Conv2dLayerOptions, "inChannels">({
  kind: "conv2d",
  rules: conv2dLayerRules,
  inferred: ([, C]) => ({ inChannels: C! }),
  build: (options, storage) => new Conv2d(options, storage),
});
export const affine = describer<AffineLayerOptions, "inFeatures">({
  kind: "affine",
  rules: affineRules,
  inferred: ([, I]) => ({ inFeatures: I! }),
  build: (options, storage) => new Affine(options, storage),
});
export const maxPool2d = describer<WindowOptions>({
  kind: "maxPool2d",
  rules: windowRules,
  build: (options) => new MaxPool2d(options),
});
export const averagePool2d = describer<WindowOptions>({
  kind: "averagePool2d",
  rules: windowRules,
  build: (options) => new AveragePool2d(options),
});
export const batchNorm1d = describer<BatchNormLayerOptions, "channels">({
  kind: "batchNorm1d",
  rules: batchNormRules,
  inferred: ([, C]) => ({ channels: C! }),
  build: (options, storage) => new BatchNorm1d(options, storage),
});
export const batchNorm2d = describer<BatchNormLayerOptions, "channels">({
  kind: "batchNorm2d",
  rules: batchNormRules,
  inferred: ([, C]) => ({ channels: C! }),
  build: (options, storage) => new BatchNorm2d(options, storage),
});
export const layerNorm = describer<LayerNormLayerOptions, "shape">({
  kind: "layerNorm",
  rules: layerNormRules,
  inferred: (x) => ({ shape: x.slice(1) }),
  build: (options, storage) => new LayerNorm(options, storage),
});
export const dropout = describer<DropoutLayerOptions>({
  kind: "dropout",
  rules: dropoutRules,
  build: (options) => new Dropout(options),
});
export const leakyRelu = describer<LeakyReluOptions>({
  kind: "leakyRelu",
  rules: leakyReluRules,
  build: (options) => new LeakyRelu(options),
});
export const globalAveragePool2d = plain("globalAveragePool2d", () => new GlobalAveragePool2d());
export const flatten = plain("flatten", () => new Flatten());
export const relu = plain("relu", () => new Relu());
export const sigmoid = plain("sigmoid", () => new Sigmoid());
export const tanh = plain("tanh", () => new Tanh());
export const gelu = plain("gelu", () => new Gelu());
export const silu = plain("silu", () => new Silu());
export const elu = plain("elu", () => new Elu());
export const softplus = plain("softplus", () => new Softplus());

/** A residual block: what `body` makes of x is added to x, or to what `shortcut` makes of it. */
export function residual(branches: {
  readonly body: LayerDescriptions;
  readonly shortcut?: LayerDescriptions;
}): LayerDescription {
  return { kind: "residual", ...branches };
}

/** The very layer that stands before under this name, once more: its gradients add up. */
export function sameAs(layer: string): LayerDescription {
  return { kind: "sameAs", layer };
}

/** The kinds that `buildNetwork` knows without being given them. */
export const layerKinds: readonly AnyKind[] = [
  conv2d,
  affine,
  maxPool2d,
  averagePool2d,
  globalAveragePool2d,
  batchNorm1d,
  batchNorm2d,
  layerNorm,
  dropout,
  flatten,
  relu,
  leakyRelu,
  sigmoid,
  tanh,
  gelu,
  silu,
  elu,
  softplus,
].map(({ layerKind }) => layerKind);
