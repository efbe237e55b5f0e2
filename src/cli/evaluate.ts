/** `leibniz evaluate`: how well saved weights do on the test images. */
import { Command } from "commander";
import { loadMnist } from "../data/index.js";
import { reference } from "../kernels/index.js";
import {
  checkSameNetwork,
  decodeSafetensors,
  loadNetwork,
  loadWeights,
  readDescription,
  type Safetensors,
  weightsSha256,
} from "../network/index.js";
import { argmax, concat, type Tensor } from "../tensor/index.js";
import {
  evaluate,
  readRecipe,
  type Recipe,
  recipeNetwork,
  sampleOfEvaluation,
} from "../training/index.js";
import { checkCanWrite, readFile, writeFileWhole } from "./files.js";
import { encodeNpy } from "./npy.js";
import {
  type BackendChoice,
  backendOptions,
  chooseBackend,
  dataOption,
  describeBackend,
  jsonOption,
  printJson,
} from "./options.js";
import { chooseRecipe, recipeOption } from "./recipe-option.js";

interface EvaluateCommandOptions extends BackendChoice {
  readonly weights: string;
  readonly recipe: string;
  readonly data?: string;
  readonly logits?: string;
  readonly json?: boolean;
}

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .description("classify the test images with saved weights")
    .requiredOption("--weights <FILE>", "weights, a safetensors file as --out keeps it")
    .addOption(
      recipeOption("whose network the weights are (default: as the file says, if it does)"),
    )
    .addOption(dataOption())
    .option("--logits <FILE>", "also write the logits [images, classes] as a NumPy .npy file")
    .addOption(jsonOption());
  for (const option of backendOptions()) command.addOption(option);
  return command.action(async (options: EvaluateCommandOptions, self: Command) =>
    runEvaluate(options, self.getOptionValueSource("recipe") === "cli"),
  );
}

async function runEvaluate(options: EvaluateCommandOptions, isRecipeGiven: boolean): Promise<void> {
  if (options.logits !== undefined) checkCanWrite(options.logits); // before the work
  const bytes = readFile(options.weights);
  const file = decodeSafetensors(bytes, options.weights);
  const recipe = recipeOf(bytes, file, options, isRecipeGiven);
  const { test } = await loadMnist(options.data);
  const backend = await chooseBackend(options, () => sampleOfEvaluation(recipe, test));
  try {
    const network = recipeNetwork(recipe, backend);
    loadWeights(network, file.tensors, options.weights);
    network.outputShapes([1, 1, test.images.height, test.images.width]);
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
      console.log(
        `${correct} of ${count} test images right: accuracy ${accuracy.toFixed(4)}, loss ` +
          `${loss.toFixed(4)}; ${Math.round(count / seconds)} images/s on ` +
          `${describeBackend(backend)}\n`,
      );
      console.log(formatConfusion(argmax(logits, 1), test.labels));
      if (options.logits !== undefined) console.log(`\nlogits written to ${options.logits}`);
    }
  } finally {
    await backend.dispose();
  }
}

/**
 * The recipe that was asked for, whose network has to be that of the file; or else the file's own.
 *
 * @throws InputError when they differ, naming the first option of the network that does
 */
function recipeOf(
  bytes: Uint8Array,
  file: Safetensors,
  { weights, recipe }: EvaluateCommandOptions,
  isGiven: boolean,
): Recipe {
  const chosen = chooseRecipe(recipe);
  const own = readDescription(file, weights);
  if (own === null) return chosen;
  if (isGiven) {
    // built for what the recipe leaves out and its layers tell
    checkSameNetwork(weights, recipeNetwork(chosen, reference).description!, own);
    return chosen;
  }
  loadNetwork(bytes, weights); // what a file describes has to fit into it
  const whole = file.metadata["wholeRecipe"];
  const trained = whole === undefined ? chosen : readRecipe(whole, `${weights}: wholeRecipe`);
  return { ...trained, network: own };
}
/** How often each digit (row) was taken for each digit (column). */
function formatConfusion(guesses: Int32Array, labels: Uint8Array): string {
  const counts = Array.from({ length: 10 }, () => new Array<number>(10).fill(0));
  guesses.forEach((guess, n) => counts[labels[n]!]![guess]!++);
  const row = (cells: readonly (string | number)[]): string =>
    cells.map((cell) => String(cell).padStart(5)).join("");
  const digits = Array.from({ length: 10 }, (_, digit) => digit);
  const lines = counts.map((guessed, digit) => {
    const total = guessed.reduce((sum, n) => sum + n, 0);
    return (
      `${row([digit, ...guessed.map((n) => (n === 0 ? "·" : n))])}   ` +
      `${total === 0 ? "" : `${((100 * guessed[digit]!) / total).toFixed(1)} %`}`
    );
  });
  return [`${row(["", ...digits])}   right`, ...lines].join("\n");
}
