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
  catalog,
  type CatalogCase,
  type CatalogEntry,
  type KinkCase,
  layerEntry,
  layerFile,
  type LayerOptions,
  type LayerPasses,
} from "./catalog/index.js";
export { checkNetwork, type CheckNetworkOptions, NETWORK_TOLERANCE } from "./check-network.js";
export { diagnose } from "./diagnosis/diagnose.js";
export { type Sighting, sightingsAt } from "./diagnosis/sighting.js";
export type { Differentiable, NamedTensors } from "./differentiable.js";
export type { ErrorAtStep, ErrorCurve } from "./error-curve.js";
export { gradientCheck, type GradientCheckOptions, LAYER_TOLERANCE } from "./gradient-check.js";
export { findHint, type Suspect } from "./hints.js";
export { type CheckedKink, checkKinks } from "./kinks.js";
export { type Mistaken, mistakenOf, type MistakenPoint } from "./mistaken/index.js";
export {
  type AdjointResult,
  type EntryCheck,
  type GradientCheckResult,
  type Verdict,
  verdictOf,
} from "./verdicts.js";
