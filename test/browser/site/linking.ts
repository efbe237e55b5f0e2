/** Equation, line and symbol: each lights the others, by mouse, by keyboard and by touch. */
import type { Browser, Page } from "playwright-core";
import { openPage } from "./site-page.js";

const PAGE = "chapters/conv2d-gradients.html";
/** An equation that a line of the page cites, and a symbol of it that the code knows. */
const TAG = "conv2d.7";
const EQUATION = `.equation[data-tag="${TAG}"]`;
const LINE = `.line[data-tags~="${TAG}"]`;

const isLit = (page: Page, selector: string): Promise<boolean> =>
  page.locator(`${selector}.lit`).first().isVisible();

/** What of it does not hold, a line each. */
export async function linkingComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const expect = async (what: string, holds: Promise<boolean>): Promise<void> => {
    if (!(await holds)) found.push(what);
  };
  const { page, context } = await openPage(browser, `${site}${PAGE}`);
  const away = (): Promise<void> => page.mouse.move(2, 2);

  await page.locator(`${EQUATION} .formula`).hover();
  await expect("mouse: the equation lights its line", isLit(page, LINE));
  await away();
  await expect(
    "mouse: away, the line is dark",
    isLit(page, LINE).then((lit) => !lit),
  );
  await page.locator(LINE).first().hover();
  await expect("mouse: the line lights its equation", isLit(page, EQUATION));
  await away();
  await symbolComplaints(page, expect);

  await page.locator(EQUATION).focus();
  await expect("keyboard: the equation lights its line", isLit(page, LINE));
  await page.keyboard.press("ArrowRight");
  await expect(
    "keyboard: an arrow lights a symbol",
    page.locator(".lit-symbol").first().isVisible(),
  );
  await page.keyboard.press("j");
  const next = await page.evaluate(() => document.activeElement?.getAttribute("data-tag"));
  if (next === TAG || next === null) found.push(`keyboard: j goes to the next, got ${next}`);
  await page.keyboard.press("k");
  const back = await page.evaluate(() => document.activeElement?.getAttribute("data-tag"));
  if (back !== TAG) found.push(`keyboard: k goes back to ${TAG}, got ${back}`);
  await page.keyboard.press("r");
  await page
    .waitForSelector(`.mark[data-run="${TAG}"][data-state="pass"]`, { timeout: 15_000 })
    .catch(() => found.push("keyboard: r runs the equation"));

  await page.locator(`${EQUATION} .formula`).click({ position: { x: 3, y: 3 } });
  await expect("click: pins", page.locator(`${EQUATION}.pinned`).isVisible());
  if (new URL(page.url()).hash !== `#${TAG}`) found.push(`click: the pin is in ${page.url()}`);
  await away();
  await expect("click: pinned, the line stays lit", isLit(page, LINE));
  await page.keyboard.press("Escape");
  await expect(
    "Esc: lets go",
    page
      .locator(".pinned")
      .count()
      .then((count) => count === 0),
  );
  await page.goBack();
  await expect("back: pinned again", page.locator(`${EQUATION}.pinned`).isVisible());
  await context.close();

  found.push(...(await touchComplaints(browser, site)));
  found.push(...(await panelComplaints(browser, site)));

  const deep = await openPage(browser, `${site}${PAGE}#${TAG}`);
  await expect("deep link: pinned", deep.page.locator(`${EQUATION}.pinned`).isVisible());
  const top = await deep.page.locator(EQUATION).evaluate((one) => one.getBoundingClientRect().top);
  if (top < 40 || top > 700) found.push(`deep link: in sight, got ${Math.round(top)} px`);
  await deep.context.close();
  return found;
}

/** On a desk, lines of a file that are longer than its panel can be scrolled to, and fade there. */
async function panelComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, context, trouble } = await openPage(browser, `${site}${PAGE}`);
  await page.locator(`.lines[data-tags~="${TAG}"] .where a`).first().click();
  const body = page.locator(".panel-body");
  await body.locator(LINE).first().waitFor({ timeout: 10_000 });
  const seen = async (): Promise<{ beyond: number; mask: string }> =>
    body.evaluate(async (one) => {
      await new Promise(requestAnimationFrame);
      const { scrollWidth, clientWidth, scrollLeft } = one;
      const beyond = scrollWidth - clientWidth - scrollLeft;
      return { beyond, mask: getComputedStyle(one).maskImage };
    });
  const start = await seen();
  if (start.beyond < 50) found.push(`panel: expected lines longer than it, got ${start.beyond} px`);
  if (!start.mask.includes("to left")) found.push(`panel: what is longer is cut, ${start.mask}`);
  await body.focus();
  for (let presses = 0; presses < 40; presses++) await page.keyboard.press("ArrowRight");
  await page.waitForTimeout(300);
  const end = await seen();
  if (end.beyond > 1) found.push(`panel: by the keyboard, ${end.beyond} px are out of reach`);
  if (!end.mask.includes("to right")) found.push(`panel: at the end of the lines, ${end.mask}`);
  await context.close();
  return [...found, ...trouble];
}

/** The same with a finger, and the file of an equation, which a tablet has in a drawer. */
async function touchComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const expect = async (what: string, holds: Promise<boolean>): Promise<void> => {
    if (!(await holds)) found.push(`touch: ${what}`);
  };
  const finger = { hasTouch: true, isMobile: true };
  const { page, context, trouble } = await openPage(browser, `${site}${PAGE}`, {
    ...finger,
    viewport: { width: 390, height: 844 },
  });
  await page.locator(`${EQUATION} .formula`).tap({ position: { x: 3, y: 3 } });
  await expect("the equation lights its line", isLit(page, LINE));
  await page.locator(LINE).first().tap();
  await expect("the line keeps its equation lit", isLit(page, EQUATION));
  await page.locator(`${EQUATION} math [data-symbol="cols"]`).first().tap();
  const symbol = page.locator(`${LINE} [data-symbol="cols"].lit-symbol`).first();
  await expect("a symbol lights the same word in the code", symbol.isVisible());
  await page.locator("[data-action='menu']").tap();
  await expect("the chapters come", page.locator(".rail .course a").first().isVisible());
  await page.touchscreen.tap(380, 600);
  await expect("beside them, a tap sends them away", page.locator(".rail").isHidden());
  await context.close();

  const tablet = await openPage(browser, `${site}${PAGE}`, {
    ...finger,
    viewport: { width: 820, height: 1180 },
  });
  const panel = tablet.page.locator(".panel");
  await tablet.page.locator(`.lines[data-tags~="${TAG}"] .where a`).first().tap();
  await panel.waitFor({ timeout: 10_000 }).catch(() => found.push("touch: the file opens"));
  await expect(
    "the line is lit in its file",
    panel.locator(`${LINE}.pinned, ${LINE}`).first().isVisible(),
  );
  await panel.locator("button").tap();
  await expect("the file closes", panel.isHidden());
  await tablet.context.close();
  return [...found, ...trouble, ...tablet.trouble];
}

/** A symbol of the formula lights the same word in the code, and the other way round. */
async function symbolComplaints(
  page: Page,
  expect: (what: string, holds: Promise<boolean>) => Promise<void>,
): Promise<void> {
  const name = await page.evaluate(
    ([equation, line]) => {
      const names = (within: string): string[] =>
        [...document.querySelectorAll(`${within} [data-symbol]`)].map(
          (one) => one.getAttribute("data-symbol")!,
        );
      const inCode = new Set(names(line!));
      return names(equation!).find((name) => inCode.has(name)) ?? null;
    },
    [EQUATION, LINE],
  );
  await expect("symbols: the formula and its line share one", Promise.resolve(name !== null));
  if (name === null) return;
  const inFormula = `${EQUATION} math [data-symbol="${name}"]`;
  const inCode = `${LINE} [data-symbol="${name}"]`;
  const lit = (selector: string): Promise<boolean> =>
    page.locator(`${selector}.lit-symbol`).first().isVisible();
  await page.locator(inFormula).first().hover();
  await expect(`symbols: ${name} in the formula lights it in the code`, lit(inCode));
  await page.mouse.move(2, 2);
  await page.locator(inCode).first().hover();
  await expect(`symbols: ${name} in the code lights it in the formula`, lit(inFormula));
  await page.mouse.move(2, 2);
}
