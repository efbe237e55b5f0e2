/** How much room a text takes, without asking a browser. */

/** Of texts in figures, in pixels. */
export const FONT_SIZE = 13;
/** From one line of text to the next. */
export const LINE_HEIGHT = 18;

/**
 * Widths in ems of a wide sans serif (DejaVu Sans, Verdana): what fits there fits with the
 * narrower fonts of other systems too.
 */
const WIDTHS: readonly [characters: RegExp, width: number][] = [
  [/[ijlI.,:;'|!·]/, 0.36],
  [/[ ()[\]ftr/\\"-]/, 0.42],
  [/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]/, 0.45],
  [/[mwMW%@—…]/, 1],
  [/[A-Z&ÄÖÜ+=<>−±~#]/, 0.84],
  [/[0-9]/, 0.64],
  [/[\u0020-\u024f\u0370-\u04ff\u2010-\u203a]/, 0.66],
];
/** Chinese, Japanese and Korean characters and emoji fill a square or a bit more. */
const WIDEST = 1.3;

/**
 * In pixels, rather too wide than too narrow.
 *
 * @param size of the font in pixels; the figures' 13 if left out
 */
export function textWidth(text: string, size = FONT_SIZE): number {
  let width = 0;
  for (const character of text)
    width += WIDTHS.find(([characters]) => characters.test(character))?.[1] ?? WIDEST;
  return width * size;
}

/** The text, or its beginning and an ellipsis where it is wider than `width`. */
export function shorten(text: string, width: number, size = FONT_SIZE): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join("")}…`, size) > width)
    characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/** Where a line may break: not at a no-break space. */
const SPACES = /[^\S\u00a0]+/;

/** Lines of at most `width`; the last one is shortened where there would be more. */
export function wrap(text: string, width: number, most = Infinity, size = FONT_SIZE): string[] {
  const lines: string[] = [];
  let line = "";
  const words = text.split(SPACES).filter((word) => word !== "");
  for (const [w, word] of words.entries()) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || textWidth(longer, size) <= width) {
      line = longer;
      continue;
    }
    if (lines.length + 1 >= most) {
      line = shorten(`${line} ${words.slice(w).join(" ")}`, width, size);
      break;
    }
    lines.push(shorten(line, width, size));
    line = word;
  }
  return line === "" ? lines : [...lines, shorten(line, width, size)];
}
