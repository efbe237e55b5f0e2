export {
  belongsTo,
  type Block,
  type BlockRun,
  type Chapter,
  type EquationResult,
  type EquationVerdict,
  openChapter,
  runChapter,
  type TaggedEquation,
  type TakeEquation,
  type VisitBlock,
} from "./run-chapter.js";
export { Comparisons, DERIVATION_TOLERANCE, type Side } from "./comparisons.js";
export { type Mutation, mutationsOf, type Place } from "./mutations.js";
export type { Indexed } from "./indexed.js";
export type { Loop } from "./loops.js";
export { type Vocabulary, vocabulary } from "./vocabulary.js";
export { chapters } from "./chapters/index.js";
export { pageOf } from "./page-of.js";
