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
import {
  type Describe,
  describing,
  isClass,
  isPlain,
  type Kind,
  reject,
  type Rule,
  type Rules,
  whatIs,
} from "../tensor/index.js";
import type { LayerDescription, LayerDescriptions } from "./description.js";

/** What is to be known of a kind of layer, so that it can be described. */
export interface LayerKind<Options extends object = object> extends Kind<Options> {
  /**
   * Options that may be left out, since the shape of the layer's input tells them.
   *
   * @param x of one example: with N = 1
   */
  readonly inferred?: (x: readonly number[]) => Partial<Options>;
  /**
   * Makes one layer from options that were checked by `rules`, inferred ones included. Parameters
   * and buffers take their memory and element type from `storage`.
   */
  readonly build: (options: Options, storage: StorageOptions) => Layer;
}

/** A kind as it stands in a table of kinds, whatever its options are. */
export type AnyKind = LayerKind<Record<string, unknown>>;

/** Describes layers of one kind. */
export type Describer<Options> = Describe<Options> & {
  /** The kind of what it describes. */
  readonly layerKind: AnyKind;
};

/** What may be left out of the options, because it is inferred. */
export type Described<Options, Inferred extends keyof Options> = Omit<Options, Inferred> &
  Partial<Pick<Options, Inferred>>;

/**
 * A function that describes layers of a kind of one's own. It throws an InputError when an option
 * is unknown, out of range or missing. `buildNetwork` has to be given it among its `kinds`; those
 * below it knows.
 */
export function describer<Options extends object, Inferred extends keyof Options = never>(
  kind: LayerKind<Options>,
): Describer<Described<Options, Inferred>> {
  checkKind(kind);
  const layerKind = kind as unknown as AnyKind;
  const describe = describing({ kind: kind.kind, rules: inferable(layerKind) });
  return Object.assign(describe, { layerKind }) as unknown as Describer<
    Described<Options, Inferred>
  >;
}

/** What a kind of one's own may have forgotten. */
function checkKind(given: unknown): void {
  const { kind, rules, build } = (given ?? {}) as Partial<AnyKind>;
  if (typeof kind !== "string" || kind === "")
    reject("describer", "a kind, the name of its layers", whatIs(kind));
  if (!isPlain(rules))
    reject(`describer of ${kind}`, "rules, what each option may be", whatIs(rules), "{} for none");
  if (typeof build !== "function" || isClass(build))
    reject(
      `describer of ${kind}`,
      "build, a function (options, storage) that makes a layer",
      whatIs(build),
    );
}

/** Describers, where kinds of one's own are told. */
export const describers: Rule = {
  expected: "an array of describers, the functions that describer() makes",
  accepts: (value) =>
    Array.isArray(value) &&
    value.every((one: { layerKind?: unknown } | null) => typeof one?.layerKind === "object"),
};

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

/**
 * A convolution, x [N, C, H, W] → [N, K, outH, outW] with K = `outChannels`. `inChannels` may be
 * left out: it is C. Derived in `derivations/conv2d.md`.
 *
 * @throws InputError when an option is unknown, out of range or missing
 */
export const conv2d = describer<Conv2dLayerOptions, "inChannels">({
  kind: "conv2d",
  rules: conv2dLayerRules,
  inferred: ([, C]) => ({ inChannels: C! }),
  build: (options, storage) => new Conv2d(options, storage),
});

/**
 * An affine layer, x [N, I] → [N, `outFeatures`]. `inFeatures` may be left out: it is I. After
 * images, put {@link flatten} before it. Derived in `derivations/affine.md`.
 *
 * @throws InputError when an option is unknown, out of range or missing
 */
export const affine = describer<AffineLayerOptions, "inFeatures">({
  kind: "affine",
  rules: affineRules,
  inferred: ([, I]) => ({ inFeatures: I! }),
  build: (options, storage) => new Affine(options, storage),
});

/**
 * Max pooling, x [N, C, H, W] → [N, C, outH, outW]. The stride is the window's size if left out.
 * Derived in `derivations/pooling.md`.
 *
 * @throws InputError when an option is unknown, out of range or missing
 */
export const maxPool2d = describer<WindowOptions>({
  kind: "maxPool2d",
  rules: windowRules,
  build: (options) => new MaxPool2d(options),
});

/**
 * Average pooling, x [N, C, H, W] → [N, C, outH, outW]; padded zeros count in the mean. The stride
 * is the window's size if left out. Derived in `derivations/pooling.md`.
 *
 * @throws InputError when an option is unknown, out of range or missing
 */
export const averagePool2d = describer<WindowOptions>({
  kind: "averagePool2d",
  rules: windowRules,
  build: (options) => new AveragePool2d(options),
});

/**
 * Batch normalisation of x [N, C] or [N, C, L], over all axes but C (Ioffe and Szegedy, 2015).
 * `channels` may be left out: it is C. `epsilon` is 1e-5 and `momentum` 0.1 if left out. Derived in
 * `derivations/normalisation.md`.
 *
 * @throws InputError when an option is unknown or out of range
 */
export const batchNorm1d = describer<BatchNormLayerOptions, "channels">({
  kind: "batchNorm1d",
  call: "batchNorm1d()",
  rules: batchNormRules,
  inferred: ([, C]) => ({ channels: C! }),
  build: (options, storage) => new BatchNorm1d(options, storage),
});

/**
 * Batch normalisation of x [N, C, H, W], over all axes but C; options as for {@link batchNorm1d}.
 * Derived in `derivations/normalisation.md`.
 *
 * @throws InputError when an option is unknown or out of range
 */
export const batchNorm2d = describer<BatchNormLayerOptions, "channels">({
  kind: "batchNorm2d",
  call: "batchNorm2d()",
  rules: batchNormRules,
  inferred: ([, C]) => ({ channels: C! }),
  build: (options, storage) => new BatchNorm2d(options, storage),
});

/**
 * Layer normalisation: each example by itself, over the last axes, whose extents are `shape`; all
 * axes but N if left out (Ba, Kiros and Hinton, 2016). `epsilon` is 1e-5 if left out. Derived in
 * `derivations/normalisation.md`.
 *
 * @throws InputError when an option is unknown or out of range
 */
export const layerNorm = describer<LayerNormLayerOptions, "shape">({
  kind: "layerNorm",
  call: "layerNorm()",
  rules: layerNormRules,
  inferred: (x) => ({ shape: x.slice(1) }),
  build: (options, storage) => new LayerNorm(options, storage),
});

/**
 * Dropout: in training, each entry of x becomes 0 with `probability`, in [0, 1), and the others are
 * stretched to make up for it; in evaluation, nothing happens. Any shape. Derived in
 * `derivations/dropout.md`.
 *
 * @throws InputError when the probability is missing or out of range
 */
export const dropout = describer<DropoutLayerOptions>({
  kind: "dropout",
  rules: dropoutRules,
  build: (options) => new Dropout(options),
});

/**
 * A leaky rectifier, x for x > 0 and `negativeSlope` · x below; the slope is 0.01 if left out. Any
 * shape. Derived in `derivations/activations.md`.
 *
 * @throws InputError when the slope is not a finite number
 */
export const leakyRelu = describer<LeakyReluOptions>({
  kind: "leakyRelu",
  rules: leakyReluRules,
  build: (options) => new LeakyRelu(options),
});

/**
 * Each channel's mean, x [N, C, H, W] → [N, C]. No options. Derived in `derivations/pooling.md`.
 */
export const globalAveragePool2d = plain("globalAveragePool2d", () => new GlobalAveragePool2d());
/**
 * All axes but N end to end, x [N, C, H, W] → [N, C·H·W]. No options. See `derivations/affine.md`.
 */
export const flatten = plain("flatten", () => new Flatten());
/** The rectifier max(x, 0). Any shape, no options. Derived in `derivations/relu.md`. */
export const relu = plain("relu", () => new Relu());
/** 1 / (1 + exp(−x)). Any shape, no options. Derived in `derivations/activations.md`. */
export const sigmoid = plain("sigmoid", () => new Sigmoid());
/** The hyperbolic tangent. Any shape, no options. Derived in `derivations/activations.md`. */
export const tanh = plain("tanh", () => new Tanh());
/**
 * x · Φ(x), with the exact Φ of the normal distribution and not the approximation by tanh. Any
 * shape, no options. Derived in `derivations/activations.md`.
 */
export const gelu = plain("gelu", () => new Gelu());
/**
 * x · sigmoid(x), also called swish. Any shape, no options. Derived in
 * `derivations/activations.md`.
 */
export const silu = plain("silu", () => new Silu());
/**
 * x for x > 0, exp(x) − 1 below (α = 1). Any shape, no options. Derived in
 * `derivations/activations.md`.
 */
export const elu = plain("elu", () => new Elu());
/**
 * log(1 + exp(x)), a rectifier with a round corner. Any shape, no options. Derived in
 * `derivations/activations.md`.
 */
export const softplus = plain("softplus", () => new Softplus());

/**
 * A residual block: what `body` makes of x is added to x, or to what `shortcut` makes of it. Both
 * must have the same shape; if not, building the network throws, or the first pass does where the
 * description has no `input`. Derived in `derivations/residual.md` (He et al., 2016).
 */
export function residual(branches: {
  readonly body: LayerDescriptions;
  readonly shortcut?: LayerDescriptions;
}): LayerDescription {
  return { kind: "residual", ...branches };
}

/**
 * The earlier layer of this name once more, not a copy: its gradients add up. The name is that
 * within the same chain, `conv1`; whether there is such a layer is checked when the network is
 * built.
 */
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
