import {
  checkSameNetwork,
  checkWeights,
  decodeSafetensors,
  describedIn,
  encodeSafetensors,
  networkWeights,
  readDescription,
  type Safetensors,
  type Sequential,
} from "../network/index.js";
import { InputError, reject, type Tensor } from "../tensor/index.js";
import type { Optimizer } from "./optimizers/index.js";
import { checkSameTraining, readRecipe } from "./read-recipe.js";
import type { Recipe } from "./recipes.js";

/** Everything that training needs to go on after an epoch as if it had never stopped. */
export interface CheckpointInfo {
  /** Epochs done. */
  readonly epochs: number;
  /** The recipe's name. */
  readonly recipe: string;
  readonly seed: number;
  /** All of the recipe; checkpoints of before recipes were data do not have it. */
  readonly wholeRecipe?: Recipe;
}

const FORMAT = "leibniz checkpoint 1";
const OPTIMIZER = "optimizer.";

/**
 * One safetensors file with the weights, the optimizer's running values under `optimizer.…`, and
 * the rest as metadata: also the network's description, where it was built from one.
 */
export function encodeCheckpoint(
  network: Sequential,
  optimizer: Optimizer,
  info: CheckpointInfo,
): Uint8Array {
  const state = [...optimizer.state()].map(([name, tensor]): [string, Tensor] => [
    OPTIMIZER + name,
    tensor,
  ]);
  const { epochs, recipe, seed, wholeRecipe } = info;
  const metadata = {
    format: FORMAT,
    ...describedIn(network),
    ...(wholeRecipe && { wholeRecipe: JSON.stringify(wholeRecipe) }),
    recipe,
    epochs: String(epochs),
    seed: String(seed),
    optimizer: optimizer.kind,
    steps: String(optimizer.steps),
  };
  return encodeSafetensors({ tensors: new Map([...networkWeights(network), ...state]), metadata });
}

/** A checkpoint's weights without the optimizer's running values; any other file as it is. */
export function weightsOfCheckpoint({ tensors, metadata }: Safetensors): Safetensors {
  if (metadata["format"] !== FORMAT) return { tensors, metadata };
  const weights = [...tensors].filter(([name]) => !name.startsWith(OPTIMIZER));
  return { tensors: new Map(weights), metadata };
}

/** A checkpoint that was read and checked, not yet applied. */
export interface Checkpoint {
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

/** @throws InputError when the bytes are not a checkpoint */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, where);
  if (metadata["format"] !== FORMAT)
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
  const info = {
    epochs: count("epochs"),
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
      const own = networkWeights(network); // a layer may be called `optimizer`
      const isState = (name: string): boolean => name.startsWith(OPTIMIZER) && !own.has(name);
      const state = entries
        .filter(([name]) => isState(name))
        .map(([name, tensor]): [string, Tensor] => [name.slice(OPTIMIZER.length), tensor]);
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
