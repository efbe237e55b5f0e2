/** Grids of the microscope: images with their frame, filters, outputs, matrices. */
import type { TemplateResult } from "lit-html";
import { type Cell, type GridData, numberGrid } from "../frame/number-grid.js";
import { shortNumber } from "../frame/short-number.js";
import { named } from "./names.js";
import { isPixel, type Scene } from "./scene.js";
import type { Im2colState } from "./state.js";

/** What can be edited. */
type Edited = "x" | "weight" | "dOut";

/** How far numbers go. */
const LARGEST = 99;

type Edits = Pick<GridData, "onEdit" | "onPaint">;

/** Typing, dragging and painting numbers into a grid. */
function edits(scene: Scene, name: Edited, indexOf: (cell: Cell) => number | null): Edits {
  const { lab, numbers } = scene;
  const put = (cell: Cell, value: number, group: string): void => {
    const at = indexOf(cell);
    if (at === null) return;
    const now = lab.state[name].length === 0 ? numbers[name] : lab.state[name];
    const within = Math.max(-LARGEST, Math.min(value, LARGEST));
    lab.set({ [name]: now.with(at, within) } as Partial<Im2colState>, { group });
  };
  if (lab.state.tool !== "paint") return { onEdit: put };
  return { onEdit: put, onPaint: (cell, group) => put(cell, lab.state.brush, group) };
}

/** One channel of something: its indices, and where its numbers begin. */
export interface Plane {
  readonly values: readonly number[];
  readonly rows: number;
  readonly columns: number;
  /** Of the leading indices: [c], [k], [k, c]. */
  readonly leading: readonly number[];
  /** Where the plane begins in the values. */
  readonly start: number;
}

/** The planes of [..., rows, columns]. */
export function planesOf(
  values: readonly number[],
  leading: readonly number[],
  rows: number,
  columns: number,
): Plane[] {
  const count = leading.reduce((product, extent) => product * extent, 1);
  return Array.from({ length: count }, (_, at) => {
    const indices: number[] = [];
    let rest = at;
    for (const extent of [...leading].reverse()) {
      indices.unshift(rest % extent);
      rest = Math.floor(rest / extent);
    }
    return { values, rows, columns, leading: indices, start: at * rows * columns };
  });
}

export interface PlaneOptions {
  readonly name: string;
  /** Of the caption, behind the name and the plane. */
  readonly note?: string;
  readonly scale: "signed" | "gradient" | "amount" | "plain";
  /** Which numbers an edit changes; nothing can be edited if left out. */
  readonly edited?: Edited;
  /** Adds the frame of the padding: a value for its cells. */
  readonly frame?: (row: number, column: number, plane: Plane) => number;
  /** Cells are named by their indices, on the padding below 0. */
  readonly marks?: (indices: readonly number[]) => string;
  /** Said after a cell's name and number. */
  readonly more?: (indices: readonly number[]) => string;
  /** Whether a cell's number is shown yet. */
  readonly isShown?: (indices: readonly number[]) => boolean;
  readonly onPoint?: (indices: readonly number[] | null) => void;
  readonly onPick?: (indices: readonly number[]) => void;
}

/** A grid for each plane, coloured alike. */
export function planeGrids(
  scene: Scene,
  planes: readonly Plane[],
  options: PlaneOptions,
): TemplateResult[] {
  const sizes = planes[0]!.values.map(Math.abs).filter(Number.isFinite);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  return planes.map((plane) => planeGrid(scene, plane, options, { largest, planes }));
}

function planeGrid(
  scene: Scene,
  plane: Plane,
  options: PlaneOptions,
  { largest, planes }: { readonly largest: number; readonly planes: readonly Plane[] },
): TemplateResult {
  const { name, note = "", scale, edited, frame, marks, more, isShown, onPoint, onPick } = options;
  const { padH, padW } = scene.numbers.geometry;
  const [top, left] = frame === undefined ? [0, 0] : [padH, padW];
  const indicesOf = (r: number, c: number): number[] => [...plane.leading, r - top, c - left];
  const at = (r: number, c: number): number => plane.start + r * plane.columns + c;
  const isFrame = (r: number, c: number): boolean =>
    frame !== undefined && !isPixel(scene, r - top, c - left);
  const value = (r: number, c: number): number =>
    isFrame(r, c) ? frame!(r, c, plane) : plane.values[at(r - top, c - left)]!;
  const hides = (r: number, c: number): boolean => isShown?.(indicesOf(r, c)) === false;
  const last = plane.leading.length > 1 ? "filter" : name.endsWith("ut") ? "filter" : "channel";
  return numberGrid({
    label: `${planes.length === 1 ? name : captionOf(name, plane.leading, last)}${note}`,
    rows: plane.rows + 2 * top,
    columns: plane.columns + 2 * left,
    value: (r, c) => (hides(r, c) ? 0 : value(r, c)),
    text: (r, c) => (hides(r, c) ? "" : shortNumber(value(r, c))),
    scale,
    largest,
    marks: (r, c) => `${isFrame(r, c) ? "padding " : ""}${marks?.(indicesOf(r, c)) ?? ""}`,
    describe: (r, c) => {
      const where = isFrame(r, c) ? ", on the padding" : "";
      const what = hides(r, c) ? "not yet" : shortNumber(value(r, c));
      const said = more?.(indicesOf(r, c)) ?? "";
      return `${named(name, ...indicesOf(r, c))}${where}: ${what}${said === "" ? "" : `. ${said}`}`;
    },
    ...(onPoint === undefined
      ? {}
      : { onPoint: (cell: Cell | null) => onPoint(cell === null ? null : indicesOf(...cell)) }),
    ...(onPick === undefined || scene.lab.state.tool === "paint"
      ? {}
      : { onPick: (cell: Cell) => onPick(indicesOf(...cell)) }),
    ...(edited === undefined
      ? {}
      : edits(scene, edited, ([r, c]) => (isFrame(r, c) ? null : at(r - top, c - left)))),
  });
}

function captionOf(name: string, leading: readonly number[], last: string): string {
  if (leading.length === 2) return `${name}[${leading[0]}, ${leading[1]}]`;
  return `${name}, ${last} ${leading[0]}`;
}
