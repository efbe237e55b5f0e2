/** `leibniz train`: trains a network by a recipe and shows how it goes. */
import { Command } from "commander";
import {
  type LabelledImages,
  drawSubset,
  type LoadedImages,
  loadImages,
  parseSubset,
} from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import { formatSummary, type Sequential, summarise, weightsSha256 } from "../network/index.js";
import { InputError, MachineError, Random, reject } from "../tensor/index.js";
import {
  buildOptimizer,
  type EpochResult,
  type Optimizer,
  type Recipe,
  recipeNetwork,
  sampleOfTraining,
  sizeRecipe,
  train,
  type TrainingEvent,
} from "../training/index.js";
import { readText } from "./files.js";
import {
  type BackendChoice,
  backendOptions,
  chooseBackend,
  dataOption,
  describeBackend,
  imageFileOptions,
  jsonOption,
  nextTurn,
  printJson,
  seedOption,
  wholeNumber,
} from "./options.js";
import { formatSeconds, plainLines, type Progress, progressBar, silent } from "./progress.js";
import { chooseRecipe, recipeOption } from "./recipe-option.js";
import { RunFolder } from "./run-folder.js";
import { openWeights, putWeights } from "./weights-file.js";

interface TrainCommandOptions extends BackendChoice {
  readonly recipe: string;
  readonly epochs?: number;
  readonly seed: number;
  readonly subset?: string;
  readonly init?: string;
  readonly initPart?: boolean;
  readonly data?: string;
  readonly labelsFrom: number;
  readonly transposed?: boolean;
  readonly out?: string;
  readonly resume?: string;
  readonly json?: boolean;
}

export function trainCommand(): Command {
  const command = new Command("train")
    .description("train a network from scratch")
    .addOption(recipeOption("what to do"))
    .option(
      "--epochs <N>",
      "passes over the training images (default: the recipe's)",
      wholeNumber("--epochs", 1),
    )
    .addOption(seedOption())
    .option(
      "--subset <N|FILE>",
      "train on N images drawn at random, or on those whose indices FILE lists as a JSON " +
        "array, in that order",
    )
    .option("--init <FILE>", "initial weights, a safetensors file or a run's folder")
    .option("--init-part", "take of --init what fits by name and shape, and leave the rest")
    .addOption(dataOption())
    .option("--out <DIR>", "keep weights, log and a checkpoint of every epoch in DIR")
    .option("--resume <DIR>", "go on with the run that --out kept in DIR")
    .addOption(jsonOption());
  for (const option of [...imageFileOptions(), ...backendOptions()]) command.addOption(option);
  return command.action(async (options: TrainCommandOptions, self: Command) =>
    runTrain(options, (name) => self.getOptionValueSource(name) === "cli"),
  );
}

async function runTrain(
  options: TrainCommandOptions,
  wasGiven: (option: string) => boolean,
): Promise<void> {
  const { resume } = options;
  const resumed = resume === undefined ? null : RunFolder.open(resume);
  if (resumed !== null)
    refuseAlongside(
      "--resume",
      ["recipe", "seed", "subset", "init", "initPart", "out"].filter(wasGiven),
    );
  const chosen = resumed?.folder.recipe() ?? chooseRecipe(options.recipe);
  const seed = resumed?.folder.config.seed ?? options.seed;
  const epochs = chooseEpochs(options, chosen, resumed?.folder);
  const random = new Random(seed);
  const data = await loadImages(options.data, options);
  const recipe = sizedTo(data, chosen, options.data ?? "data", resumed !== null);
  const subset =
    resumed === null
      ? readSubset(options.subset, data.train, random)
      : storedSubset(resumed.folder, data.train);
  const folder =
    resumed?.folder ??
    (options.out === undefined
      ? null
      : RunFolder.create(options.out, {
          recipe: recipe.name,
          wholeRecipe: recipe,
          seed,
          subset: subset === undefined ? null : [...subset],
          epochs,
        }));
  const backend = await chooseBackend(options, () => sampleOfTraining(recipe, data.train));
  try {
    const network = recipeNetwork(recipe, backend, random.split("initial weights"));
    putInitial(network, options);
    const summary = formatSummary(summarise(network, [1, ...sizeOf(data)]));
    const from = resumed === null ? null : restore(resumed.checkpoint, recipe, network);
    if (from !== null && from.epoch >= epochs)
      reject(
        "--resume",
        `more epochs than the ${from.epoch} that ${resume} has done`,
        `--epochs ${epochs}`,
        recipe.schedule === undefined
          ? "raise --epochs"
          : "its schedule has come to its end; start another run",
      );
    const json = options.json === true;
    if (!json) printHeader(recipe, seed, backend, summary, data, subset, epochs);
    const started = performance.now();
    let last: EpochResult | null = null;
    const progress = chooseProgress(json, epochs);
    await untilInterrupted(folder, async (interrupted) => {
      const run = train({
        recipe,
        network,
        train: data.train,
        test: data.test,
        backend,
        random,
        epochs,
        ...(subset === undefined ? {} : { subset }),
        ...(from === null ? {} : { from }),
      });
      last = await follow(
        run,
        interrupted,
        (result, optimizer) => {
          folder?.save(result, network, optimizer);
          if (json) printJson(result);
          else console.log(formatEpoch(recipe, result, epochs));
        },
        progress,
      );
    });
    const outcome = {
      done: true,
      weightsSha256: await weightsSha256(network),
      backend: backend.name,
      mode: backend.mode,
      threads: backend.threads,
      seed,
      peakMemoryMB: peakMemoryMB(),
    };
    if (json) printJson(outcome);
    else printOutcome(last, folder, (performance.now() - started) / 1000);
  } finally {
    await backend.dispose();
  }
}

/** The weights that --init names, where it does. */
function putInitial(network: Sequential, { init, initPart }: TrainCommandOptions): void {
  if (init !== undefined) putWeights(network, openWeights(init), initPart);
  else if (initPart) reject("--init-part", "--init FILE along with it", "none");
}

/** [C, H, W] */
function sizeOf({ train }: LoadedImages): readonly number[] {
  const { channels = 1, height, width } = train.images;
  return [channels, height, width];
}

/** @throws InputError where a run that was begun goes on with images of another kind */
function sizedTo(data: LoadedImages, recipe: Recipe, where: string, isBegun: boolean): Recipe {
  const { classes, classNames, warnings } = data;
  warnings.forEach((warning) => console.error(`warning: ${warning}`));
  const sized = sizeRecipe(recipe, { image: sizeOf(data), classes, classNames }, where);
  if (isBegun && sized !== recipe)
    reject(
      "--resume",
      "the images that the run was begun with",
      data.found ?? "MNIST",
      "another size, number of channels or set of classes is another network",
    );
  return sized;
}

function refuseAlongside(option: string, others: readonly string[]): void {
  if (others.length > 0)
    reject(
      option,
      "no option that the run was started with",
      others.map((name) => `--${name.replace("initPart", "init-part")}`).join(", "),
      "they are read from the folder",
    );
}

/**
 * How many epochs there will be: as --epochs says, or else the recipe. A schedule spreads over all
 * of them, so it goes on only as it began.
 */
function chooseEpochs(
  { epochs }: TrainCommandOptions,
  recipe: Recipe,
  resumed: RunFolder | undefined,
): number {
  const begun = recipe.schedule === undefined ? undefined : resumed?.config.epochs;
  if (begun !== undefined && epochs !== undefined && epochs !== begun) {
    reject(
      "--resume",
      `the ${begun} epochs that the run was started with, over which its learning rate is spread`,
      `--epochs ${epochs}`,
    );
  }
  return epochs ?? begun ?? recipe.epochs;
}

/** The images that --subset names, or undefined for the recipe's own choice. */
function readSubset(
  value: string | undefined,
  { images }: LabelledImages,
  random: Random,
): Uint32Array | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) return parseSubset(readText(value), images.count, value);
  const count = Number(value);
  if (count < 1 || count > images.count)
    reject("--subset", `a number from 1 to ${images.count}, or a file`, value);
  return drawSubset(images.count, count, random.split("subset"));
}

function storedSubset(
  { config, path }: RunFolder,
  { images }: LabelledImages,
): Uint32Array | undefined {
  return config.subset === null
    ? undefined
    : parseSubset(JSON.stringify(config.subset), images.count, `${path}/run.json`);
}

/** Shows how training goes, until it ends or is interrupted. @returns the last epoch that ended */
async function follow(
  run: AsyncGenerator<TrainingEvent>,
  interrupted: () => boolean,
  ended: (result: EpochResult, optimizer: Optimizer) => void,
  progress: Progress,
): Promise<EpochResult | null> {
  let last: EpochResult | null = null;
  for await (const event of run) {
    await nextTurn();
    if (interrupted()) break;
    if (event.type === "step") progress.step(event);
    if (event.type === "evaluating") progress.evaluating();
    if (event.type === "epoch") {
      progress.epochDone();
      last = event.result;
      ended(event.result, event.optimizer);
    }
  }
  progress.epochDone();
  return last;
}

function restore(
  checkpoint: ReturnType<typeof RunFolder.open>["checkpoint"],
  recipe: Recipe,
  network: Sequential,
): { epoch: number; optimizer: Optimizer } {
  const optimizer = buildOptimizer(recipe.optimizer, network.parameters);
  checkpoint.restore(network, optimizer, recipe);
  return { epoch: checkpoint.info.epochs, optimizer };
}

function chooseProgress(json: boolean, epochs: number): Progress {
  if (process.stderr.isTTY && (json || process.stdout.isTTY)) return progressBar(epochs);
  return json ? silent : plainLines(epochs);
}

/**
 * Runs the training while Ctrl-C, or a request to terminate, only asks it to stop after the step at
 * hand. A second Ctrl-C ends the process at once.
 *
 * @throws InputError when it was interrupted, saying what was kept
 * @throws MachineError when the machine failed, saying the same
 */
async function untilInterrupted(
  folder: RunFolder | null,
  run: (interrupted: () => boolean) => Promise<void>,
): Promise<void> {
  let signal: NodeJS.Signals | null = null;
  const ask = (received: NodeJS.Signals): void => {
    if (signal !== null) process.exit(2);
    signal = received;
  };
  process.on("SIGINT", ask).on("SIGTERM", ask);
  try {
    await run(() => signal !== null);
  } catch (error) {
    throw error instanceof MachineError
      ? new MachineError(`${error.message}; ${describeKept(folder)}`)
      : error;
  } finally {
    process.off("SIGINT", ask).off("SIGTERM", ask);
  }
  if (signal !== null)
    throw new InputError(`train: stopped by ${signal as NodeJS.Signals}; ${describeKept(folder)}`);
}

function describeKept(folder: RunFolder | null): string {
  if (folder === null) return "nothing was kept; use --out DIR to keep every finished epoch";
  return folder.epochs === 0
    ? "nothing was kept, since no epoch was finished"
    : `finished epochs are kept; go on with --resume ${folder.path}`;
}

function printHeader(
  recipe: Recipe,
  seed: number,
  backend: Backend,
  summary: string,
  data: LoadedImages,
  subset: Uint32Array | undefined,
  epochs: number,
): void {
  const all = data.train.images.count;
  const count = subset?.length ?? Math.min(recipe.images ?? all, all);
  const images =
    `${count.toLocaleString("en-US")} training images, ` +
    `${data.test.images.count.toLocaleString("en-US")} test images`;
  const { name, description } = recipe;
  console.log(`recipe ${name}${description === "" ? "" : `: ${description}`}\n`);
  if (data.found !== null) console.log(`data: ${data.found}\n`);
  console.log(`${summary}\n`);
  console.log(
    `${images}; ${epochs} epoch${epochs === 1 ? "" : "s"} of ` +
      `${Math.ceil(count / recipe.batchSize)} steps; backend ${describeBackend(backend)}; ` +
      `seed ${seed}\n`,
  );
}

/** One line for an epoch; for the notebook recipe, the notes' own. */
function formatEpoch(
  recipe: Recipe,
  {
    epoch,
    trainLoss,
    trainAccuracy,
    testLoss,
    testAccuracy,
    trainSeconds,
    imagesPerSecond,
  }: EpochResult,
  epochs: number,
): string {
  if (recipe.name === "notebook") {
    return (
      `Epoch: ${epoch} Train Loss: ${trainLoss.toFixed(2)} Train Acc: ${trainAccuracy} ` +
      `Test Loss: ${testLoss.toFixed(2)} Test Acc: ${testAccuracy}`
    );
  }
  return (
    `epoch ${epoch + 1}/${epochs}  train loss ${trainLoss.toFixed(4)}  accuracy ` +
    `${trainAccuracy.toFixed(4)}  ` +
    `test loss ${testLoss.toFixed(4)}  accuracy ${testAccuracy.toFixed(4)}  ` +
    `${formatSeconds(trainSeconds)} at ${Math.round(imagesPerSecond)} images/s`
  );
}

function printOutcome(last: EpochResult | null, folder: RunFolder | null, seconds: number): void {
  const accuracy = last === null ? "" : `test accuracy ${last.testAccuracy.toFixed(4)} `;
  console.log(`\n${accuracy}after ${formatSeconds(seconds)} min`);
  console.log(
    folder === null
      ? "nothing was kept: add --out DIR to keep the weights"
      : `weights, log and checkpoint are in ${folder.path}`,
  );
}

/** The most memory that the process has held at once, in MB of 2²⁰ bytes. */
function peakMemoryMB(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
