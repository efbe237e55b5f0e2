/**
 * `baseⁿ` for whole n ≥ 0, by squaring: base⁵ = base · (base²)². ECMAScript leaves the last digits
 * of `base ** n` to the engine; these products are the same everywhere. base¹ is base itself.
 */
export function integerPower(base: number, n: number): number {
  let result = 1;
  for (let square = base, rest = n; rest > 0; rest = Math.floor(rest / 2), square *= square) {
    if (rest % 2 === 1) result *= square;
  }
  return result;
}
