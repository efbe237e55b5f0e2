import { reject } from "./errors.js";
import { log } from "./log.js";
import { keyOf, Sfc32 } from "./sfc32.js";
import { checkShape, sizeOf } from "./shape.js";
import { type DType, heapAllocator, type Allocator } from "./storage.js";
import { Tensor } from "./tensor.js";

/**
 * A seeded source of random numbers: the same seed gives the same numbers on every machine and in
 * every engine. The generator is Chris Doty-Humphrey's sfc32, keyed by a hash of the seed.
 *
 * {@link Random.split} derives a further source from a *name*, not from how many numbers were drawn
 * before. So `random.split("conv2")` gives conv2 the same initial weights whether or not a layer
 * was added in front of it.
 */
export class Random {
  /**
   * What this source was made from, with the names of all splits: another one with this seed gives
   * the same numbers.
   */
  readonly seed: string;
  readonly #generator: Sfc32;
  #spareNormal: number | null = null;

  /**
   * A source at the start of its numbers.
   *
   * @param seed any number or text; 1 and "1" are the same seed
   */
  constructor(seed: number | string) {
    this.seed = String(seed);
    this.#generator = new Sfc32(keyOf(this.seed));
  }

  /** An independent source that depends on this one's seed and on the name only. */
  split(name: string): Random {
    return new Random(`${this.seed}/${name}`);
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    return this.#generator.bits();
  }

  /** A number in [0, 1), evenly spread over the multiples of 2⁻⁵³. */
  next(): number {
    const high = this.bits() >>> 5; // 27 bits
    const low = this.bits() >>> 6; // 26 bits
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /**
   * A whole number from 0 to bound − 1, each equally likely: draws that would favour small numbers
   * are redone.
   *
   * @throws InputError unless the bound is a whole number from 1 to 2³²
   */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32)
      reject("Random.integer", "a bound from 1 to 2³²", String(bound));
    const fair = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const drawn = this.bits();
      if (drawn < fair) return drawn % bound;
    }
  }

  /**
   * A number from the normal distribution with mean 0 and standard deviation 1, by Marsaglia's
   * polar method (Marsaglia and Bray, 1964): a point drawn evenly from the unit disc has a
   * direction and, independently, a squared distance that is evenly spread over (0, 1). So it takes
   * no sine, and a logarithm and a root that are the same in every engine.
   */
  nextNormal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    for (;;) {
      const x = 2 * this.next() - 1;
      const y = 2 * this.next() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue; // outside the disc, one time in five
      const stretch = Math.sqrt((-2 * log(square)) / square);
      this.#spareNormal = stretch * y;
      return stretch * x;
    }
  }

  /**
   * A tensor of numbers evenly spread over [low, high); the very largest may round to `high`
   * itself.
   *
   * @throws InputError as `Tensor.zeros`
   */
  uniform(
    shape: readonly number[],
    low: number,
    high: number,
    dtype: DType = "float32",
    allocator: Allocator = heapAllocator,
  ): Tensor {
    return this.#fill(shape, () => low + (high - low) * this.next(), dtype, allocator);
  }

  /** A tensor of normally distributed numbers. @throws InputError as `Tensor.zeros` */
  normal(
    shape: readonly number[],
    mean = 0,
    standardDeviation = 1,
    dtype: DType = "float32",
    allocator: Allocator = heapAllocator,
  ): Tensor {
    return this.#fill(shape, () => mean + standardDeviation * this.nextNormal(), dtype, allocator);
  }

  /**
   * The numbers 0 … n − 1 in random order, every order equally likely (Fisher and Yates).
   *
   * @throws InputError unless n is a whole number from 0 to 2³¹
   */
  permutation(n: number): Uint32Array {
    if (!Number.isInteger(n) || n < 0 || n > 2 ** 31)
      reject("Random.permutation", "a whole number from 0 to 2³¹", String(n));
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }

  #fill(shape: readonly number[], draw: () => number, dtype: DType, allocator: Allocator): Tensor {
    checkShape("Random", shape);
    const values = Float64Array.from({ length: sizeOf(shape) }, draw);
    return Tensor.from(values, shape, dtype, allocator);
  }
}
