/** A table as lines of text. */
import { columnsOf, fold, padTo } from "./fold.js";

const BETWEEN = "  ";

/** Where cells stand in the columns behind the first, which is always to the left. */
type Alignment = "left" | "right";

/**
 * Where the table is wider than `width`, its titles are folded. Where that does not help, columns
 * stand below each other, in as many parts as it takes, each of them with the first column.
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  alignment: Alignment = "right",
): string {
  const whole = formatPart(head, rows, alignment, false);
  if (widthOfLines(whole) <= width) return whole;
  const parts: number[][] = [];
  for (const column of head.keys()) {
    if (column === 0) continue;
    const part = [...(parts.at(-1) ?? [0]), column];
    const fits = widthOfLines(partOf(part, head, rows, alignment)) <= width;
    if (fits && parts.length > 0) parts[parts.length - 1] = part;
    else parts.push([0, column]);
  }
  return parts.map((part) => partOf(part, head, rows, alignment)).join("\n\n");
}

function partOf(
  columns: readonly number[],
  head: readonly string[],
  rows: readonly (readonly string[])[],
  alignment: Alignment,
): string {
  const pick = (row: readonly string[]): string[] => columns.map((column) => row[column]!);
  return formatPart(pick(head), rows.map(pick), alignment, true);
}

function formatPart(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  alignment: Alignment,
  isFolded: boolean,
): string {
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(columnsOf));
  const titles = head.map((title, column) => {
    const words = widest(title.split(" "));
    const room = Math.max(words, widest(rows.map((row) => row[column]!)));
    return (isFolded ? fold(title, room) : title).split("\n");
  });
  const widths = head.map((_, column) =>
    widest([...titles[column]!, ...rows.map((row) => row[column]!)]),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 || alignment === "left"
          ? padTo(cell, widths[column]!)
          : " ".repeat(widths[column]! - columnsOf(cell)) + cell,
      )
      .join(BETWEEN)
      .trimEnd();
  const height = Math.max(...titles.map(({ length }) => length));
  // titles that take fewer lines stand at the bottom
  const titleLines = Array.from({ length: height }, (_, l) =>
    line(titles.map((lines) => lines[l - height + lines.length] ?? "")),
  );
  return [...titleLines, ...rows.map(line)].join("\n");
}

function widthOfLines(text: string): number {
  return Math.max(...text.split("\n").map(columnsOf));
}
