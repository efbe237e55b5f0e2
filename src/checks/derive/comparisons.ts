/** What `equals` and `atMost` in the blocks of a derivation come to. */
import { formatShape, sameShape, Tensor } from "../../tensor/index.js";
import type { Indexed } from "./indexed.js";

/** What can stand on a side of an equation. */
export type Side = number | Tensor | Indexed;

/**
 * The largest difference that counts as rounding: of each pair relative to the larger of them, or
 * to 1 where both are smaller.
 */
export const DERIVATION_TOLERANCE = 1e-9;

/** Collects the differences of one block. */
export class Comparisons {
  /** How many pairs of numbers were compared. */
  count = 0;
  /** The largest difference; infinite for shapes that differ and for numbers that are none. */
  maxDifference = 0;
  /** What was compared there, for a message. */
  worst = "";
  readonly #isEnough: (difference: number) => boolean;

  /**
   * Nothing is compared yet.
   *
   * @param isEnough a difference after which nothing more is compared: it is thrown
   */
  constructor(isEnough: (difference: number) => boolean = () => false) {
    this.#isEnough = isEnough;
  }

  /** Each side equals the next one. */
  equals(...sides: readonly Side[]): void {
    for (let i = 1; i < sides.length; i++)
      this.#pairs(sides[i - 1]!, sides[i]!, (a, b) => Math.abs(a - b));
  }

  /** The first side is nowhere larger than the second. */
  atMost(smaller: Side, larger: Side): void {
    this.#pairs(smaller, larger, (a, b) => Math.max(0, a - b));
  }

  #pairs(left: Side, right: Side, difference: (a: number, b: number) => number): void {
    if (typeof left === "number" && typeof right === "number")
      return this.#record(left, right, difference(left, right), "");
    const [a, b] = [tensorOf(left), tensorOf(right)];
    if (!sameShape(a.shape, b.shape)) {
      this.count++;
      this.maxDifference = Infinity;
      this.worst = `shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}`;
      return this.#stopIfEnough();
    }
    const [from, to] = [a.contiguous().data, b.contiguous().data];
    for (let i = 0; i < from.length; i++)
      this.#record(
        from[i]!,
        to[i]!,
        difference(from[i]!, to[i]!),
        ` at entry ${i} of ${formatShape(a.shape)}`,
      );
  }

  #record(a: number, b: number, difference: number, where: string): void {
    this.count++;
    const relative = a === b ? 0 : difference / Math.max(1, Math.abs(a), Math.abs(b));
    if (relative <= this.maxDifference) return;
    this.maxDifference = Number.isFinite(relative) ? relative : Infinity;
    this.worst = `${a} and ${b}${where}`;
    this.#stopIfEnough();
  }

  #stopIfEnough(): void {
    if (this.#isEnough(this.maxDifference)) throw new Error(`its sides differ: ${this.worst}`);
  }
}

function tensorOf(side: Side): Tensor {
  if (typeof side === "number") return Tensor.full([], side, "float64");
  return side instanceof Tensor ? side : side.tensor;
}
