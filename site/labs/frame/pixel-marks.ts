/** What is drawn over pixels: padding, windows, marked pixels, signs, the cursor. */
import type { Cell } from "./number-grid.js";
import type { PixelData } from "./pixel-canvas.js";

/** A window: `rows` by `columns` entries, `dilation` pixels apart. */
export interface Outline {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
  readonly dilation?: number;
  /** `lit` follows the pointer, `pinned` stays. */
  readonly kind: "lit" | "pinned";
}

export interface Spot {
  readonly row: number;
  readonly column: number;
  readonly kind: "lit" | "pinned";
}

interface Pen {
  /** Of a pixel, in pixels of the canvas. */
  readonly size: number;
  readonly cursor: Cell | null;
  readonly style: CSSStyleDeclaration;
}

/** Pixels that are at least as wide have their sign written into them. */
const SIGNED_PX = 12;
/** Numbers of less than this share of the largest one are as good as 0. */
const NEAR_ZERO = 0.15;

export function drawMarks(context: CanvasRenderingContext2D, data: PixelData, pen: Pen): void {
  const { padding: [padH, padW] = [0, 0] } = data;
  if (padH + padW > 0) drawPadding(context, data, pen);
  if (data.scale === "signed" || data.scale === "gradient") drawSigns(context, data, pen);
  context.save();
  context.translate(padW * pen.size, padH * pen.size);
  for (const outline of data.outlines ?? []) drawOutline(context, outline, pen);
  for (const { row, column, kind } of data.spots ?? [])
    ring(context, [row, column, 1, 1], colourOf(kind, pen), pen);
  if (pen.cursor !== null) ring(context, [...pen.cursor, 1, 1], colourOf("pinned", pen), pen, 3);
  context.restore();
}

const colourOf = (kind: "lit" | "pinned", { style }: Pen): string =>
  style.getPropertyValue(kind === "lit" ? "--orange" : "--blue");

/** A rectangle of pixels with a pale edge on both sides, so that it is seen on black and white. */
function ring(
  context: CanvasRenderingContext2D,
  [row, column, rows, columns]: readonly [number, number, number, number],
  colour: string,
  { size, style }: Pen,
  width = 2,
): void {
  const thick = width * Math.max(1, Math.min(3, size / 8));
  const box = [column * size, row * size, columns * size, rows * size] as const;
  context.lineWidth = thick + 2;
  context.strokeStyle = style.getPropertyValue("--paper");
  context.strokeRect(...box);
  context.lineWidth = thick;
  context.strokeStyle = colour;
  context.strokeRect(...box);
}

function drawOutline(context: CanvasRenderingContext2D, outline: Outline, pen: Pen): void {
  const { row, column, rows, columns, dilation = 1, kind } = outline;
  const [high, wide] = [dilation * (rows - 1) + 1, dilation * (columns - 1) + 1];
  const colour = colourOf(kind, pen);
  ring(context, [row, column, high, wide], colour, pen);
  if (dilation === 1) return;
  context.fillStyle = colour;
  const dot = Math.max(2, pen.size / 3);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const x = (column + j * dilation + 0.5) * pen.size - dot / 2;
      const y = (row + i * dilation + 0.5) * pen.size - dot / 2;
      context.fillRect(x, y, dot, dot);
    }
}

/** A dashed line around the picture: what is outside of it are zeros. */
function drawPadding(
  context: CanvasRenderingContext2D,
  { rows, columns, padding: [padH, padW] = [0, 0] }: PixelData,
  { size, style }: Pen,
): void {
  context.save();
  context.strokeStyle = style.getPropertyValue("--soft");
  context.setLineDash([4, 4]);
  context.strokeRect(0.5, 0.5, context.canvas.width - 1, context.canvas.height - 1);
  context.setLineDash([]);
  context.strokeRect(padW * size, padH * size, columns * size, rows * size);
  context.restore();
}

/** Colours alone do not tell a sign. */
function drawSigns(
  context: CanvasRenderingContext2D,
  { rows, columns, value, largest, padding: [padH, padW] = [0, 0] }: PixelData,
  { size, style }: Pen,
): void {
  if (size < SIGNED_PX) return;
  let most = largest ?? 0;
  if (largest === undefined)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) most = Math.max(most, Math.abs(value(r, c)[0] ?? 0));
  context.fillStyle = style.getPropertyValue("--ink");
  const [long, thin] = [Math.round(size * 0.4), Math.max(1, Math.round(size / 14))];
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const [number = 0] = value(r, c);
      if (!(Math.abs(number) > NEAR_ZERO * most)) continue;
      const [x, y] = [(c + padW + 0.5) * size, (r + padH + 0.5) * size];
      context.fillRect(x - long / 2, y - thin / 2, long, thin);
      if (number > 0) context.fillRect(x - thin / 2, y - long / 2, thin, long);
    }
}
