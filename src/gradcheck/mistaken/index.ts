/** Every layer's mistakes, by the layer's name in the catalog. */
import { batchNorm1d } from "./batch-norm1d.js";
import { batchNorm2d } from "./batch-norm2d.js";
import { conv2d } from "./conv2d.js";
import { layerNorm } from "./layer-norm.js";
import type { Mistaken } from "./mistaken.js";

export type { Mistaken, MistakenPoint } from "./mistaken.js";

const MISTAKEN: Readonly<Record<string, readonly Mistaken[]>> = {
  batchNorm1d,
  batchNorm2d,
  conv2d,
  layerNorm,
};

/** The mistakes that are special to a layer; none for one that nothing is known of. */
export function mistakenOf(layer: string): readonly Mistaken[] {
  return Object.hasOwn(MISTAKEN, layer) ? MISTAKEN[layer]! : [];
}
