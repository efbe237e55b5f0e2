/** What one would complain of on a page, as Chromium shows it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";
import { type Box, overlaps } from "../helpers/markup.js";

/** A telephone and a desktop, by day and by night. */
const VIEWPORTS = [390, 1280] as const;
const SCHEMES = ["light", "dark"] as const;

/** WCAG 2.2, levels A and AA, and what axe recommends beyond it; by night, only colours differ. */
const RULES: Readonly<Record<(typeof SCHEMES)[number], RunOptions["runOnly"]>> = {
  light: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  dark: { type: "rule", values: ["color-contrast", "link-in-text-block"] },
};

/** Smaller letters cannot be read, in pixels. */
const SMALLEST = 11;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A figure that is shown: its size, and every text in it, in pixels of the page. */
export interface DrawnFigure {
  readonly title: string;
  readonly size: readonly [width: number, height: number];
  readonly boxes: readonly Box[];
}

/** The figures of a page that are shown. It runs in the page. */
export function drawnFigures(): DrawnFigure[] {
  return [...document.querySelectorAll("svg")].flatMap((svg) => {
    const own = svg.getBoundingClientRect();
    if (own.width === 0) return []; // drawn for another size of screen
    const boxes = [...svg.querySelectorAll("text")].map((text) => {
      const box = text.getBoundingClientRect();
      return {
        text: text.childNodes[0]?.textContent ?? "",
        ...{ left: box.left - own.left, right: box.right - own.left },
        ...{ top: box.top - own.top, bottom: box.bottom - own.top },
      };
    });
    const title = svg.querySelector("title")?.textContent ?? svg.getAttribute("aria-label") ?? "";
    return [{ title, size: [own.width, own.height], boxes }];
  });
}

/** Texts that lie on each other or leave their figure by more than a pixel. */
export function complaintsOfFigure({ title, size: [width, height], boxes }: DrawnFigure): string[] {
  const outside = boxes.filter(
    ({ left, right, top, bottom }) =>
      left < -1 || top < -1 || right > width + 1 || bottom > height + 1,
  );
  return [
    ...overlaps(boxes, 1).map((pair) => `${title}: ${pair}`),
    ...outside.map(({ text }) => `${title}: "${text}" leaves its figure`),
  ];
}

/** Texts whose letters are too small. It runs in the page. */
function smallTexts(smallest: number): string[] {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Set<string>();
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement!;
    if (!element.checkVisibility() || element.closest("title, desc, style")) continue;
    if (node.textContent!.trim() === "") continue;
    const svg = element.closest("svg");
    const shrunk = svg === null ? 1 : svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const size = Number.parseFloat(getComputedStyle(element).fontSize) * shrunk;
    if (size < smallest) found.add(`${size.toFixed(1)} px: ${node.textContent}`);
  }
  return [...found];
}

/** What does not fit at this size. */
async function complaintsOfLayout(page: Page): Promise<string[]> {
  const width = await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
  const figures = await page.evaluate(drawnFigures);
  return [
    ...(width > 0 ? [`the page is ${width} pixels wider than the screen`] : []),
    ...figures.flatMap(complaintsOfFigure),
    ...(await page.evaluate(smallTexts, SMALLEST)),
  ];
}

/**
 * To axe a figure is one image with a name; it takes no colours from SVG, whose contrast
 * test/figures/palette.test.ts computes. Without their thousands of parts it takes a quarter of the
 * time. It runs in the page.
 */
function emptyFigures(): void {
  for (const svg of document.querySelectorAll("svg"))
    svg.replaceChildren(...[...svg.children].filter(({ localName }) => localName === "title"));
}

async function violations(page: Page, scheme: (typeof SCHEMES)[number]): Promise<string[]> {
  const results = await page.evaluate(
    (rules) =>
      (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(
        rules,
      ),
    { runOnly: RULES[scheme], resultTypes: ["violations"] } as RunOptions,
  );
  return results.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]!.html.slice(0, 200)}`,
  );
}

/**
 * Shows a file in all sizes and by day and by night, with all that can be opened in it.
 *
 * @param page which may show another file afterwards: to start one takes a second
 * @returns how many figures it has, and each complaint with where it was seen
 */
export async function lookAtPage(
  page: Page,
  file: string,
): Promise<{ readonly figures: number; readonly complaints: readonly string[] }> {
  const complaints: string[] = [];
  page
    .on("console", (message) => complaints.push(`console: ${message.text()}`))
    .on("pageerror", (error) => complaints.push(String(error)))
    .on("request", (request) => {
      if (!request.url().startsWith("data:") && request.url() !== `file://${file}`)
        complaints.push(`asks for ${request.url()}`);
    });
  try {
    await page.goto(`file://${file}`);
    await page.evaluate(() =>
      document.querySelectorAll("details").forEach((details) => (details.open = true)),
    );
    const each = async (
      complain: (page: Page, scheme: (typeof SCHEMES)[number]) => Promise<string[]>,
    ): Promise<void> => {
      for (const width of VIEWPORTS)
        for (const colorScheme of SCHEMES) {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme });
          for (const complaint of await complain(page, colorScheme))
            complaints.push(`${width} pixels, ${colorScheme}: ${complaint}`);
        }
    };
    await each(complaintsOfLayout);
    const figures = (await page.evaluate(drawnFigures)).length;
    await page.evaluate(axe);
    await page.evaluate(emptyFigures);
    await each(violations);
    return { figures, complaints };
  } finally {
    page.removeAllListeners();
  }
}
