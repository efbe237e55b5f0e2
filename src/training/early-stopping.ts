import { type Sequential, networkWeights } from "../network/index.js";
import {
  anything,
  checkOptions,
  flag,
  notNegative,
  reject,
  required,
  type Rules,
  type Tensor,
  wholeNumber,
} from "../tensor/index.js";

/** When to stop before all epochs are done. */
export interface EarlyStopping {
  /** How many epochs in a row may be no better than the best, before training stops. */
  readonly patience: number;
  /**
   * What is watched: "loss", as is if left out, or the name of a metric. That of the validation,
   * where there is one, else that of the training.
   */
  readonly on?: string;
  /** Which value is better; has to be given for a metric, and is "lowest" for the loss. */
  readonly goal?: "lowest" | "highest";
  /** By how much an epoch has to be better for it to count; 0 if left out. */
  readonly least?: number;
  /** Whether the network ends with the weights of its best epoch; true if left out. */
  readonly keepBest?: boolean;
}

const rules: Rules<EarlyStopping> = {
  patience: required(wholeNumber(1)),
  on: anything("the loss or a metric"),
  goal: anything("which value is better"),
  least: notNegative,
  keepBest: flag,
};

/** Watches a value from epoch to epoch. */
export class Patience {
  readonly on: string;
  readonly #options: Required<EarlyStopping>;
  readonly #network: Sequential;
  #best: { readonly value: number; readonly weights: ReadonlyMap<string, Tensor> | null } | null =
    null;
  #idle = 0;

  /** @throws InputError when an option is wrong, or there is no such metric */
  constructor(
    network: Sequential,
    options: EarlyStopping,
    metrics: readonly string[],
    where: string,
  ) {
    const checked = checkOptions(`${where}: stopEarly`, options, rules);
    const { patience, on = "loss", goal = "lowest", least = 0, keepBest = true } = checked;
    if (on !== "loss" && !metrics.includes(on))
      reject(where, `stopEarly on one of ${["loss", ...metrics].join(", ")}`, String(on));
    if ((on !== "loss" && options.goal === undefined) || !["lowest", "highest"].includes(goal))
      reject(where, `the goal "lowest" or "highest" for ${on}`, String(options.goal));
    this.on = on;
    this.#options = { patience, on, goal, least, keepBest };
    this.#network = network;
  }

  /** @returns whether the epoch is the best so far, and whether it is the last */
  judge(value: number): { readonly isBest: boolean; readonly stops: boolean } {
    const { goal, least, patience, keepBest } = this.#options;
    const gain =
      this.#best === null
        ? Infinity
        : goal === "lowest"
          ? this.#best.value - value
          : value - this.#best.value;
    const isBest = gain > least && !Number.isNaN(value);
    if (isBest) this.#best = { value, weights: keepBest ? copyOf(this.#network) : null };
    this.#idle = isBest ? 0 : this.#idle + 1;
    return { isBest, stops: this.#idle >= patience };
  }

  /** Puts the weights of the best epoch back, if they were to be kept. */
  restore(): void {
    const own = networkWeights(this.#network);
    for (const [name, tensor] of this.#best?.weights ?? []) own.get(name)!.copyFrom(tensor);
  }
}

function copyOf(network: Sequential): ReadonlyMap<string, Tensor> {
  return new Map([...networkWeights(network)].map(([name, tensor]) => [name, tensor.clone()]));
}
