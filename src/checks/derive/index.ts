export {
  type Chapter,
  type EquationResult,
  type EquationVerdict,
  openChapter,
  runChapter,
  type TaggedEquation,
  type TakeEquation,
} from "./run-chapter.js";
export { DERIVATION_TOLERANCE } from "./comparisons.js";
export { type Mutation, mutationsOf } from "./mutations.js";
export type { Vocabulary } from "./vocabulary.js";
export { chapters } from "./chapters/index.js";
