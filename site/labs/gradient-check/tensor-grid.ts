/** A tensor as one grid: its last axis across, all others down, plane below plane. */
import type { TemplateResult } from "lit-html";
import { type Cell, type GridData, numberGrid } from "../frame/number-grid.js";
import { shortNumber } from "../frame/short-number.js";

export interface TensorGridData
  extends Omit<
    GridData,
    | "rows"
    | "columns"
    | "value"
    | "text"
    | "marks"
    | "describe"
    | "onPoint"
    | "onPick"
    | "onEdit"
    | "onPaint"
  > {
  readonly shape: readonly number[];
  readonly value: (entry: number) => number;
  readonly text?: (entry: number) => string;
  readonly marks?: (entry: number) => string;
  /** Said behind an entry and its number: `dX[0, 1]: 0.5, ` */
  readonly describe?: (entry: number) => string;
  /** What its entries are called: the label if left out. */
  readonly name?: string;
  readonly onPoint?: (entry: number | null) => void;
  readonly onPick?: (entry: number) => void;
  readonly onEdit?: (entry: number, value: number, group: string) => void;
}

/** `[1, 0, 2]`; nothing for a scalar. */
export const placeOf = (index: readonly number[]): string =>
  index.length === 0 ? "" : `[${index.join(", ")}]`;

/** The index of an entry, one number for each axis. */
export function indexOf(entry: number, shape: readonly number[]): readonly number[] {
  const index = shape.map(() => 0);
  let rest = entry;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}

export function tensorGrid(data: TensorGridData): TemplateResult {
  const { shape, value, describe, onPoint, onPick, onEdit, marks, text, ...rest } = data;
  const { name = data.label, ...plain } = rest;
  const columns = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  const plane = shape.length > 2 ? shape.at(-2)! : rows;
  const at = ([row, column]: Cell): number => row * columns + column;
  return numberGrid({
    ...plain,
    rows,
    columns,
    value: (r, c) => value(at([r, c])),
    marks: (r, c) => `${r > 0 && r % plane === 0 ? "new-plane " : ""}${marks?.(at([r, c])) ?? ""}`,
    ...(text === undefined ? {} : { text: (r: number, c: number) => text(at([r, c])) }),
    describe: (r, c) => {
      const entry = at([r, c]);
      // what is seen is also said
      const seen = text?.(entry) ?? shortNumber(value(entry));
      const more = describe === undefined ? "" : `, ${describe(entry)}`;
      return `${name}${placeOf(indexOf(entry, shape))}: ${seen}${more}`;
    },
    ...(onPoint === undefined
      ? {}
      : { onPoint: (cell: Cell | null) => onPoint(cell === null ? null : at(cell)) }),
    ...(onPick === undefined ? {} : { onPick: (cell: Cell) => onPick(at(cell)) }),
    ...(onEdit === undefined
      ? {}
      : {
          onEdit: (cell: Cell, value: number, group: string) => onEdit(at(cell), value, group),
        }),
  });
}
