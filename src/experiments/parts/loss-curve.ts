/** A training's losses, step by step, as a curve of few points. */

/** Mean losses, each over the same number of steps. */
export class LossCurve {
  readonly means: number[] = [];
  readonly #steps: number;
  #sum = 0;
  #count = 0;

  /** @param steps to a point; a last point of fewer is left out */
  constructor(steps: number) {
    this.#steps = steps;
  }

  add(loss: number): void {
    this.#sum += loss;
    if (++this.#count < this.#steps) return;
    this.means.push(this.#sum / this.#count);
    [this.#sum, this.#count] = [0, 0];
  }
}
