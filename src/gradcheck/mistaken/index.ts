/** Every layer's mistakes, by the layer's name in the catalog. */
import type { Mistaken } from "./mistaken.js";

export type { Mistaken, MistakenPoint } from "./mistaken.js";

const MISTAKEN: Readonly<Record<string, readonly Mistaken[]>> = {};

/** The mistakes that are special to a layer; none for one that nothing is known of. */
export function mistakenOf(layer: string): readonly Mistaken[] {
  return Object.hasOwn(MISTAKEN, layer) ? MISTAKEN[layer]! : [];
}
