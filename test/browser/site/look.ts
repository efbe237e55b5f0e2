/** Calls functions of `in-page/` in a page. */
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import type { Page } from "playwright-core";
import type * as InPage from "./in-page/index.js";

let script: string | null = null;

/** All of `in-page/` as one script. */
function bundled(): string {
  script ??= buildSync({
    entryPoints: [fileURLToPath(new URL("in-page/index.js", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "look",
    footer: { js: "globalThis.look = look;" },
  }).outputFiles[0]!.text;
  return script;
}

/** Parts of a page are laid out when a reader comes to them; from now on, all of them are. */
export const layOutAll = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const part of document.querySelectorAll<HTMLElement>(".part"))
      part.style.contentVisibility = "visible";
  });

/** The complaints of one function, a line each. */
export async function look(page: Page, name: keyof typeof InPage): Promise<string[]> {
  // what the debugger evaluates is no inline script, so that the page's policy holds
  if (!(await page.evaluate(() => "look" in globalThis))) await page.evaluate(bundled());
  return page.evaluate(
    (name) => (globalThis as unknown as { look: typeof InPage }).look[name](),
    name,
  );
}
