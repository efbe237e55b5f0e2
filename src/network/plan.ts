/**
 * Fusion, in the open: neighbours that a layer of its own does faster together are replaced by it.
 * What a fused layer computes, and its gradient, are derived in `derivations/fused.md`.
 */
import {
  BatchNorm2d,
  BatchNormPool2d,
  Conv2d,
  ConvPool2d,
  type Layer,
  MaxPool2d,
  type NamedLayer,
  Relu,
  ReluPool2d,
  Residual,
} from "../backprop/index.js";
import type { Pair } from "../im2col/index.js";

/** Layers one behind the other, and what takes their place. A `Relu` in brackets may be missing. */
interface Rule {
  readonly pattern: readonly (LayerClass | readonly [LayerClass])[];
  /** @returns null where the options do not fit */
  readonly layer: (...layers: readonly Layer[]) => Layer | null;
}

type LayerClass = typeof BatchNorm2d | typeof Conv2d | typeof MaxPool2d | typeof Relu;

/** Earlier ones first. */
const rules: readonly Rule[] = [
  {
    pattern: [Conv2d, [Relu], MaxPool2d, [Relu]],
    layer: (conv, ...rest) => {
      const pool = rest.find((layer) => layer instanceof MaxPool2d)!;
      // With gaps, a window may lie on padding alone, where nothing wins.
      const isFusable = isPlain(conv as Conv2d) && isDense(pool.options);
      return isFusable ? new ConvPool2d(conv as Conv2d, pool, rest.length > 1) : null;
    },
  },
  {
    pattern: [BatchNorm2d, [Relu], MaxPool2d, [Relu]],
    layer: (norm, ...rest) => {
      const pool = rest.find((layer) => layer instanceof MaxPool2d)!;
      // With gaps, a window may lie on padding alone, where nothing wins.
      return isDense(pool.options)
        ? new BatchNormPool2d(norm as BatchNorm2d, pool, rest.length > 1)
        : null;
    },
  },
  { pattern: [Relu, MaxPool2d], layer: (_, pool) => new ReluPool2d((pool as MaxPool2d).options) },
];

/** No rule covers more layers. */
const LONGEST = Math.max(...rules.map(({ pattern }) => pattern.length));

/** Windows a pixel apart and without gaps, over all channels. */
function isPlain({ options }: Conv2d): boolean {
  const { stride = 1, groups = 1 } = options;
  return [stride, groups].flat().every((step) => step === 1) && isDense(options);
}

/** Windows without gaps: no padding is wide enough to hold one. */
function isDense({ dilation = 1 }: { readonly dilation?: Pair }): boolean {
  return [dilation].flat().every((step) => step === 1);
}

/**
 * The chain with every group of neighbours that a rule knows replaced, inside residual blocks too.
 * It looks at the layers' kinds and options only, so it holds for inputs of any shape.
 */
export function plan(layers: readonly NamedLayer[]): readonly NamedLayer[] {
  const planned: NamedLayer[] = [];
  for (let l = 0; l < layers.length; ) {
    const fused = fuse(layers.slice(l, l + LONGEST));
    const next = fused ?? withPlannedBranches(layers[l]!);
    planned.push(next);
    l += next.parts?.length ?? 1;
  }
  return planned;
}

/** The first layers as one, by the first rule that fits. It goes by the last one's name. */
function fuse(layers: readonly NamedLayer[]): NamedLayer | null {
  for (const { pattern, layer: make } of rules) {
    const count = matched(layers, pattern);
    const parts = layers.slice(0, count);
    const layer = count > 0 ? make(...parts.map((part) => part.layer)) : null;
    if (layer !== null) return { name: parts.at(-1)!.name, layer, parts };
  }
  return null;
}

/** How many layers the pattern covers, 0 if it does not fit. */
function matched(layers: readonly NamedLayer[], pattern: Rule["pattern"]): number {
  let count = 0;
  for (const part of pattern) {
    const isOptional = Array.isArray(part);
    const wanted = isOptional ? part[0] : part;
    // A class that extends one of these may do something else.
    if (layers[count]?.layer.constructor === wanted) count++;
    else if (!isOptional) return 0;
  }
  return count;
}

function withPlannedBranches({ name, layer }: NamedLayer): NamedLayer {
  return {
    name,
    layer: layer.constructor === Residual ? (layer as Residual).replaced(plan) : layer,
  };
}
