/** A name that there is not, and the one that was meant. */
import { nearestName, reject } from "../tensor/index.js";

/**
 * @param what completes "expected …", and is followed by all names where none is near: `a layer`
 * @throws InputError always, with a question after the nearest name
 */
export function rejectName(
  where: string,
  what: string,
  names: readonly string[],
  found: string,
): never {
  const nearest = nearestName(found, names);
  const all = nearest === null ? ` out of ${names.join(", ")}` : "";
  reject(where, what + all, JSON.stringify(found), asked(nearest));
}

/** The question after the nearest of a few names, for the end of a message that lists them. */
export function didYouMean(found: string, names: readonly string[]): string | undefined {
  return asked(nearestName(found, names));
}

function asked(nearest: string | null): string | undefined {
  return nearest === null ? undefined : `did you mean ${nearest}?`;
}
