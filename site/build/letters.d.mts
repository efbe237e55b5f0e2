/** See `letters.mjs`. */

export declare function lettersText(
  chapters: readonly { readonly name: string; readonly title: string; readonly text: string }[],
): string;

export declare function firstUses(
  chapters: readonly { readonly text: string }[],
): (names: readonly string[]) => string;
