/** Kinks by what causes them: a choice that comes out differently a step further. */
import type { Choices } from "../backprop/index.js";
import { formatShape } from "../tensor/index.js";
import { unravel } from "./differentiable.js";

/** How many flips are described; one step of a bias may flip hundreds. */
const DESCRIBED = 2;

/**
 * Describes what is chosen differently at one point than at another.
 *
 * @returns `the sign of [0, 2] flips from 0 to 1`, or null when everything is chosen alike
 */
export function flipped(before: readonly Choices[], after: readonly Choices[]): string | null {
  const described: string[] = [];
  let count = 0;
  before.forEach(({ what, shape, taken }, c) => {
    const other = after[c]!.taken;
    for (let i = 0; i < taken.length; i++) {
      if (taken[i] === other[i]) continue;
      count++;
      if (described.length < DESCRIBED)
        described.push(
          `${what} ${formatShape(unravel(i, shape))} flips from ${taken[i]} to ${other[i]}`,
        );
    }
  });
  if (count === 0) return null;
  return described.join(", ") + (count > DESCRIBED ? `, and ${count - DESCRIBED} more` : "");
}
