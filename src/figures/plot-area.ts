/** The grid of a plot, with numbers that do not touch each other. */
import { textAt } from "./frame.js";
import type { Scale, Tick } from "./axis.js";
import { element } from "./svg.js";
import { LINE_HEIGHT, shorten, textWidth } from "./text.js";

/** Where the plot itself is, within its figure. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Between two numbers in a row. */
const GAP = 10;
/** Of the lines below a plot: its numbers, and what they are. */
export const BELOW = 2 * LINE_HEIGHT + 4;
/** Above a plot, for the label of its vertical axis. */
export const ABOVE = LINE_HEIGHT + 6;

/** The room that the numbers of a vertical axis take beside it. */
export function widthOfTicks(ticks: readonly Tick[]): number {
  return Math.ceil(ticks.reduce((most, { text }) => Math.max(most, textWidth(text)), 0)) + 8;
}

/** Horizontal lines with their numbers to the left; the label is above them. */
export function verticalAxis(scale: Scale, { left, right, top }: Area): string[] {
  return [
    ...spread(scale.ticks, () => 0.8 * LINE_HEIGHT).flatMap(({ at, text }) => [
      element("line", { class: "grid", x1: left, x2: right, y1: at, y2: at }),
      textAt(left - 6, at + 4, text, { class: "soft", "text-anchor": "end" }),
    ]),
    textAt(4, top - 12, shorten(scale.label, right - 4), { class: "soft" }),
  ];
}

/** Vertical lines with their numbers below, and below those the label. */
export function horizontalAxis(scale: Scale, area: Area, width: number): string[] {
  const { left, right, top, bottom } = area;
  // the outermost numbers are moved so that they do not leave the figure
  const inside = scale.ticks.map(({ at, text }) => {
    const half = textWidth(text) / 2;
    return { line: at, at: Math.min(width - half, Math.max(half, at)), text };
  });
  return [
    ...spread(inside, ({ text }) => textWidth(text) + GAP).flatMap(({ line, at, text }) => [
      element("line", { class: "grid", x1: line, x2: line, y1: top, y2: bottom }),
      textAt(at, bottom + 18, text, { class: "soft", "text-anchor": "middle" }),
    ]),
    element("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }),
    labelBelow(scale.label, area, width),
  ];
}

/** Below the middle of the plot, or where there is room for it. */
function labelBelow(label: string, { left, right, bottom }: Area, width: number): string {
  const text = shorten(label, width - 8);
  const half = textWidth(text) / 2;
  const middle = Math.min(width - 4 - half, Math.max(4 + half, (left + right) / 2));
  return textAt(middle, bottom + 36, text, { class: "soft", "text-anchor": "middle" });
}

/** Every tick, or every second, third … of them, until none touches the next. */
function spread<T extends Tick>(ticks: readonly T[], sizeOf: (tick: T) => number): readonly T[] {
  for (let every = 1; every < ticks.length; every++) {
    const kept = ticks.filter((_, i) => i % every === 0);
    const isFree = kept
      .slice(1)
      .every((tick, i) => Math.abs(tick.at - kept[i]!.at) >= (sizeOf(tick) + sizeOf(kept[i]!)) / 2);
    if (isFree) return kept;
  }
  return ticks.slice(0, 1);
}
