/** Real mistakes, planted in the shipped engine one at a time, and the checks that catch them. */
import { affineMistakes } from "./catalogue/affine.js";
import { convolution } from "./catalogue/convolution.js";
import { dataMistakes } from "./catalogue/data.js";
import { losses } from "./catalogue/losses.js";
import { newerLayers } from "./catalogue/newer-layers.js";
import { optimizers } from "./catalogue/optimizers.js";
import { parameterMistakes } from "./catalogue/parameters.js";
import { poolingMistakes } from "./catalogue/pooling.js";
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
export { runStudies, type Study } from "./run-study.js";
export type { StudyReport, StudyTask } from "./study.js";
export { type Setup, type SetupName, setups } from "./setups.js";

/** The catalogue, from the loss back to the data. */
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
