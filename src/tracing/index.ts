/**
 * Where a number comes from: the addends of an output or a gradient, what a single input reaches,
 * and what a change of one weight does. The laboratories of the site show it.
 */
export { halfTurn } from "./half-turn.js";
export { moved } from "./moved.js";
export { type OutputSize, outputSizes } from "./output-size.js";
export {
  channelSums,
  type PatchEntry,
  patchOf,
  type PatchProduct,
  patchProducts,
} from "./patch.js";
export {
  type LayerUnderShift,
  shiftedImage,
  throughLayer,
  type WatchedLayer,
} from "./under-shift.js";
export { type WindowOver, windowsOver } from "./windows-over.js";
