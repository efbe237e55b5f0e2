import {
  checkSameNetwork,
  checkWeights,
  decodeSafetensors,
  describedIn,
  networkWeights,
  parseData,
  readDescription,
  type Safetensors,
  type Sequential,
} from "../network/index.js";
import { InputError, reject, type Tensor } from "../tensor/index.js";
import { checkSeal, encodeSealed } from "./digest.js";
import type { EpochProgress } from "./fit-events.js";
import type { Optimizer } from "./optimizers/index.js";
import { checkSameTraining, readRecipe } from "./read-recipe.js";
import type { Recipe } from "./recipes.js";

/** Everything that training needs to go on as if it had never stopped. */
export interface CheckpointInfo {
  /** Epochs done. */
  readonly epochs: number;
  /** What is done of the epoch after them; nothing if left out. */
  readonly progress?: EpochProgress | undefined;
  /** The recipe's name. */
  readonly recipe: string;
  /** A whole number. */
  readonly seed: number;
  /** All of the recipe; checkpoints of before recipes were data do not have it. */
  readonly wholeRecipe?: Recipe;
  /** What else the program that trains wants to find again, as plain data. */
  readonly run?: object | undefined;
}

/** With a digest. Before, there was a format 1 without. */
const FORMAT = "leibniz checkpoint 2";
const FORMAT_BEFORE = "leibniz checkpoint 1";
const OPTIMIZER = "optimizer.";

/**
 * What the optimizer's running values are called under: `optimizer.`, or where a layer has that
 * name, `optimizer_.`.
 */
function prefixBeside(names: Iterable<string>): string {
  let prefix = OPTIMIZER;
  const taken = [...names];
  while (taken.some((name) => name.startsWith(prefix))) prefix = `${prefix.slice(0, -1)}_.`;
  return prefix;
}

/**
 * One safetensors file with the weights, the optimizer's running values under `optimizer.…`, and
 * the rest as metadata: also the network's description, where it was built from one, and the
 * SHA-256 of all the rest. See `docs/formats.md`.
 */
export function encodeCheckpoint(
  network: Sequential,
  optimizer: Optimizer,
  info: CheckpointInfo,
): Uint8Array {
  const weights = networkWeights(network);
  const prefix = prefixBeside(weights.keys());
  const state = [...optimizer.state()].map(([name, tensor]): [string, Tensor] => [
    prefix + name,
    tensor,
  ]);
  const { epochs, progress, recipe, seed, wholeRecipe, run } = info;
  const metadata = {
    format: FORMAT,
    ...describedIn(network),
    ...(wholeRecipe && { wholeRecipe: JSON.stringify(wholeRecipe) }),
    ...(progress && { progress: JSON.stringify(progress) }),
    ...(run && { run: JSON.stringify(run) }),
    recipe,
    epochs: String(epochs),
    seed: String(seed),
    optimizer: optimizer.kind,
    steps: String(optimizer.steps),
    ...(prefix !== OPTIMIZER && { optimizerPrefix: prefix }),
  };
  return encodeSealed({ tensors: new Map([...weights, ...state]), metadata });
}

/**
 * A checkpoint's weights without the optimizer's running values; any other file as it is. Tensors
 * are not copied.
 */
export function weightsOfCheckpoint({ tensors, metadata }: Safetensors): Safetensors {
  const { format } = metadata;
  if (format !== FORMAT && format !== FORMAT_BEFORE) return { tensors, metadata };
  const prefix = metadata["optimizerPrefix"] ?? OPTIMIZER;
  const weights = [...tensors].filter(([name]) => !name.startsWith(prefix));
  return { tensors: new Map(weights), metadata };
}

/** A checkpoint that was read and checked, not yet applied. */
export interface Checkpoint {
  /** Read, and checked for form alone. */
  readonly info: CheckpointInfo;
  /**
   * Puts the weights into a network and the running values into an optimizer.
   *
   * @param recipe what training goes on by; compared with the checkpoint's, where it is given
   * @throws InputError when they do not fit, or the network or the recipe is another, naming what
   *   differs: `conv1.kernelSize`; then neither network nor optimizer has changed
   */
  restore(network: Sequential, optimizer: Optimizer, recipe?: Recipe): void;
}

/**
 * Reads a checkpoint's bytes, and changes nothing.
 *
 * @param where the file's name, for messages
 * @throws InputError when the bytes are not a checkpoint, or one of them is not as it was
 */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, where);
  const { format } = metadata;
  if (format === FORMAT) checkSeal(bytes, where);
  else if (format !== FORMAT_BEFORE)
    reject(
      where,
      "a leibniz checkpoint",
      "a safetensors file without its metadata",
      "weights alone go to --init",
    );
  const whole = (name: string, pattern: RegExp, what: string): number => {
    const text = metadata[name] ?? "";
    if (!pattern.test(text) || !Number.isSafeInteger(Number(text)))
      reject(where, `metadata ${name} to be ${what}`, JSON.stringify(metadata[name]) ?? "none");
    return Number(text);
  };
  const count = (name: string): number => whole(name, /^\d+$/, "a whole number ≥ 0");
  const data = (name: string): object => parseData(metadata[name]!, `${where}: metadata ${name}`);
  const info = {
    epochs: count("epochs"),
    ...(Object.hasOwn(metadata, "progress") && { progress: data("progress") as EpochProgress }),
    ...(Object.hasOwn(metadata, "run") && { run: data("run") }),
    recipe: metadata["recipe"] ?? "",
    seed: whole("seed", /^-?\d+$/, "a whole number"),
    ...(Object.hasOwn(metadata, "wholeRecipe") && {
      wholeRecipe: readRecipe(metadata["wholeRecipe"]!, `${where}: metadata wholeRecipe`),
    }),
  };
  const described = readDescription({ metadata }, where);
  const steps = count("steps");
  return {
    info,
    restore(network, optimizer, recipe) {
      if (described !== null && network.description !== null)
        checkSameNetwork(where, network.description, described);
      if (info.wholeRecipe !== undefined && recipe !== undefined)
        checkSameTraining(where, recipe, info.wholeRecipe);
      if (metadata["optimizer"] !== optimizer.kind)
        reject(where, `the state of ${optimizer.kind}`, String(metadata["optimizer"]));
      const entries = [...tensors];
      const own = networkWeights(network);
      const prefix = metadata["optimizerPrefix"] ?? OPTIMIZER;
      const isState = (name: string): boolean => name.startsWith(prefix) && !own.has(name);
      const state = entries
        .filter(([name]) => isState(name))
        .map(([name, tensor]): [string, Tensor] => [name.slice(prefix.length), tensor]);
      const copyWeights = checkWeights(
        network,
        new Map(entries.filter(([name]) => !isState(name))),
        where,
      );
      try {
        optimizer.restore(new Map(state), steps); // also checks everything first
      } catch (error) {
        throw error instanceof InputError ? new InputError(`${where}: ${error.message}`) : error;
      }
      copyWeights();
    },
  };
}
