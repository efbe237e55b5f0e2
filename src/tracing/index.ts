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
export { type MistakeName, mistakeNames } from "./mistake-names.js";
export { type Notice, noticesOf } from "./notices.js";
export { type PlantedMistake, plantedMistake } from "./planted-mistakes.js";
export { UPSTREAMS, type UpstreamOptions, upstreamOf } from "./upstream.js";
