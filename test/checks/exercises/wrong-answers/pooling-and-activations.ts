import { activationAnswers } from "./activation-answers.js";
import { dropoutAndResidualAnswers } from "./dropout-and-residual-answers.js";
import { poolingAnswers } from "./pooling-answers.js";
import type { WrongAnswer } from "./wrong-answer.js";

/** Wrong answers for poolings, activations, dropout and the residual block. */
export const poolingAndActivations: readonly WrongAnswer[] = [
  ...activationAnswers,
  ...poolingAnswers,
  ...dropoutAndResidualAnswers,
];
