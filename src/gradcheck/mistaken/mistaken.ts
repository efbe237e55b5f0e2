/** Gradients with one thing wrong in them, each as an equation: what a diagnosis compares with. */
import type { Tensor } from "../../tensor/index.js";
import type { CatalogCase } from "../catalog/entry.js";

/** Where a gradient is taken: a case of the catalog, and an upstream gradient. */
export interface MistakenPoint extends CatalogCase {
  /** Of the output's shape. */
  readonly dOut: Tensor;
}

/** A mistake in a layer's backward pass, by the gradient that comes of it. */
export interface Mistaken {
  /** The input whose gradient comes out wrong: `x`, `weight`. */
  readonly argument: string;
  /** The mistake in words, as a line says it: `the filter is turned by half a turn`. */
  readonly says: string;
  /** The equation in which it lies: `conv2d.8`. */
  readonly tag: string;
  /**
   * What comes out, in row-major order; null in a case that has nothing to say about it, such as
   * one without a bias.
   */
  readonly gradient: (point: MistakenPoint) => ArrayLike<number> | null;
}
