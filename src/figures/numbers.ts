/** Numbers as figures show them: plain where that is short, powers of ten elsewhere. */

const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  "-": "⁻",
  0: "⁰",
  1: "¹",
  2: "²",
  3: "³",
  4: "⁴",
  5: "⁵",
  6: "⁶",
  7: "⁷",
  8: "⁸",
  9: "⁹",
};

/** Plain numbers are from here … */
const SMALLEST = 1e-4;
/** … up to here. */
const LARGEST = 1e6;

/** `10⁻⁸` for 1e-8; for any number above 0, the power of ten of its first digit. */
export function powerOfTen(value: number): string {
  return tenTo(value.toExponential(0).split("e")[1]!);
}

/** @param exponent as JavaScript writes it: `+21`, `-7` */
function tenTo(exponent: string): string {
  if (exponent === "+0") return "1";
  return `10${[...exponent.replace("+", "")].map((sign) => SUPERSCRIPTS[sign]).join("")}`;
}

/**
 * `1,234.5`, `−0.02`, `3.2·10⁻⁹`: with this many significant digits and no trailing zeros; powers
 * of ten below 10⁻⁴ and from 10⁶ on.
 */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  const text =
    size >= SMALLEST && size < LARGEST
      ? rounded.toLocaleString("en-US", { maximumFractionDigits: 12 })
      : scientific(value, digits - 1);
  return text.replace("-", "−");
}

/** `97.5 %` for 0.975, with this many significant digits. */
export function formatPercent(share: number, digits = 3): string {
  return Number.isFinite(share) ? `${formatNumber(100 * share, digits)} %` : formatNumber(share);
}

/** Numbers along an axis, all with the decimals that their distance needs. */
export function formatTicks(values: readonly number[]): string[] {
  const step = Math.abs((values[1] ?? 0) - (values[0] ?? 0)) || Math.abs(values[0] ?? 1) || 1;
  const decimals = -decadeOf(step);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const isPlain = largest < LARGEST && decimals <= 6;
  return values.map((value) => {
    if (isPlain) {
      const fraction = Math.max(0, decimals);
      const options = { minimumFractionDigits: fraction, maximumFractionDigits: fraction };
      return withoutNegativeZero(value.toLocaleString("en-US", options)).replace("-", "−");
    }
    // what rounding left of a zero
    if (Math.abs(value) < step / 1e6) return "0";
    const digits = decadeOf(value) + decimals;
    return scientific(value, Math.min(15, Math.max(0, digits))).replace("-", "−");
  });
}

/** The power of ten that a number begins with, near ones taken for equal: −2 for 0.0123. */
export function decadeOf(value: number): number {
  return Number(value.toExponential(9).split("e")[1]);
}

function withoutNegativeZero(text: string): string {
  return /^-[0.]*$/.test(text) ? text.slice(1) : text;
}

function scientific(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential(digits).split("e") as [string, string];
  const power = tenTo(exponent);
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  if (power === "1") return short;
  return short === "1" ? power : short === "-1" ? `-${power}` : `${short}·${power}`;
}
