/** Numbers as pages of experiments write them. */
import { type Interval, type MeanInterval, meanInterval } from "../../statistics/index.js";

/** `98.76 %` */
export function percent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** `+0.98 [0.91, 1.05]` percentage points. */
export function points({ mean, low, high }: MeanInterval): string {
  const sign = mean > 0 ? "+" : "";
  return `${sign}${hundred(mean)} [${hundred(low)}, ${hundred(high)}]`;
}

/** `0.98 points [0.91, 1.05]` up or down: how large a difference is, for a text that says which. */
export function size({ mean, low, high }: MeanInterval): string {
  const [least, most] = mean < 0 ? [-high, -low] : [low, high];
  return `${hundred(Math.abs(mean))} points [${hundred(least)}, ${hundred(most)}]`;
}

/** `98.76 % [98.70, 98.81]`, a mean of shares and its interval, as far as shares go. */
export function shareWithInterval(values: readonly number[]): string {
  if (values.length < 2) return percent(values[0]!);
  const { mean, low, high } = meanInterval(values);
  return `${percent(mean)} [${hundred(Math.max(low, 0))}, ${hundred(Math.min(high, 1))}]`;
}

/** `[1.2 %, 16.5 %]` */
export function shareInterval({ low, high }: Interval): string {
  return `[${percent(low, 1)}, ${percent(high, 1)}]`;
}

function hundred(share: number): string {
  return (100 * share).toFixed(2).replace("-", "−");
}

/** `1 run`, `2 runs` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
