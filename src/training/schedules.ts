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
  flag,
  integerPower,
  reject,
  required,
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

/** Every step is taken with the optimizer's own rate. */
export const constant: Schedule = (step, total) => {
  checkStep(step, total);
  return 1;
};

export interface StepDecayOptions {
  /** How many steps share one rate. */
  readonly every: number;
  /** γ */
  readonly factor?: number;
}

/**
 * Lowers the rate by a factor γ after every so many steps, as PyTorch's `StepLR` does.
 *
 * @throws InputError when an option is out of range
 */
export function stepDecay(options: StepDecayOptions): Schedule {
  const { every, factor = 0.1 } = checkOptions("stepDecay", options, {
    every: required(wholeNumber(1)),
    factor: share,
  });
  return (step, total) => {
    checkStep(step, total);
    return integerPower(factor, Math.floor(step / every)); // (schedules.4) f = γ^⌊t/s⌋
  };
}

/**
 * From 1 down half a wave of a cosine (Loshchilov and Hutter, 2017), as PyTorch's
 * `CosineAnnealingLR` does.
 *
 * @param options.lowest the factor at the end
 * @throws InputError when it is not from 0 to 1
 */
export function cosine(options: { readonly lowest?: number } = {}): Schedule {
  const { lowest = 0 } = checkOptions("cosine", options, { lowest: share });
  return (step, total) => {
    checkStep(step, total);
    return glide(1, lowest, step, total); // (schedules.5) f = b + (a − b)·(1 + cos(π·t/T))/2
  };
}

/**
 * Begins with small steps that grow along a line (Goyal et al., 2017), in front of any other
 * schedule, which starts when they have grown.
 *
 * @param steps W, how many steps the rate grows
 * @param then what follows, for the other T − W steps
 * @param options.from where the line begins, as a share of where it ends; 1/(W + 1) if left out, so
 *   that the first step counts as well
 * @throws InputError when an option is out of range
 */
export function warmUp(
  steps: number,
  then: Schedule = constant,
  options: { readonly from?: number } = {},
): Schedule {
  const rules = { steps: required(wholeNumber(0)), from: share };
  const { from = 1 / (steps + 1) } = checkOptions("warmUp", { steps, ...options }, rules);
  return (step, total) => {
    checkStep(step, total);
    const rest = Math.max(total - steps, 1);
    if (step >= steps) return then(step - steps, rest);
    // (schedules.10) f = f₀·(q + (1 − q)·t/W)
    return then(0, rest) * (from + (1 - from) * (step / steps));
  };
}

export interface OneCycleOptions {
  /** When the rate is highest, as a share of the training. */
  readonly peakAt?: number;
  /** The factor of the first step. */
  readonly start?: number;
  /** The factor of the last step. */
  readonly end?: number;
  /** Whether the rate first comes back to `start`, as fast as it rose, before it goes to `end`. */
  readonly threePhases?: boolean;
}

const oneCycleRules: Rules<OneCycleOptions> = {
  peakAt: share,
  start: share,
  end: share,
  threePhases: flag,
};

/**
 * Up to the full rate and down to almost nothing, once (Smith, 2018). The defaults and the shape
 * are those of PyTorch's `OneCycleLR`; the momentum stays as it is.
 *
 * @throws InputError when an option is out of range
 */
export function oneCycle(options: OneCycleOptions = {}): Schedule {
  const {
    peakAt = 0.3,
    start = 1 / 25,
    end = 1 / 250_000,
    threePhases = false,
  } = checkOptions("oneCycle", options, oneCycleRules);
  if (threePhases && peakAt > 0.5)
    reject(
      "oneCycle",
      "peakAt up to 0.5, since the way down is as long as the way up",
      String(peakAt),
    );
  return (step, total) => {
    checkStep(step, total);
    const peak = peakAt * total - 1; // (schedules.12) P = p·T − 1
    // (schedules.13) f = glide(s, 1; t, P), then glide(1, e; t − P, T − 1 − P)
    if (step <= peak) return glide(start, 1, step, peak);
    if (!threePhases) return glide(1, end, step - peak, total - 1 - peak);
    // (schedules.14) f = glide(1, s; t − P, P), then glide(s, e; t − 2·P, T − 1 − 2·P)
    return step <= 2 * peak
      ? glide(1, start, step - peak, peak)
      : glide(start, end, step - 2 * peak, total - 1 - 2 * peak);
  };
}

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
