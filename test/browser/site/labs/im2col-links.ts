/** Links to the microscope: every field, what is wrong in them, and copying one. */
import type { Browser, Page } from "playwright-core";
import { Random } from "leibniz/tensor";
import { importTs } from "../../../../site/build/import-ts.mjs";
import { type HostileLink, hostileComplaints } from "./hostile-links.js";
import { hashOf, openLab, settled } from "./lab-page.js";

const NAME = "im2col";
const LINKS = 8;

type Value = number | string | boolean | readonly number[];
type State = Record<string, Value>;

interface Modules {
  readonly fields: Record<string, { readonly initial: Value; readonly expected: string }>;
  readonly version: number;
  readonly shapesOf: (state: State) => Record<"x" | "weight" | "dOut", readonly number[]>;
  readonly settle: (state: State) => { readonly state: State; readonly problem: string | null };
  readonly writeState: (fields: Modules["fields"], version: number, state: State) => string;
}

async function modules(): Promise<Modules> {
  const files = ["im2col/state.ts", "im2col/settle.ts", "frame/fields.ts"];
  const found = await Promise.all(files.map((file) => importTs(`site/labs/${file}`)));
  return Object.assign({}, ...(found as object[])) as Modules;
}

/** What a field may be, by what it says it expects; numbers of one's own are drawn apart. */
function drawn({ initial, expected }: Modules["fields"][string], random: Random): Value {
  if (typeof initial === "string") {
    const names = expected.replace("one of ", "").split(", ");
    return names[random.integer(names.length)]!;
  }
  const [, least, most] = /from (-?\d+) to (-?\d+)/.exec(expected)!.map(Number);
  const among = (): number => least! + random.integer(most! - least! + 1);
  return typeof initial === "number" ? among() : (initial as readonly number[]).map(among);
}

/** A state in which everything is as somebody might have left it. */
function anyState({ fields, settle, shapesOf }: Modules, random: Random): State {
  const any = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, drawn(field, random)]),
  );
  const { state } = settle({ ...any, x: [], weight: [], dOut: [] });
  const shapes = Object.entries(shapesOf(state)).filter(() => random.integer(2) === 1);
  const own = shapes.map(([name, shape]) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return [name, Array.from({ length: size }, () => (random.integer(199) - 99) / 4)];
  });
  return { ...state, ...(Object.fromEntries(own) as State) };
}

const stateOf = (page: Page): Promise<State> =>
  page.evaluate(() => {
    const element = document.querySelector("leibniz-lab") as unknown as { lab: { state: State } };
    return element.lab.state;
  });

const SLIDERS: readonly (readonly [name: string, value: (state: State) => Value])[] = [
  ["image height H", ({ size }) => (size as number[])[0]!],
  ["image width W", ({ size }) => (size as number[])[1]!],
  ["filter height kH", ({ kernel }) => (kernel as number[])[0]!],
  ["filter width kW", ({ kernel }) => (kernel as number[])[1]!],
  ...["stride", "padding", "dilation", "channels", "filters"].map(
    (name) => [name, (state: State) => state[name]!] as const,
  ),
];

/** Opened elsewhere, a link shows the same state: every field, its controls, its address. */
async function roundTrips(browser: Browser, site: string): Promise<string[]> {
  const lab = await modules();
  const random = new Random("links");
  const complaints: string[] = [];
  const changed = new Set<string>();
  for (let i = 0; i < LINKS; i++) {
    const state = anyState(lab, random);
    const link = lab.writeState(lab.fields, lab.version, state);
    const { page, trouble, close } = await openLab(browser, site, NAME, link);
    const opened = await stateOf(page);
    for (const [name, { initial }] of Object.entries(lab.fields)) {
      if (JSON.stringify(state[name]) !== JSON.stringify(initial)) changed.add(name);
      if (JSON.stringify(opened[name]) !== JSON.stringify(state[name]))
        complaints.push(`${link}: ${name} is ${String(opened[name])}`);
    }
    for (const [name, value] of SLIDERS) {
      const shown = await page.getByRole("slider", { name, exact: true }).inputValue();
      if (shown !== String(value(state))) complaints.push(`${link}: ${name} is at ${shown}`);
    }
    const { seed } = opened as { seed: number };
    await page.getByRole("button", { name: "New numbers" }).click();
    await settled(page);
    if ((await stateOf(page))["seed"] === seed) complaints.push(`${link}: numbers are not new`);
    await page.getByRole("button", { name: "Undo" }).click();
    await settled(page);
    if ((await hashOf(page)) !== link) complaints.push(`${link}: became ${await hashOf(page)}`);
    await page.getByRole("button", { name: "Redo" }).click();
    await settled(page);
    if ((await stateOf(page))["seed"] === seed) complaints.push(`${link}: nothing is redone`);
    complaints.push(...trouble.map((one) => `${link}: ${one}`));
    await close();
  }
  const never = Object.keys(lab.fields).filter((name) => !changed.has(name));
  if (never.length > 0) complaints.push(`no link had another ${never.join(", ")}`);
  return complaints;
}

/** What is copied opens the same state. */
async function copied(browser: Browser, site: string): Promise<string[]> {
  const { page, trouble, close } = await openLab(browser, site, NAME, "v1&view=drip", {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await page.getByRole("button", { name: "All of dOut 1" }).click();
  await settled(page);
  await page.getByRole("button", { name: "Copy link" }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await close();
  const expected = `#v1&view=drip&dOut=${Array.from({ length: 9 }, () => 1).join(",")}`;
  return [...(link.endsWith(expected) ? [] : [`copied: ${link}`]), ...trouble];
}

const WRONG =
  "v1&view=x&size=0x0&kernel=9x9&channels=3&filters=0&stride=-1&padding=1.5&dilation=99&seed=a" +
  "&x=a,b&weight=1e999&dOut=NaN&tool=rm&brush=10&follow=__proto__&pixel=1&output=-1x0x0" +
  "&entry=9x9x9x9&receipt=toString&step=-1&travelled=1e9&constructor=1";

/** Links that ask for what cannot be: one line, and a laboratory that works. */
async function hostile(browser: Browser, site: string): Promise<string[]> {
  const cases: readonly HostileLink[] = [
    [WRONG, /^The link has a wrong field .* 21 others; what is wrong is as at the start\.$/],
    ["v9&view=drip", /version 9/],
    ["v1&size=1x1&kernel=4x4&dilation=3", /kernel is 1×1 now, and its dilation 1\.$/],
    ["v1&size=8x3&kernel=2x3&dilation=3", /dilation is 1 now\.$/],
    ["v1&x=1,2,3", /x needs 20 numbers here, not 3/],
    ["v1&weight=1&dOut=2", /weight needs 6 numbers here, not 1: weight and dOut are drawn/],
    ["v1&pixel=1x9x9&output=1x12x12&entry=1x1x3x3", null],
    [`v1&x=${"1,".repeat(5000)}1`, /expected x to be/],
    ["v1&%%%=%E0%A4%A", /not known here/],
  ];
  return hostileComplaints({ browser, site, name: NAME, shows: "number-grid td" }, cases);
}

export const everyLink = async (browser: Browser, site: string): Promise<string[]> => [
  ...(await roundTrips(browser, site)),
  ...(await copied(browser, site)),
  ...(await hostile(browser, site)),
];
