/**
 * Powers of e, four float32 numbers at a time. As in `src/tensor/exp.ts`,
 *
 *   x = k·ln 2 + r,  k whole, |r| ≤ ln 2 / 2     so that     eˣ = 2ᵏ · eʳ,
 *   eʳ = 1 + r + r² · p(r)
 *
 * with a polynomial p of degree 4, for float32 has fewer digits. Its coefficients were computed
 * with Remez's algorithm, to 50 digits, so that the largest relative error of eʳ is as small as it
 * can be, and then rounded to float32: 2⁻²⁷·⁷ of eʳ, 2⁻²⁵·⁶ of eʳ − 1.
 *
 * What is computed from eˣ may be a number of float32 where eˣ no longer is: x · eˣ, say. So the
 * functions return 2⁶⁴ · eˣ, which keeps all digits for every x that matters. Callers multiply by
 * 2⁻⁶⁴ at the end; only there is a number below 2⁻¹²⁶ rounded, once.
 */

const LOG2_E = f32x4.splat(1.4426950408889634);
/**
 * ln 2 in two parts. LN2_HIGH has 15 bits and |k| has at most 8, so k · LN2_HIGH is exact, and so
 * is the difference to x.
 */
const LN2_HIGH = f32x4.splat(0.693145751953125);
const LN2_LOW = f32x4.splat(1.428606765330187e-6);

const P0 = f32x4.splat(0.4999999403953552);
const P1 = f32x4.splat(0.1666651964187622);
const P2 = f32x4.splat(0.04166839271783829);
const P3 = f32x4.splat(0.008368780836462975);
const P4 = f32x4.splat(0.001381447073072195);

/**
 * 1.5 · 2²³ + 127, and 64 more. Next to them, float32 numbers are whole, so a sum with one is
 * rounded to k, and its last bits are the exponent's of 2ᵏ, or of 2^(k + 64).
 */
const WHOLE = f32x4.splat(12583039);
const SCALED = f32x4.splat(12583103);

/** 2⁻⁶⁴, which undoes the factor. */
export const UNSCALE = f32x4.splat(5.421010862427522e-20);

/** 112 · e⁻¹¹² is less than half of the smallest number, and so becomes 0. */
const SMALLEST = f32x4.splat(-112);

const MINUS_HALF = f32x4.splat(-0.5);
/** A sign, an exponent and 12 of 24 bits. */
const HEAD = i32x4.splat(0xfffff000);
const ONE = f32x4.splat(1);

/** 2⁶⁴ · eˣ for −112 ≤ x ≤ 0. */
@inline
export function scaledExp(x: v128): v128 {
  const k = nearest(x, SCALED), whole = f32x4.sub(k, SCALED);
  const r = f32x4.sub(f32x4.sub(x, high(whole)), low(whole));
  return f32x4.mul(expOf(r), power(k));
}

/** x, but no less than −112: below that, eˣ is 0 all the same. */
@inline
export function withinRange(x: v128): v128 {
  return f32x4.pmax(x, SMALLEST); // the first operand where that is NaN
}

/**
 * 2⁶⁴ · exp(−y²/2), for 0 ≤ y ≤ 15. The rounding of y² would be many units of the result.
 * The first 12 bits of y, its head, have an exact square, and y² = head² + (y − head)·(y + head).
 */
@inline
export function scaledExpOfHalfSquare(y: v128): v128 {
  const halfY = f32x4.mul(y, MINUS_HALF);
  const head = v128.and(y, HEAD), halfHead = v128.and(halfY, HEAD);
  const rest = f32x4.mul(f32x4.sub(y, head), f32x4.add(halfY, halfHead));
  const k = nearest(f32x4.mul(y, halfY), SCALED), whole = f32x4.sub(k, SCALED);
  const r = f32x4.add(
    f32x4.sub(f32x4.mul(head, halfHead), high(whole)), f32x4.sub(rest, low(whole)),
  );
  return f32x4.mul(expOf(r), power(k));
}

/**
 * eˣ − 1 for x ≤ 0, as 2ᵏ·(eʳ − 1) + (2ᵏ − 1): the last difference is exact, and near 0, where k is
 * 0, it vanishes and all digits of x stay.
 */
@inline
export function expMinusOne(x: v128): v128 {
  const near = f32x4.pmax(x, f32x4.splat(-30)); // less than half a unit from −1
  const k = nearest(near, WHOLE), whole = f32x4.sub(k, WHOLE);
  const r = f32x4.sub(f32x4.sub(near, high(whole)), low(whole));
  const scale = power(k);
  return f32x4.add(f32x4.sub(scale, ONE), f32x4.mul(expMinusOneOf(r), scale));
}

/** k, in the last bits. */
@inline
function nearest(x: v128, whole: v128): v128 {
  return f32x4.add(f32x4.mul(x, LOG2_E), whole);
}

@inline
function high(k: v128): v128 {
  return f32x4.mul(k, LN2_HIGH);
}

@inline
function low(k: v128): v128 {
  return f32x4.mul(k, LN2_LOW);
}

@inline
function expOf(r: v128): v128 {
  return f32x4.add(expMinusOneOf(r), ONE);
}

/** eʳ − 1 */
@inline
function expMinusOneOf(r: v128): v128 {
  const square = f32x4.mul(r, r);
  const first = f32x4.add(P0, f32x4.mul(P1, r));
  const second = f32x4.add(f32x4.add(P2, f32x4.mul(P3, r)), f32x4.mul(P4, square));
  const p = f32x4.add(first, f32x4.mul(second, square));
  return f32x4.add(r, f32x4.mul(square, p));
}

/** The power of 2 that has the last bits of k as its exponent. */
@inline
function power(k: v128): v128 {
  return i32x4.shl(k, 23);
}
