/**
 * How the learning rate changes while training goes on. Derived in `derivations/schedules.md`.
 *
 *   t   the step, from 0
 *   T   the steps of the whole training
 *   f   the factor: step t is taken with f times the optimizer's learning rate
 */
import {
  checkOptions,
  cosPi,
  type Describe,
  describing,
  type Description,
  flag,
  integerPower,
  type Kind,
  reject,
  required,
  type Rule,
  type Rules,
  share,
  wholeNumber,
} from "../tensor/index.js";

/**
 * The factor of a step. It depends on nothing but the step's number and how many there will be, so
 * that a training that goes on after it was stopped takes the same steps.
 *
 * @param step t, from 0 to `total`, which is the end of the last step
 * @param total T
 * @throws InputError when there is no such step
 */
export type Schedule = (step: number, total: number) => number;

/** A schedule's kind, and its options by name: plain JSON. */
export type ScheduleDescription = Description;

/** What is to be known of a kind of schedule, so that it can be described. */
export interface ScheduleKind<Options extends object> extends Kind<Options> {
  /**
   * Builds it from options that `rules` accepts.
   *
   * @param inner builds the schedules that it is made of
   */
  readonly build: (
    options: Options,
    inner: (schedule: ScheduleDescription | Schedule) => Schedule,
  ) => Schedule;
}

/** A kind as it stands in a list of kinds, whatever its options are. */
export type AnyScheduleKind = ScheduleKind<Record<string, unknown>>;

/** Describes schedules of one kind. */
export type ScheduleDescriber<Options> = Describe<Options> & {
  /** The kind of what it describes. */
  readonly scheduleKind: AnyScheduleKind;
};

/**
 * A function that describes schedules of a kind. It throws an InputError when an option is unknown,
 * out of range or missing.
 */
export function scheduleDescriber<Options extends object>(
  kind: ScheduleKind<Options>,
): ScheduleDescriber<Options> {
  return Object.assign(describing(kind), {
    scheduleKind: kind,
  }) as unknown as ScheduleDescriber<Options>;
}

export const constantKind: ScheduleKind<Record<string, unknown>> = {
  kind: "constant",
  rules: {},
  build: () => (step, total) => {
    checkStep(step, total);
    return 1;
  },
};

/** Every step is taken with the optimizer's own rate. A description as it is, not a function. */
export const constant: ScheduleDescription = Object.freeze({ kind: constantKind.kind });

/** Options of {@link stepDecay}. */
export interface StepDecayOptions {
  /** s, how many steps share one rate; a whole number ≥ 1. */
  readonly every: number;
  /** γ, from 0 to 1; 0.1 if left out. */
  readonly factor?: number;
}

/**
 * Describes a rate that falls by a factor γ every `every` steps, as PyTorch's `StepLR` does.
 * (schedules.4)
 *
 * @throws InputError when an option is unknown, out of range or missing
 */
export const stepDecay = scheduleDescriber<StepDecayOptions>({
  kind: "stepDecay",
  rules: { every: required(wholeNumber(1)), factor: share },
  build:
    ({ every, factor = 0.1 }) =>
    (step, total) => {
      checkStep(step, total);
      return integerPower(factor, Math.floor(step / every)); // (schedules.4) f = γ^⌊t/s⌋
    },
});

/**
 * Describes a way from 1 down half a wave of a cosine (Loshchilov and Hutter, 2017), as PyTorch's
 * `CosineAnnealingLR` has it. (schedules.5)
 *
 * @throws InputError when `lowest` is not from 0 to 1
 */
export const cosine = scheduleDescriber<{
  /** The factor at the end, from 0 to 1; 0 if left out. */
  readonly lowest?: number;
}>({
  kind: "cosine",
  rules: { lowest: share },
  build:
    ({ lowest = 0 }) =>
    (step, total) => {
      checkStep(step, total);
      return glide(1, lowest, step, total); // (schedules.5) f = b + (a − b)·(1 + cos(π·t/T))/2
    },
});

interface WarmUpOptions {
  readonly steps: number;
  readonly next?: ScheduleDescription | Schedule;
  readonly from?: number;
}

const aSchedule: Rule = {
  expected: "a schedule, such as cosine()",
  accepts: (value) => typeof value === "function" || (typeof value === "object" && value !== null),
};

const describeWarmUp = scheduleDescriber<WarmUpOptions>({
  kind: "warmUp",
  call: "warmUp(100)",
  rules: { steps: required(wholeNumber(0)), next: aSchedule, from: share },
  build: ({ steps, next = constant, from = 1 / (steps + 1) }, inner) =>
    grown(steps, inner(next), from),
});

/**
 * Describes a beginning with small steps that grow along a line (Goyal et al., 2017), in front of
 * any other schedule, which starts when they have grown. (schedules.10)
 *
 * @param steps W, how many steps the rate grows; a whole number ≥ 0
 * @param next what follows, for the other T − W steps; a constant rate if left out
 * @param options.from where the line begins, as a share of where it ends; 1/(W + 1) if left out, so
 *   that the first step counts as well
 * @throws InputError when an option is out of range
 */
export const warmUp = Object.assign(
  (
    steps: number,
    next?: ScheduleDescription | Schedule,
    options: { readonly from?: number } = {},
  ): ScheduleDescription => {
    const { from } = checkOptions("warmUp", options, { from: share });
    return describeWarmUp({
      steps,
      ...(next !== undefined && { next }),
      ...(from !== undefined && { from }),
    });
  },
  {
    /** For `buildSchedule`. */
    scheduleKind: describeWarmUp.scheduleKind,
  },
);

function grown(steps: number, next: Schedule, from: number): Schedule {
  return (step, total) => {
    checkStep(step, total);
    const rest = Math.max(total - steps, 1);
    if (step >= steps) return next(step - steps, rest);
    // (schedules.10) f = f₀·(q + (1 − q)·t/W)
    return next(0, rest) * (from + (1 - from) * (step / steps));
  };
}

/** Options of {@link oneCycle}. Each is a share, from 0 to 1, but `threePhases`. */
export interface OneCycleOptions {
  /**
   * When the rate is highest, as a share of the training; 0.3 if left out, and at most 0.5 with
   * three phases.
   */
  readonly peakAt?: number;
  /** The factor of the first step; 1/25 if left out. */
  readonly start?: number;
  /** The factor of the last step; 1/250,000 if left out. */
  readonly end?: number;
  /**
   * Whether the rate first comes back to `start`, as fast as it rose, before it goes to `end`;
   * false if left out.
   */
  readonly threePhases?: boolean;
}

const oneCycleRules: Rules<OneCycleOptions> = {
  peakAt: share,
  start: share,
  end: share,
  threePhases: flag,
};

/**
 * Describes a rate that goes up to the full one and down to almost nothing, once (Smith, 2018). The
 * defaults and the shape are those of PyTorch's `OneCycleLR`; the momentum stays as it is.
 * (schedules.13)
 *
 * @throws InputError when an option is unknown or out of range
 */
export const oneCycle = scheduleDescriber<OneCycleOptions>({
  kind: "oneCycle",
  rules: oneCycleRules,
  check: ({ peakAt = 0.3, threePhases = false }) => {
    if (threePhases && peakAt > 0.5)
      reject(
        "oneCycle",
        "peakAt up to 0.5, since the way down is as long as the way up",
        String(peakAt),
      );
  },
  build:
    ({ peakAt = 0.3, start = 1 / 25, end = 1 / 250_000, threePhases = false }) =>
    (step, total) => {
      checkStep(step, total);
      const peak = peakAt * total - 1; // (schedules.12) P = p·T − 1
      // (schedules.13) f = glide(s, 1; t, P), then glide(1, e; t − P, T − 1 − P)
      if (step <= peak) return glide(start, 1, step, peak);
      if (!threePhases) return glide(1, end, step - peak, total - 1 - peak);
      // (schedules.14) f = glide(1, s; t − P, P), then glide(s, e; t − 2·P, T − 1 − 2·P)
      return step <= 2 * peak
        ? glide(1, start, step - peak, peak)
        : glide(start, end, step - 2 * peak, total - 1 - 2 * peak);
    },
});

/**
 * From a to b along half a wave of a cosine, which begins and ends level; b where there is no way
 * to go.
 */
function glide(a: number, b: number, step: number, steps: number): number {
  const way = steps > 0 ? Math.min(step / steps, 1) : 1;
  return b + (a - b) * ((1 + cosPi(way)) / 2); // (schedules.5) f = b + (a − b)·(1 + cos(π·t/T))/2
}

function checkStep(step: number, total: number): void {
  if (!(Number.isInteger(total) && total >= 1))
    reject("schedule", "a whole number of steps ≥ 1", String(total));
  if (!(Number.isInteger(step) && step >= 0 && step <= total))
    reject("schedule", `a step from 0 to ${total}`, String(step));
}
