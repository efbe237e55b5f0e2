/** Numbers as pages of experiments write them. */
import { type Interval, type MeanInterval, meanInterval } from "../../statistics/index.js";

/** `98.76 %` */
export function percent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** `−0.9`, a share or a difference of two in percentage points. */
export function inPoints(share: number, digits = 1): string {
  return (100 * share).toFixed(digits).replace("-", "−");
}

/** `+0.98 [0.91, 1.05]` percentage points. */
export function points({ mean, low, high }: MeanInterval): string {
  const sign = mean > 0 ? "+" : "";
  return `${sign}${inPoints(mean, 2)} [${inPoints(low, 2)}, ${inPoints(high, 2)}]`;
}

/** `0.98 points [0.91, 1.05]` up or down: how large a difference is, for a text that says which. */
export function size({ mean, low, high }: MeanInterval): string {
  const [least, most] = mean < 0 ? [-high, -low] : [low, high];
  return `${inPoints(Math.abs(mean), 2)} points [${inPoints(least, 2)}, ${inPoints(most, 2)}]`;
}

/** `98.76 % [98.70, 98.81]`, a mean of shares and its interval, as far as shares go. */
export function shareWithInterval(values: readonly number[]): string {
  if (values.length < 2) return percent(values[0]!);
  const { mean, low, high } = meanInterval(values);
  return `${percent(mean)} [${inPoints(Math.max(low, 0), 2)}, ${inPoints(Math.min(high, 1), 2)}]`;
}

/** `[1.2 %, 16.5 %]` */
export function shareInterval({ low, high }: Interval): string {
  return `[${percent(low, 1)}, ${percent(high, 1)}]`;
}

/** `1 run`, `2 runs` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
