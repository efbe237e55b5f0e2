/** Style, script and fonts: what site/client becomes. */
import { createHash } from "node:crypto";
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleClient } from "./client.mjs";
import { cutFonts } from "./fonts.mjs";
import { mathStyles } from "./formula.mjs";
import { plain } from "./html.mjs";
import { root, target } from "./places.mjs";

const folder = join(target, "assets");
/** Fonts that were cut before, by the characters that they have. */
const kept = join(root, "dist", "site-data", "fonts");

/** Writes style and scripts, with the styles of all formulas that were set before. */
export async function writeClient() {
  mkdirSync(folder, { recursive: true });
  await bundleClient(folder);
  appendFileSync(join(folder, "site.css"), mathStyles());
}

/**
 * Writes the fonts, cut to the characters of all pages.
 *
 * @param {Iterable<string>} pages HTML
 */
export async function writeFonts(pages) {
  const characters = new Set();
  for (const html of pages) for (const character of plain(html)) characters.add(character);
  const used = [...characters].sort().join("");
  const program = readFileSync(new URL("fonts.mjs", import.meta.url));
  const name = createHash("sha256").update(program).update(used).digest("hex").slice(0, 16);
  const cut = join(kept, name);
  if (!existsSync(join(cut, "done"))) {
    await cutFonts(cut, used);
    mkdirSync(join(cut, "done"));
  }
  mkdirSync(join(folder, "fonts"), { recursive: true });
  for (const file of readdirSync(cut))
    if (file.endsWith(".woff2")) cpSync(join(cut, file), join(folder, "fonts", file));
}

/**
 * All files below a folder of the site.
 *
 * @returns {Map<string, Uint8Array>} by path
 */
export function filesBelow(path) {
  const found = new Map();
  for (const entry of readdirSync(join(target, path), { withFileTypes: true })) {
    const place = `${path}/${entry.name}`;
    if (entry.isDirectory()) for (const [file, bytes] of filesBelow(place)) found.set(file, bytes);
    else found.set(place, readFileSync(join(target, place)));
  }
  return found;
}
