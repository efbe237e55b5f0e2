/**
 * Where a number comes from: the addends of an output or a gradient, what a single input reaches,
 * and what a change of one weight does. The laboratories of the site show it.
 */
export { firstRoad } from "./first-road.js";
export { halfTurn } from "./half-turn.js";
export {
  type ImageGradientAddend,
  type ImageGradientReceipt,
  imageGradientReceipt,
  type WindowShare,
} from "./image-gradient-receipt.js";
export { moved } from "./moved.js";
export { type OutputSize, outputSizes } from "./output-size.js";
export {
  channelSums,
  type PatchEntry,
  patchOf,
  type PatchProduct,
  patchProducts,
} from "./patch.js";
export { type RoadLengths, roadLengths } from "./road-lengths.js";
export { type SecondRoad, secondRoad } from "./second-road.js";
export {
  type LayerUnderShift,
  type WatchedLayer,
  shiftedImage,
  throughLayer,
} from "./under-shift.js";
export {
  type WeightGradientAddend,
  type WeightGradientReceipt,
  weightGradientReceipt,
} from "./weight-gradient-receipt.js";
export { type WindowOver, windowsOver } from "./windows-over.js";
export { withFrame } from "./with-frame.js";
