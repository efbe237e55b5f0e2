import type { Backend } from "../../kernels/index.js";
import type { NamedParameter } from "../../network/index.js";
import { notNegative, type Rules } from "../../tensor/index.js";
import { optimizerDescriber } from "./describe.js";
import { ParameterOptimizer, type StepInfo, takeOptions, type UpdateState } from "./optimizer.js";

export interface AdagradOptions {
  readonly learningRate?: number;
  readonly epsilon?: number;
  /** λ, added to the gradient before its square is. */
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

  /** @throws InputError when an option is out of range */
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

/** Describes AdaGrad. */
export const adagrad = optimizerDescriber({
  kind: "adagrad",
  rules: adagradRules,
  build: (parameters, options) => new Adagrad(parameters, options),
});
