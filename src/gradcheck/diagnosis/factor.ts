/** A gradient that is wrong by a factor: what the factor is. */
import { isClose, largest, matches } from "../alike.js";
import { type Quantities, quantitiesOf } from "./quantities.js";
import type { Sighting } from "./sighting.js";

/**
 * Names a factor that is the same for all entries of each geometry: by its number where it is the
 * same in all geometries, or else by the one quantity, or the two, that it is made of in each. Null
 * where it is no factor, or where there are two such explanations.
 */
export function factorOf(layer: string, sightings: readonly Sighting[]): string | null {
  const ratios = sightings.map(ratioAt);
  const known = ratios.filter((ratio) => ratio !== null);
  if (ratios.includes(undefined) || known.length === 0) return null;
  const [first] = known as [number];
  if (known.every((ratio) => isClose(ratio!, first))) return constant(first, layer, sightings);
  const all = sightings.map(({ point }) => quantitiesOf(layer, point));
  const isLoss = sightings[0]!.point.dOut.rank === 0;
  return (
    single(all, ratios as (number | null)[], isLoss) ?? quotient(all, ratios as (number | null)[])
  );
}

/** What the factor is in every geometry, if it is one quantity or 1 divided by one. */
function single(
  all: readonly Quantities[],
  ratios: readonly (number | null)[],
  isLoss: boolean,
): string | null {
  const fitting = Object.keys(all[0]!).flatMap((name) =>
    [1, -1]
      .filter((power) =>
        isEverywhere(all, ratios, (quantities) => raised(quantities[name]!, power)),
      )
      .map((power) => [name, power] as const),
  );
  if (fitting.length !== 1) return null;
  const [[name, power]] = fitting as [readonly [string, number]];
  const letter = letterOf(name);
  const one = letter.length > 1 ? `1/(${letter})` : `1/${letter}`;
  const mean = isLoss ? `the mean's ${one} is ${power > 0 ? "missing" : "there twice"}` : null;
  if (letter === "dOut")
    return power > 0
      ? "dOut is multiplied in twice"
      : "dOut, the upstream gradient, is not multiplied in";
  return power > 0
    ? `${letter} times too large (${name})${mean === null ? "" : `: ${mean}`}`
    : `${letter} times too small (${name}): ${mean ?? "divided by it once too often"}`;
}

/** What the factor is, if it is a quotient of two quantities, or the square of one. */
function quotient(all: readonly Quantities[], ratios: readonly (number | null)[]): string | null {
  const names = Object.keys(all[0]!);
  const quotients = names.flatMap((a) =>
    names
      .filter((b) => b !== a && isEverywhere(all, ratios, (of) => of[a]! / of[b]!))
      .map((b) => `wrong by the factor ${inBrackets(a)}/${inBrackets(b)} (${a}; ${b})`),
  );
  const squares = names.flatMap((a) => {
    const square = `${inBrackets(a)}² (${a})`;
    return [
      ...(isEverywhere(all, ratios, (of) => of[a]! * of[a]!)
        ? [`too large by the factor ${square}: multiplied where it should be divided`]
        : []),
      ...(isEverywhere(all, ratios, (of) => 1 / (of[a]! * of[a]!))
        ? [`too small by the factor ${square}: divided where it should be multiplied`]
        : []),
    ];
  });
  const fitting = [...quotients, ...squares];
  return fitting.length === 1 ? fitting[0]! : null;
}

function isEverywhere(
  all: readonly Quantities[],
  ratios: readonly (number | null)[],
  factor: (quantities: Quantities) => number,
): boolean {
  return ratios.every((ratio, i) => ratio === null || isClose(ratio, factor(all[i]!)));
}

/** `N, the batch` → `N` */
function letterOf(name: string): string {
  return name.split(",")[0]!;
}

function inBrackets(name: string): string {
  const letter = letterOf(name);
  return letter.includes("·") ? `(${letter})` : letter;
}

/**
 * Null where a geometry says nothing, since all is right or 0; undefined where there is no factor.
 */
function ratioAt({ suspect: { analytic, numeric } }: Sighting): number | null | undefined {
  const [scale, at] = largest(numeric);
  if (scale === 0) return null;
  const ratio = analytic[at]! / numeric[at]!;
  if (ratio === 0 || !Number.isFinite(ratio)) return undefined;
  const scaled = Array.from(numeric, (value) => value * ratio);
  return matches(analytic, scaled) ? ratio : undefined;
}

function constant(ratio: number, layer: string, sightings: readonly Sighting[]): string | null {
  const count = sightings.reduce((sum, { suspect }) => sum + suspect.numeric.length, 0);
  if (count < 2) return null;
  if (isClose(ratio, -1)) return "the sign is flipped";
  if (digits(ratio) === "1") return "right to six digits and no further: is it rounded to float32?";
  const isFixed = Object.keys(quantitiesOf(layer, sightings[0]!.point)).some((name) =>
    sightings.every(({ point }) => {
      const value = quantitiesOf(layer, point)[name]!;
      return isClose(value, ratio) || isClose(1 / value, ratio);
    }),
  );
  // all geometries have the same batch, say: it may be that, or a plain number
  if (isFixed) return `every entry is ${digits(ratio)} times the right one`;
  if (isClose(ratio, 2)) return "2 times too large: it is added twice, or a factor 1/2 is missing";
  if (isClose(ratio, 1 / 2))
    return "2 times too small: a factor 2 is missing, or one of 1/2 is too many";
  return `every entry is ${digits(ratio)} times the right one: a constant factor is wrong`;
}

function raised(value: number, power: number): number {
  return power > 0 ? value : 1 / value;
}

/** Six digits, without the zeros at the end. */
function digits(value: number): string {
  return String(Number(value.toPrecision(6)));
}
