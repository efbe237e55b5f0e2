/** Images to begin with, and the class of each. */
import { SIZE } from "./networks.js";

export interface Picture {
  readonly words: string;
  readonly label: number;
  readonly pixels: readonly number[];
}

/** A row a line: `#` is 1, `+` is 0.5. */
function drawn(words: string, label: number, rows: readonly string[]): Picture {
  const value = (sign: string): number => (sign === "#" ? 1 : sign === "+" ? 0.5 : 0);
  return { words, label, pixels: rows.flatMap((row) => [...row].map(value)) };
}

export const PICTURES = {
  upright: drawn("an upright bar", 0, [".+....", ".##...", ".##...", ".##...", ".##...", ".+...."]),
  level: drawn("a level bar", 1, ["......", "......", "+####+", ".####.", "......", "......"]),
  slanted: drawn("a slanted bar", 2, ["#.....", "+#....", ".+#...", "..+#..", "...+#.", "....+#"]),
  black: drawn(
    "black",
    0,
    Array.from({ length: SIZE }, () => ".".repeat(SIZE)),
  ),
} as const;

export type PictureName = keyof typeof PICTURES;

/** Which of them an image is; null for one of somebody's own. */
export function nameOf(pixels: readonly number[]): PictureName | null {
  const names = Object.keys(PICTURES) as PictureName[];
  return names.find((name) => PICTURES[name].pixels.every((v, i) => v === pixels[i])) ?? null;
}
