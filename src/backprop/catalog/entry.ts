/** How a layer or loss stands in the catalog, and how the numbers of its cases are drawn. */
import type { Backend } from "../../kernels/index.js";
import { type Random, Tensor } from "../../tensor/index.js";
import type { Differentiable, NamedTensors } from "../gradient-check.js";

/** Options of a layer as they stand in a file: names and values. */
export type LayerOptions = Readonly<Record<string, unknown>>;

/** A set of options and inputs on which a layer is checked. */
export interface CatalogCase {
  readonly options: LayerOptions;
  readonly inputs: NamedTensors;
}

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
