/** The proof that all of it is right, as far as running can prove it: the derivations, executed. */
export {
  belongsTo,
  type Chapter,
  chapters,
  Comparisons,
  DERIVATION_TOLERANCE,
  type EquationResult,
  type EquationVerdict,
  type Mutation,
  mutationsOf,
  openChapter,
  pageOf,
  runChapter,
  vocabulary,
} from "./derive/index.js";
export type {
  Block as EquationBlock,
  BlockRun,
  Indexed,
  Loop,
  Place as SourcePlace,
  Side as EquationSide,
  TakeEquation,
  TaggedEquation,
  VisitBlock,
  Vocabulary,
} from "./derive/index.js";
export {
  answered,
  type Answers,
  indexOf,
  placeIn,
  type PlaceInAnswer,
  returnedShapes,
  shapeProblem,
} from "./exercises/answered.js";
export { emptyLoops } from "./exercises/empty-loops.js";
export {
  type CodeEquation,
  emptyBackward,
  type EmptiedFunction,
  type Exercise,
  leaveOutLine,
} from "./exercises/empty.js";
export { type Given, given } from "./exercises/given.js";
export {
  type ExerciseCases,
  exerciseCases,
  type Graded,
  type GradedSoFar,
  type GradeInput,
  type Stop,
} from "./exercises/grade.js";
export { type Grade, ReportCard, type ShownEntry } from "./exercises/report-card.js";
export { type Hint, hintsFor, type HintSources, stepHints } from "./exercises/hints.js";
export { describeGiven, type LayerLetters, type Letter, lettersOf } from "./exercises/letters.js";
export { hintsForLoops } from "./exercises/loop-hints.js";
export { loopsAround, NoGradient } from "./exercises/loops-around.js";
export type { Problems as GradientProblems } from "./exercises/tolerant.js";
export { plain, plainFormula } from "./exercises/plain.js";
export { type InScope, type Scope, scopeOf } from "./exercises/scope.js";
export { type Step, type StepsOfLayer, stepsOf, stepsToLoops } from "./exercises/steps/index.js";
export { toolboxOf, type ToolboxOptions } from "./exercises/toolbox.js";
export { TOOLS, toolsOf } from "./exercises/tools.js";
export {
  VariantFailure,
  runVariant,
  Variants,
  type VariantTask,
  withoutBackward,
} from "./variant/index.js";
export { parseParity, PARITY_TOLERANCE, type ParityCase, type ParityResult } from "./parity.js";
export { type PlantedMutation, plantMutations } from "./mutations/plant.js";
export {
  type BackwardModule,
  type MutationResult,
  runMutations,
} from "./mutations/run-mutations.js";
export {
  chapterOf,
  type Check,
  type CheckContext,
  type CheckName,
  checks,
  compiledPath,
  difference,
  type Edit,
  type EpochOptions,
  type EpochOutcome,
  type Finding,
  type Mistake,
  mistakes,
  openMixedBackend,
  patch,
  plantedTexts,
  popularChecks,
  type PopularCheckName,
  type Primitive,
  runChecks,
  runEpoch,
  runStudies,
  type SeedsTask,
  type Seen,
  type Setup,
  type SetupName,
  setups,
  type Study,
  type StudyReport,
  type StudyTask,
  type Theme as MistakeTheme,
  trainWithMistake,
} from "./mistakes/index.js";
