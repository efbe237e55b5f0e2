import type { Backend } from "../../kernels/index.js";
import type { NamedParameter } from "../../network/index.js";
import { belowOne, notNegative, type Rules } from "../../tensor/index.js";
import { optimizerDescriber } from "./describe.js";
import { ParameterOptimizer, type StepInfo, takeOptions, type UpdateState } from "./optimizer.js";

export interface RmsPropOptions {
  readonly learningRate?: number;
  /** α: how slowly the mean of the squares forgets. */
  readonly alpha?: number;
  readonly epsilon?: number;
  /** λ, added to the gradient before its square is. */
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

  /** @throws InputError when an option is out of range */
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

/** Describes RMSProp. */
export const rmsProp = optimizerDescriber({
  kind: "rmsprop",
  call: "rmsProp()",
  rules: rmsPropRules,
  build: (parameters, options) => new RmsProp(parameters, options),
});
