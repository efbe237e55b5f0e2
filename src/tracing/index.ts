/**
 * Where a number comes from: the addends of an output or a gradient, what a single input reaches,
 * and what a change of one weight does. The laboratories of the site show it.
 */
export { type Balance, balanceOf } from "./balance.js";
export {
  type Evaluations,
  evaluationsAt,
  explainedAt,
  judgedAt,
  type MeasuredInput,
  passAt,
  type Passed,
  type Slopes,
  slopesFrom,
} from "./check-at-step.js";
export { type CheckedLayer, checkedLayer, type CheckSetting } from "./check-setting.js";
export {
  CHECKED_LAYERS,
  type CheckSizes,
  type FittingSizes,
  fittingSizes,
  hasWindows,
  inputShapes,
  outputShape,
} from "./check-sizes.js";
export { type ErrorTurn, errorTurn, type Turn } from "./error-turn.js";
export {
  type Address,
  addendsOf,
  evaluate,
  type Expression,
  inputsOf,
  type Read,
} from "./expression.js";
export { firstRoad } from "./first-road.js";
export { halfTurn } from "./half-turn.js";
export {
  type ImageGradientAddend,
  type ImageGradientReceipt,
  imageGradientReceipt,
  type WindowShare,
} from "./image-gradient-receipt.js";
export { type MistakeName, mistakeNames } from "./mistake-names.js";
export { moved } from "./moved.js";
export { type NotFinite, notFiniteIn } from "./not-finite.js";
export { type Notice, noticesOf } from "./notices.js";
export { type Nudged, nudge } from "./nudge.js";
export type { Origin } from "./origin.js";
export { type OutputSize, outputSizes } from "./output-size.js";
export {
  channelSums,
  type PatchEntry,
  patchOf,
  type PatchProduct,
  patchProducts,
} from "./patch.js";
export { indicesAt, positionOf } from "./places.js";
export { type PlantedMistake, plantedMistake } from "./planted-mistakes.js";
export { originOf } from "./provenance.js";
export { type RoadLengths, roadLengths } from "./road-lengths.js";
export { type SecondRoad, secondRoad } from "./second-road.js";
export {
  type StepSetup,
  type TracedParameter,
  tracedParameters,
  type TracedStage,
  type TracedStep,
  type TracedTensor,
  traceStep,
} from "./traced-step.js";
export {
  type LayerUnderShift,
  type WatchedLayer,
  shiftedImage,
  throughLayer,
} from "./under-shift.js";
export type { UpdateRule } from "./update-provenance.js";
export { UPSTREAMS, type UpstreamOptions, upstreamOf } from "./upstream.js";
export {
  type WeightGradientAddend,
  type WeightGradientReceipt,
  weightGradientReceipt,
} from "./weight-gradient-receipt.js";
export { type WindowOver, windowsOver } from "./windows-over.js";
export { withFrame } from "./with-frame.js";
