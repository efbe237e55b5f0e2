/** Cuts the site's fonts to the characters that its pages use: five faces, under 60 kB together. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import subsetFont from "subset-font";

const resolve = createRequire(import.meta.url).resolve;

/** What prose, code and formulas may always need: someone may add a letter between two builds. */
const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
const dashes = "–—‘’“”…·×→←↑↓−≤≥≠≈";

/**
 * A single letter of a formula is drawn as a mathematical italic one, of the plane from U+1D434 on:
 * Latin, without h, which is the constant of Planck (U+210E); and Greek, as far as it is used.
 */
const italics = [
  ...Array.from({ length: 52 }, (_, i) => String.fromCodePoint(0x1d434 + i)),
  "ℎ",
].join("");
/** Hats, primes and signs that Temml writes for a command, so that they are in no chapter. */
const mathematics = "ˆ˜¯‾̂̃̄′″∗⋅⊙⊗∑∏∫∂∇√∞∈∉⊂∪∩⇒⇔⌊⌋⌈⌉⟨⟩‖∣|⏟⏞…⋮⋯⋱ℝ𝖳⊤∼±∘";

/**
 * @typedef {object} Face
 * @property {string} name
 * @property {string} from
 * @property {(used: string) => string} text
 * @property {string[]} features
 */

/** @type {readonly Face[]} */
const faces = [
  face("text", "stix-two-text/files/stix-two-text-latin-400-normal", ["kern", "liga"], all),
  face("italic", "stix-two-text/files/stix-two-text-latin-400-italic", ["kern"], plain),
  face("bold", "stix-two-text/files/stix-two-text-latin-600-normal", ["kern"], plain),
  face("code", "ibm-plex-mono/files/ibm-plex-mono-latin-400-normal", [], all),
  face(
    "math",
    "stix-two-math/files/stix-two-math-latin-400-normal",
    ["kern", "ssty", "ss04"],
    formulas,
  ),
];

/** What was cut last: most changes of a text bring no new letter. */
let last = { used: "", fonts: /** @type {Map<string, Uint8Array>} */ (new Map()) };

/**
 * The fonts `text`, `italic`, `bold`, `code` and `math`, by their path on the site.
 *
 * @param {string} used the letters of all pages; what no face has is left to the next in the list
 * @returns {Promise<Map<string, Uint8Array>>}
 */
export async function cutFonts(used) {
  if (used === last.used) return last.fonts;
  const cut = faces.map(async ({ name, from, text, features }) => {
    const whole = await readFile(resolve(`@fontsource/${from}.woff2`));
    const options = { targetFormat: "woff2", keepFeatures: features, noHinting: true };
    const font = await subsetFont(whole, text(used), options);
    return /** @type {const} */ ([`assets/fonts/${name}.woff2`, font]);
  });
  last = { used, fonts: new Map(await Promise.all(cut)) };
  return last.fonts;
}

/** @returns {Face} */
function face(
  /** @type {string} */ name,
  /** @type {string} */ from,
  /** @type {string[]} */ features,
  /** @type {Face["text"]} */ text,
) {
  return { name, from, features, text };
}

function all(/** @type {string} */ used) {
  return unique(ascii + dashes + used);
}

/** Italics and bold are for words: letters, digits, and the signs between them. */
function plain() {
  return unique(ascii.replace(/[@#$%^&*_`{|}~\\<>]/g, "") + "–—‘’“”×");
}

function formulas(/** @type {string} */ used) {
  const plainGreek = [...used].filter((letter) => letter >= "α" && letter <= "ω");
  const greek = plainGreek.map((letter) =>
    String.fromCodePoint(0x1d6fc + (letter.codePointAt(0) ?? 0) - 0x3b1),
  );
  const forms = [..."∂ϵϑϰϕϱϖ"].flatMap((letter, i) =>
    used.includes(letter) || letter === "∂" ? String.fromCodePoint(0x1d715 + i) : [],
  );
  const signs = ascii.replace(/["#$&@\\^_`~?]/g, "");
  const letters = [italics, ...greek, ...forms].join("");
  return unique(signs + letters + mathematics + used.replace(/[ -ÿ]/g, ""));
}

function unique(/** @type {string} */ text) {
  return [...new Set(text)].join("");
}
