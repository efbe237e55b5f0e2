/**
 * An experiment: a question, what was expected before it was run, how it is measured, and what came
 * of it. It is measured in units, each of which depends on nothing but its options and its seed,
 * so units may be measured in any order, by several processes, and again later.
 */
import type { Laboratory, Scale } from "./laboratory.js";

/** What JSON can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [k: string]: Json };

/** Options or values by name: plain JSON, so that a file can hold them. */
export type Named = { readonly [name: string]: Json };

/** One thing to be measured, such as one training. */
export interface Unit<Options = Named> {
  /** What is compared, in words: "mlp, 20,000 images". */
  readonly setting: string;
  /** A whole number ≥ 0. */
  readonly seed: number;
  /** All that the setting stands for. */
  readonly options: Options;
}

/** A unit, and what was measured. Numbers are finite; what has none is null. */
export interface Measurement<Options = Named, Values = Named> extends Unit<Options> {
  /** By name, as `measure` returns them. */
  readonly values: Values;
}

/** What all measurements together come to, for a page. */
export interface Findings {
  /** Below the figures, in order. */
  readonly tables: readonly Table[];
  /** Above the tables, in order. */
  readonly figures: readonly Figure[];
}

/** A table of a page. The first cell of a row is its name. */
export interface Table {
  /** Above it. */
  readonly caption: string;
  /** One for each column. */
  readonly head: readonly string[];
  /** As many cells each as the head has, in Markdown. */
  readonly rows: readonly (readonly string[])[];
}

/** A picture of a page, in a file of its own. */
export interface Figure {
  /** `accuracy.svg` */
  readonly file: string;
  /** What one would see, for those who do not. */
  readonly alt: string;
  /** A stand-alone SVG; its title and description become the caption. */
  readonly svg: string;
}

/** Of charts on a page, in pixels: a telephone shows them so large that they can be read. */
export const CHART_WIDTH = 420;

/** In a few sentences, which may quote what was measured. */
export interface Verdict {
  /** What the measurements say, and how sure one may be. */
  readonly shows: string;
  /** What a reader might take from them all the same. */
  readonly doesNotShow: string;
}

/**
 * A question, what was expected before it was run, how it is measured, and what came of it. It is
 * measured in units, in any order; findings and verdict are made of all of them.
 */
export interface Experiment<Options = Named, Values = Named> {
  /** `mlp-vs-cnn` */
  readonly name: string;
  /** In a sentence. */
  readonly question: string;
  /** Written before it was run. */
  readonly prediction: string;
  /** What is compared, what is kept equal, how many seeds, which intervals. */
  readonly method: string;
  /**
   * What is to be measured, as far as that is known. Is asked again when all of it is done: what a
   * search has found may decide what comes next.
   */
  units(done: readonly Measurement<Options, Values>[], scale: Scale): readonly Unit<Options>[];
  /**
   * Measures one unit, which depends on nothing but its options and its seed. It tells
   * `laboratory.progress` how far it is, and ends when `laboratory.stop` is aborted, with its
   * reason.
   */
  measure(unit: Unit<Options>, laboratory: Laboratory): Promise<Values>;
  /**
   * Tables and figures.
   *
   * @param measured all that `units` asks for; for a page, nothing may be missing
   */
  findings(measured: readonly Measurement<Options, Values>[]): Findings;
  /** Written after it was run; null before. */
  readonly verdict: ((measured: readonly Measurement<Options, Values>[]) => Verdict) | null;
}

/** One of a list of experiments, whatever it measures. */
export type AnyExperiment = Experiment;

/** An experiment with options and values of its own kind, to stand in a list. */
export function experiment<Options, Values>(own: Experiment<Options, Values>): AnyExperiment {
  return own as unknown as AnyExperiment;
}

/** What tells units apart: `mlp, 20,000 images, seed 3`. */
export function unitName({ setting, seed }: Pick<Unit, "setting" | "seed">): string {
  return `${setting}, seed ${seed}`;
}

/**
 * What an experiment wants measured, as far as it is known: the same units in the same order,
 * whatever the order was in which the others were done.
 */
export function unitsOf(
  experiment: AnyExperiment,
  done: readonly Measurement[],
  scale: Scale,
): readonly Unit[] {
  const bySetting = (a: Unit, b: Unit): number =>
    a.setting === b.setting ? a.seed - b.seed : a.setting < b.setting ? -1 : 1;
  return experiment.units([...done].sort(bySetting), scale);
}

/** Measurements of one setting, in the order of their seeds. */
export function ofSetting<M extends Unit<unknown>>(measured: readonly M[], setting: string): M[] {
  return measured.filter((one) => one.setting === setting).sort((a, b) => a.seed - b.seed);
}

/** The settings that were measured, each once, in their order. */
export function settingsOf(measured: readonly Unit<unknown>[]): string[] {
  return [...new Set(measured.map(({ setting }) => setting))];
}

/** 0, 1, 2 … */
export function seedsUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, seed) => seed);
}
