import type { Backend } from "../../kernels/index.js";
import type { NamedParameter } from "../../network/index.js";
import { type AdamOptions, adamRules, type Moments, withDefaults } from "./adam.js";
import { optimizerDescriber } from "./describe.js";
import { ParameterOptimizer, type StepInfo, takeOptions, type UpdateState } from "./optimizer.js";

/** As {@link AdamOptions}, but λ shrinks the weights themselves, and is 0.01 if left out. */
export type AdamWOptions = AdamOptions;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019), with PyTorch's defaults. Derived
 * in `derivations/optimizers.md`.
 */
export class AdamW extends ParameterOptimizer<Moments> {
  readonly kind = "adamw";
  readonly #options: Required<AdamWOptions>;

  /**
   * Both moments are 0 at first, and live where the parameters do.
   *
   * @throws InputError when an option is unknown or out of range, or a parameter comes twice
   */
  constructor(parameters: readonly NamedParameter[], options: AdamWOptions = {}) {
    const checked = withDefaults(takeOptions("AdamW", parameters, options, adamRules), 0.01);
    super("AdamW", parameters, checked.learningRate, ["firstMoment", "secondMoment"]);
    this.#options = checked;
  }

  protected override async update(
    backend: Backend,
    state: UpdateState<Moments>,
    now: StepInfo,
  ): Promise<void> {
    // (optimizers.34) w ← (1 − η·λ)·w − η·m̂ / (√v̂ + ε)
    await backend.update("adam", state, { ...this.#options, ...now, decoupled: true });
  }
}

/**
 * Describes AdamW (Loshchilov and Hutter, 2019): see {@link AdamWOptions}.
 *
 * @throws InputError when an option is unknown or out of range
 */
export const adamW = optimizerDescriber({
  kind: "adamw",
  rules: adamRules,
  build: (parameters, options) => new AdamW(parameters, options),
});
