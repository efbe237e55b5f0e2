import type { Backend } from "../../kernels/index.js";
import type { NamedParameter } from "../../network/index.js";
import {
  checkNotNegative,
  ParameterOptimizer,
  type StepInfo,
  type UpdateState,
} from "./optimizer.js";

export interface AdagradOptions {
  readonly learningRate?: number;
  readonly epsilon?: number;
  /** λ, added to the gradient before its square is. */
  readonly weightDecay?: number;
}

/**
 * AdaGrad (Duchi, Hazan and Singer, 2011), with PyTorch's defaults. Derived in
 * `derivations/optimizers.md`.
 */
export class Adagrad extends ParameterOptimizer<"squareSum"> {
  readonly kind = "adagrad";
  readonly #options: Required<AdagradOptions>;

  /** @throws InputError when an option is out of range */
  constructor(parameters: readonly NamedParameter[], options: AdagradOptions = {}) {
    const { learningRate = 1e-2, epsilon = 1e-10, weightDecay = 0 } = options;
    checkNotNegative("Adagrad", { learningRate, epsilon, weightDecay });
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
