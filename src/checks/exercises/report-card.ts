/** What was seen of each gradient, geometry after geometry, and the grades that come of it. */
import { gradientName } from "../../backprop/index.js";
import {
  type CatalogEntry,
  type CheckedKink,
  diagnose,
  type GradientCheckResult,
  type MistakenPoint,
  type Sighting,
  sightingsAt,
} from "../../gradcheck/index.js";
import { placeIn } from "./answered.js";
import type { Problems } from "./tolerant.js";

/** How one gradient did over all geometries. */
export interface Grade {
  /** `dWeight` */
  readonly gradient: string;
  /** `null`: nothing was written yet. */
  readonly isRight: boolean | null;
  /** Why it cannot be compared: what came back is not the tensor that it should be. */
  readonly problem: string | null;
  /** The layer's options in the geometry where that was first seen; null where there is none. */
  readonly problemOptions: object | null;
  /** The mistake behind it, where one is known that fits all geometries, and no other does. */
  readonly diagnosis: string | null;
  /** Geometries checked. */
  readonly cases: number;
  /** Those of them in which it is wrong, or cannot be compared. */
  readonly wrong: number;
  /** Those in which the code stopped before anything came back. */
  readonly stops: number;
  /**
   * The entry that is furthest off, in the first geometry whose numbers were wrong; in the worst
   * that passed where all is right. Null where numbers are not what is wrong.
   */
  readonly shown: ShownEntry | null;
}

/** One entry of a gradient, to look at. */
export interface ShownEntry {
  /** The layer's, in that geometry. */
  readonly options: object;
  /** Of the gradient as the reader's code returns it. */
  readonly shape: readonly number[];
  /** One number per axis. */
  readonly index: readonly number[];
  /** What the reader's code says. */
  readonly yours: number;
  /** What it is. */
  readonly right: number;
  /** The largest of that geometry. */
  readonly relativeError: number;
}

interface Row {
  cases: number;
  wrong: number;
  /** Those of the wrong ones that could be compared, and differ. */
  differs: number;
  stops: number;
  unwritten: number;
  problem: string | null;
  problemOptions: object | null;
  shown: ShownEntry | null;
  kink: (CheckedKink & { readonly due: Readonly<Record<string, readonly number[]>> }) | null;
  readonly sightings: Sighting[];
  readonly kinks: Sighting[];
}

/** Collects what is seen, in any order of geometries. */
export class ReportCard {
  readonly #entry: CatalogEntry;
  readonly #rows = new Map<string, Row>();

  /**
   * Nothing is seen yet.
   *
   * @param entry the layer's, whose mistakes are looked for
   */
  constructor(entry: CatalogEntry) {
    this.#entry = entry;
  }

  /**
   * One geometry: what was compared, and what could not be.
   *
   * @param due by gradient, the shapes that the reader's code returns; where it has none, they are
   *   those of the inputs
   */
  add(
    point: MistakenPoint,
    results: readonly GradientCheckResult[],
    problems: Problems = new Map(),
    due: Readonly<Record<string, readonly number[]>> = {},
  ): void {
    const compared = results.filter(({ argument }) => !problems.has(argument));
    const sightings = sightingsAt(point, results);
    // rows stand in the order of the inputs, whether or not they could be compared
    for (const { argument } of results) this.#row(argument);
    for (const result of compared) {
      const row = this.#row(result.argument);
      const isWrong = result.verdict !== "pass";
      const isNews =
        row.shown === null
          ? true
          : row.differs === 0 && (isWrong || result.maxRelativeError > row.shown.relativeError);
      row.cases++;
      if (isNews) row.shown = shownOf(point.options, result, due);
      if (isWrong) {
        row.wrong++;
        row.differs++;
      }
      const sighting = sightings.get(result.argument);
      if (sighting !== undefined) row.sightings.push(sighting);
    }
    for (const [argument, problem] of problems) {
      const row = this.#row(argument);
      row.cases++;
      row.wrong++;
      if (row.problem === null && problem !== null) {
        row.problem = problem;
        row.problemOptions = point.options;
      }
      if (problem === null) row.unwritten++;
    }
  }

  /**
   * One point on a kink.
   *
   * @param due as {@link add} has it
   */
  addKink(kink: CheckedKink, due: Readonly<Record<string, readonly number[]>> = {}): void {
    const row = this.#row(kink.result.argument);
    row.cases++;
    const { options, inputs } = kink.kink;
    const point = { options, inputs, dOut: kink.dOut };
    row.kinks.push(...sightingsAt(point, [kink.result]).values());
    if (kink.result.verdict === "pass") return;
    row.wrong++;
    row.kink ??= { ...kink, due };
  }

  /** One geometry in which nothing came back at all, by the names of its inputs. */
  addStop(names: readonly string[]): void {
    for (const name of names) {
      const row = this.#row(name);
      row.cases++;
      row.wrong++;
      row.stops++;
    }
  }

  /** A grade for each gradient, in the order in which they were first seen. */
  async grades(): Promise<readonly Grade[]> {
    const grades: Grade[] = [];
    for (const [argument, row] of this.#rows) {
      const { cases, wrong, stops, unwritten, problem, problemOptions, kink } = row;
      const isOnlyKink = kink !== null && wrong === 1;
      const ofKink = kink === null ? null : `${kink.kink.convention} (${kink.kink.tag})`;
      grades.push({
        gradient: gradientName(argument),
        isRight: wrong === 0 ? true : unwritten === wrong ? null : false,
        problem,
        problemOptions,
        diagnosis: isOnlyKink ? ofKink : await diagnose(this.#entry, row.sightings, row.kinks),
        cases,
        wrong,
        stops,
        shown: entryToShow(row),
      });
    }
    return grades;
  }

  #row(argument: string): Row {
    const row: Row = this.#rows.get(argument) ?? {
      cases: 0,
      wrong: 0,
      differs: 0,
      stops: 0,
      unwritten: 0,
      problem: null,
      problemOptions: null,
      shown: null,
      kink: null,
      sightings: [],
      kinks: [],
    };
    this.#rows.set(argument, row);
    return row;
  }
}

/** What is right to the last digits is no example of what is wrong. */
function entryToShow({ wrong, differs, shown, kink }: Row): ShownEntry | null {
  if (differs > 0 || wrong === 0) return shown;
  return kink === null ? null : shownOf(kink.kink.options, kink.result, kink.due);
}

function shownOf(
  options: object,
  result: GradientCheckResult,
  due: Readonly<Record<string, readonly number[]>>,
): ShownEntry {
  const { shape, worstIndex } = result;
  return {
    options,
    ...placeIn(due[gradientName(result.argument)] ?? shape, worstIndex, shape),
    yours: result.analytic,
    right: result.numeric,
    relativeError: result.maxRelativeError,
  };
}
