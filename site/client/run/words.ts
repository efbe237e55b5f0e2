/** What a run came to, in words. */
import type { Outcome } from "./messages.js";

const SIGNS_OF_SIZE = 60;

/** `2.2e-16`, and numbers that people can read as they are: `0.83`, `12`. */
export function shortNumber(value: number): string {
  if (value === Infinity) return "∞";
  if (value === 0) return "0";
  if (value < 0.001 || value >= 10_000) return value.toExponential(1).replace("e-", "e−");
  return String(Number(value.toPrecision(2)));
}

/** `288 numbers (2 × 18 × 8)` */
function compared({ comparisons, sizes }: Outcome): string {
  const numbers = `${comparisons.toLocaleString("en-US")} number${comparisons === 1 ? "" : "s"}`;
  const shown = sizes.join(", ");
  const product = sizes[0]?.split(" × ").reduce((total, extent) => total * Number(extent), 1);
  // a size of one axis that says the same number again is no news
  const isNews = shown !== "" && !(sizes.length === 1 && sizes[0] === String(product));
  return isNews && shown.length <= SIGNS_OF_SIZE && sizes.length <= 3
    ? `${numbers} (${shown})`
    : numbers;
}

/** The line beside an equation. */
export function resultText(outcome: Outcome): string {
  const { verdict, maxDifference, problem } = outcome;
  if (verdict === "pass")
    return maxDifference === 0
      ? `both sides equal to the last bit: ${compared(outcome)}`
      : `both sides agree to ${shortNumber(maxDifference!)}: ${compared(outcome)}`;
  if (maxDifference === null) return `stops: ${problem}`;
  if (maxDifference === Infinity) return `wrong: ${problem}`;
  return `wrong by ${shortNumber(maxDifference)}: ${compared(outcome)}`;
}
