/** What a training came to, also where its loss became infinite or NaN on the way. */

/** How often a guess among ten classes is right. */
export const GUESS = 0.1;

/** Below it nothing was learned: the most frequent digit alone is 11.35 % of the test images. */
export const CHANCE = 0.15;

/** The accuracy after the last epoch; a guess's where training stopped before. */
export function atTheEnd({
  testAccuracy,
  stopped,
}: {
  readonly testAccuracy: readonly number[];
  readonly stopped: string | null;
}): number {
  return stopped === null ? testAccuracy.at(-1)! : GUESS;
}
