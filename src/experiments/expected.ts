/** For verdicts that stay true when an experiment is run again: what was measured decides. */

/** `, as expected`, or that it was not. */
export function asExpected(holds: boolean): string {
  return holds ? ", as expected" : ", against what was expected";
}
