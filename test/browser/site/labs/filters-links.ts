/** What links carry, and what undo and reset bring back; and links that are wrong. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { Random } from "leibniz/tensor";
import { root } from "../../../helpers/cli.js";
import { hashOf, openLab, settled } from "./lab-page.js";

type Plain = number | string | boolean | readonly number[];
type State = Readonly<Record<string, Plain>>;

interface StateModule {
  readonly fields: Readonly<Record<string, { readonly initial: Plain }>>;
  readonly version: number;
  settle(state: State, hasFile: boolean): { state: State; problem: string | null };
}
interface FieldsModule {
  writeState(fields: StateModule["fields"], version: number, state: State): string;
}

async function siteModule<M>(file: string): Promise<M> {
  const place = pathToFileURL(join(root, "site", "build", "import-ts.mjs")).href;
  const { importTs } = (await import(place)) as { importTs: (file: string) => Promise<M> };
  return importTs(file);
}

const stateOf = (page: Page): Promise<State> =>
  page.evaluate(() => {
    const { lab } = document.querySelector("leibniz-lab") as unknown as { lab: { state: State } };
    return lab.state;
  });

export async function linkComplaints(browser: Browser, site: string): Promise<string[]> {
  return [
    ...(await carriedComplaints(browser, site)),
    ...(await undoneComplaints(browser, site)),
    ...(await wrongComplaints(browser, site)),
    ...(await walkComplaints(browser, site)),
  ];
}

/** States in which every field differs from the start. */
async function carriedComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const module = await siteModule<StateModule>("site/labs/filters/state.ts");
  const { writeState } = await siteModule<FieldsModule>("site/labs/frame/fields.ts");
  const { fields, version } = module;
  const random = new Random("links of the filters");
  const met = new Set<string>();
  for (let count = 0; count < 8; count++) {
    const { state, problem } = module.settle(drawState(random, count), false);
    if (problem !== null) found.push(`a drawn state is refused: ${problem}`);
    for (const [name, { initial }] of Object.entries(fields))
      if (JSON.stringify(state[name]) !== JSON.stringify(initial)) met.add(name);
    const link = writeState(fields, version, state);
    const { page, trouble, close } = await openLab(browser, site, "filters", link);
    const opened = await stateOf(page);
    for (const name of Object.keys(fields))
      if (JSON.stringify(opened[name]) !== JSON.stringify(state[name]))
        found.push(`${link}: ${name} is ${JSON.stringify(opened[name])}`);
    const stride = await page.getByLabel("stride").inputValue();
    if (Number(stride) !== state["stride"]) found.push(`${link}: the slider says ${stride}`);
    // a change and its undo write the address anew
    await page.getByLabel("dilation").focus();
    await page.keyboard.press(state["dilation"] === 4 ? "ArrowLeft" : "ArrowRight");
    await settled(page);
    await page.getByRole("button", { name: "Undo" }).click();
    await settled(page);
    const after = await hashOf(page);
    if (after !== link) found.push(`the address after ${link} is ${after}`);
    found.push(...trouble);
    await close();
  }
  const missed = Object.keys(fields).filter((name) => !met.has(name));
  if (missed.length > 0) found.push(`no state differs in ${missed.join(", ")}`);
  return found;
}

function drawState(random: Random, count: number): State {
  const from = (least: number, most: number): number => least + random.integer(most - least + 1);
  const of = <T>(all: readonly T[]): T => all[random.integer(all.length)]!;
  const kernel = [from(2, 5), from(2, 5)];
  const picture = of(["digit", "scene", "drawing"]);
  const isColour = random.integer(2) === 1;
  const channels = isColour && picture === "scene" ? 3 : 1;
  const mode = of(["conv", "max", "average"]);
  const view = mode === "conv" ? of(["look", "shift"]) : "look";
  const most = mode === "conv" ? 4 : Math.min(...kernel) - 1;
  return {
    ...{ picture, mode, view, kernel },
    digit: from(0, 9),
    side: 8 * from(3, 8),
    colour: isColour,
    drawing: Array.from({ length: 784 }, () => (random.integer(3) === 0 ? from(0, 15) : 0)),
    weight: Array.from({ length: channels * kernel[0]! * kernel[1]! }, () => from(-300, 300) / 16),
    turned: random.integer(2) === 1,
    stride: from(1, 4),
    padding: from(0, most),
    dilation: count % 2 === 0 ? from(1, 4) : 1,
    dx: from(-8, 8),
    dy: from(-8, 8),
    pool: from(2, 4),
    pin: of(["none", "out", "picture"]),
    at: [from(0, 9), from(0, 9)],
  };
}

async function undoneComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, trouble, close } = await openLab(browser, site, "filters");
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const expect = async (hash: string, what: string): Promise<void> => {
    await settled(page);
    const is = await hashOf(page);
    if (is !== hash) found.push(`${what}: expected ${hash}, got ${is}`);
  };
  await page.getByLabel("padding").focus();
  for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowRight");
  await page.getByLabel("turned by half a turn").check();
  await expect("v1&turned=yes&padding=3", "two changes");
  await button("Undo").click();
  await expect("v1&padding=3", "undo");
  await button("Undo").click();
  await expect("v1", "a slider's way is undone as one");
  await button("Redo").click();
  await button("Redo").click();
  await expect("v1&turned=yes&padding=3", "redo");
  await button("Reset").click();
  await expect("v1", "reset");
  await button("Undo").click();
  await expect("v1&turned=yes&padding=3", "reset is undone");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await button("Copy link").click();
  await page.waitForTimeout(100);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  if (!copied.endsWith("labs/filters.html#v1&turned=yes&padding=3"))
    found.push(`the copied link is ${copied}`);
  await close();
  return [...found, ...trouble];
}

/** Each is told of in one line, and the laboratory works. */
async function wrongComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const module = await siteModule<StateModule>("site/labs/filters/state.ts");
  const everyField = Object.keys(module.fields).map((name) => `${name}=%F0%9F%92%A3,NaN,1e999`);
  const cases: readonly (readonly [string, RegExp])[] = [
    [`v1&${everyField.join("&")}`, /wrong field \(expected picture to be .*, and \d+ others/],
    ["v1&weight=1,2,3", /has 9 weights for each channel, got 3/],
    ["v1&mode=max&kernel=2x2&padding=4", /takes a padding up to 1/],
    ["v7&stride=2", /version 7/],
    [`v1&drawing=${"fx784.".repeat(3)}&picture=drawing`, /expected drawing to be 784 shades/],
    ["v1&constructor=1&__proto__=2", /not known here/],
  ];
  for (const [link, pattern] of cases) {
    const { page, trouble, close } = await openLab(browser, site, "filters", link);
    const words = ((await page.locator(".problem").textContent()) ?? "").trim();
    if (!pattern.test(words))
      found.push(`${link.slice(0, 40)}: expected ${pattern}, got "${words}"`);
    if (words.includes("\n") || words.length > 300) found.push(`${link.slice(0, 40)}: no one line`);
    await page.getByLabel("stride").focus();
    await page.keyboard.press("ArrowRight");
    await settled(page);
    if ((await stateOf(page))["stride"] !== 2) found.push(`${link.slice(0, 40)}: frozen after it`);
    found.push(...trouble);
    await close();
  }
  return found;
}

/** To the end of the guided walk and out of it. */
async function walkComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, trouble, close } = await openLab(browser, site, "filters");
  await page.getByRole("button", { name: "Guided walk" }).click();
  const steps = Number(/of (\d+)/.exec((await page.locator(".walk").textContent())!)![1]);
  if (steps < 5 || steps > 8) found.push(`the walk has ${steps} steps`);
  for (let step = 0; step < steps; step++) {
    await settled(page);
    const problem = page.locator(".problem:not([hidden])");
    if ((await problem.count()) > 0)
      found.push(`step ${step + 1} says ${await problem.textContent()}`);
    await page.getByRole("button", { name: step === steps - 1 ? "Done" : "Next" }).click();
  }
  if ((await page.locator(".walk").count()) !== 0) found.push("the walk does not end");
  await close();
  return [...found, ...trouble];
}
