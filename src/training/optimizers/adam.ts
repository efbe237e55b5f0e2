import type { Backend } from "../../kernels/index.js";
import type { NamedParameter } from "../../network/index.js";
import { belowOne, notNegative, type Rules } from "../../tensor/index.js";
import { optimizerDescriber } from "./describe.js";
import { ParameterOptimizer, type StepInfo, takeOptions, type UpdateState } from "./optimizer.js";

/** Options of Adam; all are finite numbers ≥ 0. */
export interface AdamOptions {
  /** η; 1e-3 if left out. */
  readonly learningRate?: number;
  /** β₁, how slowly the mean of the gradients forgets, below 1; 0.9 if left out. */
  readonly beta1?: number;
  /** β₂, how slowly the mean of their squares forgets, below 1; 0.999 if left out. */
  readonly beta2?: number;
  /** ε, which keeps from dividing by 0; 1e-8 if left out. */
  readonly epsilon?: number;
  /**
   * λ, added to the gradient as λ·w before the moments are updated (PyTorch's `weight_decay`,
   * coupled); 0 if left out.
   */
  readonly weightDecay?: number;
}

/** What the options of Adam and AdamW may be. */
export const adamRules: Rules<AdamOptions> = {
  learningRate: notNegative,
  beta1: belowOne,
  beta2: belowOne,
  epsilon: notNegative,
  weightDecay: notNegative,
};

/** The two averages of Adam and AdamW. */
export type Moments = "firstMoment" | "secondMoment";

/**
 * Adam (Kingma and Ba, 2015), with weight decay added to the gradient as PyTorch's Adam does.
 * Derived in `derivations/optimizers.md`.
 */
export class Adam extends ParameterOptimizer<Moments> {
  readonly kind = "adam";
  readonly #options: Required<AdamOptions>;

  /**
   * Both moments are 0 at first, and live where the parameters do.
   *
   * @throws InputError when an option is unknown or out of range, or a parameter comes twice
   */
  constructor(parameters: readonly NamedParameter[], options: AdamOptions = {}) {
    const checked = withDefaults(takeOptions("Adam", parameters, options, adamRules), 0);
    super("Adam", parameters, checked.learningRate, ["firstMoment", "secondMoment"]);
    this.#options = checked;
  }

  protected override async update(
    backend: Backend,
    state: UpdateState<Moments>,
    now: StepInfo,
  ): Promise<void> {
    // (optimizers.28) w ← w − η·m̂ / (√v̂ + ε)
    await backend.update("adam", state, { ...this.#options, ...now, decoupled: false });
  }
}

/** All options, for Adam or AdamW. */
export function withDefaults(options: AdamOptions, usualDecay: number): Required<AdamOptions> {
  const {
    learningRate = 1e-3,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = usualDecay,
  } = options;
  return { learningRate, beta1, beta2, epsilon, weightDecay };
}

/**
 * Describes Adam (Kingma and Ba, 2015): see {@link AdamOptions}.
 *
 * @throws InputError when an option is unknown or out of range
 */
export const adam = optimizerDescriber({
  kind: "adam",
  rules: adamRules,
  build: (parameters, options) => new Adam(parameters, options),
});
