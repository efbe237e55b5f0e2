/** The laboratory of filters: by mouse, keyboard and touch, on numbers of the engine's own. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { conv2dForward, maxPool2dForward } from "leibniz/backprop";
import { conv2dGeometry } from "leibniz/im2col";
import { Tensor } from "leibniz/tensor";
import { patchOf, shiftedImage, throughLayer, windowsOver } from "leibniz/tracing";
import { root } from "../../../helpers/cli.js";
import { linkComplaints } from "./filters-links.js";
import { pictureComplaints, refusalComplaints } from "./filters-pictures.js";
import { speedComplaints } from "./filters-speed.js";
import type { DrivenLab } from "./index.js";
import { cell, hashOf, openLab, settled, shownNumbers } from "./lab-page.js";
import { canvas, pixelAt } from "./pixels.js";

const SOBEL = [-1, 0, 1, -2, 0, 2, -1, 0, 1];

/** The digit as the page has it: [1, 1, 28, 28], from 0 to 1. */
export function digit(at: number): Tensor {
  const file = join(root, "site", "home", "digits.json");
  const { pixels } = (JSON.parse(readFileSync(file, "utf8")) as { pixels: string }[])[at]!;
  const values = Array.from(Buffer.from(pixels, "base64"), (byte) => byte / 255);
  return Tensor.from(values, [1, 1, 28, 28], "float64");
}

const filter = (weight: readonly number[], kernel: readonly [number, number]): Tensor =>
  Tensor.from([...weight], [1, 1, ...kernel], "float64");

/** Three digits that count, as in a cell. */
const short = (value: number): number => Number(value.toPrecision(3));

type Report = (holds: boolean, what: string) => void;

export const filters: DrivenLab = {
  sample: (browser, site) => driven(browser, site, SAMPLE),
  all: (browser, site) =>
    driven(browser, site, { ...SAMPLE, shift, turned, pictures, links, speed }),
};

type Drive = (browser: Browser, site: string, report: Report) => Promise<void>;

async function driven(
  browser: Browser,
  site: string,
  drives: Readonly<Record<string, Drive>>,
): Promise<string[]> {
  const found: string[] = [];
  for (const [name, drive] of Object.entries(drives)) {
    const say = (what: string): number => found.push(`filters, ${name}: ${what}`);
    try {
      await drive(browser, site, (holds, what) => {
        if (!holds) say(what);
      });
    } catch (error) {
      say(String(error).split("\n").slice(0, 3).join(" "));
    }
  }
  return found;
}

const all =
  (run: (browser: Browser, site: string) => Promise<string[]>): Drive =>
  async (browser, site, report) => {
    for (const complaint of await run(browser, site)) report(false, complaint);
  };

const refused = all(refusalComplaints);
const pictures = all(pictureComplaints);
const links = all(linkComplaints);
const speed = all(speedComplaints);

const SAMPLE = { mouse, keys, touch, poolings, refused };

const heading = (page: Page): Promise<string | null> =>
  page.locator(".receipt h3").textContent({ timeout: 3000 });

const close = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) <= 1e-12);

/** The numbers behind the picture of out. */
const outNumbers = (page: Page): Promise<number[]> =>
  page.evaluate(() => {
    const { lab } = document.querySelector("leibniz-lab") as unknown as {
      lab: { shown: { result: { out: { values: ArrayLike<number> } } } };
    };
    return Array.from(lab.shown.result.out.values);
  });

async function mouse(browser: Browser, site: string, report: Report): Promise<void> {
  const { page, trouble, close: done } = await openLab(browser, site, "filters");
  const x = digit(3);
  const { out } = await conv2dForward(x, filter(SOBEL, [3, 3]), null);
  report(close(await outNumbers(page), [...out.data]), "out is not conv2dForward's");
  const at = await pixelAt(page, "out", [10, 8]);
  await page.mouse.click(at.x, at.y);
  await settled(page);
  const sum = out.get(0, 0, 10, 8);
  report((await heading(page))?.trim() === `out[10, 8] = ${short(sum)}`, "the sum of out[10, 8]");
  const geometry = conv2dGeometry("test", 28, 28, { kernelSize: 3 });
  const patch = patchOf(x, geometry, [0, 10, 8]);
  const products = patch.map(({ value }, i) => short(value * SOBEL[i]!));
  const [values, shown] = [await shownNumbers(page, "patch"), await shownNumbers(page, "products")];
  report(
    close(
      values.flat(),
      patch.map(({ value }) => short(value)),
    ),
    "the patch",
  );
  report(close(shown.flat(), products), `the products: ${shown.flat().join()}`);
  report((await hashOf(page)) === "v1&pin=out&at=10x8", "the pin is not in the link");

  const pixel = await pixelAt(page, "picture", [10, 9]);
  await page.mouse.move(pixel.x, pixel.y, { steps: 2 });
  await page.locator(".uses").waitFor({ timeout: 3000 });
  const rows = await page
    .locator(".uses tbody tr")
    .evaluateAll((found) =>
      found.map((row) => [...row.children].map((one) => (one.textContent ?? "").trim())),
    );
  const uses = windowsOver(geometry, 10, 9).map(({ p, q, i, j }) => [
    `out[${p}, ${q}]`,
    `[${i}, ${j}]`,
  ]);
  const isSame = JSON.stringify(rows.map(([output, entry]) => [output, entry]));
  report(isSame === JSON.stringify(uses), `the outputs of a pixel: ${isSame}`);
  await page.mouse.move(5, 5);
  await page.locator(".uses").waitFor({ state: "detached", timeout: 3000 });
  report((await heading(page))?.startsWith("out[10, 8]") === true, "the pin does not come back");

  await page.mouse.click(at.x, at.y);
  await settled(page);
  await page.mouse.move(5, 5);
  report((await hashOf(page)) === "v1", "a second click does not let go");
  report(trouble.length === 0, trouble.join("; "));
  await done();
}

async function keys(browser: Browser, site: string, report: Report): Promise<void> {
  const { page, trouble, close: done } = await openLab(browser, site, "filters");
  await page.getByLabel("stride").focus();
  await page.keyboard.press("ArrowRight");
  await settled(page);
  const said = await page.locator(".size .found").first().textContent();
  report(said === "13", `outH with a stride of 2: ${said}`);
  report((await canvas(page, "out, 13 × 13").count()) === 1, "out has not 13 rows");
  const left = (await page.locator(".size").textContent())!;
  report(left.includes("1 row at the bottom"), "the row that is left over");

  await cell(page, "weights", 1, 2).click();
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await settled(page);
  const own = await page.getByRole("combobox", { name: "filter" }).inputValue();
  report(own === "own", `a typed weight is ${own}`);
  const changed = SOBEL.with(5, 5);
  const { out } = await conv2dForward(digit(3), filter(changed, [3, 3]), null, { stride: 2 });
  report(close(await outNumbers(page), [...out.data]), "out of a typed weight");

  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await settled(page);
  report((await hashOf(page)) === "v1", "undo by keys");

  await canvas(page, "out").focus();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "Enter"])
    await page.keyboard.press(key);
  await settled(page);
  report((await hashOf(page)) === "v1&pin=out&at=2x1", "a place chosen by keys");
  const live = await page.locator("[role=status]").textContent();
  report(live === "out 2, 1: 0", `the live line says "${live}"`);
  report(trouble.length === 0, trouble.join("; "));
  await done();
}

async function touch(browser: Browser, site: string, report: Report): Promise<void> {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, trouble, close: done } = await openLab(browser, site, "filters", "", phone);
  const at = await pixelAt(page, "picture", [10, 9]);
  await page.touchscreen.tap(at.x, at.y);
  await settled(page);
  report((await hashOf(page)) === "v1&pin=picture&at=10x9", "a tap pins nothing");
  const words = ((await heading(page)) ?? "").trim().replace(/\s+/g, " ");
  report(words === "Pixel [10, 9] = 0 lies in 9 windows", `a tap says "${words}"`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  report(wide <= 0, `${wide} pixels are cut off at 390`);
  report(trouble.length === 0, trouble.join("; "));
  await done();
}

async function poolings(browser: Browser, site: string, report: Report): Promise<void> {
  const { page, trouble, close: done } = await openLab(browser, site, "filters");
  await page.getByRole("button", { name: "Max pooling" }).click();
  await settled(page);
  const x = digit(3);
  const { out } = await maxPool2dForward(x, { kernelSize: 2 });
  report(close(await outNumbers(page), [...out.data]), "out is not maxPool2dForward's");
  const at = await pixelAt(page, "out", [3, 6]);
  await page.mouse.click(at.x, at.y);
  await settled(page);
  const patch = patchOf(x, conv2dGeometry("test", 28, 28, { kernelSize: 2, stride: 2 }), [0, 3, 6]);
  const largest = patch.findIndex(({ value }) => value === out.get(0, 0, 3, 6));
  const winner = cell(page, "patch", Math.floor(largest / 2), largest % 2);
  report(((await winner.getAttribute("class")) ?? "").includes("pinned"), "the winner's outline");
  await page.getByRole("button", { name: "Average pooling" }).click();
  await settled(page);
  const mean = patch.reduce((sum, { value }) => sum + value, 0) / 4;
  report((await heading(page))?.trim() === `out[3, 6] = ${short(mean)}`, "the mean of out[3, 6]");
  report(trouble.length === 0, trouble.join("; "));
  await done();
}

async function shift(browser: Browser, site: string, report: Report): Promise<void> {
  const { page, trouble, close: done } = await openLab(browser, site, "filters");
  await page.getByRole("button", { name: "The shift" }).click();
  await page.getByLabel("moved right").focus();
  await page.keyboard.press("ArrowRight");
  await settled(page);
  const conv = {
    name: "convolution",
    stride: 1,
    run: async (one: Tensor) => (await conv2dForward(one, filter(SOBEL, [3, 3]), null)).out,
  };
  const image = shiftedImage(digit(3), [0, 2]);
  const percent = (share: number | null): string =>
    share === null ? "–" : `${Math.round(100 * share)} %`.replace("-", "−");
  for (const [at, { change, kept, followed }] of [
    image,
    await throughLayer(image, conv),
  ].entries()) {
    const cells = page.locator(".shift tbody tr").nth(at).locator("td");
    const said = (await cells.allTextContents()).slice(2).map((text) => text.trim());
    const expected = [change, kept, followed].map(percent);
    report(
      said.join() === expected.join(),
      `row ${at} says ${said.join()}, not ${expected.join()}`,
    );
  }
  const layers = await page.locator(".shift tbody tr").count();
  report(layers === 7, `${layers} layers`);
  report((await hashOf(page)) === "v1&view=shift&dx=2", "the shift is not in the link");
  report(trouble.length === 0, trouble.join("; "));
  await done();
}

async function turned(browser: Browser, site: string, report: Report): Promise<void> {
  const hash = "v1&kernel=2x3&weight=1,2,3,4,5,6";
  const { page, trouble, close: done } = await openLab(browser, site, "filters", hash);
  await page.getByLabel("turned by half a turn").check();
  await settled(page);
  const shown = await shownNumbers(page, "as they are laid on");
  report(shown.flat().join() === "6,5,4,3,2,1", `turned: ${shown.flat().join()}`);
  const { out } = await conv2dForward(digit(3), filter([6, 5, 4, 3, 2, 1], [2, 3]), null);
  report(close(await outNumbers(page), [...out.data]), "out of the turned filter");
  report(trouble.length === 0, trouble.join("; "));
  await done();
}
