/**
 * From wrong gradients in several geometries to the mistake behind them. A diagnosis is a wrong
 * formula that gives the same numbers in every geometry; what two of them explain alike is not
 * guessed.
 */
import { isTrivial, matches } from "../alike.js";
import type { CatalogEntry } from "../catalog/index.js";
import { copyOf, type Point } from "../differences.js";
import { upstreamVariants } from "../explain.js";
import { STEP } from "../gradient-check.js";
import {
  allZero,
  halfTurn,
  lastOnly,
  neverReached,
  otherGradient,
  reversed,
  rolled,
  shifted,
  someSigns,
  type Suspect,
  transposed,
} from "../hints.js";
import { type Mistaken, mistakenOf, type MistakenPoint } from "../mistaken/index.js";
import { factorOf } from "./factor.js";
import type { Sighting } from "./sighting.js";

/** In this many geometries other upstream gradients are tried, which takes long. */
const MEASURED = 3;
/** Larger ones are not. */
const MOST_ENTRIES = 400;

/** With fewer entries than this one trace looks like another. */
const FEWEST_ENTRIES = 4;

/** The traces that a mistake of any layer can leave, each asked after the one before. */
const TRACES: readonly ((suspect: Suspect) => string | null)[] = [
  allZero,
  otherGradient,
  halfTurn,
  transposed,
  reversed,
  rolled,
  shifted,
  neverReached,
  lastOnly,
  someSigns,
];

/**
 * Names the mistake behind one gradient that is wrong in some geometries.
 *
 * @param sightings of that gradient, those where it is right as well
 * @param kinks likewise, at points where there is a convention in place of a derivative: they tell
 *   apart what all else does not
 * @returns the mistake in words, with its equation where it lies in one; null where none is known
 *   that fits all geometries, or two are
 */
export async function diagnose(
  entry: CatalogEntry,
  sightings: readonly Sighting[],
  kinks: readonly Sighting[] = [],
): Promise<string | null> {
  const wrong = sightings.filter(({ isWrong }) => isWrong);
  if (wrong.length === 0) return null;
  return (
    ofLayer(entry.layer, sightings, kinks) ??
    factorOf(entry.layer, inTheirMode(sightings)) ??
    traceOf(wrong, TRACES) ??
    (await upstreamOf(entry, wrong))
  );
}

/** Those of the one mode that all wrong ones are of: a branch of the code may be right. */
function inTheirMode(sightings: readonly Sighting[]): readonly Sighting[] {
  const modeOf = ({ point }: Sighting): unknown => point.options["mode"];
  const modes = new Set(sightings.filter(({ isWrong }) => isWrong).map(modeOf));
  return modes.size > 1 ? sightings : sightings.filter((one) => modes.has(modeOf(one)));
}

/** The layer's own mistakes, by what would come of each. */
function ofLayer(
  layer: string,
  sightings: readonly Sighting[],
  kinks: readonly Sighting[],
): string | null {
  const { argument } = sightings[0]!.suspect;
  const known = mistakenOf(layer).filter((one) => one.argument === argument);
  const fitting = known.filter((one) => sightings.every((sighting) => explains(one, sighting)));
  const said = sentences(fitting);
  if (said.size < 2) return [...said][0] ?? null;
  const apart = sentences(
    fitting.filter((one) => kinks.every((sighting) => explains(one, sighting))),
  );
  return apart.size === 1 ? [...apart][0]! : null;
}

/** Whether a gradient that has this mistake in it would look like that. */
function explains(
  { gradient }: Mistaken,
  { point, suspect: { analytic, numeric }, isWrong }: Sighting,
): boolean {
  const values = gradient(point);
  if (values === null) return !isWrong;
  return isWrong
    ? fitsMistake(analytic, values, numeric)
    : matches(analytic, values) || matches(numeric, values);
}

function sentences(mistakes: readonly Mistaken[]): ReadonlySet<string> {
  return new Set(mistakes.map(({ says, tag }) => `${says} (${tag})`));
}

/** Equal to what comes of the mistake, where that is not right after all. */
function fitsMistake(
  analytic: ArrayLike<number>,
  values: ArrayLike<number>,
  numeric: ArrayLike<number>,
): boolean {
  return matches(analytic, values) && !matches(values, numeric);
}

/** A trace that all wrong gradients show, but those of too few entries to show any. */
function traceOf(
  wrong: readonly Sighting[],
  traces: readonly ((suspect: Suspect) => string | null)[],
): string | null {
  const telling = wrong.filter(
    ({ suspect: { numeric } }) => numeric.length >= FEWEST_ENTRIES && !isTrivial(numeric),
  );
  const [largest] = [...telling].sort(
    (a, b) => b.suspect.numeric.length - a.suspect.numeric.length,
  );
  if (largest === undefined) return null;
  const found = traces.find((trace) => telling.every(({ suspect }) => trace(suspect) !== null));
  return found?.(largest.suspect) ?? null;
}

/** What would come back for another dOut, measured in a few small geometries. */
async function upstreamOf(entry: CatalogEntry, wrong: readonly Sighting[]): Promise<string | null> {
  const telling = wrong
    .filter(({ suspect }) => suspect.numeric.length <= MOST_ENTRIES)
    .sort((a, b) => b.suspect.numeric.length - a.suspect.numeric.length);
  // neither the largest, which take long, nor the smallest, which tell little
  const few = telling.slice(Math.max(0, Math.floor(telling.length / 2) - 1)).slice(0, MEASURED);
  const fitting: ReadonlySet<string>[] = [];
  for (const { point, suspect } of few) {
    const variants = await variantsAt(entry, point, suspect.argument);
    const here = Object.keys(variants).filter((name) =>
      fitsMistake(suspect.analytic, variants[name]!, suspect.numeric),
    );
    fitting.push(new Set(here));
  }
  const [first = new Set<string>(), ...others] = fitting;
  const said = [...first].filter((name) => others.every((names) => names.has(name)));
  return said.length === 1 ? said[0]! : null;
}

async function variantsAt(
  entry: CatalogEntry,
  { options, inputs, dOut }: MistakenPoint,
  argument: string,
): Promise<Readonly<Record<string, number[]>>> {
  const f = entry.differentiable(options);
  const { out, choices = null } = await f(inputs);
  const point: Point = { f, inputs, out: copyOf(out), choices, dOut: copyOf(dOut) };
  return upstreamVariants(point, argument, out.shape, STEP);
}
