/** Pictures of one's own: drawn, chosen, dropped, pasted; and what is refused, in one line. */
import { deflateSync } from "node:zlib";
import { encode } from "fast-png";
import type { Browser, Page } from "playwright-core";
import { hashOf, openLab, settled } from "./lab-page.js";
import { canvas, pixelAt } from "./pixels.js";

interface Shown {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

const shownPicture = (page: Page): Promise<Shown> =>
  page.evaluate(() => {
    const { lab } = document.querySelector("leibniz-lab") as unknown as {
      lab: { shown: { result: { picture: { shape: number[]; values: ArrayLike<number> } } } };
    };
    const { shape, values } = lab.shown.result.picture;
    return { shape, values: Array.from(values) };
  });

/** Left half red, right half white; 40 × 20. */
function flag(): Buffer {
  const data = new Uint8Array(3 * 40 * 20);
  for (let p = 0; p < 40 * 20; p++) data.set(p % 40 < 20 ? [255, 0, 0] : [255, 255, 255], 3 * p);
  return Buffer.from(encode({ width: 40, height: 20, data, channels: 3, depth: 8 }));
}

/** A PNG of 10,000 × 10,000 white pixels, which is 100 kB long. */
function huge(): Buffer {
  const side = 10_000;
  const chunk = (name: string, body: Uint8Array): Buffer => {
    const named = Buffer.concat([Buffer.from(name), body]);
    const ends = Buffer.alloc(4);
    ends.writeInt32BE(crc(named));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, named, ends]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((side + 1) * side), { level: 1 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const [body, end] = [chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([signature, chunk("IHDR", head), body, end]);
}

function crc(bytes: Uint8Array): number {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return ~sum;
}

const choose = (page: Page, name: string, mimeType: string, buffer: Buffer): Promise<void> =>
  page.locator("input[type=file]").setInputFiles({ name, mimeType, buffer });

/** What is no picture, or too large, is refused at once, and nothing else changes. */
export async function refusalComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, trouble, close } = await openLab(browser, site, "filters");
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
  const cases: readonly (readonly [string, string, Buffer, RegExp])[] = [
    ["empty.png", "image/png", Buffer.alloc(0), /0 bytes/],
    ["drawing.svg", "image/svg+xml", Buffer.from(svg), /^An SVG is a drawing without pixels/],
    ["notes.png", "image/png", Buffer.from("just a text"), /^That is no picture/],
    ["huge.png", "image/png", huge(), /100 megapixels \(10000 × 10000\): at most 40/],
    ["strip.png", "image/png", strip(), /900 × 2 pixels are a strip/],
    ["cut.png", "image/png", flag().subarray(0, 60), /cannot be decoded/],
  ];
  for (const [name, type, buffer, pattern] of cases) {
    const started = Date.now();
    await choose(page, name, type, buffer);
    const problem = page.locator(".problem:not([hidden])");
    try {
      await problem.filter({ hasText: pattern }).waitFor({ timeout: 3000 });
    } catch {
      found.push(
        `${name}: expected ${pattern}, got "${await page.locator(".problem").textContent()}"`,
      );
    }
    const words = (await page.locator(".problem").textContent()) ?? "";
    if (words.trim().includes("\n")) found.push(`${name}: more than one line`);
    if (Date.now() - started > 4000) found.push(`${name}: took ${Date.now() - started} ms`);
  }
  if ((await hashOf(page)) !== "") found.push("a refused picture changed the state");
  await close();
  return [...found, ...trouble];
}

function strip(): Buffer {
  const data = new Uint8Array(900 * 2);
  return Buffer.from(encode({ width: 900, height: 2, data, channels: 1, depth: 8 }));
}

export async function pictureComplaints(browser: Browser, site: string): Promise<string[]> {
  return [...(await chosenComplaints(browser, site)), ...(await drawnComplaints(browser, site))];
}

async function chosenComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, trouble, close } = await openLab(browser, site, "filters");
  await choose(page, "flag.png", "image/png", flag());
  await canvas(page, "picture, 24 by 48").waitFor({ timeout: 3000 });
  await settled(page);
  await page.getByLabel("red, green and blue").check();
  await settled(page);
  const { shape, values } = await shownPicture(page);
  const channel = (c: number, row: number, column: number): number =>
    values[(c * shape[1]! + row) * shape[2]! + column]!;
  if (shape.join() !== "3,24,48") found.push(`the flag has the shape ${shape.join()}`);
  const [red, white] = [0, 1, 2]
    .map((c) => [channel(c, 12, 8), channel(c, 12, 40)] as const)
    .reduce<[number[], number[]]>(
      ([l, r], [a, b]) => [
        [...l, a],
        [...r, b],
      ],
      [[], []],
    );
  if (red.map(Math.round).join() !== "1,0,0") found.push(`red is ${red.join()}`);
  if (white.map(Math.round).join() !== "1,1,1") found.push(`white is ${white.join()}`);
  await page.getByRole("button", { name: "Copy link" }).click();
  const said = page.locator(".problem", { hasText: "cannot carry your picture" });
  if (!(await said.isVisible())) found.push("a copied link does not say what it leaves out");
  await droppedComplaints(page, found);
  await close();
  // another reader's page has no such file
  const other = await openLab(browser, site, "filters", "v1&picture=file&stride=2");
  const words = await other.page.locator(".problem").textContent();
  if (!/No link carries a picture/.test(words ?? ""))
    found.push(`a link to a file says "${words}"`);
  if ((await other.page.getByLabel("stride").inputValue()) !== "2")
    found.push("a link to a file loses its other fields");
  await other.close();
  return [...found, ...trouble, ...other.trouble];
}

/** Dropped and pasted: the page hears of both with the files of a DataTransfer. */
async function droppedComplaints(page: Page, found: string[]): Promise<void> {
  for (const way of ["drop", "paste"] as const) {
    await page.getByRole("combobox", { name: "picture" }).selectOption("digit");
    await settled(page);
    await page.evaluate(
      ([kind, bytes]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], "flag.png", { type: "image/png" }));
        const options = { bubbles: true, cancelable: true };
        const event =
          kind === "drop"
            ? new DragEvent("drop", { ...options, dataTransfer: data })
            : new ClipboardEvent("paste", { ...options, clipboardData: data });
        document.querySelector(".filters-lab")!.dispatchEvent(event);
      },
      [way, [...flag()]] as const,
    );
    try {
      await canvas(page, "picture, 24 by 48").waitFor({ timeout: 3000 });
    } catch {
      found.push(`a picture by ${way} does not come`);
    }
    await settled(page);
  }
}

async function drawnComplaints(browser: Browser, site: string): Promise<string[]> {
  const found: string[] = [];
  const { page, trouble, close } = await openLab(browser, site, "filters");
  await page.getByRole("combobox", { name: "picture" }).selectOption("drawing");
  await settled(page);
  const name = "picture: draw on it";
  const [from, to] = [await pixelAt(page, name, [5, 5]), await pixelAt(page, name, [5, 20])];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y);
  await page.mouse.up();
  await canvas(page, name).focus();
  for (const key of ["Home", "PageDown", "Enter"]) await page.keyboard.press(key);
  await settled(page);
  const { values } = await shownPicture(page);
  const inked = Array.from({ length: 28 }, (_, w) => values[5 * 28 + w]!);
  const expected = Array.from({ length: 28 }, (_, w) =>
    w >= 5 && w <= 20 ? 1 : w === 4 || w === 21 ? 9 / 15 : 0,
  );
  if (inked.join() !== expected.join()) found.push(`a stroke drew ${inked.join(" ")}`);
  if (values[27 * 28] !== 1) found.push("Enter draws nothing");
  const link = await hashOf(page);
  const other = await openLab(browser, site, "filters", link);
  if ((await shownPicture(other.page)).values.join() !== values.join())
    found.push("a drawing comes out of its link as another");
  await other.close();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await settled(page);
  if ((await shownPicture(page)).values.some((value) => value !== 0))
    found.push("a stroke is not undone as one");
  await close();
  return [...found, ...trouble, ...other.trouble];
}
