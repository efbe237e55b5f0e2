/**
 * What keeps people out of a page, by axe with all its rules and recommendations.
 *
 * Contrast is a rule on what an element looks like: its colour, what is behind it, the size and
 * weight of its letters. To axe it is half of the work, once for every symbol of every formula. So
 * axe judges one element of each look, which are some dozen on a page, and does so in each scheme.
 * Nothing else depends on the scheme.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, ElementContext, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The rules that depend on colours. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];
/** The rules that depend on the room there is. */
const OF_ROOM = ["target-size", "scrollable-region-focusable"];

/** WCAG 2.2, levels A and AA, and best practice; nothing is left out. */
const ALL: RunOptions = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  rules: { "color-contrast": { enabled: false } },
};

/** The mark of the elements that stand for all that look like them. */
const LOOK = "data-look";

interface InPage {
  readonly axe: {
    run(context: ElementContext, options: RunOptions): Promise<AxeResults>;
  };
}

/** The findings of some rules, each a line that says where. */
async function findings(
  page: Page,
  rules: RunOptions,
  where: string,
  within = "html",
): Promise<string[]> {
  const { violations } = await page.evaluate(
    ([within, rules]) =>
      (globalThis as unknown as InPage).axe.run({ include: [[within]] } as ElementContext, rules),
    [within, { ...rules, resultTypes: ["violations"] } as RunOptions] as const,
  );
  return violations.map(
    ({ id, help, nodes }) =>
      `axe, ${where}: ${id} (${nodes.length}): ${help}: ` +
      nodes
        .slice(0, 3)
        .map(({ html }) => html.replace(/\s+/g, " ").slice(0, 120))
        .join(" | "),
  );
}

/**
 * Marks one element of each look: colour, letters, and the grounds and borders of all that is
 * around it, as opacity and filters are. It runs in the page.
 *
 * @returns how many there are
 */
function markLooks(attribute: string): number {
  const around = new Map<Element, string>();
  const groundsOf = (element: Element | null): string => {
    if (element === null) return "";
    const known = around.get(element);
    if (known !== undefined) return known;
    const { backgroundColor, backgroundImage, opacity, filter, mixBlendMode, position, zIndex } =
      getComputedStyle(element);
    const own = [backgroundColor, backgroundImage, opacity, filter, mixBlendMode].join();
    const lies = position === "static" ? "" : `${position}${zIndex}`;
    const outer = groundsOf(element.parentElement);
    const grounds =
      own === "rgba(0, 0, 0, 0),none,1,none,normal" && lies === "" ? outer : outer + own + lies;
    around.set(element, grounds);
    return grounds;
  };
  const looks = new Set<string>();
  for (const marked of document.querySelectorAll(`[${attribute}]`))
    marked.removeAttribute(attribute);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set<Element>();
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement!;
    if (seen.has(element) || node.textContent!.trim() === "") continue;
    seen.add(element);
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const look = [color, fontSize, fontWeight, textShadow, groundsOf(element)].join();
    if (looks.has(look)) continue;
    looks.add(look);
    element.setAttribute(attribute, "");
  }
  return looks.size;
}

/** The contrast of all looks in a scheme. */
async function colourFindings(page: Page, colorScheme: "light" | "dark"): Promise<string[]> {
  await page.emulateMedia({ colorScheme });
  const looks = await page.evaluate(markLooks, LOOK);
  if (looks === 0) return [`axe, ${colorScheme}: expected text, got none`];
  const contrast = { runOnly: { type: "rule", values: ["color-contrast"] } } as RunOptions;
  const found = await findings(page, contrast, colorScheme, `[${LOOK}]`);
  if (colorScheme === "light") return found; // the rest has been looked at with all other rules
  const others = OF_COLOURS.filter((rule) => rule !== "color-contrast");
  const rules = { runOnly: { type: "rule", values: others } } as RunOptions;
  return [...found, ...(await findings(page, rules, colorScheme))];
}

/** What the debugger evaluates is no inline script, so that the page's policy holds. */
async function bringAxe(page: Page): Promise<void> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
}

/** The findings of all rules, in both schemes. */
export async function axeFindings(page: Page): Promise<string[]> {
  await bringAxe(page);
  const found = [
    ...(await findings(page, ALL, "light")),
    ...(await colourFindings(page, "light")),
    ...(await colourFindings(page, "dark")),
  ];
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}

/** The findings that another width can bring. */
export async function roomFindings(page: Page, where: string): Promise<string[]> {
  await bringAxe(page);
  const rules = { runOnly: { type: "rule", values: OF_ROOM } } as RunOptions;
  return findings(page, rules, where);
}
