/** Networks from descriptions. */
import { type Layer, Residual, type StorageOptions } from "../backprop/index.js";
import {
  type Allocator,
  anything,
  checkDepth,
  checkOptions,
  heapAllocator,
  inside,
  describedKind,
  type DescriptionWords,
  type DType,
  oneOf,
  Random,
  reject,
  required,
  type Rule,
  type Rules,
} from "../tensor/index.js";
import { initialise, type Initialiser, pytorchDefault } from "./initialisers.js";
import type { LayerDescription, LayerDescriptions, NetworkDescription } from "./description.js";
import { type AnyKind, inferable, layerKinds } from "./layer-kinds.js";
import { Sequential } from "./sequential.js";

/** Options of {@link buildNetwork}, all optional. */
export interface BuildOptions {
  /** Memory of the parameters, and their element type where it is not the description's. */
  readonly storage?: StorageOptions;
  /** What initial values are drawn from; the seed 0 if left out. */
  readonly random?: Random;
  /** How; as PyTorch does if left out. */
  readonly initialiser?: Initialiser;
  /** Kinds of layers besides those that are known, such as one's own. */
  readonly kinds?: readonly {
    /** Attached by `describer`. */
    readonly layerKind: AnyKind;
  }[];
  /**
   * How many numbers its parameters, with their gradients, and its buffers may have, for
   * descriptions that come from elsewhere; 2^28, a gigabyte of float32, if left out.
   */
  readonly mostNumbers?: number;
}

const buildRules: Rules<BuildOptions> = {
  storage: anything("memory and an element type"),
  random: anything("a Random"),
  initialiser: anything("a function, such as he"),
  kinds: anything("an array of describers"),
  mostNumbers: anything("a number"),
};

/** A gigabyte of float32: a larger network would not be trained here. */
const MOST_NUMBERS = 2 ** 28;

/** The kinds that there are, and where the layers that are made get their memory. */
interface Building {
  readonly kinds: readonly AnyKind[];
  readonly storage: StorageOptions;
  /** Every layer so far. */
  readonly made: Layer[];
}

/** Layers that were made, and the descriptions that say all of their options. */
interface Built {
  readonly layers: Readonly<Record<string, Layer>>;
  readonly complete: LayerDescriptions;
}

/**
 * A network with memory of its own, initialised. What a description leaves out and the layers
 * before it tell, such as `inChannels`, is filled in; the network's `description` says all of it.
 *
 * @throws InputError naming the layer and the option: when a kind or an option is unknown, missing
 *   or out of range, or a layer does not take what the one before it makes; and when there are more
 *   than `mostNumbers` numbers
 */
export function buildNetwork(
  description: NetworkDescription,
  options: BuildOptions = {},
): Sequential {
  const {
    storage = {},
    random = new Random(0),
    initialiser = pytorchDefault,
    kinds = [],
    mostNumbers = MOST_NUMBERS,
  } = checkOptions("buildNetwork", options, buildRules);
  checkDepth("network", description);
  const { input, dtype, layers } = checkOptions("network", description, networkRules);
  const all = [...kinds.map(({ layerKind }) => layerKind), ...layerKinds]; // one's own go before
  const chosen: DType = storage.dtype ?? dtype ?? "float32";
  const limit = { numbers: mostNumbers };
  const allocator = bounded(storage.allocator ?? heapAllocator, limit);
  const building = { kinds: all, storage: { allocator, dtype: chosen }, made: [] };
  const shape = input === undefined ? null : [1, ...input];
  const built = releasing(building.made, () => build(layers, shape, "network", building));
  limit.numbers = Infinity; // what optimizers keep for the parameters comes later
  const complete = {
    ...(input && { input: [...input] }),
    dtype: chosen,
    layers: built.complete,
  };
  const network = new Sequential(built.layers, complete);
  initialise(network, random, initialiser);
  return network;
}

/** Memory that gives no more than a limited count of numbers, as long as there is a limit. */
function bounded(allocator: Allocator, limit: { readonly numbers: number }): Allocator {
  let taken = 0;
  return {
    allocate: (dtype, length, contents) => {
      taken += length;
      if (taken > limit.numbers)
        reject("network", `at most ${limit.numbers} numbers in parameters and gradients`, "more");
      return allocator.allocate(dtype, length, contents);
    },
  };
}

const byName: Rule = {
  expected: "descriptions of layers by name",
  accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

const words: DescriptionWords = {
  what: "layer",
  example: "relu()",
  hint: "a kind of one's own is given among the kinds",
};

const networkRules: Rules<NetworkDescription> = {
  input: {
    expected: "the shape of one example, an array of whole numbers ≥ 1",
    accepts: (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((extent) => Number.isSafeInteger(extent) && (extent as number) >= 1),
  },
  dtype: oneOf(["float32", "float64"]),
  layers: required(byName),
};

/** @param x the shape of the first layer's input, with N = 1; null where it is not known */
function build(
  layers: LayerDescriptions,
  x: readonly number[] | null,
  where: string,
  building: Building,
): Built {
  const made = new Map<string, Layer>();
  const complete = new Map<string, LayerDescription>();
  let shape = x;
  for (const [name, description] of Object.entries(layers)) {
    const at = where === "network" ? name : `${where}.${name}`;
    const one = inside(at, () => buildLayer(description, shape, made, at, building));
    made.set(name, one.layer);
    complete.set(name, one.description);
    const before = shape;
    shape = before && inside(at, () => one.layer.outputShape(before));
  }
  return { layers: Object.fromEntries(made), complete: Object.fromEntries(complete) };
}

/** @param before the layers of the same chain that stand before it, by name */
function buildLayer(
  description: LayerDescription,
  x: readonly number[] | null,
  before: ReadonlyMap<string, Layer>,
  at: string,
  building: Building,
): { readonly layer: Layer; readonly description: LayerDescription } {
  const { kind, ...others } = (description ?? {}) as LayerDescription;
  if (kind === "sameAs") return { layer: sameLayer(others, before), description };
  if (kind === "residual") return buildResidual(others, x, at, building);
  const { known, options } = describedKind(words, description, building.kinds, [
    "residual",
    "sameAs",
  ]);
  const given = checkOptions(known.kind, options, x === null ? known.rules : inferable(known));
  const complete = { ...(x && known.inferred?.(x)), ...given };
  const layer = known.build(complete, building.storage);
  building.made.push(layer);
  return { layer, description: { kind: known.kind, ...complete } };
}

function sameLayer(options: object, before: ReadonlyMap<string, Layer>): Layer {
  const { layer } = checkOptions<{ layer: unknown }>("sameAs", options as { layer: unknown }, {
    layer: required({ expected: "a layer's name", accepts: (value) => typeof value === "string" }),
  });
  const names = [...before.keys()];
  const same = before.get(layer as string);
  if (same !== undefined) return same;
  return reject(
    "sameAs",
    `a layer that stands before (${names.length === 0 ? "there is none" : names.join(", ")})`,
    JSON.stringify(layer),
  );
}

function buildResidual(
  options: object,
  x: readonly number[] | null,
  at: string,
  building: Building,
): { readonly layer: Layer; readonly description: LayerDescription } {
  interface Branches {
    readonly body: LayerDescriptions;
    readonly shortcut?: LayerDescriptions;
  }
  const rules: Rules<Branches> = { body: required(byName), shortcut: byName };
  const given = checkOptions<Branches>("residual", options as Branches, rules);
  const body = build(given.body, x, at, building);
  const shortcut = given.shortcut && build(given.shortcut, x, at, building);
  return {
    layer: new Residual({ body: body.layers, ...(shortcut && { shortcut: shortcut.layers }) }),
    description: {
      kind: "residual",
      body: body.complete,
      ...(shortcut && { shortcut: shortcut.complete }),
    },
  };
}

/** Where building fails, nobody has the layers that were made, to dispose of them. */
function releasing<T>(made: readonly Layer[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    for (const { parameters, buffers = [] } of made) {
      for (const parameter of parameters) parameter.dispose();
      for (const { value } of buffers) value.storage.dispose();
    }
    throw error;
  }
}
