/** Text that becomes SVG and HTML. */

/** What XML has no character for, lone halves of surrogate pairs included. */
const NO_CHARACTER = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/**
 * Makes a text safe inside an element or an attribute, of HTML and of XML. What XML has no
 * character for becomes U+FFFD.
 */
export function escape(text: string): string {
  return text
    .replace(NO_CHARACTER, "\ufffd")
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** By name. Numbers are written with two decimals at most; null leaves an attribute out. */
export type Attributes = Readonly<Record<string, string | number | null>>;

/** Shapes that may be closed at once where nothing is inside. */
const SHAPES = new Set(["circle", "image", "line", "path", "polygon", "rect"]);

/**
 * An element of SVG or HTML as text.
 *
 * @param attributes are escaped; those that are null are left out
 * @param content is taken as it is: {@link escape} text first
 */
export function element(
  name: string,
  attributes: Attributes,
  content: string | readonly string[] = "",
): string {
  const shown = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(
      ([key, value]) =>
        ` ${key}="${escape(String(typeof value === "number" ? Number(value.toFixed(2)) : value))}"`,
    );
  const inside = typeof content === "string" ? content : content.join("");
  return inside === "" && SHAPES.has(name)
    ? `<${name}${shown.join("")}/>`
    : `<${name}${shown.join("")}>${inside}</${name}>`;
}
