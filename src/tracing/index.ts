/**
 * Where a number comes from: the addends of an output or a gradient, what a single input reaches,
 * and what a change of one weight does. The laboratories of the site show it.
 */
export {
  type Address,
  addendsOf,
  evaluate,
  type Expression,
  inputsOf,
  type Read,
} from "./expression.js";
export { type NotFinite, notFiniteIn } from "./not-finite.js";
export { type Nudged, nudge } from "./nudge.js";
export type { Origin } from "./origin.js";
export { indicesAt, positionOf } from "./places.js";
export { originOf } from "./provenance.js";
export {
  type StepSetup,
  type TracedParameter,
  tracedParameters,
  type TracedStage,
  type TracedStep,
  type TracedTensor,
  traceStep,
} from "./traced-step.js";
export type { UpdateRule } from "./update-provenance.js";
