import { batchNormMistaken } from "./batch-norm.js";
import type { Mistaken } from "./mistaken.js";

/** The equations of batch normalisation. */
export const BATCH_NORM_TAGS = {
  dX: "normalisation.26",
  evaluation: "normalisation.28",
  dXHat: "normalisation.25",
  dWeight: "normalisation.24",
  dBias: "normalisation.23",
  mu: "normalisation.20",
  variance: "normalisation.21",
} as const;

export const batchNorm2d: readonly Mistaken[] = batchNormMistaken({
  layer: "batchNorm2d",
  tags: BATCH_NORM_TAGS,
  plane: { axes: "H and W", size: "H·W", entry: "pixel" },
});
