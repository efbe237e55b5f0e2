/** Real mistakes, planted in the shipped engine one at a time, and the checks that catch them. */
import { affineMistakes } from "./catalog/affine.js";
import { convolution } from "./catalog/convolution.js";
import { dataMistakes } from "./catalog/data.js";
import { losses } from "./catalog/losses.js";
import { newerLayers } from "./catalog/newer-layers.js";
import { optimizers } from "./catalog/optimizers.js";
import { parameterMistakes } from "./catalog/parameters.js";
import { poolingMistakes } from "./catalog/pooling.js";
import type { Mistake } from "./mistake.js";

export type {
  Check,
  CheckContext,
  CheckName,
  Finding,
  PopularCheckName,
} from "./check.js";
export { checks, popularChecks, runChecks } from "./checks.js";
export {
  chapterOf,
  compiledPath,
  difference,
  type Edit,
  type Mistake,
  patch,
  type Primitive,
  type Theme,
} from "./mistake.js";
export { type EpochOptions, type EpochOutcome, openMixedBackend, runEpoch } from "./one-epoch.js";
export { plantedTexts } from "./planted-texts.js";
export { runStudies, type Study } from "./run-study.js";
export type { StudyReport, StudyTask } from "./study.js";
export { trainWithMistake } from "./train-with-mistake.js";
export type { SeedsTask } from "./train-seeds.js";
export type { Seen } from "./train-once.js";
export { type Setup, type SetupName, setups } from "./setups.js";

/** The catalog, from the loss back to the data. */
export const mistakes: readonly Mistake[] = [
  ...losses,
  ...affineMistakes,
  ...convolution,
  ...poolingMistakes,
  ...newerLayers,
  ...parameterMistakes,
  ...optimizers,
  ...dataMistakes,
];
