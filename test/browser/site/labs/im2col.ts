/** The im2col microscope, driven as a person would, on numbers that the engine has in Node too. */
import type { Browser, Locator, Page } from "playwright-core";
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { col2im, conv2dGeometry, im2col } from "leibniz/im2col";
import { Random, Tensor } from "leibniz/tensor";
import { windowsOver } from "leibniz/tracing";
import { everyLink } from "./im2col-links.js";
import type { DrivenLab } from "./index.js";
import { cell, grid, hashOf, openLab, settled, shownNumbers } from "./lab-page.js";

const NAME = "im2col";

/** A layer whose axes all differ, with numbers of one's own, and what the engine makes of it. */
interface Layer {
  readonly link: string;
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly dOut: Tensor;
  readonly out: Tensor;
  readonly dX: Tensor;
  readonly dWeight: Tensor;
  readonly cols: Tensor;
  readonly geometry: ReturnType<typeof conv2dGeometry>;
}

interface Options {
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

async function layerOf(seed: string, options: Options): Promise<Layer> {
  const random = new Random(seed);
  const [C, K, H, W, kH, kW] = [2, 2, 5, 6, 2, 3];
  const drawn = (shape: number[]): Tensor =>
    Tensor.from(
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.integer(9) - 4),
      shape,
      "float64",
    );
  const geometry = conv2dGeometry("test", H, W, { kernelSize: [kH, kW], ...options });
  const [x, weight] = [drawn([1, C, H, W]), drawn([K, C, kH, kW])];
  const { out, cache } = await conv2dForward(x, weight, null, options);
  const dOut = drawn([...out.shape]);
  const { dX, dWeight } = await conv2dBackward(dOut, cache);
  const { stride, padding, dilation } = options;
  const link =
    `v1&size=${H}x${W}&kernel=${kH}x${kW}&channels=${C}&filters=${K}&stride=${stride}` +
    `&padding=${padding}&dilation=${dilation}&x=${list(x)}&weight=${list(weight)}` +
    `&dOut=${list(dOut)}`;
  return { link, x, weight, dOut, out, dX, dWeight, cols: im2col(x, geometry), geometry };
}

const list = (tensor: Tensor): string => Array.from(tensor.contiguous().data).join(",");

/** One plane of the last two axes, as rows. */
function rowsOf(tensor: Tensor, ...leading: number[]): number[][] {
  const [rows, columns] = tensor.shape.slice(-2) as [number, number];
  return Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (__, c) => tensor.get(...leading, r, c)),
  );
}

/** Compares grids with what the engine says in Node; -0 is 0. */
async function compare(page: Page, expected: Record<string, number[][]>): Promise<string[]> {
  const complaints: string[] = [];
  for (const [name, rows] of Object.entries(expected)) {
    const shown = JSON.stringify(await shownNumbers(page, name));
    const engine = JSON.stringify(rows.map((row) => row.map((value) => value + 0)));
    if (shown !== engine) complaints.push(`${name}: shows ${shown}, the engine has ${engine}`);
  }
  return complaints;
}

/** Grids of both channels or filters. */
const both = (
  name: string,
  rows: (c: number) => number[][],
  note = "",
): Record<string, number[][]> =>
  Object.fromEntries([0, 1].map((c) => [`${name} ${c}${note}`, rows(c)]));

/** Every view shows the engine's numbers, and both roads meet. */
async function numbers(browser: Browser, site: string, layer: Layer): Promise<string[]> {
  const { link, out, dX, dWeight, cols, geometry } = layer;
  const { page, trouble, close } = await openLab(browser, site, NAME, link);
  const complaints: string[] = [];
  const view = async (words: string): Promise<void> => {
    await page.getByRole("button", { name: words, exact: true }).click();
    await settled(page);
  };
  const [, R, P] = cols.shape as [number, number, number];
  complaints.push(
    ...(await compare(page, {
      [`cols, ${R} rows, ${P} columns`]: rowsOf(cols, 0),
      "out = filters · cols": rowsOf(out.reshape([2, P])),
      ...both("out, filter", (k) => rowsOf(out, 0, k)),
    })),
  );
  await view("A pixel’s receipt");
  complaints.push(...(await receipts(page, layer)));
  await view("Drip");
  complaints.push(...(await drip(page, layer)));
  await view("Two roads");
  complaints.push(
    ...(await compare(page, {
      ...both("dX, channel", (c) => rowsOf(dX, 0, c), ", first road"),
      ...both("dX, channel", (c) => rowsOf(dX, 0, c), ", second road"),
    })),
  );
  const apart = await page.locator(".total output").textContent();
  if (apart !== "0") complaints.push(`the roads are ${apart} apart`);
  await view("Overlap");
  const ones = col2im(Tensor.full([1, R, P], 1, "float64"), 2, geometry);
  complaints.push(
    ...(await compare(page, {
      ...both("col2im(im2col(x)), channel", (c) => rowsOf(col2im(cols, 2, geometry), 0, c)),
      ...both("col2im of ones, channel", (c) => rowsOf(ones, 0, c)),
    })),
  );
  if (dWeight.shape.length !== 4) complaints.push("dWeight has lost an axis");
  await close();
  return [...complaints, ...trouble];
}

/** Products of the table that is shown, and both sums below it. */
async function readReceipt(page: Page): Promise<{ products: number[]; sums: number[] }> {
  const read = (text: string): number => Number(text.trim().replaceAll("−", "-"));
  const products = await page.locator(".receipt td.number").allInnerTexts();
  const sums = await page.locator(".total output").allInnerTexts();
  return { products: products.map(read), sums: sums.map(read) };
}

/** The number in a cell. */
const numberIn = async (one: Locator): Promise<number> =>
  Number(((await one.textContent()) ?? "").trim().replace("−", "-"));

const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

async function receipts(page: Page, layer: Layer): Promise<string[]> {
  const { dX, dWeight, out, geometry, weight, dOut } = layer;
  const { padH, padW } = geometry;
  const complaints: string[] = [];
  const check = async (name: string, count: number, expected: number): Promise<void> => {
    await settled(page);
    const { products, sums } = await readReceipt(page);
    if (products.length !== count)
      complaints.push(`${name}: ${products.length} addends, not ${count}`);
    for (const sum of [sumOf(products), ...sums])
      if (sum !== expected) complaints.push(`${name}: ${sum}, the engine has ${expected}`);
    if (sums.length !== 2) complaints.push(`${name}: ${sums.length} sums are shown`);
  };
  for (const [c, h, w] of [
    [0, 2, 3],
    [1, 0, 0],
    [1, 4, 5],
  ] as const) {
    await cell(page, `dX, channel ${c}`, h + padH, w + padW).click();
    const windows = windowsOver(geometry, h, w);
    await check(`dX[${c}, ${h}, ${w}]`, 2 * windows.length, dX.get(0, c, h, w));
    // every factor is what its indices say
    const texts = await page.locator(".receipt tbody tr").allInnerTexts();
    for (const { p, q, i, j } of windows)
      for (const k of [0, 1]) {
        const factors = [weight.get(k, c, i, j), dOut.get(0, k, p, q)];
        const product = factors[0]! * factors[1]! + 0;
        const names = `weight[${k}, ${c}, ${i}, ${j}] · dOut[${k}, ${p}, ${q}]`;
        const row = texts.find((text) => text.includes(names));
        if (row === undefined || !row.replaceAll("−", "-").trim().endsWith(String(product)))
          complaints.push(`no addend ${names} = ${product}: ${String(row)}`);
      }
  }
  await page.getByRole("button", { name: "dWeight, a weight’s" }).click();
  await settled(page);
  await cell(page, "dWeight[1, 0]", 1, 2).click();
  await check("dWeight[1, 0, 1, 2]", geometry.outH * geometry.outW, dWeight.get(1, 0, 1, 2));
  await page.getByRole("button", { name: "out, an output" }).click();
  await settled(page);
  await cell(page, "out, filter 1", 1, 1).click();
  await check("out[1, 1, 1]", 12, out.get(0, 1, 1, 1));
  return complaints;
}

/** A drop by itself is the engine's gradient of that cell. */
async function drip(page: Page, { x, weight, dOut, geometry }: Layer): Promise<string[]> {
  const { strideH: stride, padH: padding, dilationH: dilation } = geometry;
  await cell(page, "dOut, filter 1", 1, 0).click();
  await settled(page);
  const { cache } = await conv2dForward(x, weight, null, { stride, padding, dilation });
  const one = Tensor.zeros(dOut.shape, "float64");
  one.set([0, 1, 1, 0], dOut.get(0, 1, 1, 0));
  const { dX, dWeight } = await conv2dBackward(one, cache);
  return compare(page, {
    ...both("dX, channel", (c) => rowsOf(dX, 0, c), ", of the drop"),
    "dWeight[1, 0], of the drop": rowsOf(dWeight, 1, 0),
    "dWeight[0, 1], of the drop": rowsOf(dWeight, 0, 1),
  });
}

/** A mouse: pointing lights copies, dragging changes a number, painting more; undo. */
async function mouse(browser: Browser, site: string, layer: Layer): Promise<string[]> {
  const complaints: string[] = [];
  const { page, trouble, close } = await openLab(browser, site, NAME, layer.link);
  const { padH, padW } = layer.geometry;
  const expect = (what: string, found: unknown, expected: unknown): void => {
    if (found !== expected) complaints.push(`${what}: ${String(found)}, not ${String(expected)}`);
  };
  const [, R, P] = layer.cols.shape as [number, number, number];
  const cols = `cols, ${R} rows, ${P} columns`;
  for (const [h, w] of [
    [1, 2],
    [4, 5],
    [0, 0],
  ] as const) {
    await cell(page, "x, channel 1", h + padH, w + padW).hover();
    const { length } = windowsOver(layer.geometry, h, w);
    expect(`copies of (${h}, ${w})`, await grid(page, cols).locator(".lit").count(), length);
    const reached = await grid(page, "out, filter 0").locator(".lit").count();
    expect(`outputs of (${h}, ${w})`, reached, length);
  }
  const target = cell(page, "x, channel 0", padH, padW);
  await target.hover();
  const box = (await target.boundingBox())!;
  const before = layer.x.get(0, 0, 0, 0);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 - 18, { steps: 4 });
  await page.mouse.up();
  await settled(page);
  expect("dragged", await numberIn(target), before + 3);
  await page.getByRole("button", { name: "Undo" }).click();
  await settled(page);
  expect("undone", await numberIn(target), before);
  await page.getByRole("button", { name: "Paint cells" }).click();
  await cell(page, "x, channel 0", padH + 1, padW).hover();
  await page.mouse.down();
  await cell(page, "x, channel 0", padH + 1, padW + 2).hover();
  await page.mouse.up();
  await settled(page);
  const painted = (await shownNumbers(page, "x, channel 0"))[padH + 1]!.slice(padW, padW + 3);
  expect("painted", painted.filter((value) => value === 9).length >= 2, true);
  await page.keyboard.press("Control+z");
  await settled(page);
  const now = (await shownNumbers(page, "x, channel 0"))[padH + 1]!.slice(padW, padW + 6);
  expect("a stroke undone", now.join(), rowsOf(layer.x, 0, 0)[1]!.join());
  await page.getByRole("button", { name: "Reset" }).click();
  await settled(page);
  expect("reset", await hashOf(page), "v1");
  await close();
  return [...complaints, ...trouble];
}

/** A keyboard: views, the scrub bar, a number typed into x. */
async function keyboard(browser: Browser, site: string): Promise<string[]> {
  const complaints: string[] = [];
  const { page, trouble, close } = await openLab(browser, site, NAME, "v1&step=0");
  const filled = async (name: string): Promise<number> =>
    (await grid(page, name).locator("td").allInnerTexts()).filter((text) => text.trim() !== "")
      .length;
  const cols = "cols, 6 rows, 9 columns";
  if ((await filled(cols)) !== 0) complaints.push("cols has numbers before the first step");
  await page.getByRole("slider", { name: "step" }).focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  await settled(page);
  if ((await filled(cols)) !== 18) complaints.push("three steps do not copy three windows");
  await page.keyboard.press("End");
  await settled(page);
  if ((await filled("out")) !== 9) complaints.push("the last step has not all outputs");
  // one tab stop: its cursor moves by arrows
  await grid(page, "x").locator("td[tabindex='0']").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("42");
  await page.keyboard.press("Enter");
  await settled(page);
  if ((await shownNumbers(page, "x"))[1]![1] !== 42) complaints.push("42 is not typed");
  const lit = await grid(page, cols).locator(".lit").allInnerTexts();
  if (lit.length !== 4 || lit.some((text) => text.trim() !== "42"))
    complaints.push(`copies of 42: ${lit.join()}`);
  const said = await page.locator("p[role=status]").textContent();
  if (!said?.includes("x[0, 1, 1]")) complaints.push(`said: ${String(said)}`);
  await page.getByRole("button", { name: "Two roads" }).focus();
  await page.keyboard.press("Enter");
  await settled(page);
  if (!/view=roads/.test(await hashOf(page))) complaints.push("Enter does not open a view");
  await close();
  return [...complaints, ...trouble];
}

/** A finger on a phone: taps choose and paint, and nothing goes over the edge. */
async function touch(browser: Browser, site: string, layer: Layer): Promise<string[]> {
  const complaints: string[] = [];
  const { page, trouble, close } = await openLab(
    browser,
    site,
    NAME,
    `${layer.link}&view=receipt`,
    { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  );
  const { padH, padW } = layer.geometry;
  await cell(page, "dX, channel 0", 1 + padH, 2 + padW).tap();
  await settled(page);
  const { sums } = await readReceipt(page);
  const expected = layer.dX.get(0, 0, 1, 2);
  if (sums.some((sum) => sum !== expected)) complaints.push(`tapped: ${sums.join()}`);
  if (!/pixel=0x1x2/.test(await hashOf(page))) complaints.push("a tap is not in the address");
  await page.getByRole("button", { name: "Paint cells" }).tap();
  await cell(page, "dOut, filter 0", 0, 0).tap();
  await settled(page);
  if ((await shownNumbers(page, "dOut, filter 0"))[0]![0] !== 9)
    complaints.push("a tap does not paint");
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (over > 0) complaints.push(`${over} pixels over the edge`);
  await close();
  return [...complaints, ...trouble];
}

const DENSE: Options = { stride: 1, padding: 0, dilation: 2 };
const SPREAD: Options = { stride: 2, padding: 1, dilation: 1 };

async function sample(browser: Browser, site: string): Promise<string[]> {
  const layer = await layerOf("spread", SPREAD);
  return [
    ...(await numbers(browser, site, layer)),
    ...(await mouse(browser, site, layer)),
    ...(await keyboard(browser, site)),
    ...(await touch(browser, site, layer)),
  ];
}

export const im2colLab: DrivenLab = {
  sample,
  all: async (browser, site) => [
    ...(await sample(browser, site)),
    ...(await numbers(browser, site, await layerOf("dense", DENSE))),
    ...(await numbers(browser, site, await layerOf("wide", { ...SPREAD, padding: 2, stride: 3 }))),
    ...(await everyLink(browser, site)),
  ],
};
