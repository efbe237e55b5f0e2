/** Small pictures in rows, with captions: digits, filters, what a layer returns, gradients. */
import { encode } from "fast-png";
import { formatShape, reject } from "../tensor/index.js";
import { type FigureOptions, frame, textAt, widthOf } from "./frame.js";
import { formatNumber } from "./numbers.js";
import { signs } from "./palette.js";
import { element, escape } from "./svg.js";
import { wrap } from "./text.js";

/** Numbers as pixels. */
export interface Picture {
  /** Below it, in up to six lines. */
  readonly caption: string;
  /** [H, W] or [C, H, W], with C 1 or, for colours, 3. */
  readonly shape: readonly number[];
  /** Row-major, as many as the shape has. Those that are not finite are left blank. */
  readonly values: ArrayLike<number>;
}

/** What {@link pictures} draws. */
export interface PicturesOptions extends FigureOptions {
  /** At least one, in rows from the left. Three channels go with `light` only. */
  readonly pictures: readonly Picture[];
  /**
   * `light`: 0 is black and 1 is white; three channels are red, green and blue. `amount`: from 0 to
   * the largest number, as strong as the ink of the page. `signed`: orange above 0, blue below 0,
   * the ground of the page at 0.
   */
  readonly kind: "light" | "amount" | "signed";
  /** Whether each picture has a range of its own, as if left out, or all have one. */
  readonly range?: "own" | "shared";
  /** Of a picture's longer side, in pixels from 8 to the figure's width; 64 if left out. */
  readonly size?: number;
}

/** Between pictures, and the lines that a caption may take. */
const [GAP, CAPTION_LINES] = [10, 6];
/** Of captions, in pixels. */
const [SMALL, CAPTION_LINE] = [12, 16];
const SMALL_STYLE = `font-size:${SMALL}px`;
/** Wider squares have their sign written into them. */
const SIGNED_CELL = 11;
/** Numbers of less than this share of the largest one are as good as 0. */
const NEAR_ZERO = 0.15;

/**
 * Pictures as they are, pixel by pixel. What is not finite is left blank, and a line says so.
 *
 * @returns an SVG that stands alone
 * @throws InputError when title or description are missing, the width is not from 200 to 4000
 *   pixels, the size is out of range, there is no picture, or one has no such shape
 */
export function pictures(options: PicturesOptions): string {
  const where = "pictures";
  const width = widthOf(where, options);
  const { pictures: all, kind, range = "own", size = 64 } = options;
  if (all.length === 0) reject(where, "at least one picture", "none");
  for (const picture of all) checkPicture(where, picture, kind);
  if (!(size >= 8 && size <= width)) reject(where, `a size from 8 to ${width}`, String(size));
  const longest = Math.max(...all.map(({ shape }) => Math.max(...shape.slice(-2))));
  const shared = Math.max(...all.map(({ values }) => largestOf(values)));
  const column = size + GAP;
  const perRow = Math.max(1, Math.floor((width - 8 + GAP) / column));
  const content: string[] = [];
  let y = 4;
  for (let first = 0; first < all.length; first += perRow) {
    const row = all.slice(first, first + perRow);
    const captions = row.map(({ caption }) => wrap(caption, size + GAP - 4, CAPTION_LINES, SMALL));
    const high = Math.max(...row.map(({ shape }) => (shape.at(-2)! / longest) * size));
    for (const [p, picture] of row.entries()) {
      const scale = range === "shared" ? shared : largestOf(picture.values);
      const x = 4 + p * column;
      content.push(drawPicture(picture, kind, scale, { x, y, size, longest }));
      captions[p]!.forEach((line, l) =>
        content.push(
          textAt(x, y + high + (l + 1) * CAPTION_LINE - 3, line, { style: SMALL_STYLE }),
        ),
      );
    }
    y += high + Math.max(...captions.map((lines) => lines.length)) * CAPTION_LINE + GAP;
  }
  const remarks = remarksOf(options, shared);
  // few pictures need no wide figure, but texts a line
  const used = Math.min(perRow, all.length) * column - GAP + 12;
  const drawing = { width: Math.min(width, Math.max(320, used)), height: y };
  return frame(options, { ...drawing, content, remarks });
}

function checkPicture(where: string, { shape, values, caption }: Picture, kind: string): void {
  const [channels, height, width] = shape.length === 2 ? [1, ...shape] : shape;
  const isPicture =
    shape.length >= 2 &&
    shape.length <= 3 &&
    shape.every((extent) => Number.isInteger(extent) && extent >= 1) &&
    (channels === 1 || (channels === 3 && kind === "light"));
  if (!isPicture)
    reject(
      where,
      `a shape [H, W]${kind === "light" ? ", [1, H, W] or [3, H, W]" : " or [1, H, W]"}`,
      `${formatShape(shape)} in "${caption}"`,
    );
  if (values.length !== channels! * height! * width!)
    reject(where, `values for ${formatShape(shape)} in "${caption}"`, `${values.length}`);
}

function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++)
    if (Number.isFinite(values[i])) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

interface Place {
  readonly x: number;
  readonly y: number;
  /** In pixels of the figure, for `longest` pixels of the picture. */
  readonly size: number;
  readonly longest: number;
}

function drawPicture(
  picture: Picture,
  kind: PicturesOptions["kind"],
  largest: number,
  place: Place,
): string {
  const [height, width] = picture.shape.slice(-2) as [number, number];
  const cell = place.size / place.longest;
  const box = { x: place.x, y: place.y, width: width * cell, height: height * cell };
  const range =
    kind === "light" ? "" : `${kind === "signed" ? "±" : "up to "}${formatNumber(largest)}`;
  const title = [picture.caption, range].filter((text) => text !== "").join(", ");
  const href = `data:image/png;base64,${base64(pngOf(picture, kind, largest))}`;
  return (
    element(
      "image",
      { ...box, href, preserveAspectRatio: "none" },
      element("title", {}, escape(title)),
    ) +
    element("rect", { class: "grid", fill: "none", ...box }) +
    (kind === "signed" && cell >= SIGNED_CELL ? signsOn(picture, largest, place, cell) : "")
  );
}

/** Colours alone do not tell a sign: where squares are large enough, it is written. */
function signsOn(
  { shape, values }: Picture,
  largest: number,
  { x, y }: Place,
  cell: number,
): string {
  const width = shape.at(-1)!;
  const strokes = Array.from(values, (value, i) => {
    if (!(Math.abs(value) > NEAR_ZERO * largest)) return "";
    const middle = x + ((i % width) + 0.5) * cell;
    const centre = y + (Math.floor(i / width) + 0.5) * cell;
    const [left, top] = [middle - 2.5, centre - 2.5].map((at) => at.toFixed(1));
    const across = `M${left},${centre.toFixed(1)}h5`;
    return value < 0 ? across : `${across}M${middle.toFixed(1)},${top}v5`;
  });
  return element("path", { class: "sign", d: strokes.join("") });
}

/** [H, W] pixels of red, green, blue and how much they cover; light that is complete needs less. */
function pngOf(picture: Picture, kind: PicturesOptions["kind"], largest: number): Uint8Array {
  const { shape, values } = picture;
  const [height, width] = shape.slice(-2) as [number, number];
  const pixels = height * width;
  const isColour = shape.length === 3 && shape[0] === 3;
  if (kind === "light" && Array.prototype.every.call(values, Number.isFinite)) {
    const [channels, data] = [isColour ? 3 : 1, new Uint8Array((isColour ? 3 : 1) * pixels)];
    for (let i = 0; i < data.length; i++)
      data[i] = byteOf(values[(i % channels) * pixels + Math.floor(i / channels)]!);
    return encode({ width, height, data, channels, depth: 8 });
  }
  const data = new Uint8Array(4 * pixels);
  for (let p = 0; p < pixels; p++) {
    const value = values[p]!;
    if (kind === "light") {
      const channels = isColour
        ? [value, values[pixels + p]!, values[2 * pixels + p]!]
        : [value, value, value];
      if (!channels.every(Number.isFinite)) continue;
      data.set(channels.map(byteOf), 4 * p);
      data[4 * p + 3] = 255;
    } else if (Number.isFinite(value)) {
      const colour = kind === "amount" ? AMOUNT : value < 0 ? MINUS : PLUS;
      data.set(colour, 4 * p);
      const isNone = largest === 0 || (kind === "amount" && value < 0);
      data[4 * p + 3] = isNone ? 0 : byteOf(Math.abs(value) / largest);
    }
  }
  return encode({ width, height, data, channels: 4, depth: 8 });
}

function byteOf(share: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, share)));
}

function rgb(colour: string): readonly [number, number, number] {
  const part = (at: number): number => Number.parseInt(colour.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

const [PLUS, MINUS] = [rgb(signs.plus), rgb(signs.minus)];
/** Between the grounds of both schemes, so that it stands out of each. */
const AMOUNT = rgb("#6f7f8f");

/** Without Node's Buffer, since browsers draw figures too. */
function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function remarksOf(
  { pictures: all, kind, range = "own" }: PicturesOptions,
  shared: number,
): string[] {
  let lost = 0;
  for (const { values } of all)
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) lost++;
  const strongest =
    range === "shared" || all.length === 1
      ? `the strongest colour is ${formatNumber(shared)}`
      : "each picture up to its own largest number";
  return [
    ...(kind === "signed" ? [`Orange (+): above 0. Blue (−): below 0; ${strongest}.`] : []),
    ...(kind === "amount" ? [`From 0, the ground, on; ${strongest}.`] : []),
    ...(lost > 0
      ? [`${lost} ${lost === 1 ? "number is" : "numbers are"} not finite and left blank.`]
      : []),
  ];
}
