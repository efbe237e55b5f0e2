/**
 * The gradient check: what backward returns against what forward computes, by differences. For
 * layers one by one, in the cases of the catalog, and for whole networks.
 */
export { adjointCheck } from "./adjoint.js";
export {
  casesOf,
  checkCase,
  type CheckCaseOptions,
  checkCases,
  type CheckedCase,
  type CheckedGradient,
  type NamedCase,
} from "./cases.js";
export {
  affineEntry,
  averagePool2dEntry,
  batchNorm2dEntry,
  catalog,
  type CatalogCase,
  type CatalogEntry,
  conv2dEntry,
  type KinkCase,
  layerEntry,
  layerFile,
  type LayerOptions,
  type LayerPasses,
  maxPool2dEntry,
  reluEntry,
  softmaxCrossEntropyEntry,
} from "./catalog/index.js";
export { checkNetwork, type CheckNetworkOptions, NETWORK_TOLERANCE } from "./check-network.js";
export { diagnose } from "./diagnosis/diagnose.js";
export { type Sighting, sightingsAt } from "./diagnosis/sighting.js";
export type { Differentiable, NamedTensors } from "./differentiable.js";
export {
  type Around,
  around,
  type Neighbour,
  type Point,
  type Slope,
  slopeAt,
  slopeFrom,
} from "./differences.js";
export { curveSteps, type ErrorAtStep, type ErrorCurve, errorCurve } from "./error-curve.js";
export { explain, otherUpstreams, type Variants } from "./explain.js";
export {
  gradientCheck,
  type GradientCheckOptions,
  LAYER_TOLERANCE,
  STEP,
} from "./gradient-check.js";
export { findHint, type Suspect } from "./hints.js";
export { type CheckedKink, checkKinks } from "./kinks.js";
export { type Mistaken, mistakenOf, type MistakenPoint } from "./mistaken/index.js";
export {
  type AdjointResult,
  type EntryCheck,
  type GradientCheckResult,
  judge,
  judgeAdjoint,
  type Verdict,
  verdictOf,
} from "./verdicts.js";
