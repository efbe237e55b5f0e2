/** A table as lines of text. */
import { columnsOf, fold, padTo } from "./fold.js";

/** Where cells stand in their columns; the first column is always to the left. */
type Alignment = "left" | "numbers right";

type Rows = readonly (readonly string[])[];

const BETWEEN = "  ";
/** Columns for the first column's words, where the others are longer. */
const LEAST = 8;
/** What counts as a number: `12 of 30`, `−0.3 ± 0.1`, `98.8 %`, `–`. */
const NUMBER = /^([–—]?|[<>≤≥±+−-]?\s*[\d.].*)$/;

/**
 * Where the table is wider than `width`, its titles are folded. Where that does not help, columns
 * stand below each other, in as many parts as it takes, each of them with the first column; cells
 * that are too wide even so are folded too.
 */
export function formatTable(
  head: readonly string[],
  rows: Rows,
  width: number,
  alignment: Alignment = "numbers right",
): string {
  const isRight = head.map(
    (_, column) => alignment !== "left" && rows.every((row) => NUMBER.test(row[column]!)),
  );
  const columns = head.map((title, column): Column => {
    const cells = rows.map((row) => row[column]!);
    return { title, cells, isRight: column > 0 && isRight[column]! };
  });
  const whole = join(columns.map((column) => laidOut(column, Infinity, Infinity)));
  if (widthOf(whole) <= width) return whole;
  const [first, ...others] = columns.map((column) => laidOut(column, 0, Infinity));
  if (others.length === 0) return join(columns.map((column) => laidOut(column, 0, width)));
  const parts: LaidOut[][] = [];
  for (const [i, column] of others.entries()) {
    const last = parts.at(-1);
    if (last !== undefined && widthOf(join([...last, column])) <= width) last.push(column);
    else if (widthOf(join([first!, column])) <= width) parts.push([first!, column]);
    else parts.push(squeezed(columns[0]!, columns[i + 1]!, width));
  }
  return parts.map(join).join("\n\n");
}

interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  readonly isRight: boolean;
}

/** A column's title and cells, as the lines that each takes. */
interface LaidOut {
  readonly title: readonly string[];
  readonly cells: readonly (readonly string[])[];
  readonly isRight: boolean;
  readonly width: number;
}

/**
 * @param least a title is folded to what its cells take, but to no less than this
 * @param most cells are folded to this
 */
function laidOut({ title, cells, isRight }: Column, least: number, most: number): LaidOut {
  const lines = cells.map((cell) => fold(cell, most, isRight ? 0 : 2).split("\n"));
  const own = Math.max(0, ...lines.flat().map(columnsOf));
  const titles = fold(title, Math.max(own, least)).split("\n");
  return { title: titles, cells: lines, isRight, width: Math.max(own, ...titles.map(columnsOf)) };
}

/**
 * Two columns that are wider than a line: each gets half of it, or what the other leaves; but the
 * words of the second stay whole if they can.
 */
function squeezed(first: Column, second: Column, width: number): LaidOut[] {
  const room = width - BETWEEN.length;
  const [one, two] = [first, second].map((column) => laidOut(column, 0, Infinity).width);
  const word = laidOut(second, 0, 1).width;
  const half = Math.min(Math.floor(room / 2), Math.max(LEAST, room - word));
  const own = Math.min(one!, Math.max(half, room - two!));
  return [laidOut(first, 0, own), laidOut(second, 0, room - own)];
}

function join(columns: readonly LaidOut[]): string {
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => {
        const { width, isRight } = columns[c]!;
        return isRight ? " ".repeat(width - columnsOf(cell)) + cell : padTo(cell, width);
      })
      .join(BETWEEN)
      .trimEnd();
  const height = Math.max(...columns.map(({ title }) => title.length));
  // titles that take fewer lines stand at the bottom
  const titles = Array.from({ length: height }, (_, l) =>
    line(columns.map(({ title }) => title[l - height + title.length] ?? "")),
  );
  const rows = columns[0]!.cells.flatMap((_, row) => {
    const lines = Math.max(...columns.map(({ cells }) => cells[row]!.length));
    return Array.from({ length: lines }, (__, l) =>
      line(columns.map(({ cells }) => cells[row]![l] ?? "")),
    );
  });
  return [...titles, ...rows].join("\n");
}

function widthOf(text: string): number {
  return Math.max(...text.split("\n").map(columnsOf));
}
