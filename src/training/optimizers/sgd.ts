import type { Backend } from "../../kernels/index.js";
import type { NamedParameter } from "../../network/index.js";
import { belowOne, flag, notNegative, reject, required, type Rules } from "../../tensor/index.js";
import { optimizerDescriber } from "./describe.js";
import { ParameterOptimizer, type StepInfo, takeOptions, type UpdateState } from "./optimizer.js";

/** Options of stochastic gradient descent; numbers are finite and ≥ 0. */
export interface SgdOptions {
  /** η; has no default. */
  readonly learningRate: number;
  /** μ, how much of the last step the next one keeps, below 1; 0 if left out. */
  readonly momentum?: number;
  /**
   * Whether the step looks ahead by the momentum, which must be above 0 then; false if left out.
   */
  readonly nesterov?: boolean;
  /** λ: the gradient of λ/2·‖w‖² is added to the loss's; 0 if left out. */
  readonly weightDecay?: number;
}

/** What the options of stochastic gradient descent may be. */
export const sgdRules: Rules<SgdOptions> = {
  learningRate: required(notNegative),
  momentum: belowOne,
  nesterov: flag,
  weightDecay: notNegative,
};

/**
 * Stochastic gradient descent, with momentum as PyTorch defines it. Derived in
 * `derivations/optimizers.md`.
 */
export class Sgd extends ParameterOptimizer<"velocity"> {
  readonly kind = "sgd";
  readonly #options: Required<SgdOptions>;

  /**
   * With momentum, a velocity of 0 at first is kept for each parameter.
   *
   * @throws InputError when an option is unknown, out of range or missing, Nesterov's method is
   *   asked for without momentum, or a parameter comes twice
   */
  constructor(parameters: readonly NamedParameter[], options: SgdOptions) {
    const checked = takeOptions("Sgd", parameters, options, sgdRules);
    const { learningRate, momentum = 0, nesterov = false, weightDecay = 0 } = checked;
    if (nesterov && momentum === 0) reject("Sgd", "a momentum above 0 for Nesterov's method", "0");
    super("Sgd", parameters, learningRate, momentum === 0 ? [] : ["velocity"]);
    this.#options = { learningRate, momentum, nesterov, weightDecay };
  }

  protected override async update(
    backend: Backend,
    state: UpdateState<"velocity">,
    now: StepInfo,
  ): Promise<void> {
    const velocity = this.#options.momentum === 0 ? null : state.velocity;
    // (optimizers.4) w ← w − η·g
    await backend.update("sgd", { ...state, velocity }, { ...this.#options, ...now });
  }
}

/**
 * Describes stochastic gradient descent: see {@link SgdOptions}.
 *
 * @throws InputError when an option is unknown, out of range or missing
 */
export const sgd = optimizerDescriber({
  kind: "sgd",
  rules: sgdRules,
  build: (parameters, options) => new Sgd(parameters, options),
});
