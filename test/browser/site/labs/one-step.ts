/** One step, driven as a person would, on numbers that the engine has in Node too. */
import type { Browser, Locator, Page } from "playwright-core";
import { softmaxCrossEntropyBackward, softmaxCrossEntropyForward } from "leibniz/backprop";
import { reference } from "leibniz/kernels";
import { buildNetwork, type NetworkDescription, type Sequential } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import { adam, buildOptimizer, type OptimizerDescription, sgd } from "leibniz/training";
import type { DrivenLab } from "./index.js";
import { cell, grid, hashOf, openLab, settled } from "./lab-page.js";
import { everyLink } from "./one-step-links.js";

const NAME = "one-step";

const NETWORKS: Readonly<Record<string, NetworkDescription["layers"]>> = {
  pooled: {
    conv1: { kind: "conv2d", outChannels: 2, kernelSize: 3 },
    relu1: { kind: "relu" },
    pool1: { kind: "maxPool2d", kernelSize: 2 },
    flat: { kind: "flatten" },
    fc1: { kind: "affine", outFeatures: 3 },
  },
  deeper: {
    conv1: { kind: "conv2d", outChannels: 2, kernelSize: 3, padding: 1 },
    relu1: { kind: "relu" },
    pool1: { kind: "maxPool2d", kernelSize: 2 },
    conv2: { kind: "conv2d", outChannels: 2, kernelSize: 2 },
    relu2: { kind: "relu" },
    flat: { kind: "flatten" },
    fc1: { kind: "affine", outFeatures: 3 },
  },
  strided: {
    conv1: { kind: "conv2d", outChannels: 2, kernelSize: 3, stride: 2, padding: 1 },
    relu1: { kind: "relu" },
    flat: { kind: "flatten" },
    fc1: { kind: "affine", outFeatures: 3 },
  },
  affine: { flat: { kind: "flatten" }, fc1: { kind: "affine", outFeatures: 3 } },
};

interface Case {
  readonly network: string;
  readonly seed: number;
  readonly steps: number;
  readonly optimizer: "sgd" | "momentum" | "adam";
  readonly image: readonly number[];
  readonly label: number;
}

const DRAWN = new Random("one step");
const IMAGE = Array.from({ length: 36 }, () => (DRAWN.integer(41) - 20) / 10);

const linkOf = ({ network, seed, steps, optimizer, image, label }: Case): string =>
  `v1&network=${network}&image=${image.join(",")}&label=${label}&seed=${seed}` +
  `&optimizer=${optimizer}&step=${steps}`;

/** What the engine makes of it by its own network, without any tracing. */
async function engineStep(one: Case): Promise<{
  readonly network: Sequential;
  readonly x: Tensor;
  /** By the names of the grids, before and after the last step. */
  readonly numbers: ReadonlyMap<string, readonly number[]>;
  readonly loss: number;
}> {
  const network = buildNetwork(
    { input: [1, 6, 6], dtype: "float64", layers: NETWORKS[one.network]! },
    { random: new Random(one.seed) },
  );
  const x = Tensor.from([...one.image], [1, 1, 6, 6], "float64");
  const described: OptimizerDescription =
    one.optimizer === "adam"
      ? adam({ learningRate: 0.1 })
      : sgd({ learningRate: 0.1, momentum: one.optimizer === "momentum" ? 0.9 : 0 });
  const optimizer = buildOptimizer(described, network.parameters);
  const numbers = new Map<string, readonly number[]>();
  let loss = 0;
  for (let step = 1; step <= one.steps; step++) {
    network.zeroGrad();
    for (const { name, parameter } of network.parameters)
      numbers.set(name, Array.from(parameter.value.data));
    const observe = (name: string, out: Tensor): void => {
      numbers.set(`${name}.out`, Array.from(out.contiguous().data));
    };
    const pass = await network.forward(x, { backend: reference, mode: "train", observe });
    const found = await softmaxCrossEntropyForward(pass.out, [one.label]);
    loss = found.out.item();
    const start = Tensor.full([], 1, "float64");
    const { dLogits } = await softmaxCrossEntropyBackward(start, found.cache);
    numbers.set("dLogits", Array.from(dLogits.data));
    const dX = await pass.backward(dLogits, true);
    const first = Object.keys(NETWORKS[one.network]!)[0]!;
    numbers.set(`${first}.dX`, Array.from(dX!.contiguous().data));
    for (const { name, parameter } of network.parameters) {
      const [layer, own] = name.split(".") as [string, string];
      const gradient = `${layer}.d${own[0]!.toUpperCase()}${own.slice(1)}`;
      numbers.set(gradient, Array.from(parameter.grad.data));
    }
    await optimizer.step(reference);
    for (const { name, parameter } of network.parameters)
      numbers.set(`${name}′`, Array.from(parameter.value.data));
  }
  return { network, x, numbers, loss };
}

const numberOf = (text: string): number =>
  Number(text.replaceAll("−", "-").replace("∞", "Infinity").trim());

/** All grids of the page by the name of their tensor, with every digit, from what is read aloud. */
async function spoken(page: Page): Promise<Map<string, number[]>> {
  const labels = await page
    .locator("number-grid td")
    .evaluateAll((found) => found.map((one) => one.getAttribute("aria-label") ?? ""));
  const tensors = new Map<string, Map<string, number>>();
  for (const label of labels) {
    const [place, value] = label.split(": ") as [string, string];
    const name = place.replace(/\[.*/, "");
    // a tensor stands on the page twice where one stage makes it and another takes it
    if (!tensors.has(name)) tensors.set(name, new Map());
    tensors.get(name)!.set(place, numberOf(value.split(", in full ").at(-1)!));
  }
  return new Map([...tensors].map(([name, values]) => [name, [...values.values()]]));
}

/** Every number of every tensor that the engine tells of is on the page, to the last digit. */
async function numbers(browser: Browser, site: string, one: Case): Promise<string[]> {
  const complaints: string[] = [];
  const engine = await engineStep(one);
  const link = `${linkOf(one)}&view=all`;
  const { page, trouble, close } = await openLab(browser, site, NAME, link);
  const shown = await spoken(page);
  for (const [name, values] of engine.numbers) {
    const own = shown.get(name);
    const differs = values.findIndex((value, i) => value + 0 !== (own?.[i] ?? Number.NaN) + 0);
    if (own?.length !== values.length || differs >= 0)
      complaints.push(
        `${one.network}: ${name} shows ${String(own)}, the engine has ${values.join()}`,
      );
  }
  if (shown.get("loss")?.[0] !== engine.loss) complaints.push(`loss ${String(shown.get("loss"))}`);
  await close();
  return [...complaints, ...trouble];
}

const stage = (page: Page, words: string): Locator =>
  page.getByRole("button", { name: words, exact: true });

const select = (page: Page, name: string): Locator =>
  page.getByRole("combobox", { name, exact: true });

const panelText = async (page: Page): Promise<string> =>
  ((await page.locator(".provenance").textContent()) ?? "").replaceAll(/\s+/g, " ");

/** The numbers behind the chips of an addend, with every digit. */
const factors = (page: Page): Promise<number[][]> =>
  page
    .locator(".addends li")
    .evaluateAll((found) =>
      found.map((one) =>
        [...one.querySelectorAll(".chip")].map((chip) => chip.getAttribute("title") ?? ""),
      ),
    )
    .then((rows) => rows.map((row) => row.map((title) => numberOf(title.split(" = ")[1]!))));

/** By mouse: open a gradient, its addends add up, go on to an input, and send the link. */
async function provenance(browser: Browser, site: string, one: Case): Promise<string[]> {
  const complaints: string[] = [];
  const engine = await engineStep(one);
  const { page, trouble, close } = await openLab(browser, site, NAME, linkOf(one));
  await stage(page, "conv1 backward").click();
  await cell(page, "conv1.dWeight[1, 0]", 2, 1).click();
  await settled(page);
  const wanted = engine.numbers.get("conv1.dWeight")![9 + 7]!;
  const rows = await factors(page);
  const sum = rows.reduce((total, [dOut, x]) => total + dOut! * x!, 0);
  if (rows.length !== 16 || sum !== wanted)
    complaints.push(`${rows.length} addends add up to ${sum}, not ${wanted}`);
  const text = await panelText(page);
  if (!text.includes("to the last digit")) complaints.push(`done again: ${text}`);
  await page.locator(".provenance .from-chapter math").waitFor({ timeout: 5000 });
  await page
    .locator(".provenance .from-code a[href*='conv2d.ts.html#L']")
    .waitFor({ timeout: 5000 });
  const line = (await page.locator(".provenance .from-code code").textContent()) ?? "";
  if (!line.includes("(conv2d.7)")) complaints.push(`the line is ${line}`);
  await page.locator(".addends .chip").first().click();
  await settled(page);
  if (!(await panelText(page)).includes("relu1.dX[0, 1, 0, 0] ="))
    complaints.push("no input opens");
  await page.locator(".provenance .chip").first().click();
  await settled(page);
  const trail = await page.locator(".trail li").allInnerTexts();
  if (trail.length !== 3 || !trail[2]!.startsWith("pool1.dX"))
    complaints.push(`trail ${trail.join()}`);
  const hash = await hashOf(page);
  if (!hash.endsWith("path=conv1.dWeight-16~relu1.dX-16~pool1.dX-16")) complaints.push(hash);
  const other = await openLab(browser, site, NAME, hash);
  const same = await other.page.locator(".trail li").allInnerTexts();
  if (same.join() !== trail.join()) complaints.push(`elsewhere the trail is ${same.join()}`);
  await other.close();
  await page.locator(".trail button").first().click();
  await settled(page);
  if ((await factors(page)).length !== 16) complaints.push("the trail does not lead back");
  await close();
  return [...complaints, ...trouble, ...other.trouble];
}

/** By keyboard alone: stages by arrow keys, a number by Enter. */
async function keyboard(browser: Browser, site: string): Promise<string[]> {
  const complaints: string[] = [];
  const { page, trouble, close } = await openLab(browser, site, NAME, "v1");
  const pressed = async (): Promise<string> =>
    (await page.locator(".step-buttons [aria-pressed=true]").getAttribute("aria-label")) ?? "";
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await settled(page);
  if ((await pressed()) !== "pool1 forward") complaints.push(`two arrows on: ${await pressed()}`);
  await page.keyboard.press("ArrowLeft");
  await settled(page);
  if ((await pressed()) !== "relu1 forward") complaints.push(`an arrow back: ${await pressed()}`);
  const out = grid(page, "relu1.out[0, 0]");
  await out.locator("td[tabindex='0']").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await settled(page);
  if ((await pressed()) !== "relu1 forward") complaints.push("an arrow in a grid moves the stage");
  if (!(await panelText(page)).includes("relu1.out[0, 0, 1, 0] ="))
    complaints.push("Enter opens not");
  const said = await page.locator("body > p[role=status]").textContent();
  if (!said?.includes("relu1.out[0, 0, 1, 0]")) complaints.push(`said: ${String(said)}`);
  await page.getByRole("button", { name: "Next step" }).focus();
  await page.keyboard.press("Enter");
  await settled(page);
  if (!(await hashOf(page)).includes("step=2")) complaints.push("Enter takes no step");
  await close();
  return [...complaints, ...trouble];
}

/** A finger on a phone: a tap opens a number, and its panel is in sight. */
async function touch(browser: Browser, site: string): Promise<string[]> {
  const complaints: string[] = [];
  const { page, trouble, close } = await openLab(browser, site, NAME, "v1&stage=12", {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await cell(page, "conv1.dX", 2, 3).tap();
  await settled(page);
  const top = await page.locator(".provenance").evaluate((one) => one.getBoundingClientRect().top);
  if (top < 0 || top > 400) complaints.push(`tapped, the panel is at ${top}`);
  if (!(await panelText(page)).includes("conv1.dX[0, 0, 2, 3] =")) complaints.push("no tap opens");
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (over > 0) complaints.push(`${over} pixels over the edge`);
  await close();
  return [...complaints, ...trouble];
}

/** The nudge's real change is the engine's, and its prediction the gradient's. */
async function nudged(browser: Browser, site: string, one: Case): Promise<string[]> {
  const complaints: string[] = [];
  const { page, trouble, close } = await openLab(
    browser,
    site,
    NAME,
    `${linkOf(one)}&view=nudge&nudged=conv1.weight-10&delta=0.01`,
  );
  await page.getByRole("slider", { name: /Δ/ }).focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
  await settled(page);
  const cells = (await page.locator(".comparison td").allInnerTexts()).map(numberOf);
  const before = await engineStep({ ...one, steps: one.steps });
  const gradient = before.numbers.get("conv1.dWeight")![10]!;
  for (const { name, parameter } of before.network.parameters)
    parameter.value.data.set([...before.numbers.get(name)!]);
  const lossNow = async (): Promise<number> => {
    const pass = await before.network.forward(before.x, { backend: reference, mode: "evaluate" });
    return (await softmaxCrossEntropyForward(pass.out, [one.label])).out.item();
  };
  const start = await lossNow();
  const { value } = before.network.parameters.find(
    ({ name }) => name === "conv1.weight",
  )!.parameter;
  value.data[10]! += 0.05;
  value.storage.touch();
  const moved = await lossNow();
  const expected = [start, moved, moved - start, start + gradient * 0.05 - start];
  expected.forEach((number, i) => {
    if (cells[i] !== number)
      complaints.push(`nudge: ${String(cells[i])} in row ${i}, not ${number}`);
  });
  const box = (await page.locator(".nudge-curve svg").boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await settled(page);
  const delta = Number(/delta=([^&]*)/.exec(await hashOf(page))?.[1]);
  if (!(delta > 2.5 && delta < 4)) complaints.push(`dragged to ${delta}`);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await settled(page);
  if (!(await hashOf(page)).endsWith("delta=0.05")) complaints.push("a drag is not undone as one");
  await close();
  return [...complaints, ...trouble];
}

/** A NaN stops the step where it is first made, and "go on" goes on. */
async function breakPoint(browser: Browser, site: string): Promise<string[]> {
  const complaints: string[] = [];
  const { page, trouble, close } = await openLab(browser, site, NAME, "v1&stage=5&seed=2");
  await select(page, "plant").selectOption({ label: "a NaN" });
  await settled(page);
  const says = async (): Promise<string> =>
    ((await page.locator(".break-point").textContent()) ?? "").replaceAll(/\s+/g, " ").trim();
  if (!/^x\[0, 0, 2, 2\] is NaN\. Stopped at conv1\.out, .* 18 of 32 numbers/.test(await says()))
    complaints.push(`planted: ${await says()}`);
  const forward = stage(page, "Stage forward");
  if (!(await forward.isDisabled())) complaints.push("it does not stop");
  await page.getByRole("checkbox", { name: "go on all the same" }).check();
  await settled(page);
  if (await forward.isDisabled()) complaints.push("it does not go on");
  await page.getByRole("button", { name: "Open the number" }).click();
  await settled(page);
  if (!(await panelText(page)).includes("conv1.out[0, 0, 0, 0] = NaN"))
    complaints.push("not opened");
  await select(page, "plant").selectOption({ label: "nothing" });
  await select(page, "learning rate").selectOption("1e300");
  await page.getByRole("button", { name: "Next step" }).click();
  await settled(page);
  if (!/Stopped at/.test(await says())) complaints.push(`too fast: ${await says()}`);
  await close();
  return [...complaints, ...trouble];
}

/** A pixel is typed, and everything after it is the engine's for that image. */
async function typed(browser: Browser, site: string): Promise<string[]> {
  const complaints: string[] = [];
  const { page, trouble, close } = await openLab(browser, site, NAME, "v1&stage=0");
  await cell(page, "x", 1, 4).click();
  await page.keyboard.type("2.5");
  await page.keyboard.press("Enter");
  await settled(page);
  const image =
    /image=([^&]*)/
      .exec(await hashOf(page))?.[1]
      ?.split(",")
      .map(Number) ?? [];
  if (image[10] !== 2.5) complaints.push(`typed, the image is ${image.join()}`);
  await stage(page, "loss").click();
  const { loss } = await engineStep({
    ...{ network: "pooled", seed: 1, steps: 1, optimizer: "momentum", label: 0, image },
  });
  const shown = (await spoken(page)).get("loss")?.[0];
  if (shown !== loss) complaints.push(`typed, the loss is ${String(shown)}, not ${loss}`);
  await close();
  return [...complaints, ...trouble];
}

const POOLED: Case = {
  ...{ network: "pooled", seed: 7, steps: 3, optimizer: "momentum", label: 2, image: IMAGE },
};

async function sample(browser: Browser, site: string): Promise<string[]> {
  return [
    ...(await numbers(browser, site, { ...POOLED, network: "deeper", optimizer: "adam" })),
    ...(await provenance(browser, site, POOLED)),
    ...(await keyboard(browser, site)),
    ...(await touch(browser, site)),
    ...(await nudged(browser, site, POOLED)),
    ...(await breakPoint(browser, site)),
    ...(await typed(browser, site)),
  ];
}

export const oneStepLab: DrivenLab = {
  sample,
  all: async (browser, site) => [
    ...(await sample(browser, site)),
    ...(await numbers(browser, site, POOLED)),
    ...(await numbers(browser, site, { ...POOLED, network: "strided", optimizer: "sgd" })),
    ...(await numbers(browser, site, { ...POOLED, network: "affine", steps: 1 })),
    ...(await everyLink(browser, site)),
  ],
};
