import { encode } from "fast-png";
import type { Picture } from "leibniz/data";

type Point = readonly [x: number, y: number];

/** Part of an ellipse around (x, y), between two angles: in turns, clockwise from the right. */
function arc(x: number, y: number, rx: number, ry: number, from = 0, to = 1): Point[] {
  return Array.from({ length: 17 }, (_, i) => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / 16);
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

/** The strokes of each digit, in a box from (0, 0) to (1, 1), y downwards. */
const STROKES: readonly (readonly (readonly Point[])[])[] = [
  [arc(0.5, 0.5, 0.28, 0.42)],
  [
    [
      [0.36, 0.24],
      [0.52, 0.08],
      [0.5, 0.92],
    ],
  ],
  [[...arc(0.5, 0.3, 0.26, 0.22, 0.52, 1.1), [0.25, 0.92], [0.8, 0.9]]],
  [[...arc(0.47, 0.29, 0.25, 0.21, 0.55, 1.22), ...arc(0.46, 0.7, 0.28, 0.22, 0.76, 1.45)]],
  [
    [
      [0.36, 0.08],
      [0.22, 0.55],
      [0.8, 0.55],
    ],
    [
      [0.7, 0.2],
      [0.64, 0.94],
    ],
  ],
  [[[0.74, 0.1], [0.34, 0.1], [0.3, 0.44], ...arc(0.48, 0.66, 0.27, 0.25, 0.68, 1.42)]],
  [
    [
      [0.66, 0.08],
      [0.42, 0.3],
      [0.29, 0.66],
    ],
    arc(0.5, 0.7, 0.22, 0.22),
  ],
  [
    [
      [0.22, 0.12],
      [0.78, 0.1],
      [0.42, 0.92],
    ],
  ],
  [arc(0.5, 0.28, 0.2, 0.2), arc(0.5, 0.7, 0.24, 0.22)],
  [
    arc(0.47, 0.32, 0.22, 0.22),
    [
      [0.69, 0.3],
      [0.66, 0.6],
      [0.6, 0.93],
    ],
  ],
];

export interface Drawing {
  /** Of the picture, in pixels. */
  readonly height: number;
  readonly width: number;
  /** The digit's box: where it starts, and its side. */
  readonly top: number;
  readonly left: number;
  readonly side: number;
  /** Of the pen, in pixels. */
  readonly pen: number;
  /** 0 to 255. */
  readonly ink: number;
  readonly paper: number;
}

/** How much of each pixel a stroke from one point to another covers, where it covers most. */
function cover(
  covered: Float64Array,
  width: number,
  [x0, y0]: Point,
  [x1, y1]: Point,
  radius: number,
): void {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const range = (a: number, b: number, extent: number): [from: number, to: number] => [
    Math.max(0, Math.floor(Math.min(a, b) - radius - 1)),
    Math.min(extent, Math.ceil(Math.max(a, b) + radius + 1)),
  ];
  const [top, bottom] = range(y0, y1, covered.length / width);
  const [left, right] = range(x0, x1, width);
  for (let h = top; h < bottom; h++)
    for (let w = left; w < right; w++) {
      const [x, y] = [w + 0.5 - x0, h + 0.5 - y0];
      const t = Math.min(1, Math.max(0, (x * dx + y * dy) / (dx * dx + dy * dy || 1)));
      const distance = Math.hypot(x - t * dx, y - t * dy);
      const p = h * width + w;
      covered[p] = Math.max(covered[p]!, Math.min(1, Math.max(0, radius - distance + 0.5)));
    }
}

/** A digit drawn with a round pen, with soft edges, in gray. */
export function drawDigit(digit: number, drawing: Drawing): Picture {
  const { height, width, top, left, side, pen, ink, paper } = drawing;
  const pixels = new Uint8Array(height * width).fill(paper);
  const covered = new Float64Array(height * width);
  for (const stroke of STROKES[digit]!)
    for (const [i, to] of stroke.slice(1).entries()) {
      const [from, end] = [stroke[i]!, to].map(([x, y]) => [left + x * side, top + y * side]);
      cover(covered, width, from as [number, number], end as [number, number], pen / 2);
    }
  for (let p = 0; p < pixels.length; p++)
    pixels[p] = Math.round(paper + covered[p]! * (ink - paper));
  return { channels: 1, height, width, pixels };
}

/** The bytes of a PNG of a picture. */
export function pngOf({ channels, height, width, pixels }: Picture): Uint8Array {
  return encode({ channels, height, width, data: pixels, depth: 8 });
}

/** The ten digits in different sizes, with both polarities, off the centre. */
export const DRAWINGS: readonly Drawing[] = [
  { height: 120, width: 180, top: 12, left: 9, side: 90, pen: 8, ink: 10, paper: 245 },
  { height: 64, width: 48, top: 5, left: 2, side: 40, pen: 4, ink: 255, paper: 0 },
  { height: 350, width: 230, top: 170, left: 30, side: 160, pen: 8, ink: 60, paper: 200 },
  { height: 90, width: 120, top: 30, left: 60, side: 50, pen: 6, ink: 230, paper: 30 },
  { height: 28, width: 28, top: 1, left: 6, side: 20, pen: 3, ink: 255, paper: 0 },
];
