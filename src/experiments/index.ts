/** Why a convolution: each claim an experiment that anybody can run again, to the same digits. */
import { reject } from "../tensor/index.js";
import { affineLearnsSobel } from "./affine-learns-sobel.js";
import { batchNorm } from "./batch-norm.js";
import { best } from "./best.js";
import { capacity } from "./capacity.js";
import { depth } from "./depth.js";
import type { AnyExperiment } from "./experiment.js";
import { filters } from "./filters.js";
import { initialisation } from "./initialisation.js";
import { mlpVsCnn } from "./mlp-vs-cnn.js";
import { notebook } from "./notebook.js";
import { optimizers } from "./optimizers.js";
import { paddingAndDepth } from "./padding-and-depth.js";
import { permutation } from "./permutation.js";
import { sampleSize } from "./sample-size.js";
import { shift } from "./shift.js";
import { thirdOfTheData } from "./third-of-the-data.js";
import { whatAccuracySees } from "./what-accuracy-sees.js";

export {
  type AnyExperiment,
  type Experiment,
  type Figure,
  type Findings,
  type Json,
  type Measurement,
  type Named,
  type Table,
  type Unit,
  unitName,
  unitsOf,
  type Verdict,
} from "./experiment.js";
export { type Laboratory, mnistFor, type Scale } from "./laboratory.js";
export { experimentPage } from "./page.js";

/** In the order in which `derivations/experiments.md` tells of them. */
export const experiments: readonly AnyExperiment[] = [
  notebook,
  mlpVsCnn,
  permutation,
  sampleSize,
  affineLearnsSobel,
  filters,
  shift,
  paddingAndDepth,
  thirdOfTheData,
  initialisation,
  optimizers,
  batchNorm,
  depth,
  capacity,
  best,
  whatAccuracySees,
];

/**
 * The experiment with a name.
 *
 * @throws InputError listing the names there are
 */
export function findExperiment(name: string): AnyExperiment {
  const names = experiments.map((one) => one.name);
  const found = experiments.find((one) => one.name === name);
  return found ?? reject("experiment", `one of ${names.join(", ")}`, JSON.stringify(name));
}
