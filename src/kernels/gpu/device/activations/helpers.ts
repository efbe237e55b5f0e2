import { exponential, exponentialMinusOne, exponentialSeries, powerOfHalf } from "./exponential.js";
import { densityOf, millsRatio } from "./gelu.js";
import { sigmoidOf } from "./sigmoid.js";
import { logOfOnePlus } from "./softplus.js";

/** What the kernels of this folder call. */
export const activationHelpers = [
  ...[powerOfHalf, exponentialSeries, exponentialMinusOne, exponential],
  ...[sigmoidOf, logOfOnePlus, densityOf, millsRatio],
] as const;
