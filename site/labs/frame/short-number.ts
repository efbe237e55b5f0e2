/** A number in a small cell: at most three digits that count, and a true minus sign. */
export function shortNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 0.001 || size >= 100_000)
      ? size.toExponential(1).replace("e+", "e")
      : String(Number(size.toPrecision(3)));
  // 0.25 is 0.25, but -0 is 0: the sign is of what is shown
  return value < 0 && text !== "0" ? `−${text}` : text;
}

/** All digits, for what is written out: 0.1 + 0.2 is 0.30000000000000004. */
export function fullNumber(value: number): string {
  if (!Number.isFinite(value)) return shortNumber(value);
  return String(value).replaceAll("-", "−");
}
