/** What a training run has learned: as numbers, and as a page. */
export { reportPage } from "./page.js";
export type { ReportedRun } from "./run.js";
export { confusionOf, countRight, predictAll, type Predictions } from "./predictions.js";
export { type Sets as ImageSets, type WorstMistake, worstMistakes } from "./mistakes.js";
export { type DeadUnits, deadUnits } from "./dead-units.js";
export { Inside, type InsideView, type LayerView } from "./inside.js";
export {
  comparisonPage,
  type PairedDifference,
  pairedDifference,
} from "./compare.js";
export {
  imageAsText,
  imagePage,
  type ImageView,
  layerNumbers,
  type LayerNumbers,
  type Viewer,
  viewImage,
} from "./image-view.js";
export type { ComparedRun } from "./compared-run.js";
