/** The average of the weights over the steps. Derived in `derivations/schedules.md`. */
import type { NamedParameter } from "../network/index.js";

/**
 * A running average of parameters in which each step counts a bit more than the one before. It is
 * kept in float64 on JavaScript's heap.
 */
export class WeightAverage {
  readonly #parameters: readonly NamedParameter[];
  readonly #averages: readonly Float64Array[];
  readonly #decay: number;
  /** How much all steps so far count together. */
  #total = 0;

  /**
   * Starts with an empty average; see `update`.
   *
   * @param decay d, how much a step counts against the next; from 0 to below 1, unchecked
   */
  constructor(parameters: readonly NamedParameter[], decay: number) {
    this.#parameters = parameters;
    this.#decay = decay;
    this.#averages = parameters.map(({ parameter }) => new Float64Array(parameter.value.size));
  }

  /** Takes the weights into the average, after a step. (schedules.22) */
  update(): void {
    this.#total = this.#decay * this.#total + 1; // (schedules.21) S ← d·S + 1
    const rate = 1 / this.#total;
    for (const [p, { parameter }] of this.#parameters.entries()) {
      const [average, { data }] = [this.#averages[p]!, parameter.value];
      // (schedules.22) a ← a + (w − a)/S
      for (let i = 0; i < data.length; i++) average[i]! += (data[i]! - average[i]!) * rate;
    }
  }

  /**
   * Puts the averages into the network, after at least one `update`.
   *
   * @returns what puts the weights back that were there
   */
  show(): () => void {
    const shown = this.#parameters.map(({ parameter: { value } }) => ({
      value,
      own: value.clone(),
    }));
    for (const [p, { value }] of shown.entries()) {
      value.data.set(this.#averages[p]!);
      value.storage.touch();
    }
    return () => shown.forEach(({ value, own }) => value.copyFrom(own));
  }
}
