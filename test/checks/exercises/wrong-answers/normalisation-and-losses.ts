import { batchNormAnswers } from "./batch-norm.js";
import { batchNorm1dAnswers } from "./batch-norm1d.js";
import { batchNormPoolAnswers } from "./batch-norm-pool.js";
import { layerNormAnswers } from "./layer-norm.js";
import { crossEntropyAnswers, softmaxAnswers, squaredErrorAnswers } from "./losses.js";
import type { WrongAnswer } from "./wrong-answer.js";

/** Wrong answers to the exercises of normalisation layers, softmax and losses. */
export const normalisationAndLosses: readonly WrongAnswer[] = [
  ...batchNormAnswers,
  ...batchNorm1dAnswers,
  ...layerNormAnswers,
  ...batchNormPoolAnswers,
  ...softmaxAnswers,
  ...crossEntropyAnswers,
  ...squaredErrorAnswers,
];
