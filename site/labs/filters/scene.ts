/** A picture like a photograph, drawn here: a cup of coffee on a table, by a window. */
import type { Picture } from "leibniz/data";
import { Random } from "leibniz/tensor";

type Colour = readonly [red: number, green: number, blue: number];

/** Pixels each way, and how many points each way make one. */
const [SIDE, POINTS] = [64, 3];

const WALL: Colour = [0.62, 0.66, 0.68];
const TABLE: Colour = [0.56, 0.36, 0.2];
const CHINA: Colour = [0.93, 0.9, 0.84];
const COFFEE: Colour = [0.22, 0.11, 0.06];
const BAND: Colour = [0.72, 0.16, 0.13];

const times = ([red, green, blue]: Colour, light: number): Colour => [
  red * light,
  green * light,
  blue * light,
];

/** Less than 1 inside. */
const ellipse = (x: number, y: number, [cx, cy, rx, ry]: readonly number[]): number =>
  ((x - cx!) / rx!) ** 2 + ((y - cy!) / ry!) ** 2;

const RIM = [0.44, 0.4, 0.23, 0.075];
const BOTTOM = [0.44, 0.76, 0.16, 0.06];
const SAUCER = [0.45, 0.79, 0.36, 0.1];
const SHADOW = [0.58, 0.84, 0.38, 0.09];

/** The cup's half width at a height. */
const halfWidth = (y: number): number =>
  RIM[2]! + ((BOTTOM[2]! - RIM[2]!) * (y - RIM[1]!)) / (BOTTOM[1]! - RIM[1]!);

/** What is seen at a point, each way from 0 to 1. */
function seenAt(x: number, y: number): Colour {
  if (ellipse(x, y, RIM) < 0.8) {
    const isGlint = ellipse(x, y, [0.36, 0.385, 0.06, 0.012]) < 1;
    return ellipse(x, y, [0.44, 0.415, 0.2, 0.055]) < 1
      ? times(COFFEE, isGlint ? 3.4 : 1 + (x - 0.3))
      : times(CHINA, 0.62);
  }
  if (ellipse(x, y, RIM) < 1) return times(CHINA, 1.06);
  const isCup =
    (y > RIM[1]! && y < BOTTOM[1]! && Math.abs(x - RIM[0]!) < halfWidth(y)) ||
    ellipse(x, y, BOTTOM) < 1;
  if (isCup) {
    const across = (x - RIM[0]!) / Math.max(0.05, halfWidth(y));
    const light = 1.02 - 0.22 * (across + 0.55) ** 2 - 0.1 * (across > 0.4 ? across - 0.4 : 0);
    return times(y > 0.53 && y < 0.6 ? BAND : CHINA, light);
  }
  const handle = ellipse(x, y, [0.68, 0.54, 0.11, 0.12]);
  if (x > 0.6 && handle < 1 && handle > 0.36) return times(CHINA, 0.78 - 0.4 * (y - 0.54));
  const saucer = ellipse(x, y, SAUCER);
  if (saucer < 1) return times(CHINA, saucer > 0.86 ? 0.98 : 0.8 - 0.25 * (x - 0.4));
  return behind(x, y);
}

function behind(x: number, y: number): Colour {
  const isBright = x + 0.25 * y > 0.1 && x + 0.25 * y < 0.42 && y < 0.5;
  const isBar = Math.abs(x + 0.25 * y - 0.26) < 0.02 || Math.abs(y - 0.22) < 0.015;
  if (y < 0.56 + 0.02 * x) return times(WALL, (isBright && !isBar ? 1.3 : 0.95) - 0.45 * x);
  const grain = 0.05 * Math.sin(90 * y + 3 * Math.sin(9 * x)) + 0.04 * Math.sin(31 * y + 2 * x);
  const light = 1.25 - 0.5 * x - (ellipse(x, y, SHADOW) < 1 ? 0.42 : 0);
  return times(TABLE, Math.max(0.1, light + grain));
}

let drawn: Picture | null = null;

/** Red, green and blue, 64 × 64; drawn once. */
export const scene = (): Picture => (drawn ??= draw());

function draw(): Picture {
  const random = new Random("scene");
  const pixels = new Uint8Array(3 * SIDE * SIDE);
  for (let h = 0; h < SIDE; h++)
    for (let w = 0; w < SIDE; w++) {
      const sum = [0, 0, 0];
      for (let i = 0; i < POINTS; i++)
        for (let j = 0; j < POINTS; j++) {
          const x = (w + (j + 0.5) / POINTS) / SIDE;
          const y = (h + (i + 0.5) / POINTS) / SIDE;
          seenAt(x, y).forEach((part, c) => (sum[c]! += part / POINTS ** 2));
        }
      // a camera's grain
      const noise = 0.012 * random.nextNormal();
      const bytes = sum.map((part) => Math.round(255 * Math.min(1, Math.max(0, part + noise))));
      pixels.set(bytes, 3 * (h * SIDE + w));
    }
  return { channels: 3, height: SIDE, width: SIDE, pixels };
}
