/** Arrows, whose heads are drawn: a marker would need an id, and figures have none. */
import type { Place } from "./diagram.js";
import { element } from "./svg.js";

/** How an {@link arrow} looks. */
export interface ArrowOptions {
  /** Of the series' colours, from 0 to 5; that of guides if left out. */
  readonly series?: number;
  /** How far the middle lies beside the straight line, in pixels; to the right of it above 0. */
  readonly bend?: number;
  /** A line without a head. */
  readonly headless?: boolean;
  /** For what is only thought of, or does not pass. */
  readonly dashed?: boolean;
}

/** Of a head, in pixels. */
const [LENGTH, HALF] = [7, 3.5];

/** From one place to another, straight or along an arc. */
export function arrow(from: Place, to: Place, options: ArrowOptions = {}): string {
  const { series, bend = 0, headless = false, dashed = false } = options;
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = lengthOf(dx, dy) || 1;
  // a quadratic curve's middle lies half as far out as its control point
  const control: Place = [
    (from[0] + to[0]) / 2 - (2 * bend * dy) / length,
    (from[1] + to[1]) / 2 + (2 * bend * dx) / length,
  ];
  const back = lengthOf(to[0] - control[0], to[1] - control[1]) || 1;
  const along: Place = [(to[0] - control[0]) / back, (to[1] - control[1]) / back];
  const neck: Place = headless ? to : [to[0] - LENGTH * along[0], to[1] - LENGTH * along[1]];
  const across = (side: number): Place => [neck[0] - side * along[1], neck[1] + side * along[0]];
  const point = (place: Place): string => place.map((at) => Number(at.toFixed(1))).join(" ");
  const colour = series === undefined ? "guide" : `s${series}`;
  const way = bend === 0 ? `L${point(neck)}` : `Q${point(control)} ${point(neck)}`;
  const line = element("path", {
    class: `${colour} line thin`,
    d: `M${point(from)}${way}`,
    "stroke-dasharray": dashed ? "4 3" : null,
  });
  if (headless) return line;
  const head = `M${point(to)}L${point(across(HALF))}L${point(across(-HALF))}z`;
  return line + element("path", { class: `${colour} fill`, d: head });
}

/** Not `Math.hypot`, whose last digit depends on the engine. */
export function lengthOf(dx: number, dy: number): number {
  return Math.sqrt(dx * dx + dy * dy);
}
