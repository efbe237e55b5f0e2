/** Links to one step: every field, what is wrong in them, and copying one. */
import type { Browser, Page } from "playwright-core";
import { Random } from "leibniz/tensor";
import { importTs } from "../../../../site/build/import-ts.mjs";
import { type HostileLink, hostileComplaints } from "./hostile-links.js";
import { hashOf, openLab, settled } from "./lab-page.js";

const NAME = "one-step";
const LINKS = 8;

type Value = number | string | boolean | readonly number[];
type State = Record<string, Value>;
type Shapes = Map<string, readonly number[]>;

interface Modules {
  readonly fields: Record<string, { readonly initial: Value; readonly expected: string }>;
  readonly version: number;
  readonly settle: (state: State) => { readonly state: State; readonly problem: string | null };
  readonly writeState: (fields: Modules["fields"], version: number, state: State) => string;
  readonly tensorShapes: (network: Value, optimizer: Value) => Shapes;
  readonly startShapes: (network: Value) => Shapes;
}

async function modules(): Promise<Modules> {
  const files = ["one-step/state.ts", "one-step/networks.ts", "frame/fields.ts"];
  const found = await Promise.all(files.map((file) => importTs<object>(`site/labs/${file}`)));
  return Object.assign({}, ...found) as Modules;
}

function someAddress(shapes: Shapes, random: Random): string {
  const names = [...shapes.keys()];
  const name = names[random.integer(names.length)]!;
  const size = shapes.get(name)!.reduce((product, extent) => product * extent, 1);
  return `${name}-${random.integer(size)}`;
}

/** A state in which everything is as somebody might have left it. */
function anyState(lab: Modules, random: Random): State {
  const any: State = {};
  for (const [name, { initial, expected }] of Object.entries(lab.fields)) {
    if (name === "path" || name === "nudged" || name === "plantAt") continue;
    if (typeof initial === "boolean") any[name] = random.integer(2) === 1;
    else if (typeof initial === "string") {
      const names = expected.replace("one of ", "").split(", ");
      any[name] = names[random.integer(names.length)]!;
    } else {
      const [, least, most] = /from (-?\d+) to (-?\d+)/.exec(expected)!.map(Number);
      const among = (): number => least! + random.integer(most! - least! + 1);
      any[name] = typeof initial === "number" ? among() : initial.map(among);
    }
  }
  const { network, optimizer } = any as { network: string; optimizer: string };
  const count = random.integer(4);
  const all = lab.tensorShapes(network, optimizer);
  const path = Array.from({ length: count }, () => someAddress(all, random));
  any["path"] = count === 0 ? "none" : path.join("~");
  for (const name of ["nudged", "plantAt"])
    any[name] = someAddress(lab.startShapes(network), random);
  return lab.settle(any).state;
}

const stateOf = (page: Page): Promise<State> =>
  page.evaluate(() => {
    const element = document.querySelector("leibniz-lab") as unknown as { lab: { state: State } };
    return element.lab.state;
  });

const CHOICES = {
  network: "network",
  optimizer: "optimizer",
  rate: "learning rate",
  plant: "plant",
};

/** Opened elsewhere, a link shows the same state, in its controls and its address. */
async function roundTrips(browser: Browser, site: string): Promise<string[]> {
  const lab = await modules();
  const random = new Random("links to one step");
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
    for (const [name, words] of Object.entries(CHOICES)) {
      const shown = await page.getByRole("combobox", { name: words, exact: true }).inputValue();
      if (shown !== state[name]) complaints.push(`${link}: ${words} shows ${shown}`);
    }
    const trail = await page.locator(".trail li").count();
    const length = state["path"] === "none" ? 0 : String(state["path"]).split("~").length;
    if (state["view"] !== "nudge" && trail !== (length < 2 ? 0 : length))
      complaints.push(`${link}: a trail of ${trail}`);
    const other = state["label"] === 0 ? "1" : "0";
    await page.getByRole("combobox", { name: "class", exact: true }).selectOption(other);
    await settled(page);
    if ((await stateOf(page))["label"] !== Number(other)) complaints.push(`${link}: class stays`);
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await settled(page);
    if ((await hashOf(page)) !== link) complaints.push(`${link}: became ${await hashOf(page)}`);
    await page.getByRole("button", { name: "Redo", exact: true }).click();
    await settled(page);
    if ((await stateOf(page))["label"] !== Number(other)) complaints.push(`${link}: no redo`);
    await page.getByRole("button", { name: "Reset", exact: true }).click();
    await settled(page);
    if ((await hashOf(page)) !== "v1") complaints.push(`reset to ${await hashOf(page)}`);
    complaints.push(...trouble.map((one) => `${link}: ${one}`));
    await close();
  }
  const never = Object.keys(lab.fields).filter((name) => !changed.has(name));
  if (never.length > 0) complaints.push(`no link had another ${never.join(", ")}`);
  return complaints;
}

/** The shapes that links are checked by are those of the engine. */
async function shapes(browser: Browser, site: string): Promise<string[]> {
  const lab = await modules();
  const complaints: string[] = [];
  for (const network of ["pooled", "deeper", "strided", "affine"])
    for (const optimizer of ["sgd", "momentum", "adam"]) {
      const link = `v1&network=${network}&optimizer=${optimizer}`;
      const { page, trouble, close } = await openLab(browser, site, NAME, link);
      const made = await page.evaluate(() => {
        interface Made {
          readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
        }
        const element = document.querySelector("leibniz-lab") as unknown as {
          lab: { shown: { result: Made } };
        };
        return element.lab.shown.result.tensors.map(
          ({ name, shape }) => `${name}: ${shape.join()}`,
        );
      });
      const known = [...lab.tensorShapes(network, optimizer)];
      const expected = known.map(([name, shape]) => `${name}: ${shape.join()}`);
      if (made.toSorted().join("; ") !== expected.toSorted().join("; "))
        complaints.push(`${link}: ${made.join("; ")} and not ${expected.join("; ")}`);
      complaints.push(...trouble);
      await close();
    }
  return complaints;
}

/** What is copied opens the same state. */
async function copied(browser: Browser, site: string): Promise<string[]> {
  const { page, trouble, close } = await openLab(browser, site, NAME, "v1&step=2", {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await page.getByRole("button", { name: "Next step" }).click();
  await settled(page);
  await page.getByRole("button", { name: "Copy link" }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await close();
  return [...(link.endsWith("one-step.html#v1&step=3") ? [] : [`copied: ${link}`]), ...trouble];
}

const WRONG =
  "v1&network=__proto__&image=1,2&label=3&seed=-1&optimizer=x&rate=2&step=0&view=x&stage=99" +
  "&path=~~&nudged=&delta=1e9&plant=x&plantAt=x&goOn=1&constructor=1";

/** Links that ask for what cannot be: one line, and a laboratory that works. */
async function hostile(browser: Browser, site: string): Promise<string[]> {
  const cases: readonly HostileLink[] = [
    [WRONG, /^The link has a wrong field .* 15 others; what is wrong is as at the start\.$/],
    ["v9&step=2", /version 9/],
    ["v1&path=conv1.out-3~conv9.out-1~x-0", /no number conv9\.out 1: it is closed\.$/],
    ["v1&path=conv1.out-9999", /no number conv1\.out 9999/],
    ["v1&network=affine&view=nudge&nudged=conv1.weight-0", /no number conv1\.weight 0/],
    ["v1&network=affine&plant=nan&plantAt=conv1.weight-0", /no number conv1\.weight 0/],
    ["v1&network=affine&stage=30", null],
    ["v1&path=toString-0", /no number toString 0/],
    [`v1&path=${"x-0~".repeat(3000)}x-0`, /expected path to be/],
    ["v1&%%%=%E0%A4%A", /not known here/],
    ["v1&rate=1e300&step=25&optimizer=adam", null],
  ];
  return hostileComplaints({ browser, site, name: NAME, shows: "number-grid td" }, cases);
}

export const everyLink = async (browser: Browser, site: string): Promise<string[]> => [
  ...(await roundTrips(browser, site)),
  ...(await shapes(browser, site)),
  ...(await copied(browser, site)),
  ...(await hostile(browser, site)),
];
