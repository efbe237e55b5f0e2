/** What keeps people out of a page, by axe with all its rules and recommendations. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** WCAG 2.2, levels A and AA, and best practice; nothing is left out. */
const RULES: RunOptions = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
};

/** The findings in both schemes; each is a line that says where. */
export async function axeFindings(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    // what the debugger evaluates is no inline script, so that the page's policy holds
    await page.evaluate(axe);
    const { violations } = await page.evaluate(
      (rules) =>
        (globalThis as unknown as { axe: { run(rules: RunOptions): Promise<AxeResults> } }).axe.run(
          rules,
        ),
      RULES,
    );
    for (const { id, help, nodes } of violations)
      found.push(
        `axe, ${colorScheme}: ${id} (${nodes.length}): ${help}: ${nodes[0]!.html.slice(0, 160)}`,
      );
  }
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}
