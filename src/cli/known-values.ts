/** What may stand in the place of an option's value or of an argument, for who completes it. */
import type { Argument, Option } from "commander";

const known = new WeakMap<Option | Argument, readonly string[]>();

/**
 * Says which words there are. Unlike commander's `choices`, it refuses none: the command does that,
 * in its own words.
 */
export function withValues<T extends Option | Argument>(place: T, values: readonly string[]): T {
  known.set(place, values);
  return place;
}

/** The words there are, or none where nobody said. */
export const valuesOf = (place: Option | Argument): readonly string[] => known.get(place) ?? [];
