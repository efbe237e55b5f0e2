import type { Backend } from "../../kernels/index.js";
import type { NamedParameter } from "../../network/index.js";
import { belowOne, notNegative, type Rules } from "../../tensor/index.js";
import { optimizerDescriber } from "./describe.js";
import { ParameterOptimizer, type StepInfo, takeOptions, type UpdateState } from "./optimizer.js";

/** Options of RMSProp; all are finite numbers ≥ 0. */
export interface RmsPropOptions {
  /** η; 1e-2 if left out. */
  readonly learningRate?: number;
  /** α, how slowly the mean of the squares forgets, below 1; 0.99 if left out. */
  readonly alpha?: number;
  /** ε, which keeps from dividing by 0; 1e-8 if left out. */
  readonly epsilon?: number;
  /** λ, added to the gradient as λ·w before its square is; 0 if left out. */
  readonly weightDecay?: number;
}

/** What the options of RMSProp may be. */
export const rmsPropRules: Rules<RmsPropOptions> = {
  learningRate: notNegative,
  alpha: belowOne,
  epsilon: notNegative,
  weightDecay: notNegative,
};

/**
 * RMSProp (Tieleman and Hinton, 2012), with PyTorch's defaults. Derived in
 * `derivations/optimizers.md`.
 */
export class RmsProp extends ParameterOptimizer<"meanSquare"> {
  readonly kind = "rmsprop";
  readonly #options: Required<RmsPropOptions>;

  /**
   * Running values are 0 at first, and live where the parameters do.
   *
   * @throws InputError when an option is unknown or out of range, or a parameter comes twice
   */
  constructor(parameters: readonly NamedParameter[], options: RmsPropOptions = {}) {
    const checked = takeOptions("RmsProp", parameters, options, rmsPropRules);
    const { learningRate = 1e-2, alpha = 0.99, epsilon = 1e-8, weightDecay = 0 } = checked;
    super("RmsProp", parameters, learningRate, ["meanSquare"]);
    this.#options = { learningRate, alpha, epsilon, weightDecay };
  }

  protected override async update(
    backend: Backend,
    state: UpdateState<"meanSquare">,
    now: StepInfo,
  ): Promise<void> {
    // (optimizers.22f) w ← w − η·g / (√v + ε)
    await backend.update("rmsprop", state, { ...this.#options, ...now });
  }
}

/**
 * Describes RMSProp (Tieleman and Hinton, 2012): see {@link RmsPropOptions}.
 *
 * @throws InputError when an option is unknown or out of range
 */
export const rmsProp = optimizerDescriber({
  kind: "rmsprop",
  rules: rmsPropRules,
  build: (parameters, options) => new RmsProp(parameters, options),
});
