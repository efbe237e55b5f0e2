/**
 * Text that becomes HTML and SVG, and the scales and colours that all pictures of the page share.
 */
import { scaleDivergingLog } from "d3-scale";
import { interpolateRdYlBu } from "d3-scale-chromatic";

/** Makes a text safe inside an element or an attribute. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** An element; attributes that are null are left out, and `content` is taken as it is. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | null>>,
  content: string | readonly string[] = "",
): string {
  const shown = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(
      ([key, value]) =>
        ` ${key}="${escape(String(typeof value === "number" ? Number(value.toFixed(2)) : value))}"`,
    );
  const inside = typeof content === "string" ? content : content.join("");
  return `<${name}${shown.join("")}>${inside}</${name}>`;
}

/**
 * The range of relative errors that is told apart: below is exact to rounding, above is plain
 * wrong.
 */
export const ERROR_RANGE = [1e-16, 1] as const;

/** From blue, exact, over pale yellow, just within the tolerance, to red, wrong. */
export function errorColour(relativeError: number, tolerance: number): string {
  const scale = scaleDivergingLog((share) => interpolateRdYlBu(1 - share))
    .domain([ERROR_RANGE[0], tolerance, ERROR_RANGE[1]])
    .clamp(true);
  return scale(Math.min(ERROR_RANGE[1], Math.max(ERROR_RANGE[0], relativeError)));
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  "-": "⁻",
  0: "⁰",
  1: "¹",
  2: "²",
  3: "³",
  4: "⁴",
  5: "⁵",
  6: "⁶",
  7: "⁷",
  8: "⁸",
  9: "⁹",
};

/** `10⁻⁸` for 1e-8. */
export function powerOfTen(value: number): string {
  const exponent = value.toExponential(0).split("e")[1]!.replace("+", "");
  return exponent === "0" ? "1" : `10${[...exponent].map((sign) => SUPERSCRIPTS[sign]).join("")}`;
}
