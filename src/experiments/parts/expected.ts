/** For verdicts that stay true when an experiment is run again: what was measured decides. */

export function expectedOrNot(holds: boolean): string {
  return holds ? "as expected" : "against what was expected";
}

/** `, as expected`, or that it was not. */
export function asExpected(holds: boolean): string {
  return `, ${expectedOrNot(holds)}`;
}

/** What was measured, with what was expected in brackets, and whether it is that. */
export interface Claim {
  readonly text: string;
  readonly holds: boolean;
}

/** One claim of all that hold, and one of all that do not, as far as there are any. */
export function twoClaims(each: readonly Claim[], say: (texts: string) => string): Claim[] {
  return [true, false].flatMap((holds): Claim[] => {
    const texts = each.filter((one) => one.holds === holds).map(({ text }) => text);
    return texts.length === 0 ? [] : [{ text: say(texts.join(", ")), holds }];
  });
}

/** `As expected (in brackets): …; …. Against what was expected (in brackets): …; ….` */
export function sortedClaims(claims: readonly Claim[]): string {
  return [true, false]
    .map((holds) => {
      const texts = claims.filter((one) => one.holds === holds).map(({ text }) => text);
      const [first, ...others] = expectedOrNot(holds);
      return texts.length === 0
        ? ""
        : `${first!.toUpperCase()}${others.join("")} (in brackets): ${texts.join("; ")}.`;
    })
    .filter((sentence) => sentence !== "")
    .join(" ");
}
