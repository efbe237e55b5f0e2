/** From numbers to positions along an axis, and its tick labels. */
import { scaleLinear, scaleLog } from "d3-scale";
import { reject } from "../tensor/index.js";
import { decadeOf, formatNumber, formatTicks, powerOfTen } from "./numbers.js";

/** What an axis measures, and how it is drawn. */
export interface Axis {
  /** What is measured, and in what: `loss in nats`. */
  readonly label: string;
  /** `linear` if left out. */
  readonly scale?: "linear" | "log";
  /** Whether only whole numbers are written, as for what is counted. */
  readonly isWhole?: boolean;
  /** From where to where; what the numbers need if left out. What lies outside is left out. */
  readonly domain?: readonly [number, number];
  /** How tick labels are written: as percentages, or by a function; plainly if left out. */
  readonly format?: "percent" | ((value: number) => string);
}

export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** An axis that has its place in a figure. */
export interface Scale {
  readonly label: string;
  /** Where a number is, in pixels, and null where it has no place. */
  readonly place: (value: number) => number | null;
  readonly ticks: readonly Tick[];
  /** A number in the words of the axis, with more digits than the ticks have. */
  readonly say: (value: number) => string;
  /** What numbers without a place are not, for people. */
  readonly missing: string;
}

/** Larger numbers cannot be subtracted from each other. */
const LARGEST = 1e300;
/** Numbers that differ by less, relative to their size, are alike. */
const ALIKE = 1e-9;

/**
 * @param values what has to fit; those that are not finite, or not above 0 on a logarithmic axis,
 *   have no place
 * @param range in pixels, from the place of the smallest number to that of the largest
 * @param most how many ticks there may be
 * @param isTight whether it ends with the numbers themselves, not with round ones
 * @throws InputError when no value has a place, or a domain is none
 */
export function scaleOf(
  where: string,
  axis: Axis,
  values: Iterable<number>,
  range: readonly [number, number],
  most: number,
  isTight = false,
): Scale {
  const isLog = axis.scale === "log";
  const has = (value: number): boolean =>
    Number.isFinite(value) && Math.abs(value) <= LARGEST && (!isLog || value >= 1 / LARGEST);
  const [low, high] = domainOf(where, axis, values, has, isTight);
  const scale = (isLog ? scaleLog() : scaleLinear()).domain([low, high]).range(range);
  const all = isLog ? logTicks(low, high, most) : linearTicks(low, high, most);
  const ticks = axis.isWhole ? wholeOf(all) : all;
  const texts = textsOf(axis, ticks);
  return {
    label: axis.label,
    place: (value) => (has(value) && value >= low && value <= high ? scale(value) : null),
    ticks: ticks.values.map((value, i) => ({ at: scale(value), text: texts[i]! })),
    say: wordsOf(axis),
    missing:
      axis.domain !== undefined
        ? `from ${formatNumber(low)} to ${formatNumber(high)}`
        : isLog
          ? "above 0 and finite"
          : "finite",
  };
}

function domainOf(
  where: string,
  { label, scale, domain, format }: Axis,
  values: Iterable<number>,
  has: (value: number) => boolean,
  isTight: boolean,
): readonly [number, number] {
  if (domain !== undefined) {
    if (!(has(domain[0]) && has(domain[1]) && domain[0] < domain[1]))
      reject(where, `a domain of "${label}" from a number to a larger one`, `[${domain}]`);
    return domain;
  }
  let [low, high] = [Infinity, -Infinity];
  for (const value of values)
    if (has(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high)
    reject(where, `a number for "${label}" that has a place`, "none", "is anything finite?");
  const [from, to] = around(low, high, scale, isTight);
  // there is no share below 0 %, nor above 100 %
  if (format === "percent" && low >= 0 && high <= 1) return [Math.max(from, 0), Math.min(to, 1)];
  return [from, to];
}

/** What numbers from `low` to `high` need on an axis. */
function around(
  low: number,
  high: number,
  scale: Axis["scale"],
  isTight: boolean,
): readonly [number, number] {
  if (scale === "log")
    return high / low < 1.001
      ? [low / 2, high * 2]
      : isTight
        ? [low, high]
        : roundPowers(low, high);
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= ALIKE * size || size < 1 / LARGEST)
    return size < 1 / LARGEST ? [-1, 1] : [low - size / 2, high + size / 2];
  if (isTight) return [low, high];
  return scaleLinear().domain([low, high]).nice(6).domain() as [number, number];
}

/** Over several decades, the powers of ten around the numbers; else the numbers and a bit more. */
function roundPowers(low: number, high: number): [number, number] {
  if (high / low < 100) return [low / 1.1, high * 1.1];
  const [from, to] = [decadeOf(low), decadeFrom(high)];
  return [Math.max(1 / LARGEST, Number(`1e${from}`)), Math.min(LARGEST, Number(`1e${to}`))];
}

function wordsOf({ format }: Axis): Scale["say"] {
  if (format === undefined) return (value) => formatNumber(value, 5);
  return format === "percent" ? (value) => `${formatNumber(100 * value, 4)} %` : format;
}

/** Of numbers closer than 1, the whole ones. */
function wholeOf({ values }: Ticks): Ticks {
  const whole = values.filter(Number.isInteger);
  return { values: whole, texts: formatTicks(whole) };
}

function textsOf({ format }: Axis, { values, texts }: Ticks): readonly string[] {
  if (format === undefined) return texts;
  if (format === "percent")
    return formatTicks(values.map((value) => 100 * value)).map((text) => `${text} %`);
  return values.map((value) => format(value));
}

/** The next power of ten that is not smaller. */
function decadeFrom(value: number): number {
  const decade = decadeOf(value);
  return value > Number(`1e${decade}`) * (1 + ALIKE) ? decade + 1 : decade;
}

interface Ticks {
  readonly values: readonly number[];
  readonly texts: readonly string[];
}

function linearTicks(low: number, high: number, most: number): Ticks {
  const values = scaleLinear().domain([low, high]).ticks(Math.max(2, most));
  return { values, texts: formatTicks(values) };
}

/** Powers of ten, thinned out where there are many; over few decades, also 2 and 5 times those. */
function logTicks(low: number, high: number, most: number): Ticks {
  const [from, to] = [decadeFrom(low), decadeOf(high)];
  if (high / low < 3) {
    const { values } = linearTicks(low, high, most);
    return { values, texts: formatTicks(values) };
  }
  const factors = to - from < 2 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((to - from + 1) / Math.max(2, most)));
  const values: number[] = [];
  for (let exponent = from - 1; exponent <= to; exponent++)
    if (exponent % every === 0 || factors.length > 1)
      for (const factor of factors) {
        const value = Number(`${factor}e${exponent}`);
        if (value >= low && value <= high) values.push(value);
      }
  // plain numbers, or powers of ten where some would be long
  const isPlain = values.every((value) => value >= 1e-3 && value <= 1e5);
  const texts = values.map((value) =>
    isPlain ? formatNumber(value) : factors.length > 1 ? formatNumber(value, 1) : powerOfTen(value),
  );
  return { values, texts };
}
