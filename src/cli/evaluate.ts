/** `leibniz evaluate`: how well saved weights do on the test images. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import {
  type ImageSet,
  loadTestImages,
  numberedAs,
  numbersAsNames,
  type TestImages,
} from "../data/index.js";
import { reference } from "../kernels/index.js";
import {
  checkSameNetwork,
  networkOf,
  readDescription,
  type Sequential,
  weightsSha256,
} from "../network/index.js";
import { argmax, concat, formatShape, reject, type Tensor } from "../tensor/index.js";
import {
  evaluate,
  outputsOf,
  readRecipe,
  type Recipe,
  recipeNetwork,
  sampleOfEvaluation,
  sizeRecipe,
} from "../training/index.js";
import { classNamesIn } from "./class-names.js";
import { formatConfusion } from "./confusion.js";
import { checkCanWrite, writeFileWhole } from "./files.js";
import { encodeNpy } from "./npy.js";
import {
  type BackendChoice,
  backendOptions,
  chooseBackend,
  dataOption,
  describeBackend,
  imageFileOptions,
  jsonOption,
  printJson,
} from "./options.js";
import { chooseRecipe, recipeOption } from "./recipe-option.js";
import { openRun } from "./reported-run.js";
import { RUN_FILES } from "./run-folder.js";
import { printError, printText, widthOf } from "./terminal.js";
import { openWeights, putWeights, type WeightsFile } from "./weights-file.js";

interface EvaluateCommandOptions extends BackendChoice {
  readonly weights: string;
  readonly recipe: string;
  readonly data?: string;
  readonly labelsFrom: number;
  readonly transposed?: boolean;
  readonly logits?: string;
  readonly json?: boolean;
}

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .requiredOption(
      "--weights <FILE|RUN>",
      "weights: a safetensors file, a checkpoint, or the folder that --out kept",
    )
    .addOption(
      recipeOption("whose network the weights are (default: as the file says, if it does)"),
    )
    .addOption(dataOption())
    .option("--logits <FILE>", "also write the logits [images, classes] as a NumPy .npy file")
    .addOption(jsonOption());
  for (const option of [...imageFileOptions(), ...backendOptions()]) command.addOption(option);
  return command.action(async (options: EvaluateCommandOptions, self: Command) =>
    runEvaluate(options, self.getOptionValueSource("recipe") === "cli"),
  );
}

async function runEvaluate(options: EvaluateCommandOptions, isRecipeGiven: boolean): Promise<void> {
  if (options.logits !== undefined) checkCanWrite(options.logits); // before the work
  const weights = openWeights(options.weights);
  if (options.logits !== undefined && isSameFile(options.logits, weights.path))
    reject("--logits", "another file than --weights", options.logits, "it would be overwritten");
  const { folder, ...how } = testImagesOf(options);
  const data = await loadTestImages(folder, how);
  const recipe = recipeOf(weights, options.recipe, isRecipeGiven, data);
  const classes = outputsOf(recipe.network) ?? data.classes;
  const where = folder ?? "data";
  const called = recipe.classNames ?? namesFor(weights, data, classes, where);
  const names = called ?? numbersAsNames(classes);
  const test = numberedAs(data.test, data.classNames, names, where);
  const backend = await chooseBackend(options, () => sampleOfEvaluation(recipe, test));
  try {
    const network = recipeNetwork(recipe, backend);
    putWeights(network, weights);
    checkSize(recipe, network, test.images, where);
    const batches: Tensor[] = [];
    const { loss, accuracy, correct, seconds } = await evaluate({
      network,
      dataset: test,
      backend,
      batchSize: 256,
      loss: recipe.loss,
      meanOver: recipe.meanOver,
      onBatch: (logits) => batches.push(logits),
    });
    const logits = concat(batches, 0);
    if (options.logits !== undefined) writeFileWhole(options.logits, encodeNpy(logits));
    const { count } = test.images;
    if (options.json === true) {
      const result = {
        testLoss: loss,
        testAccuracy: accuracy,
        images: count,
        imagesPerSecond: count / seconds,
        weightsSha256: await weightsSha256(network),
      };
      printJson({ ...result, backend: backend.name, mode: backend.mode, threads: backend.threads });
    } else {
      if (data.found !== null) printText(`data: ${data.found}\n`);
      printText(
        `${correct} of ${count} test images right: accuracy ${accuracy.toFixed(4)}, loss ` +
          `${loss.toFixed(4)}; ${Math.round(count / seconds)} images/s on ` +
          `${describeBackend(backend)}\n`,
      );
      const guesses = argmax(logits, 1);
      const width = widthOf(process.stdout);
      printText(formatConfusion(guesses, test.labels, classes, called, width), 4);
      if (options.logits !== undefined) printText(`\nlogits written to ${options.logits}`);
    }
  } finally {
    await backend.dispose();
  }
}

/** Where the images are: as is said, or else as the run was trained, if the weights are one's. */
function testImagesOf({ data, weights, labelsFrom, transposed = false }: EvaluateCommandOptions): {
  readonly folder: string | undefined;
  readonly labelsFrom: number;
  readonly transposed: boolean;
} {
  const isRun = data === undefined && existsSync(join(weights, RUN_FILES.checkpoint));
  const own = isRun ? openRun(weights, "evaluate").config.data : null;
  return own?.folder
    ? { folder: own.folder, labelsFrom: own.labelsFrom ?? 0, transposed: own.transposed ?? false }
    : { folder: data, labelsFrom, transposed };
}

function isSameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false }));
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

/**
 * The recipe that was asked for, whose network has to be that of the file; or else the file's own.
 *
 * @throws InputError when they differ, naming the first option of the network that does
 */
function recipeOf(
  { path, file }: WeightsFile,
  recipe: string,
  isGiven: boolean,
  { test: { images }, classes }: TestImages,
): Recipe {
  const classNames = classNamesIn(file, path);
  const named = classNames === null ? {} : { classNames };
  const chosen = chooseRecipe(recipe);
  const own = readDescription(file, path);
  if (own === null) {
    const { channels = 1, height, width } = images;
    // test images need not show every class
    const most = Math.max(classes, outputsOf(chosen.network) ?? 0);
    return sizeRecipe(chosen, { image: [channels, height, width], classes: most }, path);
  }
  if (isGiven) {
    const { input = chosen.network.input ?? [] } = own;
    const most = outputsOf(own) ?? classes;
    const sized = sizeRecipe(chosen, { image: input, classes: most }, path);
    // built for what the recipe leaves out and its layers tell
    checkSameNetwork(path, recipeNetwork(sized, reference).description!, own);
    return { ...sized, ...named };
  }
  networkOf(file, path); // what a file describes has to fit into it
  const whole = file.metadata["wholeRecipe"];
  const trained = whole === undefined ? chosen : readRecipe(whole, `${path}: wholeRecipe`);
  return { ...trained, ...named, network: own };
}

/**
 * Names for classes that nobody named: where a program saved the network, which need not have said
 * what it was trained on, those of the images, if there are as many; otherwise none.
 */
function namesFor(
  { path, file }: WeightsFile,
  { classNames }: TestImages,
  classes: number,
  where: string,
): readonly string[] | null {
  const isOfProgram = !("wholeRecipe" in file.metadata) && readDescription(file, path) !== null;
  if (!isOfProgram || classNames?.length !== classes) return null;
  printError(
    `${path}: does not say what its ${classes} classes are called; taken in the order of ` +
      `${where}: ${classNames.slice(0, 8).join(", ")}${classes > 8 ? ", …" : ""}`,
  );
  return classNames;
}

/** @throws InputError when the network takes images of another size */
function checkSize(
  { network: { input } }: Recipe,
  network: Sequential,
  { channels = 1, height, width }: ImageSet,
  where: string,
): void {
  const found = [channels, height, width];
  if (input !== undefined && String(input) !== String(found))
    reject(where, `images ${formatShape(input)}, which the network takes`, formatShape(found));
  network.outputShapes([1, ...found]);
}
