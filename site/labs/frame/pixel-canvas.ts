/**
 * A picture as pixels, for what is too large for a grid of numbers. It can be pointed at, picked
 * from and drawn on; it is one tab stop, and the arrow keys move a cursor whose pixel is said.
 */
import { html, type TemplateResult } from "lit-html";
import { announce, make } from "../../client/dom.js";
import type { Cell } from "./number-grid.js";
import { colouring, type PixelScale } from "./pixel-colours.js";
import { drawMarks, type Outline, type Spot } from "./pixel-marks.js";
import { shortNumber } from "./short-number.js";

/** What a canvas shows, and what it tells of. */
export interface PixelData {
  /** Its name, above it and for screen readers. */
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  /** The numbers of a pixel: one, or red, green and blue. */
  readonly value: (row: number, column: number) => readonly number[];
  readonly scale: PixelScale;
  /** The number of the strongest colour; that of the picture if left out. */
  readonly largest?: number;
  /** Rows and columns of padding on each side, which are drawn around it. */
  readonly padding?: readonly [number, number];
  /** Windows that are outlined. Their places count from the picture's first pixel. */
  readonly outlines?: readonly Outline[];
  /** Pixels that are marked. */
  readonly spots?: readonly Spot[];
  /** What is said of a pixel, in place of its place and number. */
  readonly describe?: (row: number, column: number) => string;
  /** A pointer or the cursor is on a pixel; null when it has left. */
  readonly onPoint?: (cell: Cell | null) => void;
  /** A pixel was clicked, tapped, or chosen with Enter or Space. */
  readonly onPick?: (cell: Cell) => void;
  /** The pixels that a stroke has come over since the last call. */
  readonly onDraw?: (cells: readonly Cell[], group: string) => void;
}

const ARROWS: Readonly<Record<string, Cell>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Wide enough for the sharpest of the usual screens. */
const MOST_PX = 1600;

let strokes = 0;

export class PixelCanvas extends HTMLElement {
  readonly #canvas = make("canvas");
  readonly #name = make("p", { class: "pixel-name" });
  #data: PixelData | null = null;
  #cursor: Cell = [0, 0];
  #hasCursor = false;
  #stroke: { last: Cell; group: string } | null = null;
  #isWaiting = false;
  readonly #watch = new ResizeObserver(() => this.#later());
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");
  readonly #theme = new MutationObserver(() => this.#later());
  readonly #redraw = (): void => this.#later();

  set data(data: PixelData) {
    this.#data = data;
    this.#cursor = this.#inside(this.#cursor);
    this.#name.textContent = data.label;
    this.#later();
  }

  connectedCallback(): void {
    this.replaceChildren(this.#name, this.#canvas);
    this.#watch.observe(this.#canvas);
    this.#scheme.addEventListener("change", this.#redraw);
    this.#theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const canvas = this.#canvas;
    canvas.onkeydown = (event) => this.#key(event);
    canvas.onpointerdown = (event) => this.#press(event);
    canvas.onpointermove = (event) => this.#move(event);
    canvas.onpointerup = (event) => this.#release(event);
    canvas.onpointercancel = () => (this.#stroke = null);
    canvas.onpointerleave = () => this.#data?.onPoint?.(null);
    canvas.onfocus = () => this.#focus(canvas.matches(":focus-visible"));
    canvas.onblur = () => this.#focus(false);
  }

  disconnectedCallback(): void {
    this.#watch.disconnect();
    this.#theme.disconnect();
    this.#scheme.removeEventListener("change", this.#redraw);
  }

  /** Many changes before a frame are drawn once. */
  #later(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    requestAnimationFrame(() => {
      this.#isWaiting = false;
      if (this.#data !== null) this.#draw(this.#data);
    });
  }

  #draw(data: PixelData): void {
    const { rows, columns, padding: [padH, padW] = [0, 0] } = data;
    const [height, width] = [rows + 2 * padH, columns + 2 * padW];
    const canvas = this.#canvas;
    this.#nameIt(data);
    canvas.style.aspectRatio = `${width} / ${height}`;
    const wanted = Math.min(MOST_PX, canvas.clientWidth * (globalThis.devicePixelRatio || 1));
    const size = Math.max(1, Math.round(wanted / width));
    [canvas.width, canvas.height] = [size * width, size * height];
    const context = canvas.getContext("2d")!;
    context.imageSmoothingEnabled = false;
    const picture = this.#pixels(data);
    context.drawImage(picture, size * padW, size * padH, size * columns, size * rows);
    const cursor = this.#hasCursor ? this.#cursor : null;
    drawMarks(context, data, { size, cursor, style: getComputedStyle(this) });
  }

  #pixels({ rows, columns, value, scale, largest }: PixelData): HTMLCanvasElement {
    const colourOf = colouring(
      scale,
      largest ?? largestOf(rows, columns, value),
      getComputedStyle(this),
    );
    const small = document.createElement("canvas");
    [small.width, small.height] = [columns, rows];
    const context = small.getContext("2d")!;
    const image = context.createImageData(columns, rows);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        const colour = colourOf(value(r, c));
        if (colour !== null) image.data.set([...colour, 255], 4 * (r * columns + c));
      }
    context.putImageData(image, 0, 0);
    return small;
  }

  #nameIt({ label, rows, columns, onPoint, onPick, onDraw }: PixelData): void {
    const isLive = onPoint !== undefined || onPick !== undefined || onDraw !== undefined;
    const keys = onDraw === undefined ? "arrow keys point at a pixel" : "arrow keys, Space draws";
    const attributes = {
      role: isLive ? "application" : "img",
      "aria-label": `${label}, ${rows} by ${columns} pixels${isLive ? `; ${keys}` : ""}`,
      class: onDraw === undefined ? "" : "pad",
    };
    for (const [name, value] of Object.entries(attributes))
      if (this.#canvas.getAttribute(name) !== value) this.#canvas.setAttribute(name, value);
    if (isLive) this.#canvas.tabIndex = 0;
    else this.#canvas.removeAttribute("tabindex");
  }

  #inside([row, column]: Cell): Cell {
    const { rows, columns } = this.#data!;
    return [Math.max(0, Math.min(row, rows - 1)), Math.max(0, Math.min(column, columns - 1))];
  }

  /** The pixel under a pointer; null on the padding. */
  #cellOf({ clientX, clientY }: PointerEvent): Cell | null {
    const { rows, columns, padding: [padH, padW] = [0, 0] } = this.#data!;
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const row = Math.floor(((clientY - top) / height) * (rows + 2 * padH)) - padH;
    const column = Math.floor(((clientX - left) / width) * (columns + 2 * padW)) - padW;
    return row >= 0 && row < rows && column >= 0 && column < columns ? [row, column] : null;
  }

  #press(event: PointerEvent): void {
    const cell = this.#data === null ? null : this.#cellOf(event);
    if (cell === null || event.button !== 0) return;
    this.#cursor = cell;
    if (this.#data!.onDraw === undefined) return;
    event.preventDefault();
    this.#canvas.focus({ preventScroll: true });
    this.#canvas.setPointerCapture(event.pointerId);
    this.#stroke = { last: cell, group: `drawn ${strokes++}` };
    this.#data!.onDraw([cell], this.#stroke.group);
  }

  #move(event: PointerEvent): void {
    const data = this.#data;
    if (data === null) return;
    if (this.#stroke === null) {
      if (event.pointerType !== "touch") data.onPoint?.(this.#cellOf(event));
      return;
    }
    const cells: Cell[] = [];
    for (const one of event.getCoalescedEvents?.() ?? [event]) {
      const cell = this.#cellOf(one);
      if (cell === null) continue;
      cells.push(...pathOf(this.#stroke.last, cell));
      this.#stroke.last = cell;
    }
    if (cells.length > 0) data.onDraw!(cells, this.#stroke.group);
  }

  #release(event: PointerEvent): void {
    const wasDrawn = this.#stroke !== null;
    this.#stroke = null;
    const cell = this.#data === null || wasDrawn ? null : this.#cellOf(event);
    if (cell !== null && event.button === 0) this.#data!.onPick?.(cell);
  }

  #focus(hasCursor: boolean): void {
    this.#hasCursor = hasCursor;
    if (hasCursor) this.#data?.onPoint?.(this.#cursor);
    else this.#data?.onPoint?.(null);
    this.#later();
  }

  #key(event: KeyboardEvent): void {
    const data = this.#data;
    if (data === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column] = this.#cursor;
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) this.#moveTo([row + arrow[0], column + arrow[1]]);
    else if (event.key === "Home") this.#moveTo([row, 0]);
    else if (event.key === "End") this.#moveTo([row, data.columns - 1]);
    else if (event.key === "PageUp") this.#moveTo([0, column]);
    else if (event.key === "PageDown") this.#moveTo([data.rows - 1, column]);
    else if (event.key === "Enter" || event.key === " ") {
      data.onDraw?.([this.#cursor], `key ${strokes++}`);
      data.onPick?.(this.#cursor);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #moveTo(cell: Cell): void {
    this.#cursor = this.#inside(cell);
    this.#hasCursor = true;
    const [row, column] = this.#cursor;
    const data = this.#data!;
    data.onPoint?.(this.#cursor);
    const numbers = data.value(row, column).map(shortNumber).join(", ");
    announce(data.describe?.(row, column) ?? `${row}, ${column}: ${numbers}`);
    this.#later();
  }
}

/** The pixels from one to another, the first left out: fast pointers skip some. */
function pathOf([fromRow, fromColumn]: Cell, [row, column]: Cell): Cell[] {
  const steps = Math.max(Math.abs(row - fromRow), Math.abs(column - fromColumn));
  return Array.from({ length: steps }, (_, i) => {
    const share = (i + 1) / steps;
    return [
      Math.round(fromRow + share * (row - fromRow)),
      Math.round(fromColumn + share * (column - fromColumn)),
    ] as const;
  });
}

function largestOf(rows: number, columns: number, value: PixelData["value"]): number {
  let largest = 0;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      for (const number of value(r, c))
        if (Number.isFinite(number)) largest = Math.max(largest, Math.abs(number));
  return largest;
}

if (customElements.get("pixel-canvas") === undefined)
  customElements.define("pixel-canvas", PixelCanvas);

/** A picture in a laboratory's template. */
export const pixelCanvas = (data: PixelData): TemplateResult =>
  html`<pixel-canvas .data=${data}></pixel-canvas>`;
