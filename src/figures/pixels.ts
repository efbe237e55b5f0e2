/** Pictures as parts of a diagram: a digit, a matrix too large for numbers in its squares. */
import type { Place } from "./diagram.js";
import { textAt } from "./frame.js";
import { SHADES } from "./palette.js";
import { element } from "./svg.js";

/** What {@link pixels} draws. */
export interface PixelsOptions {
  /** Of the upper left corner. */
  readonly at: Place;
  /** Rows of numbers; those that are not finite are left blank. */
  readonly values: readonly ArrayLike<number>[];
  /** Of a pixel's side; 8 if left out. */
  readonly size?: number;
  /** `amount`: blue, the stronger the larger. `signed`: orange above 0. `amount` if left out. */
  readonly kind?: "amount" | "signed";
  /** Lines between pixels, for matrices. */
  readonly hasGrid?: boolean;
  /** Below it, in the middle. */
  readonly caption?: string;
}

/** Squares without texts: one path for each shade, however many there are. */
export function pixels(options: PixelsOptions): string {
  const { at, values, size = 8, kind = "amount", hasGrid = false, caption } = options;
  const [height, width] = [values.length, Math.max(0, ...values.map((row) => row.length))];
  const all = values.flatMap((row) => Array.from(row)).filter(Number.isFinite);
  const largest = Math.max(0, ...all.map(Math.abs));
  const shadeOf = (value: number | undefined): string | null => {
    if (value === undefined || !Number.isFinite(value) || largest === 0) return null;
    const step = Math.round((Math.abs(value) / largest) * (SHADES - 1));
    return step === 0 ? null : `${kind === "signed" && value > 0 ? "wrong" : "right"}${step}`;
  };
  const paths = new Map<string, string>();
  values.forEach((row, r) => {
    for (let c = 0; c < row.length; ) {
      const [shade, from] = [shadeOf(row[c]), c];
      do c++;
      while (c < row.length && shadeOf(row[c]) === shade);
      if (shade === null) continue;
      const run = `M${from} ${r}h${c - from}v1h${from - c}z`;
      paths.set(shade, (paths.get(shade) ?? "") + run);
    }
  });
  const lines = hasGrid
    ? Array.from({ length: height - 1 }, (_, r) => `M0 ${r + 1}h${width}`).join("") +
      Array.from({ length: width - 1 }, (_, c) => `M${c + 1} 0v${height}`).join("")
    : "";
  const transform = `translate(${at[0]} ${at[1]}) scale(${size})`;
  const frame = { x: at[0], y: at[1], width: width * size, height: height * size };
  return [
    element(
      "g",
      { transform, "shape-rendering": "crispEdges" },
      [...paths].map(([shade, d]) => element("path", { class: shade, d })).join("") +
        (lines === ""
          ? ""
          : element("path", { class: "grid", fill: "none", "stroke-width": 1 / size, d: lines })),
    ),
    element("rect", { class: "grid", fill: "none", ...frame }),
    ...(caption === undefined
      ? []
      : [
          textAt(at[0] + (width * size) / 2, at[1] + height * size + 16, caption, {
            "text-anchor": "middle",
            style: "font-size:12px",
          }),
        ]),
  ].join("");
}
