/** Folds lines that are too long for a terminal, and tells how wide a text is there. */

/** Left for the rest of a line that is folded; where there is less, it is moved in by 2 only. */
const LEAST_REST = 24;

/** Colours, which take no room. */
const CODES = /\p{Cc}\[\d+m/gu;
/** Letters that are put on others take no room either; those of East Asia take two columns. */
const ON_OTHERS = /\p{Mn}|\p{Me}|\u200d/gu;
const WIDE = new RegExp(
  "[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f" +
    "\\uff00-\\uff60\\uffe0-\\uffe6\\u{1f300}-\\u{1faff}\\u{20000}-\\u{3fffd}]",
  "gu",
);

/** How many columns a text takes. */
export function columnsOf(text: string): number {
  const seen = text.replace(CODES, "").replace(ON_OTHERS, "");
  return [...seen].length + (seen.match(WIDE)?.length ?? 0);
}

/** The text with spaces behind it, up to so many columns. */
export function padTo(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/**
 * Folds each line of a text that has more than `width` columns, between its columns if they are at
 * least two spaces apart, or else between words. A word that is longer than a line stays whole.
 *
 * @param hang how far the rest of a line is moved in; by default a little further than the line
 *   itself is, where that is moved in
 */
export function fold(text: string, width: number, hang?: number): string {
  if (width === Infinity) return text;
  return text
    .split("\n")
    .flatMap((line) => {
      const own = line.search(/\S|$/);
      const indent = hang ?? (own === 0 ? 0 : own + 2);
      const fits = width - indent >= LEAST_REST;
      return foldLine(line, width, " ".repeat(fits ? indent : Math.min(indent, 2)));
    })
    .join("\n");
}

/** Prose is broken where its lines are at least this long; verse and code are not. */
const LINE_OF_PROSE = 60;

/**
 * The text with each paragraph of prose on one line, to be folded anew. Where a line is moved in,
 * short, or ends as code does, its paragraph stays as it is.
 */
export function unfold(text: string): string {
  return text
    .split("\n\n")
    .map((paragraph) => {
      const lines = paragraph.split("\n");
      const isProse = lines.every(
        (line, i) =>
          /^[^\s|*-]/.test(line) &&
          (i === lines.length - 1 || (line.length >= LINE_OF_PROSE && !/[;{}]$/.test(line))),
      );
      return isProse ? lines.join(" ") : paragraph;
    })
    .join("\n\n");
}

function foldLine(line: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let rest = line;
  while (columnsOf(rest) > width) {
    const gap = gapIn(rest, width, indent.length);
    if (gap === null) break;
    lines.push(rest.slice(0, gap.start));
    rest = indent + rest.slice(gap.end);
  }
  return [...lines, rest];
}

interface Gap {
  readonly start: number;
  readonly end: number;
}

/** Where a line is folded: as far to the right as it fits, or at its first gap if nothing fits. */
function gapIn(line: string, width: number, indent: number): Gap | null {
  const gaps = [...line.matchAll(/(?<=\S) +(?=\S)/g)].map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
    column: columnsOf(line.slice(0, index)),
  }));
  const fitting = gaps.filter(({ column }) => column <= width);
  // a gap between columns, unless that leaves the line half empty, or is the one in front of the
  // column that the rest is moved to
  const between = fitting.filter(
    ({ start, end, column }) =>
      end - start > 1 && column > width / 2 && column + end - start !== indent,
  );
  return between.at(-1) ?? fitting.at(-1) ?? gaps[0] ?? null;
}
