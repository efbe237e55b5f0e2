/** Cuts the site's fonts to the characters that its pages use: five faces, under 60 kB together. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import subsetFont from "subset-font";

const resolve = createRequire(import.meta.url).resolve;

/** What prose, code and formulas may always need: someone may add a letter between two builds. */
const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
const dashes = "–—‘’“”…·×→←↑↓−≤≥≠≈";

/**
 * A single letter of a formula is drawn as a mathematical italic one, of the plane from U+1D434 on:
 * Latin, without h, which is the constant of Planck (U+210E), and Greek.
 */
const italics = [
  ...Array.from({ length: 52 }, (_, i) => String.fromCodePoint(0x1d434 + i)),
  ...Array.from({ length: 25 }, (_, i) => String.fromCodePoint(0x1d6fc + i)),
  "ℎ",
].join("");
/** Hats, primes and signs that Temml writes for a command, so that they are in no chapter. */
const mathematics = "ˆ˜¯‾̂̃̄′″∗⋅⊙⊗∑∏∫∂∇√∞∈∉⊂∪∩⇒⇔⌊⌋⌈⌉⟨⟩‖∣|⏟⏞…⋮⋯⋱ℝ𝖳⊤∼±∘";

/** @typedef {{ name: string, from: string, text: (used: string) => string, features: string[] }} Face */

/** @type {readonly Face[]} */
const faces = [
  face("text", "stix-two-text/files/stix-two-text-latin-400-normal", ["kern", "liga"], all),
  face("italic", "stix-two-text/files/stix-two-text-latin-400-italic", ["kern"], plain),
  face("bold", "stix-two-text/files/stix-two-text-latin-600-normal", ["kern"], plain),
  face("code", "ibm-plex-mono/files/ibm-plex-mono-latin-400-normal", [], all),
  face("math", "stix-two-math/files/stix-two-math-latin-400-normal", ["kern", "ssty", "ss04"], formulas),
];

/**
 * Writes `text.woff2`, `italic.woff2`, `bold.woff2`, `code.woff2` and `math.woff2`.
 *
 * @param {string} folder where they go
 * @param {string} used the text of all pages; what no face has is left to the next in the list
 * @returns {Promise<Record<string, number>>} the bytes of each
 */
export async function cutFonts(folder, used) {
  await mkdir(folder, { recursive: true });
  const sizes = await Promise.all(
    faces.map(async ({ name, from, text, features }) => {
      const whole = await readFile(resolve(`@fontsource/${from}.woff2`));
      const cut = await subsetFont(whole, text(used), {
        targetFormat: "woff2",
        keepFeatures: features,
        noHinting: true,
      });
      await writeFile(`${folder}/${name}.woff2`, cut);
      return /** @type {const} */ ([name, cut.length]);
    }),
  );
  return Object.fromEntries(sizes);
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
  return unique(ascii + italics + mathematics + used.replace(/[ -ÿ]/g, ""));
}

function unique(/** @type {string} */ text) {
  return [...new Set(text)].join("");
}
