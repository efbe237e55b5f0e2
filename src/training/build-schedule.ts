/** Schedules from descriptions. */
import { checkDepth, checkedOptions, describedKind, inside, reject } from "../tensor/index.js";
import {
  type AnyScheduleKind,
  constantKind,
  cosine,
  oneCycle,
  type Schedule,
  type ScheduleDescription,
  stepDecay,
  warmUp,
} from "./schedules.js";

/** The kinds of this package. A new one is a function in `schedules.ts`, and a line here. */
export const scheduleKinds: readonly {
  /** Attached by {@link scheduleDescriber}. */
  readonly scheduleKind: AnyScheduleKind;
}[] = [{ scheduleKind: constantKind }, stepDecay, cosine, warmUp, oneCycle];

/**
 * The schedule that a description describes; one's own function is handed on.
 *
 * @param kinds those that there are; add one's own to {@link scheduleKinds}
 * @throws InputError when the kind or an option is unknown, or an option is missing or out of range
 */
export function buildSchedule(
  given: ScheduleDescription | Schedule,
  kinds: readonly { readonly scheduleKind: AnyScheduleKind }[] = scheduleKinds,
): Schedule {
  checkDepth("schedule", given);
  const all = kinds.map(({ scheduleKind }) => scheduleKind);
  const build = (schedule: ScheduleDescription | Schedule): Schedule => {
    if (typeof schedule === "function") return notDescriber(schedule);
    const { known, options } = describedKind(words, schedule, all);
    const inner = (part: ScheduleDescription | Schedule): Schedule =>
      inside(known.kind, () => build(part));
    return known.build(checkedOptions(known, options), inner);
  };
  return build(given);
}

const words = { what: "schedule", example: "cosine()" };

/** @throws InputError when it is not a schedule, but what describes one */
function notDescriber(schedule: Schedule): Schedule {
  if (!("scheduleKind" in schedule)) return schedule;
  const { kind } = schedule.scheduleKind as AnyScheduleKind;
  return reject("schedule", "a description", `the function ${kind}`, `call it: ${kind}()`);
}
