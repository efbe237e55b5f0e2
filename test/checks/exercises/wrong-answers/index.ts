/**
 * Wrong answers to all layers' exercises, written down before the checker knew how to name any of
 * them.
 */
import { convolution } from "./convolution.js";
import { normalisationAndLosses } from "./normalisation-and-losses.js";
import { poolingAndActivations } from "./pooling-and-activations.js";
import type { WrongAnswer } from "./wrong-answer.js";

export const wrongAnswers: readonly WrongAnswer[] = [
  ...convolution,
  ...poolingAndActivations,
  ...normalisationAndLosses,
];
