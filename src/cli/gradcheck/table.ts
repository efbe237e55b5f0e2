/** The results of the gradient check as lines: for people, and as JSON. */
import { gradientName } from "../../backprop/index.js";
import { verdictOf } from "../../gradcheck/index.js";
import { formatShape } from "../../tensor/index.js";
import { fold, padTo } from "../fold.js";
import { paint, type Tone } from "../terminal.js";
import type { Checked } from "./checked.js";

/** Of verdicts; what is no verdict, such as its title, has none. */
const TONES: Readonly<Record<string, Tone>> = {
  pass: "good",
  wrong: "bad",
  kink: "unclear",
  domain: "unclear",
  noise: "unclear",
};

/** Kinks of one argument that are described before the rest is only counted. */
const KINKS_SHOWN = 3;

/** Where a table is narrower, what a row is about stands above it. */
const ROOM_FOR_CASES = 120;
/** Columns of a row in front of its case. */
const BEFORE_CASE = 85;
const BELOW = "  ";
/** Where a row takes two lines. */
const ROOM_FOR_ROWS = 68;

/** The results as a table: a line each where there is room, or else below their layer and case. */
export class GradcheckTable {
  readonly #width: number;
  /** The layer and case that the last line above was about. */
  #above = "";

  /** @param width how many columns a line may have */
  constructor(width: number) {
    this.#width = width;
  }

  heading(): string[] {
    const own = ["gradient", "relative error", "worst at", "adjoint", "verdict"] as const;
    return this.#isNarrow
      ? this.#folded(["layer, case", this.#below(...own, "")])
      : [formatRow("layer", ...own, "case")];
  }

  /** A row, and below it what is to be said of an argument that is wrong or has kinks. */
  checked(checked: Checked, isComplete: boolean): string[] {
    const { options, geometry, shapes, result } = checked;
    const isNetwork = geometry === "network";
    const what = isNetwork
      ? [`${result.entries} of ${formatShape(result.shape)}`]
      : [geometry, ...(Object.keys(options).length > 0 ? [formatOptions(options)] : [shapes])];
    return [
      ...this.#rows(checked, what.join("  "), counted(checked)),
      ...this.#folded(remarks(checked, isComplete), 6),
    ];
  }

  /** A row for all random geometries of one argument: the worst of them. */
  geometries(all: readonly Checked[]): string[] {
    const worst = worstOf(all);
    const what =
      Object.keys(worst.options).length > 0 ? formatOptions(worst.options) : worst.shapes;
    return this.#rows(
      { ...worst, adjoint: worstAdjoint(all) },
      `${all.length} random; worst: ${what}`,
      tallies(count(all, "kinks"), count(all, "outside"), count(all, "noise")),
    );
  }

  /** What all wrong geometries of an argument together say. */
  diagnosis(argument: string, mistake: string): string[] {
    return this.#folded([`    ${gradientName(argument)} looks like this: ${mistake}`], 6);
  }

  get #isNarrow(): boolean {
    return this.#width < ROOM_FOR_CASES;
  }

  #rows(checked: Checked, what: string, counts: readonly string[]): string[] {
    const { layer, result, adjoint } = checked;
    const own = [
      gradientName(result.argument),
      formatError(result.maxRelativeError),
      formatShape(result.worstIndex),
      adjoint === null ? "" : formatError(adjoint.relativeError),
    ] as const;
    const verdict = verdictOf(checked);
    if (!this.#isNarrow)
      return this.#folded(
        [formatRow(layer, ...own, verdict, [what, ...counts].join("  "))],
        BEFORE_CASE,
      );
    const above = `${layer}, ${what}`;
    const isSame = above === this.#above;
    this.#above = above;
    return [
      ...(isSame ? [] : this.#folded([above], 4)),
      ...this.#folded([this.#below(...own, verdict, counts.join("  "))], 4),
    ];
  }

  #below(...cells: Parameters<typeof formatGradient>): string {
    if (this.#width >= ROOM_FOR_ROWS) return BELOW + formatGradient(...cells);
    const [gradient, error, ...others] = cells;
    const first = gradient.padEnd(16) + error.padStart(14);
    return `${BELOW}${first}\n${BELOW}${BELOW}${formatFound(...others)}`;
  }

  #folded(lines: readonly string[], hang = 4): string[] {
    return lines.flatMap((line) => fold(line, this.#width, hang).split("\n"));
  }
}

/** The one with the largest relative error, or one that did not pass. */
export function worstOf(all: readonly Checked[]): Checked {
  return all.reduce((worst, one) => {
    const [before, now] = [verdictOf(worst) === "pass", verdictOf(one) === "pass"];
    return (before && !now) ||
      (before === now && one.result.maxRelativeError > worst.result.maxRelativeError)
      ? one
      : worst;
  });
}

function worstAdjoint(all: readonly Checked[]): Checked["adjoint"] {
  return all.reduce<Checked["adjoint"]>(
    (worst, { adjoint }) =>
      adjoint !== null && (worst === null || adjoint.relativeError > worst.relativeError)
        ? adjoint
        : worst,
    null,
  );
}

function count(all: readonly Checked[], what: "kinks" | "outside" | "noise"): number {
  return all.reduce((sum, { result }) => sum + result[what].length, 0);
}

function counted({ result }: Checked): string[] {
  return tallies(result.kinks.length, result.outside.length, result.noise.length);
}

function tallies(kinks: number, outside: number, noise: number): string[] {
  return [
    ...(kinks > 0 ? [`${kinks} ${kinks === 1 ? "kink" : "kinks"}`] : []),
    ...(outside > 0 ? [`${outside} at the edge of the domain`] : []),
    ...(noise > 0 ? [`${noise} noise`] : []),
  ];
}

function remarks(checked: Checked, isComplete: boolean): string[] {
  const { result, adjoint } = checked;
  const { analytic, numeric, errorEstimate, hint, checks } = result;
  const lines: string[] = [];
  if (result.verdict === "wrong" || result.verdict === "noise")
    lines.push(
      `backward says ${analytic}, measured ${numeric} ± ${errorEstimate.toExponential(0)}`,
    );
  if (hint !== null) lines.push(`looks like this: ${hint}`);
  if (adjoint?.verdict === "wrong")
    lines.push(
      `no adjoint: ⟨f(x + v) − f(x), u⟩ is ${adjoint.forward}, ` +
        `⟨v, backward(u)⟩ is ${adjoint.backward}`,
    );
  const outside = checks.filter(({ verdict }) => verdict === "domain");
  if (outside.length > 0)
    lines.push(
      `${outside.map(({ index }) => formatShape(index)).join(", ")}: every step leads to where ` +
        `the function has no finite value`,
    );
  const kinks = checks.filter(({ verdict }) => verdict === "kink");
  const shown = isComplete ? kinks : kinks.slice(0, KINKS_SHOWN);
  for (const { index, flipped } of shown)
    lines.push(`kink at ${formatShape(index)}: ${flipped ?? "the slopes to both sides differ"}`);
  if (shown.length < kinks.length)
    lines.push(`${kinks.length - shown.length} more kinks; --all shows them`);
  return lines.map((line) => `    ${line}`);
}

/** `kernelSize [3,2]  stride [2,1]`, numbers to three digits */
export function formatOptions(options: Checked["options"]): string {
  const short = (_: string, value: unknown): unknown =>
    typeof value === "number" ? Number(value.toPrecision(3)) : value;
  return Object.entries(options)
    .map(([name, value]) => `${name} ${JSON.stringify(value, short)}`)
    .join("  ");
}

/** `6.5e-12`, and plain numbers from 0.1 to 100 */
export function formatError(error: number): string {
  if (error === Infinity) return "–";
  return error === 0 || (error >= 0.1 && error < 100)
    ? String(Number(error.toPrecision(2)))
    : error.toExponential(1);
}

function formatRow(
  layer: string,
  gradient: string,
  error: string,
  worst: string,
  adjoint: string,
  verdict: string,
  rest: string,
): string {
  return layer.padEnd(20) + formatGradient(gradient, error, worst, adjoint, verdict, rest);
}

function formatGradient(
  gradient: string,
  error: string,
  ...others: Parameters<typeof formatFound>
): string {
  return `${gradient.padEnd(16)}${error.padStart(14)}  ${formatFound(...others)}`;
}

function formatFound(worst: string, adjoint: string, verdict: string, rest: string): string {
  const judged = padTo(paint(TONES[verdict] ?? null, verdict), 9);
  return `${worst.padEnd(15)}${adjoint.padEnd(9)}${judged}${rest}`.trimEnd();
}

/** The line of `--json`. */
export function jsonOf(checked: Checked): object {
  const { layer, options, geometry, result, adjoint } = checked;
  const {
    argument,
    maxRelativeError,
    worstIndex,
    analytic,
    numeric,
    kinks,
    errorEstimate,
    outside,
    noise,
    entries,
    hint,
    checks,
  } = result;
  const flips = checks.filter(({ verdict }) => verdict === "kink").map(({ flipped }) => flipped);
  const ofAdjoint = adjoint === null ? null : adjoint.relativeError;
  return {
    layer,
    argument,
    options,
    maxRelativeError,
    worstIndex,
    analytic,
    numeric,
    kinks,
    verdict: verdictOf(checked),
    geometry,
    entries,
    errorEstimate,
    outside,
    noise,
    flips,
    adjoint: ofAdjoint,
    hint,
  };
}
