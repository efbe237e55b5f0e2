/** Whether what was measured is what was expected, in words for a verdict. */
export function asExpected(is: boolean): string {
  return is ? "as expected" : "against what was expected";
}
