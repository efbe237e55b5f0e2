/**
 * Grades what a reader wrote; runs in a process in which the layer's module has the reader's text.
 */
import {
  casesOf,
  type CatalogCase,
  type CatalogEntry,
  catalog,
  checkCases,
  checkKinks,
  type Differentiable,
  type NamedCase,
} from "../../gradcheck/index.js";
import { Random } from "../../tensor/index.js";
import { lineOf } from "../variant/line-of.js";
import { messageOf } from "../variant/message-of.js";
import { returnedShapes } from "./answered.js";
import { given } from "./given.js";
import * as learner from "./learner.js";
import { loopsAround } from "./loops-around.js";
import { type Grade, ReportCard } from "./report-card.js";
import { type Problems, tolerant } from "./tolerant.js";

/** What is to be graded, as it is sent to the process. */
export interface GradeInput {
  /** As the catalog calls it: `conv2d`. */
  readonly layer: string;
  /** At level 3 it is loops that are graded; 2 if left out. */
  readonly level?: 1 | 2 | 3;
  /** Other numbers and geometries for each; `""` if left out. */
  readonly seed?: string;
  /** Names the forward pass of the layer's file, where many with the same one are graded. */
  readonly forward?: string;
  /** The path of the reader's file, as its source map names it: for the line of a failure. */
  readonly source?: string;
}

/** What came of it. */
export interface Graded {
  /** One for each argument of the layer, in order. */
  readonly grades: readonly Grade[];
  /** What the code threw in the first geometry where it did; null where it never did. */
  readonly stop: Stop | null;
}

/** Where the code stopped. */
export interface Stop {
  /** What it threw. */
  readonly message: string;
  /** Of the reader's file, from 1; null when it happened elsewhere. */
  readonly line: number | null;
  /** The layer's options in that geometry. */
  readonly options: object;
}

/** What the gradients are checked in. */
export interface ExerciseCases {
  /** Draws the upstream gradients. */
  readonly random: Random;
  /** The fixed ones first. */
  readonly cases: readonly NamedCase[];
}

/** Where a grading is, told before each geometry: one that does not end is known by that. */
export interface GradedSoFar {
  /** From 1. */
  readonly geometry: number;
  /** How many there are. */
  readonly of: number;
  /** The layer's. */
  readonly options: object;
}

/** Random geometries besides the fixed ones. */
const SAMPLES = 10;

/** The fixed cases of a layer, and random ones by a seed. */
export function exerciseCases(entry: CatalogEntry, seed = ""): ExerciseCases {
  const random = new Random(`exercise ${entry.layer}${seed === "" ? "" : ` ${seed}`}`);
  return { random, cases: casesOf(entry, random, SAMPLES) };
}

/**
 * Grades every gradient over all geometries; where the code throws in one, the others go on.
 *
 * @param report is told before each
 */
export async function grade(
  { layer, level = 2, seed, forward, source }: GradeInput,
  report: (soFar: GradedSoFar) => void = () => {},
): Promise<Graded> {
  const entry = catalog.find((one) => one.layer === layer)!;
  const { constants = [], kinks = [] } = entry;
  const { random, cases } = exerciseCases(entry, seed);
  const card = new ReportCard(entry);
  let stop: Graded["stop"] = null;
  const learners = level === 3 ? loopsAround(layer, learner.backward) : (f: Differentiable) => f;
  const stopped = (one: CatalogCase, error: unknown): void => {
    stop ??= { message: messageOf(error), line: lineOf(error, source), options: one.options };
    const names = Object.keys(one.inputs).filter((name) => !constants.includes(name));
    card.addStop(names);
  };
  const all = cases.length + kinks.length;
  let geometry = 0;
  for (const one of cases) {
    report({ geometry: ++geometry, of: all, options: one.options });
    const problems: Problems = new Map();
    const around = (f: Differentiable): Differentiable =>
      tolerant(learners(f, one), constants, problems);
    try {
      for await (const { options, inputs, dOut, gradients } of checkCases(entry, [one], {
        random,
        around,
        hints: false,
        ...(forward === undefined ? {} : { forward }),
      })) {
        const results = gradients.map(({ result }) => result);
        const due = level === 3 ? returnedShapes(layer, await given(layer, one, dOut)) : {};
        card.add({ options, inputs, dOut }, results, problems, due);
      }
    } catch (error) {
      stopped(one, error);
    }
  }
  for (const kink of kinks) {
    report({ geometry: ++geometry, of: all, options: kink.options });
    const problems: Problems = new Map();
    const around = (f: Differentiable): Differentiable =>
      tolerant(learners(f, kink), constants, problems);
    try {
      // what is not written yet, or no tensor, was told by the cases before
      for await (const seen of checkKinks({ ...entry, kinks: [kink] }, random, around)) {
        const due = level === 3 ? returnedShapes(layer, await given(layer, kink, seen.dOut)) : {};
        if (!problems.has(seen.result.argument)) card.addKink(seen, due);
      }
    } catch (error) {
      stopped(kink, error);
    }
  }
  return { grades: await card.grades(), stop };
}

export default (input: unknown, report: (soFar: GradedSoFar) => void): Promise<Graded> =>
  grade(input as GradeInput, report);
