/** For verdicts that stay true when an experiment is run again: what was measured decides. */

export function expectedOrNot(holds: boolean): string {
  return holds ? "as expected" : "against what was expected";
}

/** `, as expected`, or that it was not. */
export function asExpected(holds: boolean): string {
  return `, ${expectedOrNot(holds)}`;
}
