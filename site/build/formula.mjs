/**
 * Formulas as MathML, by Temml. A page may have no style attributes (the server's policy forbids
 * them), so each style that Temml writes becomes a class, and `mathStyles` is their sheet.
 */
import temml from "temml";
import { escaped, plain } from "./html.mjs";
import { spoken } from "./spoken.mjs";

/** Function names and operators that Temml sets upright: words of mathematics, not of a chapter. */
const WORDS = new Set(
  (
    "log exp max min sin cos tan tanh arg argmax argmin lim sup inf mod sign det dim ker gcd " +
    "if else and or for all otherwise with where of the a is in to"
  ).split(" "),
);

/** Single letters that notation.md names. */
const LETTERS = new Set("N C H W K G R P I O M n c h w k g r p q s i j o m l t x y u v".split(" "));

const styles = new Map();

/** The class that stands for a style. */
function classOf(style) {
  const name = styles.get(style) ?? `m${styles.size}`;
  styles.set(style, name);
  return name;
}

/** The style sheet of all formulas that were set. */
export const mathStyles = () =>
  [...styles].map(([style, name]) => `.${name}{${style.replace(/;$/, "")}}`).join("\n") + "\n";

/** An opening tag with its style as a class. */
function withoutStyle(tag) {
  const [, style] = / style="([^"]*)"/.exec(tag) ?? [];
  if (style === undefined) return tag;
  const bare = tag.replace(/ style="[^"]*"/, "");
  if (style === "display:block math;") return bare.replace(' class="tml-display"', "");
  const name = classOf(style);
  return / class="/.test(bare)
    ? bare.replace(/ class="/, ` class="${name} `)
    : bare.replace(/^<[\w-]+/, `$& class="${name}"`);
}

const isSymbol = (name, known) =>
  known.has(name) || LETTERS.has(name) || (/^[A-Za-z][A-Za-z0-9]+$/.test(name) && !WORDS.has(name));

/**
 * A formula in a text is one piece up to this many signs; a longer one may break at an operator.
 */
const [WHOLE, PIECE] = [24, 16];

/** A piece with at least this many signs may not fit the smallest screens: it is set smaller. */
const LONG = 18;

const withLength = (math) =>
  plain(math).length < LONG ? math : math.replace("<math>", '<math class="long">');

/** A line of a formula with more signs is wider than paper. */
const WIDE = 100;

const withWidth = (html) =>
  html.includes("<mtr") || plain(html).length <= WIDE
    ? html
    : html.replace(
        /^<math\b(?:([^>]*) class="([^"]*)")?/,
        (_all, before = "", names = "") =>
          `<math${before} class="${names === "" ? "" : `${names} `}long"`,
      );

/** A formula in a text: browsers break no line inside `math`, so a long one becomes several. */
function inLine(whole, broken) {
  if (plain(whole).length <= WHOLE) return withLength(whole);
  const pieces = [""];
  for (const part of broken().slice("<math>".length, -"</math>".length).split(BREAK)) {
    const before = plain(pieces.at(-1));
    if (before.length >= PIECE && !before.endsWith("⋅")) pieces.push("");
    pieces.push(pieces.pop() + part);
  }
  return pieces.map((piece) => withLength(`<math>${piece}</math>`)).join("<wbr>");
}

/** Where Temml lets a line break: between rows of the outermost level. */
const BREAK = /(?<=<mo[^>]*>[^<]*<\/mo><\/mrow>)(?=<mrow>)/;

/**
 * A formula.
 *
 * @param {string} tex without `\tag`
 * @param {boolean} display on a line of its own
 * @param {ReadonlySet<string>} known names that count as symbols besides words and usual letters
 */
export function formula(tex, display, known = new Set()) {
  const set = (wrap) =>
    temml.renderToString(tex, { displayMode: display, throwOnError: true, wrap });
  const html = display ? withWidth(set("=")) : inLine(set("none"), () => set("tex"));
  return spoken(html.replace(/<[a-z][^>]*>/g, withoutStyle))
    .replace(/<mpadded lspace="0">(<mi>[^<]*<\/mi>)<\/mpadded>/g, "$1")
    .replace(
      /<mover><mi>(\w)<\/mi>(<mo[^>]*>)([ˆ‾])<\/mo><\/mover>/g,
      (_all, letter, mo, sign) =>
        `<mover data-symbol="${letter}${sign === "ˆ" ? "\u0302" : "\u0304"}">` +
        `<mi>${letter}</mi>${mo}${sign}</mo></mover>`,
    )
    .replace(/(?<!<mover[^>]*>)<mi>([^<]+)<\/mi>/g, (all, name) =>
      isSymbol(name, known) ? `<mi data-symbol="${escaped(name)}">${name}</mi>` : all,
    );
}
