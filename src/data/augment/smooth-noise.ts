/**
 * Smooth random fields: white noise at the points of a lattice, each spread out by a Gaussian.
 * Derived in `derivations/augmentation.md`.
 *
 *   σ   how wide the Gaussian is, in pixels: its standard deviation
 *   G   the Gaussian, cut off at 3σ
 *   s   how far apart the points of the lattice are, in pixels
 *   n   pixels along an axis, i one of them
 *   q   points of the lattice along it, from 3σ before the first pixel to 3σ behind the last; r
 *       those along the other one
 */
import { exp, type Random } from "../../tensor/index.js";

/** How much the points of a lattice count at the pixels of one axis. */
interface AxisWeights {
  /** How many points there are. */
  readonly points: number;
  /** The first point that counts at a pixel. */
  readonly first: Int32Array;
  /** How many count, from that one on. */
  readonly taps: number;
  /** [n, taps] */
  readonly weights: Float64Array;
}

/**
 * The density of the normal distribution with standard deviation σ > 0, 0 from beyond 3σ on.
 * (augmentation.18)
 */
export function gaussian(distance: number, sigma: number): number {
  const ratio = distance / sigma;
  if (Math.abs(ratio) > 3) return 0;
  // (augmentation.18) G(d) = exp(−(d/σ)²/2) / (σ·√(2π))
  return exp(-(ratio * ratio) / 2) / (sigma * Math.sqrt(2 * Math.PI));
}

/**
 * How far apart the points of the lattice are for a σ, both in pixels.
 * (augmentation.19) s = max(1, ⌊σ⌋)
 */
export function latticeSpacing(sigma: number): number {
  return Math.max(1, Math.floor(sigma));
}

function axisWeights(n: number, sigma: number): AxisWeights {
  const s = latticeSpacing(sigma);
  const before = Math.ceil((3 * sigma) / s); // point `before` lies on pixel 0
  const taps = Math.floor((6 * sigma) / s) + 1;
  const first = Int32Array.from({ length: n }, (_, i) => Math.ceil((i - 3 * sigma) / s) + before);
  const weights = Float64Array.from({ length: n * taps }, (_, k) => {
    const i = Math.floor(k / taps);
    return gaussian(i - (first[i]! + (k % taps) - before) * s, sigma);
  });
  return { points: first[n - 1]! + taps, first, taps, weights };
}

/** Draws smooth fields of one size. */
export class SmoothNoise {
  readonly #height: number;
  readonly #width: number;
  readonly #rows: AxisWeights;
  readonly #columns: AxisWeights;
  readonly #spacing: number;
  readonly #noise: Float64Array;
  readonly #between: Float64Array;

  /**
   * Prepares to draw fields of [height, width].
   *
   * @param sigma σ in pixels, at least 1
   */
  constructor(height: number, width: number, sigma: number) {
    this.#height = height;
    this.#width = width;
    this.#rows = axisWeights(height, sigma);
    this.#columns = axisWeights(width, sigma);
    this.#spacing = latticeSpacing(sigma);
    this.#noise = new Float64Array(this.#rows.points * this.#columns.points);
    this.#between = new Float64Array(height * this.#columns.points);
  }

  /** Is this the size of its fields? */
  isFor(height: number, width: number): boolean {
    return height === this.#height && width === this.#width;
  }

  /** The shape of the noise: [points along the rows, points along the columns]. */
  get latticeShape(): readonly [number, number] {
    return [this.#rows.points, this.#columns.points];
  }

  /** Writes α times a field that was drawn into `field`, H·W numbers, row by row. */
  draw(random: Random, strength: number, field: Float64Array): void {
    const noise = this.#noise;
    // the middles of 2³² parts of [−1, 1]: their mean is 0
    for (let q = 0; q < noise.length; q++) noise[q] = (random.bits() + 0.5) / 2 ** 31 - 1;
    this.spread(noise, strength, field);
  }

  /** The same for noise that is given, of the lattice's shape, row by row. (augmentation.21) */
  spread(noise: Float64Array, strength: number, field: Float64Array): void {
    // (augmentation.21) Δ[h, w] = α·s·Σ_q Σ_r G(h − s·q)·G(w − s·r)·noise[q, r]
    alongFirst(noise, this.#rows, this.#height, this.#between);
    alongFirst(this.#between, this.#columns, this.#width, field);
    const factor = strength * this.#spacing;
    for (let p = 0; p < field.length; p++) field[p]! *= factor;
  }
}

/**
 * From points to pixels along the first axis, [q, m] → [n, m], written as [m, n]: what is done
 * twice goes along both axes, and ends as it began.
 */
function alongFirst(from: Float64Array, axis: AxisWeights, n: number, to: Float64Array): void {
  const { first, taps, weights } = axis;
  const m = to.length / n;
  for (let i = 0; i < n; i++) {
    const row = first[i]! * m;
    const [start, end] = [i * taps, (i + 1) * taps];
    // two columns at a time: their sums do not wait for each other
    for (let j = 0; j < m; j += 2) {
      let sum = 0;
      let next = 0; // dropped where j is the last column
      for (let k = start, at = row + j; k < end; k++, at += m) {
        const weight = weights[k]!;
        sum += weight * from[at]!;
        next += weight * from[at + 1]!;
      }
      to[j * n + i] = sum;
      if (j + 1 < m) to[(j + 1) * n + i] = next;
    }
  }
}
