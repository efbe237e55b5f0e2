/** How a layer or loss stands in the catalog, and how the numbers of its cases are drawn. */
import { gradientName } from "../../backprop/index.js";
import type { Choices } from "../../backprop/index.js";
import { type Backend, reference } from "../../kernels/index.js";
import { type Random, Tensor } from "../../tensor/index.js";
import type { Differentiable, NamedTensors } from "../differentiable.js";

/** Options of a layer as they stand in a file: names and values. */
export type LayerOptions = Readonly<Record<string, unknown>>;

/** A set of options and inputs on which a layer is checked. */
export interface CatalogCase {
  /** What the layer's own function takes, `{ stride: [2, 1] }`; `{}` for a layer without any. */
  readonly options: LayerOptions;
  /** Float64 tensors: `x`, and the parameters by their names. */
  readonly inputs: NamedTensors;
}

/** A point on a kink, where there is no derivative, and what the chapter takes for one. */
export interface KinkCase extends CatalogCase {
  /** `where x is exactly 0, the slope is taken as 0` */
  readonly convention: string;
  /** The equation that it belongs to: `relu.8`. */
  readonly tag: string;
  /** The gradients by that convention, by input, in row-major order. */
  readonly gradients: (dOut: Tensor) => Readonly<Record<string, ArrayLike<number>>>;
}

/** A layer or a loss as the gradient check sees it: a function, and cases to check it in. */
export interface CatalogEntry {
  /** The layer's name, as in files and on the command line: `conv2d`. */
  readonly layer: string;
  /** The layer as a function of its named inputs. */
  readonly differentiable: (options: LayerOptions, backend?: Backend) => Differentiable;
  /** Inputs that it is not differentiated in. */
  readonly constants?: readonly string[];
  /**
   * Inputs in which it is linear (up to a constant) while the others are held: there, backward is
   * the adjoint of forward.
   */
  readonly linear?: readonly string[];
  /**
   * Chosen float64 cases, each with its point, none of them symmetric in H and W, all away from
   * kinks.
   */
  readonly cases: (random: Random) => CatalogCase[];
  /**
   * One float64 case with a random geometry, small, never the same on both axes, away from kinks.
   */
  readonly sample: (random: Random) => CatalogCase;
  /** Points on its kinks, for layers that have any. */
  readonly kinks?: readonly KinkCase[];
}

/** What an entry of the catalog is made from: a layer's two passes, as its file has them. */
export interface LayerPasses<Cache, Options> extends Omit<CatalogEntry, "differentiable"> {
  /** The forward pass; on the reference backend unless another is given. */
  readonly forward: (
    inputs: NamedTensors,
    options: Options,
    backend?: Backend,
  ) => Promise<{
    /** The layer's output. */
    readonly out: Tensor;
    /** What backward needs of it. */
    readonly cache: Cache;
    /** What the layer keeps for its next pass, such as running statistics. */
    readonly after?: NamedTensors;
  }>;
  /** The gradient of `weight` is called `dWeight`; null where there is no such input. */
  readonly backward: (
    dOut: Tensor,
    cache: Cache,
    backend?: Backend,
  ) => Promise<Readonly<Record<string, Tensor | null>>>;
  /** Where the forward pass had to choose; left out by layers that do not say. */
  readonly choices?: (cache: Cache, backend: Backend) => Promise<readonly Choices[]>;
}

/** The entry of a layer, from its two passes. */
export function layerEntry<Cache, Options = LayerOptions>({
  forward,
  backward,
  choices,
  ...entry
}: LayerPasses<Cache, Options>): CatalogEntry {
  return {
    ...entry,
    differentiable: (options, backend) => async (inputs) => {
      const { cache, ...result } = await forward(inputs, options as Options, backend);
      return {
        ...result,
        ...(choices === undefined ? {} : { choices: await choices(cache, backend ?? reference) }),
        backward: async (dOut) => byInput(await backward(dOut, cache, backend), inputs),
      };
    },
  };
}

/**
 * `dWeight` as the gradient of `weight`. What belongs to no input keeps its name, and the gradient
 * check refuses it.
 */
function byInput(
  gradients: Readonly<Record<string, Tensor | null>>,
  inputs: NamedTensors,
): NamedTensors {
  const names = new Map(Object.keys(inputs).map((name) => [gradientName(name), name]));
  const found = [...names]
    .map(([gradient, name]) => [name, gradients[gradient]] as const)
    .filter(([, gradient]) => gradient !== undefined);
  const others = Object.entries(gradients).filter(
    ([name, gradient]) => !names.has(name) && gradient !== null,
  );
  return Object.fromEntries([...found, ...others]) as NamedTensors;
}

/** The name of a layer's file, without its ending: `maxPool2d` → `max-pool2d`. */
export function layerFile(layer: string): string {
  return layer.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Numbers from −1 to 1. */
export function uniform(random: Random, shape: readonly number[]): Tensor {
  return random.uniform(shape, -1, 1, "float64");
}

/**
 * Numbers in random order that are at least 0.1 apart from each other and 0.05 from 0, so that no
 * step of a check crosses a kink.
 */
export function spread(random: Random, shape: readonly number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return Tensor.from(
    Float64Array.from(
      random.permutation(size),
      (rank) => 0.1 * (rank - Math.floor(size / 2)) + 0.05,
    ),
    shape,
    "float64",
  );
}

/** A whole number from `least` to `most`, both included. */
export function between(random: Random, least: number, most: number): number {
  return least + random.integer(most - least + 1);
}

/** Two different whole numbers from `least` to `most`: one for each axis. */
export function unequal(random: Random, least: number, most: number): [number, number] {
  const first = between(random, least, most);
  const second = between(random, least, most - 1);
  return [first, second >= first ? second + 1 : second];
}
