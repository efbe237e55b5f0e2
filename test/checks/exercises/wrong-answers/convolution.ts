/** Wrong answers for the layers of the convolution: conv2d, affine, flatten, and the fused ones. */
import { affineAnswers } from "./affine-answers.js";
import { conv2dAnswers } from "./conv2d-answers.js";
import { fusedAnswers } from "./fused-answers.js";
import type { WrongAnswer } from "./wrong-answer.js";

export const convolution: readonly WrongAnswer[] = [
  ...conv2dAnswers,
  ...affineAnswers,
  ...fusedAnswers,
];
