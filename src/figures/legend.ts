/** What lines and marks mean: in rows above a plot, or beside the ends of its lines. */
import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolTriangle,
} from "d3-shape";
import { shortTextAt } from "./frame.js";
import { light } from "./palette.js";
import { type Attributes, element } from "./svg.js";
import { LINE_HEIGHT, textWidth } from "./text.js";

/** How a series looks: colour, dashes and marks each tell it from the others. */
export interface Look {
  /** `s0` … for the colours of series, `guide` for what is only compared with. */
  readonly colour: string;
  readonly dashes: string | null;
  readonly mark: (typeof MARKS)[number];
}

const DASHES = [null, "7 4", "2 4", "9 4 2 4", "14 4"] as const;
const MARKS = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolCross] as const;

/** @param n which of the series it is, from 0 */
export function lookOf(n: number): Look {
  return {
    colour: `s${n % light.series.length}`,
    dashes: DASHES[n % DASHES.length]!,
    mark: MARKS[n % MARKS.length]!,
  };
}

export const guideLook: Look = { colour: "guide", dashes: "4 4", mark: symbolCircle };

/** A mark in the middle of (x, y). */
export function markAt(x: number, y: number, { colour, mark }: Look, title = ""): string {
  const place = { transform: `translate(${round(x)},${round(y)})` };
  const path = symbol(mark, 38).digits(1)() ?? "";
  return element("path", { class: `${colour} fill edge`, d: path, ...place }, title);
}

export interface LegendEntry {
  readonly name: string;
  /** What is drawn before the name, within SAMPLE pixels from x on and around y. */
  readonly sample: (x: number, y: number) => string;
}

/** Of what is drawn before a name. */
export const SAMPLE = 26;
const [GAP, BETWEEN] = [6, 16];

/** A line as it is in the plot, and its mark where it has any. */
export function lineSample(look: Look, hasLine: boolean, hasMark: boolean): LegendEntry["sample"] {
  return (x, y) =>
    (hasLine ? segment(look, { x1: x, x2: x + SAMPLE, y1: y, y2: y }) : "") +
    (hasMark ? markAt(x + SAMPLE / 2, y, look) : "");
}

/** A straight piece of a series' line. */
export function segment({ colour, dashes }: Look, ends: Attributes): string {
  return element("line", { class: `${colour} line`, "stroke-dasharray": dashes, ...ends });
}

/** Rows of entries from the top of a figure on. */
export function legendRows(
  entries: readonly LegendEntry[],
  width: number,
): { readonly height: number; readonly content: readonly string[] } {
  const content: string[] = [];
  let [x, row] = [4, 0];
  for (const { name, sample } of entries) {
    const needs = SAMPLE + GAP + textWidth(name);
    if (x > 4 && x + needs > width - 4) [x, row] = [4, row + 1];
    const y = row * LINE_HEIGHT + 10;
    const room = width - 4 - x - SAMPLE - GAP;
    content.push(sample(x, y), shortTextAt(x + SAMPLE + GAP, y + 4, name, room));
    x += needs + BETWEEN;
  }
  return { height: entries.length === 0 ? 0 : (row + 1) * LINE_HEIGHT + 6, content };
}

/**
 * Places for labels that want to be at these, moved as little as needed until they are `distance`
 * apart and between `low` and `high`, where there has to be enough room.
 */
export function pushApart(
  wanted: readonly number[],
  distance: number,
  low: number,
  high: number,
): readonly number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  const places = order.map((i) => Math.min(high, Math.max(low, wanted[i]!)));
  for (let i = 1; i < places.length; i++)
    places[i] = Math.max(places[i]!, places[i - 1]! + distance);
  for (let i = places.length - 1, most = high; i >= 0; i--, most = places[i + 1]! - distance)
    places[i] = Math.min(places[i]!, most);
  const result: number[] = [];
  order.forEach((i, n) => (result[i] = places[n]!));
  return result;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
