/** Links to the gradient check: every field, what is wrong in them, what a reader does to them. */
import type { Browser, Page } from "playwright-core";
import type { Random } from "leibniz/tensor";
import { importTs } from "../../../../site/build/import-ts.mjs";
import { type HostileLink, hostileComplaints } from "./hostile-links.js";
import { hashOf, openLab, select, settled } from "./lab-page.js";

const NAME = "gradient-check";
const LINKS = 10;

type State = Record<string, number | string | boolean | readonly number[]>;

interface Fields {
  readonly [name: string]: { readonly initial: State[string]; readonly expected: string };
}

interface StateModule {
  readonly fields: Fields;
  readonly version: number;
  readonly settle: (state: State) => { readonly state: State };
}

interface FieldsModule {
  readonly writeState: (fields: Fields, version: number, state: State) => string;
  readonly initialState: (fields: Fields) => State;
}

const stateOf = (page: Page): Promise<State> =>
  page.evaluate(() => {
    const element = document.querySelector("leibniz-lab") as unknown as { lab: { state: State } };
    return element.lab.state;
  });

/** A value that a field may have, by what it says it expects. */
function drawn({ initial, expected }: Fields[string], random: Random): State[string] {
  const among = (least: number, most: number): number => least + random.integer(most - least + 1);
  if (typeof initial === "boolean") return random.integer(2) === 1;
  if (typeof initial === "string") {
    const names = expected.replace("one of ", "").split(", ");
    return names[random.integer(names.length)]!;
  }
  const [least, most] = (/from (-?\d+) to (-?\d+)/.exec(expected) ?? ["", "0", "0"])
    .slice(1)
    .map(Number) as [number, number];
  if (typeof initial === "number") return among(least, most);
  return initial.map(() => among(least, most));
}

/** Random states: each, opened elsewhere, is the same in every field, and the address as it was. */
async function roundTrips(browser: Browser, site: string, random: Random): Promise<string[]> {
  const { fields, version, settle } = (await importTs(`site/labs/${NAME}/state.ts`)) as StateModule;
  const { writeState } = (await importTs("site/labs/frame/fields.ts")) as FieldsModule;
  const complaints: string[] = [];
  const changed = new Set<string>();
  for (let i = 0; i < LINKS; i++) {
    const any = Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [name, drawn(field, random)]),
    );
    // numbers for x that fit, in half of them, and for dOut where it is typed
    const { state } = settle({ ...any, x: [], u: [] });
    const link = writeState(fields, version, state);
    for (const name of Object.keys(fields))
      if (JSON.stringify(state[name]) !== JSON.stringify(fields[name]!.initial)) changed.add(name);
    const { page, trouble, close } = await openLab(browser, site, NAME, link);
    const opened = await stateOf(page);
    for (const name of Object.keys(fields))
      if (JSON.stringify(opened[name]) !== JSON.stringify(state[name]))
        complaints.push(`${link}: ${name} is ${String(opened[name])}`);
    const layer = await select(page, "layer").inputValue();
    if (layer !== state["layer"]) complaints.push(`${link}: the control says ${layer}`);
    const mistake = await select(page, "mistake").inputValue();
    if (mistake !== state["mistake"]) complaints.push(`${link}: the control says ${mistake}`);
    const pressed = page.locator('.tabs [aria-pressed="true"]');
    if ((await pressed.count()) !== 1) complaints.push(`${link}: no view is chosen`);
    // any change and back: what is written is what was opened
    await page.evaluate(() => {
      const { lab } = document.querySelector("leibniz-lab") as unknown as {
        lab: { state: { seed: number }; set(change: object): void };
      };
      const { seed } = lab.state;
      lab.set({ seed: seed === 0 ? 1 : 0 });
      lab.set({ seed });
    });
    await settled(page);
    if ((await hashOf(page)) !== link) complaints.push(`${link}: became ${await hashOf(page)}`);
    complaints.push(...trouble.map((one) => `${link}: ${one}`));
    await close();
  }
  const never = Object.keys(fields).filter(
    (name) => !changed.has(name) && !["x", "u"].includes(name),
  );
  if (never.length > 0) complaints.push(`no link had another ${never.join(", ")}`);
  return complaints;
}

const x = Array.from({ length: 6 }, (_, i) => i - 2.5).join(",");

/** Typed numbers, opened elsewhere. */
async function typedNumbers(browser: Browser, site: string): Promise<string[]> {
  const link = `v1&layer=affine&upstream=own&features=3&images=2&x=${x}&u=1,-2,0.5,3`;
  const { page, trouble, close } = await openLab(browser, site, NAME, link);
  const state = await stateOf(page);
  await close();
  return [
    ...(JSON.stringify(state["x"]) === `[${x}]` ? [] : [`x is ${String(state["x"])}`]),
    ...(JSON.stringify(state["u"]) === "[1,-2,0.5,3]" ? [] : [`u is ${String(state["u"])}`]),
    ...trouble,
  ];
}

const WRONG =
  "v1&view=x&layer=toString&mistake=__proto__&gradient=y&entry=-1&type=int8&h=0&upstream=two&" +
  "one=1e9&seed=-5&images=0&channels=1.5&filters=NaN&features=&outputs=99&size=0x0&kernel=9x9&" +
  "stride=0x1&padding=-1x0&dilation=2&x=a,b&u=1e999&sizes=maybe&constructor=1";

/** Links that ask for what cannot be: one line, and a laboratory that works. */
async function hostile(browser: Browser, site: string): Promise<string[]> {
  const cases: readonly HostileLink[] = [
    [WRONG, /^The link has a wrong field .* 23 others; what is wrong is as at the start\.$/],
    ["v9&layer=relu", /version 9/],
    ["v1&size=1x1&kernel=3x3", /fits into the image only as 1×1/],
    ["v1&layer=averagePool2d&kernel=1x1&padding=1x1", /half its window/],
    ["v1&layer=batchNorm2d&size=1x1", /no variance/],
    ["v1&layer=affine&mistake=turned", /cannot make the mistake turned/],
    ["v1&x=1,2,3", /3 numbers for x, which has 20/],
    ["v1&upstream=own&u=1,2,3", /3 numbers for it, of 16/],
    ["v1&entry=199&layer=relu", null],
    ["v1&view=balance&layer=relu", null],
    [`v1&x=${"1,".repeat(5000)}1`, /expected x to be/],
    ["v1&%=%", /not known here/],
  ];
  return hostileComplaints({ browser, site, name: NAME, shows: ".verdicts tbody tr" }, cases);
}

/** Undo, redo, reset, and a link that is copied. */
async function undoing(browser: Browser, site: string): Promise<string[]> {
  const permissions = ["clipboard-read", "clipboard-write"];
  const { page, trouble, close } = await openLab(browser, site, NAME, "v1&seed=7", { permissions });
  const complaints: string[] = [];
  const press = async (name: string): Promise<string> => {
    await page.getByRole("button", { name, exact: true }).click();
    await settled(page);
    return hashOf(page);
  };
  const expect = (actual: string, expected: string, what: string): void => {
    if (actual !== expected) complaints.push(`${what}: expected ${expected}, got ${actual}`);
  };
  await select(page, "type").selectOption("float32");
  await select(page, "mistake").selectOption("turned");
  await settled(page);
  const both = "v1&mistake=turned&type=float32&seed=7";
  expect(await hashOf(page), both, "two changes");
  expect(await press("Undo"), "v1&type=float32&seed=7", "one step back");
  expect(await press("Redo"), both, "and forward again");
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.waitForTimeout(100);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(copied).hash, `#${both}`, "the link that is copied");
  expect(await press("Reset"), "v1", "reset");
  expect(await press("Undo"), both, "a reset can be undone");
  await close();
  return [...complaints, ...trouble];
}

/** The guided walk from its beginning to its end. */
async function walking(browser: Browser, site: string): Promise<string[]> {
  const { page, trouble, close } = await openLab(browser, site, NAME);
  await page.getByRole("button", { name: "Guided walk" }).click();
  const seen = new Set<string>();
  for (let step = 0; step < 10; step++) {
    await settled(page);
    seen.add(await hashOf(page));
    const next = page.locator(".walk").getByRole("button", { name: "Next" });
    if ((await next.count()) === 0) break;
    await next.click();
  }
  await page.locator(".walk").getByRole("button", { name: "Done" }).click();
  const isGone = (await page.locator(".walk").count()) === 0;
  await close();
  return [
    ...(seen.size === 7 ? [] : [`the walk leads to ${seen.size} states`]),
    ...(isGone ? [] : ["the walk stays when it is done"]),
    ...trouble,
  ];
}

export async function everyLink(browser: Browser, site: string, random: Random): Promise<string[]> {
  return [
    ...(await roundTrips(browser, site, random)),
    ...(await typedNumbers(browser, site)),
    ...(await hostile(browser, site)),
    ...(await undoing(browser, site)),
    ...(await walking(browser, site)),
  ];
}
