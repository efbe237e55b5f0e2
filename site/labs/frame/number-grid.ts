/**
 * A grid of numbers that can be pointed at, picked from and written into. It is one tab stop: the
 * arrow keys move a cursor, and what the cursor is on is said. Underneath it is a table.
 */
import { html, nothing, render, type TemplateResult } from "lit-html";
import { announce } from "../../client/dom.js";
import { type Scale, shadeClass } from "./shades.js";
import { shortNumber } from "./short-number.js";

export type Cell = readonly [row: number, column: number];

/** What a grid shows, and what it tells of. */
export interface GridData {
  /** Its name, above it and for screen readers: `dX`, `the image`. */
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  readonly value: (row: number, column: number) => number;
  /** What stands in a cell; a short number if left out. */
  readonly text?: (row: number, column: number) => string;
  /** How cells are coloured; `plain` if left out. */
  readonly scale?: Scale;
  /** The number of the strongest colour; that of the grid if left out. */
  readonly largest?: number;
  /** Classes of a cell: `lit`, `pinned`, `padding`, `winner`, `faint` … */
  readonly marks?: (row: number, column: number) => string;
  /** What is said when the cursor comes to a cell, in place of its place and number. */
  readonly describe?: (row: number, column: number) => string;
  /** A pointer or the cursor is on a cell; null when it has left. */
  readonly onPoint?: (cell: Cell | null) => void;
  /** A cell was clicked, tapped, or chosen with Enter or Space. */
  readonly onPick?: (cell: Cell) => void;
  /** A number was typed, dragged up or down, or changed with + and -. */
  readonly onEdit?: (cell: Cell, value: number, group: string) => void;
  /** What + and - and a drag of a few pixels add; 1 if left out. */
  readonly step?: number;
  /** A paint stroke: each cell that a pressed pointer comes over, the first one included. */
  readonly onPaint?: (cell: Cell, group: string) => void;
}

const ARROWS: Readonly<Record<string, Cell>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** How far a pointer is dragged for a step, in pixels. */
const STEP_PX = 6;

let strokes = 0;

export class NumberGrid extends HTMLElement {
  #data: GridData | null = null;
  #cursor: Cell = [0, 0];
  #typed: string | null = null;
  #drag: { cell: Cell; y: number; from: number; group: string; hasMoved: boolean } | null = null;
  #stroke: { last: string; group: string } | null = null;

  set data(data: GridData) {
    this.#data = data;
    const [row, column] = this.#cursor;
    this.#cursor = [
      Math.max(0, Math.min(row, data.rows - 1)),
      Math.max(0, Math.min(column, data.columns - 1)),
    ];
    this.#draw();
  }

  connectedCallback(): void {
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("pointerdown", (event) => this.#press(event));
    this.addEventListener("pointermove", (event) => this.#move(event));
    this.addEventListener("pointerup", (event) => this.#release(event));
    this.addEventListener("pointercancel", () => this.#letGo());
    this.addEventListener("pointerleave", () => this.#point(null));
    this.addEventListener("focusin", () => this.#point(this.#cursor));
    this.addEventListener("focusout", () => {
      this.#type(null);
      this.#point(null);
    });
  }

  #draw(): void {
    const data = this.#data;
    if (data === null) return;
    const { rows, columns, value, scale = "plain", onEdit } = data;
    const largest = data.largest ?? largestOf(data);
    const cell = (row: number, column: number): TemplateResult => {
      const isCursor = row === this.#cursor[0] && column === this.#cursor[1];
      const number = value(row, column);
      const text = data.text?.(row, column) ?? shortNumber(number);
      const typed = isCursor ? this.#typed : null;
      const size = text.length > 5 ? " long" : "";
      const marks = data.marks?.(row, column) ?? "";
      return html`<td
        role="gridcell"
        data-cell="${row},${column}"
        tabindex=${isCursor ? 0 : -1}
        class="${shadeClass(scale, number, largest)}${size} ${marks} ${
          typed === null ? "" : "typing"
        }"
        aria-readonly=${onEdit === undefined ? nothing : "false"}
        aria-label=${data.describe?.(row, column) ?? nothing}
      >
        ${typed ?? text}
      </td>`;
    };
    const row = (r: number): TemplateResult =>
      html`<tr role="row">
        ${indices(columns).map((c) => cell(r, c))}
      </tr>`;
    render(
      html`<table role="grid" class="number-grid ${onEdit === undefined ? "" : "editable"}">
        <caption>
          ${data.label}
        </caption>
        <tbody>
          ${indices(rows).map(row)}
        </tbody>
      </table>`,
      this,
    );
  }

  #cellOf(event: PointerEvent): Cell | null {
    // while a pointer is captured, events come from where it was pressed
    const at = document.elementFromPoint(event.clientX, event.clientY);
    const cell = at?.closest<HTMLElement>("[data-cell]");
    if (cell == null || !this.contains(cell)) return null;
    const [row, column] = cell.dataset["cell"]!.split(",").map(Number);
    return [row!, column!];
  }

  #press(event: PointerEvent): void {
    const cell = this.#cellOf(event);
    const data = this.#data;
    if (cell === null || data === null || event.button !== 0) return;
    this.#moveTo(cell, false);
    const group = `stroke ${strokes++}`;
    if (data.onPaint !== undefined) {
      this.setPointerCapture(event.pointerId);
      this.#stroke = { last: cell.join(), group };
      data.onPaint(cell, group);
    } else if (data.onEdit !== undefined && event.pointerType !== "touch") {
      this.setPointerCapture(event.pointerId);
      const from = data.value(...cell);
      this.#drag = { cell, y: event.clientY, from, group, hasMoved: false };
    }
  }

  #move(event: PointerEvent): void {
    const data = this.#data;
    if (data === null) return;
    if (this.#drag !== null) {
      const { cell, y, from, group } = this.#drag;
      const steps = Math.round((y - event.clientY) / STEP_PX);
      if (steps === 0 && !this.#drag.hasMoved) return;
      this.#drag.hasMoved = true;
      data.onEdit!(cell, stepped(from, steps * (data.step ?? 1)), group);
      return;
    }
    const cell = this.#cellOf(event);
    if (this.#stroke !== null) {
      if (cell === null || cell.join() === this.#stroke.last) return;
      this.#stroke.last = cell.join();
      data.onPaint!(cell, this.#stroke.group);
      return;
    }
    if (event.pointerType !== "touch") this.#point(cell);
  }

  #release(event: PointerEvent): void {
    const cell = this.#cellOf(event);
    const wasDragged = this.#drag?.hasMoved === true;
    this.#letGo();
    if (cell === null || wasDragged) return;
    this.#data?.onPick?.(cell);
  }

  #letGo(): void {
    this.#drag = null;
    this.#stroke = null;
  }

  #point(cell: Cell | null): void {
    this.#data?.onPoint?.(cell);
  }

  #key(event: KeyboardEvent): void {
    const data = this.#data;
    if (data === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.#answerKey(event.key, data)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @returns whether the key means something here */
  #answerKey(key: string, data: GridData): boolean {
    const [row, column] = this.#cursor;
    const arrow = ARROWS[key];
    if (this.#typed !== null) {
      if (key === "Escape") return this.#type(null);
      if (key === "Enter" || arrow !== undefined) this.#take();
      else if (key === "Backspace") return this.#type(this.#typed.slice(0, -1) || null);
      else if (/^[\d.eE+-]$/.test(key)) return this.#type((this.#typed + key).slice(0, 12));
      if (key === "Enter") return true;
    }
    if (arrow !== undefined) return this.#moveTo([row + arrow[0], column + arrow[1]], true);
    if (key === "Home") return this.#moveTo([row, 0], true);
    if (key === "End") return this.#moveTo([row, data.columns - 1], true);
    if (key === "PageUp") return this.#moveTo([0, column], true);
    if (key === "PageDown") return this.#moveTo([data.rows - 1, column], true);
    if (key === "Enter" || key === " ") {
      data.onPaint?.(this.#cursor, `key ${strokes++}`);
      data.onPick?.(this.#cursor);
      return data.onPaint !== undefined || data.onPick !== undefined;
    }
    if (data.onEdit === undefined) return false;
    if (key === "+" || key === "-") {
      const by = (key === "+" ? 1 : -1) * (data.step ?? 1);
      data.onEdit(this.#cursor, stepped(data.value(row, column), by), `keys ${row},${column}`);
      this.#say();
      return true;
    }
    return /^[\d.]$/.test(key) ? this.#type(key) : false;
  }

  #type(typed: string | null): boolean {
    if (typed === this.#typed) return false;
    this.#typed = typed;
    this.#draw();
    return true;
  }

  #take(): void {
    const value = Number(this.#typed);
    const isNumber = this.#typed !== "" && Number.isFinite(value);
    this.#type(null);
    if (isNumber) this.#data?.onEdit?.(this.#cursor, value, `typed ${strokes++}`);
    else announce("That is no number: it stays as it was.");
  }

  #moveTo([row, column]: Cell, says: boolean): boolean {
    const { rows, columns } = this.#data!;
    this.#cursor = [
      Math.max(0, Math.min(row, rows - 1)),
      Math.max(0, Math.min(column, columns - 1)),
    ];
    this.#draw();
    this.querySelector<HTMLElement>("td[tabindex='0']")?.focus({ preventScroll: !says });
    this.#point(this.#cursor);
    if (says) this.#say();
    return true;
  }

  /** Where the cursor is, after whatever it changes has been computed. */
  #say(): void {
    const data = this.#data;
    if (data === null) return;
    const [row, column] = this.#cursor;
    const number = data.text?.(row, column) ?? shortNumber(data.value(row, column));
    announce(data.describe?.(row, column) ?? `${row}, ${column}: ${number}`);
  }
}

const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Without the rounding of repeated sums: 0.30000000000000004. */
const stepped = (value: number, by: number): number => Number((value + by).toPrecision(12));

function largestOf({ rows, columns, value }: GridData): number {
  let largest = 0;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const size = Math.abs(value(r, c));
      if (Number.isFinite(size)) largest = Math.max(largest, size);
    }
  return largest;
}

if (customElements.get("number-grid") === undefined)
  customElements.define("number-grid", NumberGrid);

/** A grid in a laboratory's template. */
export const numberGrid = (data: GridData): TemplateResult =>
  html`<number-grid .data=${data}></number-grid>`;
