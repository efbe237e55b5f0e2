/** How large gradients and updates are, looked at from outside and only now and then. */
import type { NamedParameter, Sequential } from "../network/index.js";
import type { Data } from "../tensor/index.js";
import type { StepEvent } from "./train.js";

/** What a step was like. */
export interface StepMeasure {
  /** From 0. */
  readonly epoch: number;
  /** Steps done in this epoch. */
  readonly step: number;
  /** How many an epoch has. */
  readonly steps: number;
  /** Mean over the step's examples, before the update. */
  readonly loss: number;
  /** What the step was taken with. */
  readonly learningRate: number;
  /** ‖dW‖ of every parameter, by its full name; null where it is not finite. */
  readonly gradientNorms: Readonly<Record<string, number | null>>;
  /** ‖ΔW‖/‖W‖, W before the update; null where that was 0. */
  readonly updateRatios: Readonly<Record<string, number | null>>;
}

/** A step costs as much as several; with this distance it is less than a hundredth of the time. */
const EVERY = 50;
/** Most happens at first. */
const EARLY: readonly number[] = [1, 2, 3, 5, 7, 10, 14, 20, 28, 40];
/** More digits are noise. */
const DIGITS = 6;

/** @param step of the whole training, from 1 */
function isMeasured(step: number): boolean {
  return step % EVERY === 0 || EARLY.includes(step);
}

/**
 * Follows a training by its events. It only reads parameters and gradients, so the training comes
 * to the same bits; and which steps are measured depends on their number alone, so a run that is
 * taken up again has the same lines as one that never stopped.
 */
export class StepMeasures {
  readonly #parameters: readonly NamedParameter[];
  /** The parameters before the next step, if that is to be measured. */
  #before: readonly Data[] | null;

  /** Create it before the first step that it is shown. */
  constructor({ parameters }: Pick<Sequential, "parameters">) {
    this.#parameters = parameters;
    this.#before = this.#copies(); // how many steps there were is only known after the next one
  }

  /**
   * Whether `step` reads the parameters after this step; if so, bring them here first, with
   * {@link readState}.
   */
  looksAt({ epoch, step, steps }: Pick<StepEvent, "epoch" | "step" | "steps">): boolean {
    const done = epoch * steps + step;
    return isMeasured(done) || isMeasured(done + 1);
  }

  /**
   * Measures the step that has just been taken.
   *
   * @returns null for most steps, which are not measured
   */
  step({ epoch, step, steps, loss, learningRate }: StepEvent): StepMeasure | null {
    const done = epoch * steps + step;
    const before = this.#before;
    const measure =
      isMeasured(done) && before !== null
        ? { epoch, step, steps, loss, learningRate, ...this.#sizes(before) }
        : null;
    this.#before = isMeasured(done + 1) ? this.#copies() : null;
    return measure;
  }

  #copies(): readonly Data[] {
    return this.#parameters.map(({ parameter }) => parameter.value.data.slice());
  }

  #sizes(before: readonly Data[]): Pick<StepMeasure, "gradientNorms" | "updateRatios"> {
    const gradientNorms: Record<string, number | null> = {};
    const updateRatios: Record<string, number | null> = {};
    for (const [p, { name, parameter }] of this.#parameters.entries()) {
      const [old, now] = [before[p]!, parameter.value.data];
      const squares = sumOfSquares(old);
      const moved = sumOfSquaredDifferences(now, old);
      gradientNorms[name] = shown(Math.sqrt(sumOfSquares(parameter.grad.data)));
      updateRatios[name] = squares === 0 ? null : shown(Math.sqrt(moved / squares));
    }
    return { gradientNorms, updateRatios };
  }
}

function sumOfSquares(values: Data): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}

function sumOfSquaredDifferences(a: Data, b: Data): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return sum;
}

function shown(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null;
}
