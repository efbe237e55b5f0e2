/** What is drawn in a picture, and what is the paper that it is drawn on. */
import type { Box, GrayImage } from "./gray-image.js";

export interface Ink {
  /** 0 on the paper, 255 where the ink is darkest, or brightest on dark paper. */
  readonly image: GrayImage;
  readonly isDarkOnBright: boolean;
}

/** Less contrast, of 255, is an even picture. */
const LEAST_CONTRAST = 20;
/** Noise reaches this many standard deviations. */
const NOISE_REACH = 3;
/** The median of |x| is this many standard deviations of a normal x. */
const MEDIAN_OF_NORMAL = 0.6745;
/** The share of the ink's pixels that is taken for as strong as it gets. */
const STRONGEST = 0.1;
/** Pixels of less than this share of the strongest ink count as paper. */
const IS_INK = 0.25;
/** Pieces of less than this share of the largest one are specks. */
const SPECK = 0.03;

/**
 * Parts ink from paper. The paper may be lit unevenly: its brightness is a plane through that of
 * the picture's border. The ink is on the side from which the picture differs more.
 *
 * @returns null where there is too little contrast for any ink
 */
export function findInk(picture: GrayImage): Ink | null {
  const { height, width, values } = picture;
  const paper = paperOf(picture);
  const [dark, bright] = [new Float64Array(values.length), new Float64Array(values.length)];
  let [darkness, brightness] = [0, 0];
  for (let h = 0; h < height; h++)
    for (let w = 0; w < width; w++) {
      const difference = values[h * width + w]! - paper.at(h, w);
      dark[h * width + w] = Math.max(0, -difference);
      bright[h * width + w] = Math.max(0, difference);
      if (difference < 0) darkness += difference * difference;
      else brightness += difference * difference;
    }
  const isDarkOnBright = darkness > brightness;
  const ink = isDarkOnBright ? dark : bright;
  const strongest = strongestOf(ink);
  if (strongest < LEAST_CONTRAST) return null;
  const floor = Math.min(NOISE_REACH * paper.noise, strongest / 2);
  for (let p = 0; p < ink.length; p++)
    ink[p] = 255 * Math.min(1, Math.max(0, (ink[p]! - floor) / (strongest - floor)));
  return { image: { height, width, values: ink }, isDarkOnBright };
}

/** What the tenth of the ink that stands out most begins with: single pixels may be anything. */
function strongestOf(ink: Float64Array): number {
  let most = 0;
  for (const value of ink) most = Math.max(most, value);
  const inked = ink.filter((value) => value > most / 2).sort();
  return inked.length === 0 ? 0 : inked[Math.floor((1 - STRONGEST) * (inked.length - 1))]!;
}

interface Paper {
  /** Its brightness. */
  readonly at: (h: number, w: number) => number;
  /** Standard deviation along the border. */
  readonly noise: number;
}

/** A plane through the border's pixels, without those that stand out: the ink may touch it. */
function paperOf({ height, width, values }: GrayImage): Paper {
  const border: [h: number, w: number, value: number][] = [];
  for (let h = 0; h < height; h++)
    for (let w = 0; w < width; w += h === 0 || h === height - 1 ? 1 : Math.max(1, width - 1))
      border.push([h, w, values[h * width + w]!]);
  const middle = median(border.map(([, , value]) => value));
  let at: Paper["at"] = () => middle;
  let noise = 0;
  let kept = border;
  for (let round = 0; round < 4; round++) {
    const residuals = kept.map(([h, w, value]) => Math.abs(value - at(h, w)));
    noise = median(residuals) / MEDIAN_OF_NORMAL;
    const reach = Math.max(2, NOISE_REACH * noise);
    kept = border.filter(([h, w, value]) => Math.abs(value - at(h, w)) <= reach);
    const plane = planeThrough(kept);
    if (plane === null) break;
    at = plane;
  }
  return { at, noise };
}

/** The plane of least squares, by Cramer's rule; null where the points lie on a line. */
function planeThrough(
  points: readonly [h: number, w: number, value: number][],
): Paper["at"] | null {
  const n = points.length;
  if (n < 3) return null;
  const mean = (axis: 0 | 1 | 2): number => points.reduce((sum, p) => sum + p[axis], 0) / n;
  const [h0, w0, v0] = [mean(0), mean(1), mean(2)];
  let [hh, hw, ww, hv, wv] = [0, 0, 0, 0, 0];
  for (const [h, w, v] of points) {
    hh += (h - h0) * (h - h0);
    hw += (h - h0) * (w - w0);
    ww += (w - w0) * (w - w0);
    hv += (h - h0) * (v - v0);
    wv += (w - w0) * (v - v0);
  }
  const determinant = hh * ww - hw * hw;
  if (determinant <= 1e-9 * hh * ww) return null;
  const slopeH = (hv * ww - wv * hw) / determinant;
  const slopeW = (wv * hh - hv * hw) / determinant;
  return (h, w) => v0 + slopeH * (h - h0) + slopeW * (w - w0);
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1]!;
}

/** The ink without specks, and the box around it. */
export function withoutSpecks({ height, width, values }: GrayImage): {
  readonly image: GrayImage;
  readonly box: Box;
} {
  const pieces = piecesOf({ height, width, values });
  const largest = Math.max(...pieces.map(({ length }) => length));
  const kept = pieces.filter(({ length }) => length >= SPECK * largest);
  const clean = new Float64Array(values.length);
  let [top, left, bottom, right] = [height, width, 0, 0];
  for (const pixel of kept.flatMap((piece) => [...piece])) {
    const [h, w] = [Math.floor(pixel / width), pixel % width];
    [top, bottom] = [Math.min(top, h), Math.max(bottom, h)];
    [left, right] = [Math.min(left, w), Math.max(right, w)];
  }
  // soft edges are less than ink, and belong to it
  for (let h = top; h <= bottom; h++)
    for (let w = left; w <= right; w++) clean[h * width + w] = values[h * width + w]!;
  for (const piece of pieces)
    if (piece.length < SPECK * largest) for (const pixel of piece) clean[pixel] = 0;
  const box = { top, left, height: bottom - top + 1, width: right - left + 1 };
  return { image: { height, width, values: clean }, box };
}

/** Pixels of ink that hang together, diagonals included. */
function piecesOf({ height, width, values }: GrayImage): readonly Uint32Array[] {
  const isOpen = Uint8Array.from(values, (value) => (value >= 255 * IS_INK ? 1 : 0));
  const pieces: Uint32Array[] = [];
  for (let first = 0; first < isOpen.length; first++) {
    if (isOpen[first] === 0) continue;
    const piece = [first];
    isOpen[first] = 0;
    for (let i = 0; i < piece.length; i++) {
      const [h, w] = [Math.floor(piece[i]! / width), piece[i]! % width];
      for (let y = Math.max(0, h - 1); y <= Math.min(height - 1, h + 1); y++)
        for (let x = Math.max(0, w - 1); x <= Math.min(width - 1, w + 1); x++) {
          const near = y * width + x;
          if (isOpen[near] === 0) continue;
          isOpen[near] = 0;
          piece.push(near);
        }
    }
    pieces.push(Uint32Array.from(piece));
  }
  return pieces;
}

/**
 * How wide strokes are, in pixels: for a line that is much longer than wide, twice its area over
 * the length of its outline.
 */
export function strokeWidth({ height, width, values }: GrayImage): number {
  const isInk = (h: number, w: number): boolean =>
    h >= 0 && h < height && w >= 0 && w < width && values[h * width + w]! >= 127.5;
  let [area, outline] = [0, 0];
  for (let h = 0; h < height; h++)
    for (let w = 0; w < width; w++) {
      if (!isInk(h, w)) continue;
      area++;
      for (const [y, x] of [
        [h - 1, w],
        [h + 1, w],
        [h, w - 1],
        [h, w + 1],
      ] as const)
        if (!isInk(y, x)) outline++;
    }
  // sides of pixels along a slanted line are longer than the line, by 4/π on average
  return outline === 0 ? 0 : (2 * area) / ((Math.PI / 4) * outline);
}

/** Strokes that are wider by `radius` on each side. */
export function thicken(image: GrayImage, radius: number): GrayImage {
  const { height, width, values } = image;
  const along = (from: Float64Array, h: number, w: number, dh: number, dw: number): number => {
    let most = 0;
    for (let i = -radius; i <= radius; i++) {
      const [y, x] = [h + i * dh, w + i * dw];
      if (y >= 0 && y < height && x >= 0 && x < width) most = Math.max(most, from[y * width + x]!);
    }
    return most;
  };
  const rows = values.map((_, p) => along(values, Math.floor(p / width), p % width, 0, 1));
  const both = rows.map((_, p) => along(rows, Math.floor(p / width), p % width, 1, 0));
  return { height, width, values: both };
}
