/** The gradient check, driven by mouse, keyboard and touch, beside the engine in Node. */
import type { Browser, Page } from "playwright-core";
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { Random } from "leibniz/tensor";
import { checkedLayer, type CheckSetting, outputShape, upstreamOf } from "leibniz/tracing";
import { everyLink } from "./gradient-check-links.js";
import { speedComplaints } from "./gradient-check-speed.js";
import type { DrivenLab } from "./index.js";
import {
  cell,
  grid,
  hashOf,
  type LabPage,
  openLab,
  select,
  settled,
  shownNumbers,
  wordsOf,
} from "./lab-page.js";

const NAME = "gradient-check";
const TIE = "v1&layer=maxPool2d&size=2x4&kernel=2x2&stride=2x2&x=0.5,0.5,0.1,-0.3,0.2,-0.4,0.3,0.2";

/** What the laboratory starts with. */
const START: CheckSetting = {
  layer: "conv2d",
  seed: 1,
  images: 1,
  channels: 1,
  filters: 2,
  features: 3,
  outputs: 2,
  size: [4, 5],
  kernel: [3, 2],
  stride: [1, 1],
  padding: [0, 0],
  dilation: [1, 1],
  x: [],
};

/** Collects what does not hold. */
class Looks {
  readonly complaints: string[] = [];

  is(actual: unknown, expected: unknown, what: string): void {
    const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (is !== should) this.complaints.push(`${what}: expected ${should}, got ${is}`);
  }

  near(actual: readonly number[], expected: readonly number[], what: string): void {
    const isNear = (value: number, i: number): boolean =>
      Math.abs(value - expected[i]!) <= 0.006 * Math.abs(expected[i]!) + 1e-12;
    if (actual.length !== expected.length || !actual.every(isNear))
      this.complaints.push(`${what}: expected ${expected.join(" ")}, got ${actual.join(" ")}`);
  }
}

const verdicts = async (page: Page): Promise<string[]> =>
  (await page.locator(".verdicts tbody .verdict").allTextContents()).map((text) =>
    text.trim().replace(/^. /u, ""),
  );

const choose = async (page: Page, label: string, value: string): Promise<void> => {
  await select(page, label).selectOption(value);
  await settled(page);
};

const view = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("button", { name, exact: true }).click();
  await settled(page);
};

const flat = async (page: Page, name: string): Promise<number[]> =>
  (await shownNumbers(page, name)).flat();

/** dX of the engine's own convolution, in Node. */
async function dXInNode(setting: CheckSetting): Promise<number[]> {
  const { x, weight, bias } = checkedLayer(setting).inputs;
  const { kernel, stride, padding, dilation } = setting;
  const options = { kernelSize: kernel, stride, padding, dilation };
  const { out, cache } = await conv2dForward(x!, weight!, bias!, options);
  const dOut = upstreamOf(out.shape, { kind: "random", seed: setting.seed, at: 0, own: [] });
  return [...(await conv2dBackward(dOut, cache)).dX!.contiguous().data];
}

async function numbersOfTheEngine(page: Page, look: Looks): Promise<void> {
  const dX = await dXInNode(START);
  look.near(await flat(page, "dX, from backward"), dX, "dX");
  look.near(await flat(page, "dX, measured"), dX, "dX by differences");
  const { x } = checkedLayer(START).inputs;
  look.near(await flat(page, "x"), [...x!.data], "x");
  look.is(await verdicts(page), ["pass", "pass", "pass"], "verdicts");
}

/** Mistakes and upstream gradients, by mouse. */
async function mistakes(page: Page, look: Looks): Promise<void> {
  await choose(page, "mistake", "turned");
  look.is(await verdicts(page), ["wrong", "pass", "pass"], "filters turned");
  await choose(page, "mistake", "sign");
  const says = await wordsOf(page.locator(".remarks"));
  if (!says.includes("the sign is flipped"))
    look.complaints.push(`no hint for a flipped sign: ${says}`);
  await choose(page, "mistake", "exchanged");
  look.is(await verdicts(page), ["wrong", "wrong", "wrong"], "exchanged, random dOut");
  await choose(page, "dOut", "ones");
  look.is(await verdicts(page), ["pass", "pass", "pass"], "exchanged, dOut of ones");
  await view(page, "Which checks notice");
  const words = await page.locator(".notices li .verdict").allTextContents();
  const found = words.map((text) => text.trim().split(" ")[1]);
  look.is(found, ["wrong", "pass", "wrong", "wrong", "wrong"], "which checks notice");
  await page.getByRole("button", { name: "Set up: Differences, random dOut" }).click();
  await settled(page);
  look.is(await verdicts(page), ["wrong", "wrong", "wrong"], "set up");
  await page.getByRole("button", { name: "Reset" }).click();
  await settled(page);
  look.is(await hashOf(page), "v1", "the address after a reset");
}

/** Numbers of x by keyboard: typed, and with +. */
async function keyboard(page: Page, look: Looks): Promise<void> {
  const { x } = checkedLayer(START).inputs;
  await cell(page, "x", 0, 0).click();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.type("2.5");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("+");
  await settled(page);
  const typed = [...x!.data];
  typed[6] = 2.5;
  typed[5] = Number((typed[5]! + 0.1).toPrecision(12));
  look.near(await flat(page, "x"), typed, "x as typed");
  look.near(
    await flat(page, "dX, measured"),
    await dXInNode({ ...START, x: typed }),
    "dX as measured at what was typed",
  );
  look.is(await hashOf(page), `v1&x=${typed.join(",")}`, "what was typed is in the link");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await settled(page);
  look.near(await flat(page, "x"), [...x!.data], "x after two steps back");
}

const stepOf = (page: Page): Promise<string | null> =>
  page.getByRole("slider", { name: "step h" }).first().getAttribute("aria-valuetext");

/** Along the V, by mouse and by key. */
async function alongTheV(page: Page, look: Looks): Promise<void> {
  await choose(page, "layer", "softmaxCrossEntropy");
  await view(page, "The step");
  const box = (await page.locator("figure.v svg").boundingBox())!;
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.5 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.5 * box.height, { steps: 5 });
  await page.mouse.up();
  await settled(page);
  look.is(await stepOf(page), "1.8e−10", "the step where the pointer was let go");
  await page.getByRole("slider", { name: "step h" }).first().focus();
  await page.keyboard.press("End");
  await settled(page);
  look.is(await stepOf(page), "0.1", "the step after End");
  const text = await wordsOf(page.locator(".bench"));
  for (const words of ["It turns near h*", "measured slope 2.00"])
    if (!text.includes(words)) look.complaints.push(`the V does not say "${words}"`);
  await page.getByRole("button", { name: "Undo" }).click();
  await settled(page);
  look.is(await stepOf(page), "1.8e−10", "a drag is undone as one, and a key as another");
}

async function balance(page: Page, look: Looks): Promise<void> {
  await choose(page, "layer", "im2col");
  await view(page, "The balance");
  const says = (): Promise<string> => wordsOf(page.locator(".balance-says"));
  if (!(await says()).includes("level")) look.complaints.push(`not level: ${await says()}`);
  const setting: CheckSetting = { ...START, layer: "im2col" };
  const { entry, options, inputs } = checkedLayer(setting);
  const { out } = await entry.differentiable(options)(inputs);
  const kind = { kind: "random", seed: 1, at: 0, own: [] } as const;
  const y = upstreamOf(outputShape(setting), kind);
  const sum = [...out.data].reduce((total, value, j) => total + value * y.data[j]!, 0);
  const shown = String(Number(sum.toPrecision(6))).replace("-", "−");
  if (!(await says()).includes(shown))
    look.complaints.push(`expected ${shown} on the balance: ${await says()}`);
  await choose(page, "mistake", "overwritten");
  if (!(await says()).includes("tips")) look.complaints.push(`does not tip: ${await says()}`);
}

/** A tie, by touch: what is tapped is shown. */
async function tie(browser: Browser, site: string, look: Looks): Promise<void> {
  const phone = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true };
  const lab = await openLab(browser, site, NAME, TIE, phone);
  const { page } = lab;
  const dOut = await flat(page, "dOut");
  look.near(await flat(page, "dX, from backward"), [dOut[0]!, 0, 0, 0, 0, 0, dOut[1]!, 0], "a tie");
  const half = dOut[0]! / 2;
  look.near(await flat(page, "dX, measured"), [half, half, 0, 0, 0, 0, dOut[1]!, 0], "measured");
  await cell(page, "dX, from backward", 0, 1).tap();
  await settled(page);
  const said = await wordsOf(page.locator(".entry"));
  for (const words of ["dX[0, 0, 0, 1]", "kink", "the winner of window"])
    if (!said.includes(words)) look.complaints.push(`a tap shows no "${words}": ${said}`);
  const marked = await grid(page, "dX, measured").locator(".kink-cell").count();
  look.is(marked, 2, "kinks that are marked");
  await close(lab, look);
}

async function close({ trouble, close: end }: LabPage, look: Looks): Promise<void> {
  look.complaints.push(...trouble);
  await end();
}

async function sample(browser: Browser, site: string): Promise<string[]> {
  const look = new Looks();
  const lab = await openLab(browser, site, NAME);
  for (const part of [numbersOfTheEngine, mistakes, keyboard, alongTheV, balance])
    await part(lab.page, look);
  await close(lab, look);
  await tie(browser, site, look);
  return look.complaints;
}

async function all(browser: Browser, site: string): Promise<string[]> {
  const random = new Random("gradient-check");
  return [
    ...(await sample(browser, site)),
    ...(await everyLink(browser, site, random)),
    ...(await speedComplaints(browser, site)),
  ];
}

export const gradientCheck: DrivenLab = { sample, all };
