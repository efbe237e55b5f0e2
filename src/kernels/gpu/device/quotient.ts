/**
 * a / b, rounded down, for whole numbers 0 ≤ a < 2²⁴ and b > 0, which float32 counts without gaps.
 * A device may divide a little inexactly; a step up or down mends that.
 */
export function quotient(a: number, b: number): number {
  let q = Math.floor(a / b);
  if (q * b > a) {
    q -= 1;
  }
  if (a - q * b >= b) {
    q += 1;
  }
  return q;
}
