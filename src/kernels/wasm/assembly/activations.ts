/**
 * Functions of each entry alone, and their slopes, as `derivations/activations.md` derives them,
 * four float32 numbers at a time. They are off by a few units in the last place at most, wherever x
 * is; what overflows, vanishes or is not a number in `src/backprop` does so here.
 */
import { expMinusOne, scaledExp, scaledExpOfHalfSquare, UNSCALE, withinRange } from "./exp";
import { ELU, GELU, LEAKY_RELU, SIGMOID, SILU, SOFTPLUS, TANH } from "./generated/table";
import { firstTwo, fourOf, lastTwo, read, write } from "./lanes";

const ZERO = f32x4.splat(0);
const ONE = f32x4.splat(1);
const TWO = f32x4.splat(2);
/** The bit of the sign alone. */
const SIGN = f32x4.splat(-0.0);

/** `out = f(x)`; only the leaky rectifier has a slope of its own. */
export function activation(
  count: i32, which: i32, x: usize, out: usize, negativeSlope: f64,
): void {
  switch (which) {
    case SIGMOID: return values<Sigmoid>(count, x, out);
    case TANH: return values<Tanh>(count, x, out);
    case SOFTPLUS: return values<Softplus>(count, x, out);
    case SILU: return values<Silu>(count, x, out);
    case GELU: return values<Gelu>(count, x, out);
    case ELU: return values<Elu>(count, x, out);
    case LEAKY_RELU: return leakyRelu(count, x, x, out, negativeSlope);
  }
}

/** `out = f(x)` and `slope = f′(x)`, for the functions that share an exponential with it. */
export function activationWithSlope(
  count: i32, which: i32, x: usize, out: usize, slope: usize,
): void {
  switch (which) {
    case SOFTPLUS: return valuesAndSlopes<Softplus>(count, x, out, slope);
    case SILU: return valuesAndSlopes<Silu>(count, x, out, slope);
    case GELU: return valuesAndSlopes<Gelu>(count, x, out, slope);
  }
}

/** `dX = dOut · slope(at)` */
export function activationBackward(
  count: i32, which: i32, dOut: usize, at: usize, dX: usize, negativeSlope: f64,
): void {
  switch (which) {
    case SIGMOID: return slopes<Sigmoid>(count, dOut, at, dX);
    case TANH: return slopes<Tanh>(count, dOut, at, dX);
    case ELU: return slopes<Elu>(count, dOut, at, dX);
    case LEAKY_RELU: return leakyRelu(count, dOut, at, dX, negativeSlope);
  }
}

/**
 * F's function of every entry. The engine takes constants out of a loop only if its body runs at
 * least once, so the condition is at the end.
 */
function values<F>(count: i32, x: usize, out: usize): void {
  const f = changetype<F>(0);
  const last = x + (<usize>(count & ~3) << 2);
  if (x < last) {
    do {
      v128.store(out, f.value(v128.load(x)));
      x += 16; out += 16;
    } while (x < last);
  }
  if (count & 3) write(out, 0, count & 3, f.value(read(x, 0, count & 3)));
}

/** F's function and its slope, at every entry; what they share, the engine computes once. */
function valuesAndSlopes<F>(count: i32, x: usize, out: usize, slope: usize): void {
  const f = changetype<F>(0);
  const last = x + (<usize>(count & ~3) << 2);
  if (x < last) {
    do {
      const four = v128.load(x);
      v128.store(out, f.value(four));
      v128.store(slope, f.slope(four));
      x += 16; out += 16; slope += 16;
    } while (x < last);
  }
  const rest = count & 3;
  if (rest == 0) return;
  const four = read(x, 0, rest);
  write(out, 0, rest, f.value(four));
  write(slope, 0, rest, f.slope(four));
}

/** dOut times F's slope, at every entry. */
function slopes<F>(count: i32, dOut: usize, at: usize, dX: usize): void {
  const f = changetype<F>(0);
  const last = at + (<usize>(count & ~3) << 2);
  if (at < last) {
    do {
      v128.store(dX, f32x4.mul(v128.load(dOut), f.slope(v128.load(at))));
      dOut += 16; at += 16; dX += 16;
    } while (at < last);
  }
  const rest = count & 3;
  if (rest) write(dX, 0, rest, f32x4.mul(read(dOut, 0, rest), f.slope(read(at, 0, rest))));
}

@unmanaged
class Sigmoid {
  @inline
  value(x: v128): v128 {
    // (activations.6) σ(x) = exp(min(x, 0)) / (1 + exp(−|x|))
    const e = f32x4.mul(scaledExp(withinRange(minusSize(x))), UNSCALE);
    const above = v128.bitselect(e, ONE, f32x4.lt(x, ZERO));
    return f32x4.div(above, f32x4.add(ONE, e));
  }

  @inline
  slope(p: v128): v128 {
    // (activations.9) σ′(x) = p · (1 − p)
    return f32x4.mul(p, f32x4.sub(ONE, p));
  }
}

@unmanaged
class Tanh {
  /**
   * tanh |x| = (1 − e^(−2|x|)) / (1 + e^(−2|x|)), and the sign of x. The difference keeps all
   * digits near 0.
   */
  @inline
  value(x: v128): v128 {
    const difference = expMinusOne(f32x4.mul(minusSize(x), TWO));
    const size = f32x4.div(difference, f32x4.add(TWO, difference));
    return v128.or(v128.andnot(size, SIGN), v128.and(x, SIGN));
  }

  @inline
  slope(t: v128): v128 {
    // (activations.15) tanh′ x = 1 − t²:
    //   as a product of 1 − t and 1 + t, for near ±1 the rounding of t² would be many units
    return f32x4.mul(f32x4.sub(ONE, t), f32x4.add(ONE, t));
  }
}

@unmanaged
class Softplus {
  /**
   * log(1 + u) = 2 · artanh w with w = u / (2 + u), and artanh w = w · (1 + z·q(z)) with z = w² ≤
   * 1/9. With a q of degree 3, found as the polynomial in `exp.ts` was, within 2⁻²⁷·⁷.
   */
  @inline
  value(x: v128): v128 {
    // (activations.20) out = max(x, 0) + log(1 + exp(−|x|))
    const scaled = scaledExp(withinRange(minusSize(x)));
    const half = f32x4.div(scaled, f32x4.add(TWO, f32x4.mul(scaled, UNSCALE)));
    const w = f32x4.mul(half, UNSCALE);
    const z = f32x4.mul(w, w);
    let q = f32x4.splat(0.14012226462364197);
    q = f32x4.add(f32x4.mul(q, z), f32x4.splat(0.13999570906162262));
    q = f32x4.add(f32x4.mul(q, z), f32x4.splat(0.20010849833488464));
    q = f32x4.add(f32x4.mul(q, z), f32x4.splat(0.3333320617675781));
    q = f32x4.add(f32x4.mul(q, z), ONE);
    const log = f32x4.mul(f32x4.mul(f32x4.add(half, half), q), UNSCALE);
    return f32x4.add(f32x4.pmax(ZERO, x), log);
  }

  @inline
  slope(x: v128): v128 {
    return changetype<Sigmoid>(0).value(x); // (activations.21) f′(x) = σ(x)
  }
}

@unmanaged
class Silu {
  @inline
  value(x: v128): v128 {
    // (activations.22) out = x · σ(x)
    const less = withinRange(minusSize(x));
    const e = scaledExp(less);
    const above = f32x4.add(ONE, f32x4.mul(e, UNSCALE));
    return gated(x, f32x4.div(f32x4.mul(less, e), above), UNSCALE);
  }

  @inline
  slope(x: v128): v128 {
    const less = withinRange(minusSize(x));
    const e = scaledExp(less);
    // (activations.24) f′(x) = p · (1 + x · (1 − p)), with p = σ(x):
    //   at −|x|, where p = e / (1 + e), it is e · (1 + e − |x|) / (1 + e)²
    const above = f32x4.add(ONE, f32x4.mul(e, UNSCALE));
    const product = f32x4.mul(e, f32x4.add(above, less));
    return gatedSlope(x, f32x4.div(product, f32x4.mul(above, above)), UNSCALE);
  }
}

/** exp(−15²/2) is 0 in float32, and so is 15 times as much. */
const VANISHES = f32x4.splat(15);
/** −2⁻⁶⁴/√(2π), with which a scaled exp(−y²/2) becomes the density φ(y), with a minus. */
const MINUS_DENSITY = f32x4.splat(-2.162670435537773e-20);

@unmanaged
class Gelu {
  @inline
  value(x: v128): v128 {
    const y = f32x4.pmin(v128.andnot(x, SIGN), VANISHES);
    // (activations.32) out = x · Φ(x)
    const product = f32x4.mul(scaledExpOfHalfSquare(y), f32x4.mul(y, millsRatio(y)));
    return gated(x, product, MINUS_DENSITY);
  }

  @inline
  slope(x: v128): v128 {
    const y = f32x4.pmin(v128.andnot(x, SIGN), VANISHES);
    // (activations.33) f′(x) = Φ(x) + x · φ(x)
    const below = f32x4.mul(scaledExpOfHalfSquare(y), f32x4.sub(y, millsRatio(y)));
    return gatedSlope(x, below, MINUS_DENSITY);
  }
}

/**
 * Φ(−y)/φ(y), Mills' ratio, for 0 ≤ y ≤ 15: Φ(−y) without the exponential by which it falls. Where
 * y is large it is nearly 1/y, so that it is written as 1/(y + N/D): the rounding of N and D
 * counts less, the larger y is. N is of degree 3, D of degree 4; their coefficients, all positive,
 * were computed with Remez's algorithm, to 50 digits, so that the largest relative error is as
 * small as it can be, and then rounded to float32: 2⁻²⁴·².
 */
@inline
function millsRatio(y: v128): v128 {
  const square = f32x4.mul(y, y);
  const n0 = line(0.797884524666, 0.398753802308, y);
  const n2 = line(0.102892263159, 0.0115757247629, y);
  const n = f32x4.add(n0, f32x4.mul(n2, square));
  const d0 = line(1, 0.95519057713, y);
  const d2 = line(0.427384080145, 0.102542180153, y);
  const d4 = f32x4.mul(f32x4.splat(0.0115850410604), square);
  const d = f32x4.add(d0, f32x4.mul(f32x4.add(d2, d4), square));
  return f32x4.div(d, f32x4.add(f32x4.mul(y, d), n));
}

/** a + b · y */
@inline
function line(a: f32, b: f32, y: v128): v128 {
  return f32x4.add(f32x4.splat(a), f32x4.mul(f32x4.splat(b), y));
}

@unmanaged
class Elu {
  @inline
  value(x: v128): v128 {
    // (activations.35) out = max(x, 0) + exp(min(x, 0)) − 1
    return f32x4.add(f32x4.pmax(ZERO, x), expMinusOne(f32x4.pmin(x, ZERO)));
  }

  @inline
  slope(x: v128): v128 {
    // (activations.38) f′(x) = exp(min(x, 0))
    return f32x4.mul(scaledExp(withinRange(f32x4.pmin(x, ZERO))), UNSCALE);
  }
}

/**
 * SiLU and GELU are x · P(x) with a P for which P(−x) = 1 − P(x). So x · P(x) is
 * max(x, 0) − |x| · P(−|x|), and the small probabilities keep their digits on both sides.
 *
 * @param product −|x| · P(−|x|), divided by `unit`
 */
@inline
function gated(x: v128, product: v128, unit: v128): v128 {
  const zero = f32x4.mul(f32x4.pmin(x, ONE), ZERO); // −∞ · P(−∞) is NaN
  return f32x4.add(f32x4.pmax(zero, x), f32x4.mul(product, unit));
}

/**
 * The slope of such a function: that at −|x|, where it may be small, and what is left to 1 at |x|.
 *
 * @param below the slope at −|x|, divided by `unit`
 */
@inline
function gatedSlope(x: v128, below: v128, unit: v128): v128 {
  const zero = f32x4.mul(x, ZERO); // ±∞ times a density of 0 is NaN
  const slope = f32x4.add(f32x4.mul(below, unit), zero);
  return v128.bitselect(slope, f32x4.sub(ONE, slope), f32x4.lt(x, ZERO));
}

/** −|x| */
@inline
function minusSize(x: v128): v128 {
  return v128.or(x, SIGN);
}

/**
 * Writes `value` where x > 0, else negativeSlope · value, rounded once, from float64: the function
 * itself with x for value, and dX with dOut.
 */
function leakyRelu(count: i32, value: usize, x: usize, out: usize, negativeSlope: f64): void {
  const slope = f64x2.splat(negativeSlope);
  for (let i = 0; i < count; i += 4) {
    const four = read(value, i, count);
    const first = f64x2.mul(firstTwo(four), slope), last = f64x2.mul(lastTwo(four), slope);
    // (activations.16) out = x where x > 0, else negativeSlope · x
    // (activations.17) f′(x) = 1 where x > 0, else negativeSlope
    const isAbove = f32x4.gt(read(x, i, count), ZERO);
    write(out, i, count, v128.bitselect(four, fourOf(first, last), isAbove));
  }
}
