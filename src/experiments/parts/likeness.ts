/** How like the classical filters those of a layer are, taken together. */
import { cosineOf, mostAlike, turnsAndFlips } from "./classical-filters.js";

/** The mean, over the filters, of the best |cosine| with a classical one. */
export function meanLikeness(all: readonly (readonly number[])[]): number {
  return all.reduce((sum, one) => sum + mostAlike(one).cosine, 0) / all.length;
}

/** Sobel's filter for an edge that rises at 45 degrees. */
const SLANTING = [0, 1, 2, -1, 0, 1, -2, -1, 0];

export interface EdgeCounts {
  readonly edges: number;
  readonly slanting: number;
}

/** How many filters are nearest to an edge, and how many of these are nearer to a slanting one. */
export function slantingEdges(all: readonly (readonly number[])[]): EdgeCounts {
  const edges = all.filter((one) => mostAlike(one).name.startsWith("Sobel"));
  const slanting = edges.filter((one) => {
    const cosines = turnsAndFlips(SLANTING).map((edge) => Math.abs(cosineOf(one, edge)));
    return Math.max(...cosines) > mostAlike(one).cosine;
  });
  return { edges: edges.length, slanting: slanting.length };
}

/** Of a network's filters at one time, the share whose nearest is one of these. */
export function nearestShare(
  all: readonly (readonly number[])[],
  names: readonly string[],
): number {
  return all.filter((one) => names.includes(mostAlike(one).name)).length / all.length;
}
