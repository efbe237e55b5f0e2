/** Blocks in space: channels behind each other, as the tensors of a convolution are often drawn. */
import type { Place } from "./diagram.js";
import { textAt } from "./frame.js";
import { element } from "./svg.js";

/** What {@link slab} draws. */
export interface SlabOptions {
  /** The upper left corner of the front. */
  readonly at: Place;
  /** Of the front in pixels: [width, height]. */
  readonly front: readonly [number, number];
  /** How far it goes back, in pixels to the right and upwards. */
  readonly depth: number;
  /** Of the series' colours, from 0 to 5. */
  readonly series: number;
  /** Sheets that it is made of, each with a line; 1 if left out. */
  readonly sheets?: number;
  /** Below the front. */
  readonly caption?: string;
}

/** Space goes back to the right and upwards, by this share of its depth each. */
const SLANT = 0.6;

/** The place at these shares of the slab's front, (right, down), and of its depth, `back`. */
export function onSlab(
  { at, front, depth }: SlabOptions,
  right: number,
  down: number,
  back = 0,
): Place {
  const way = SLANT * depth * back;
  return [at[0] + right * front[0] + way, at[1] + down * front[1] - way];
}

/** A block with its three visible sides. */
export function slab(options: SlabOptions): string {
  const { at, front, series, sheets = 1, caption } = options;
  const corner = (right: number, down: number, back: number): string =>
    onSlab(options, right, down, back)
      .map((place) => Number(place.toFixed(1)))
      .join(" ");
  const sides = [
    [corner(0, 0, 0), corner(0, 0, 1), corner(1, 0, 1), corner(1, 0, 0)],
    [corner(1, 0, 0), corner(1, 0, 1), corner(1, 1, 1), corner(1, 1, 0)],
    [corner(0, 0, 0), corner(1, 0, 0), corner(1, 1, 0), corner(0, 1, 0)],
  ];
  const path = (corners: readonly string[]): string => `M${corners.join("L")}z`;
  const between = Array.from({ length: sheets - 1 }, (_, s) => {
    const back = (s + 1) / sheets;
    return `M${corner(0, 0, back)}L${corner(1, 0, back)}L${corner(1, 1, back)}`;
  });
  return [
    // the ground below keeps what lies behind from shining through
    ...sides.map((corners) => element("path", { class: "ground", d: path(corners) })),
    ...sides.map((corners) => element("path", { class: `s${series} band`, d: path(corners) })),
    element("path", { class: `s${series} line thin`, d: sides.map(path).join("") }),
    ...(between.length === 0
      ? []
      : [element("path", { class: `s${series} line thin faint`, d: between.join("") })]),
    ...(caption === undefined
      ? []
      : [
          textAt(at[0] + front[0] / 2, at[1] + front[1] + 16, caption, {
            "text-anchor": "middle",
            style: "font-size:12px",
          }),
        ]),
  ].join("");
}
