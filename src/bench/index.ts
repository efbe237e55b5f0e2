/**
 * How fast all this is, against what the machine can do at most. Every result is compared before it
 * is timed.
 */
export { Ceiling, type Speed } from "./ceiling.js";
export { BENCH_BATCH, checkEqual, LadderBench } from "./ladder.js";
export {
  type Direction,
  flopOfLayers,
  measureLayers,
  type StepPart,
  type StepParts,
} from "./layers.js";
export {
  checkProduct,
  measureProduct,
  productIntensity,
  type ProductShape,
  productShapes,
  roofline,
} from "./matmul.js";
export { NetworkBench } from "./network.js";
export { type Effort, median, medianSeconds, quickEffort, thoroughEffort } from "./stopwatch.js";
