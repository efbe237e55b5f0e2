import type { Backend } from "../../kernels/index.js";
import type { NamedParameter } from "../../network/index.js";
import { notNegative, type Rules } from "../../tensor/index.js";
import { optimizerDescriber } from "./describe.js";
import { ParameterOptimizer, type StepInfo, takeOptions, type UpdateState } from "./optimizer.js";

/** Options of AdaGrad; all are finite numbers ≥ 0. */
export interface AdagradOptions {
  /** η; 1e-2 if left out. */
  readonly learningRate?: number;
  /** ε, which keeps from dividing by 0; 1e-10 if left out. */
  readonly epsilon?: number;
  /** λ, added to the gradient as λ·w before its square is; 0 if left out. */
  readonly weightDecay?: number;
}

/** What the options of AdaGrad may be. */
export const adagradRules: Rules<AdagradOptions> = {
  learningRate: notNegative,
  epsilon: notNegative,
  weightDecay: notNegative,
};

/**
 * AdaGrad (Duchi, Hazan and Singer, 2011), with PyTorch's defaults. Derived in
 * `derivations/optimizers.md`.
 */
export class Adagrad extends ParameterOptimizer<"squareSum"> {
  readonly kind = "adagrad";
  readonly #options: Required<AdagradOptions>;

  /**
   * Running values are 0 at first, and live where the parameters do.
   *
   * @throws InputError when an option is unknown or out of range, or a parameter comes twice
   */
  constructor(parameters: readonly NamedParameter[], options: AdagradOptions = {}) {
    const checked = takeOptions("Adagrad", parameters, options, adagradRules);
    const { learningRate = 1e-2, epsilon = 1e-10, weightDecay = 0 } = checked;
    super("Adagrad", parameters, learningRate, ["squareSum"]);
    this.#options = { learningRate, epsilon, weightDecay };
  }

  protected override async update(
    backend: Backend,
    state: UpdateState<"squareSum">,
    now: StepInfo,
  ): Promise<void> {
    // (optimizers.22b) w ← w − η·g / (√s + ε)
    await backend.update("adagrad", state, { ...this.#options, ...now });
  }
}

/**
 * Describes AdaGrad (Duchi, Hazan and Singer, 2011): see {@link AdagradOptions}.
 *
 * @throws InputError when an option is unknown or out of range
 */
export const adagrad = optimizerDescriber({
  kind: "adagrad",
  rules: adagradRules,
  build: (parameters, options) => new Adagrad(parameters, options),
});
