/** Forward: windows become columns, and the filters multiply them. */
import { html, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { all } from "../../client/dom.js";
import { slider, tabs } from "../frame/controls.js";
import { numberGrid } from "../frame/number-grid.js";
import { shortNumber } from "../frame/short-number.js";
import { planeGrids } from "./grids.js";
import { planes } from "./planes.js";
import { outputReceipt } from "./receipt-table.js";
import { named } from "./names.js";
import {
  chosenPixel,
  chosenWindow,
  copiesOf,
  entryAt,
  isPixel,
  type Scene,
  type Target,
  windowAt,
  windowCount,
} from "./scene.js";
import { END } from "./state.js";
import { type Lights, lightsOf } from "./lights.js";

/** How far the scrub bar is: columns that have been copied, and multiplied. */
interface Progress {
  readonly copied: number;
  readonly multiplied: number;
  readonly at: number;
  readonly end: number;
}

function progressOf(scene: Scene): Progress {
  const P = windowCount(scene);
  const at = Math.min(scene.state.step, 2 * P);
  return { copied: Math.min(at, P), multiplied: Math.max(0, at - P), at, end: 2 * P };
}

/** What the scrub bar is at, if it is on its way. */
function passing(scene: Scene, { copied, multiplied, at, end }: Progress): Target | null {
  if (at === 0 || at === end) return null;
  return windowAt(scene, (multiplied > 0 ? multiplied : copied) - 1);
}

export function columnsView(scene: Scene): TemplateResult {
  const progress = progressOf(scene);
  const chosen = scene.state.follow === "pixel" ? chosenPixel(scene) : chosenWindow(scene);
  const target = scene.pointed ?? passing(scene, progress) ?? chosen;
  const lights = lightsOf(scene, target);
  // thousands of cells: they are drawn again only when something of them is another
  const seen = [scene.numbers, scene.state, scene.lab.state.tool, JSON.stringify(target)];
  return html`${scrub(scene, progress)}
    <div class="grids">${imageGrids(scene, lights, progress)}</div>
    <p class="readout">${readout(scene, target)}</p>
    <div class="product">${guard(seen, () => matrices(scene, lights, progress))}</div>
    ${
      scene.state.follow === "window"
        ? outputReceipt(scene)
        : html`<p class="hint">
          Choose a cell of cols or out to see the addends of that output.
        </p>`
    }`;
}

function scrub(scene: Scene, { copied, multiplied, at, end }: Progress): TemplateResult {
  const { lab } = scene;
  const P = windowCount(scene);
  const go = (step: number, group?: string): void =>
    lab.set({ step: step >= end ? END : Math.max(0, step) }, group === undefined ? {} : { group });
  const walk = (step: number, group?: string): void => {
    go(step, group);
    requestAnimationFrame(showColumn);
  };
  const text =
    multiplied === 0
      ? `${copied} of ${P} windows copied`
      : `${multiplied} of ${P} columns multiplied`;
  return html`<div class="scrub">
    ${tabs({
      label: "What is followed",
      value: scene.state.follow,
      options: [
        ["pixel", "Follow a pixel"],
        ["window", "Follow a window"],
      ],
      onInput: (follow) => lab.set({ follow }),
    })}
    <button type="button" ?disabled=${at === 0} @click=${() => walk(at - 1)}>Step back</button>
    <button type="button" ?disabled=${at === end} @click=${() => walk(at + 1)}>Step on</button>
    ${slider({ label: "step", value: at, least: 0, most: end, text, onInput: walk })}
  </div>`;
}

/** Scrolls the matrices, and only them, to the column that the scrub bar is at. */
function showColumn(): void {
  for (const box of all(".product .right")) {
    const cell = box.querySelector<HTMLElement>("td.lit");
    if (cell === null) continue;
    const left = cell.getBoundingClientRect().left - box.getBoundingClientRect().left;
    const isSeen = left >= 0 && left + cell.offsetWidth <= box.clientWidth;
    if (!isSeen) box.scrollLeft += left - box.clientWidth / 2;
  }
}

function imageGrids(scene: Scene, lights: Lights, { multiplied }: Progress): TemplateResult[] {
  const { lab, point } = scene;
  const { outW } = scene.numbers.geometry;
  return [
    ...planeGrids(scene, planes(scene, "x"), {
      name: "x",
      scale: "signed",
      edited: "x",
      frame: () => 0,
      marks: lights.pixel,
      more: ([c, h, w]) => copiesSaid(scene, [c!, h!, w!]),
      onPoint: (at) => point(at && { kind: "pixel", c: at[0]!, h: at[1]!, w: at[2]! }),
      onPick: (pixel) => lab.set({ pixel, follow: "pixel" }),
    }),
    ...planeGrids(scene, planes(scene, "weight"), {
      name: "weight",
      scale: "signed",
      edited: "weight",
      marks: lights.weight,
    }),
    ...planeGrids(scene, planes(scene, "out"), {
      name: "out",
      scale: "signed",
      marks: lights.output,
      isShown: ([, p, q]) => p! * outW + q! < multiplied,
      onPoint: (at) => point(at && { kind: "window", k: at[0]!, p: at[1]!, q: at[2]! }),
      onPick: (output) => lab.set({ output, follow: "window" }),
    }),
  ];
}

function matrices(
  scene: Scene,
  lights: Lights,
  { copied, multiplied }: Progress,
): TemplateResult[] {
  const { lab, point, numbers } = scene;
  const P = windowCount(scene);
  const [K, R] = [scene.state.filters, numbers.cols.length / P];
  const choose = (k: number, column: number): void => {
    const { p, q } = windowAt(scene, column);
    lab.set({ output: [k, p, q], follow: "window" });
  };
  const cols = numberGrid({
    label: `cols, ${R} rows, ${P} columns`,
    rows: R,
    columns: P,
    scale: "signed",
    value: (r, s) => (s < copied ? numbers.cols[r * P + s]! : 0),
    text: (r, s) => (s < copied ? shortNumber(numbers.cols[r * P + s]!) : ""),
    marks: lights.copy,
    onPoint: (cell) => point(cell && windowAt(scene, cell[1])),
    onPick: ([, s]) => choose(scene.state.output[0]!, s),
  });
  const filters = numberGrid({
    label: "filters",
    rows: K,
    columns: R,
    scale: "signed",
    value: (k, r) => numbers.weight[k * R + r]!,
    marks: (k, r) => lights.weight([k, ...entryAt(scene, r)]),
    describe: (k, r) =>
      `filters[${k}, ${r}], ${named("weight", k, ...entryAt(scene, r))}: ` +
      shortNumber(numbers.weight[k * R + r]!),
  });
  const out = numberGrid({
    label: "out = filters · cols",
    rows: K,
    columns: P,
    scale: "signed",
    value: (k, s) => (s < multiplied ? numbers.out[k * P + s]! : 0),
    text: (k, s) => (s < multiplied ? shortNumber(numbers.out[k * P + s]!) : ""),
    marks: (k, s) => {
      const { p, q } = windowAt(scene, s);
      return lights.output([k, p, q]);
    },
    onPoint: (cell) => point(cell && { ...windowAt(scene, cell[1]), k: cell[0] }),
    onPick: ([k, s]) => choose(k, s),
  });
  return [html`<div class="left">${filters}</div>`, html`<div class="right">${cols}${out}</div>`];
}

function copiesSaid(scene: Scene, [c, h, w]: readonly [number, number, number]): string {
  const { length } = copiesOf(scene, { kind: "pixel", c, h, w });
  return length === 0
    ? "No window has it"
    : `${length} ${length === 1 ? "copy" : "copies"} in cols`;
}

function readout(scene: Scene, target: Target): string {
  const { x, geometry } = scene.numbers;
  if (target.kind === "window") {
    const { p, q, k } = target;
    const column = p * geometry.outW + q;
    const where = `Window (${p}, ${q}) is column ${column} of cols`;
    if (k === undefined) return `${where}.`;
    const value = scene.numbers.out[k * windowCount(scene) + column]!;
    return `${where}. ${named("out", k, p, q)} = ${shortNumber(value)}.`;
  }
  const { c, h, w } = target;
  const windows = copiesOf(scene, target).map(({ column }) => windowAt(scene, column));
  const name = isPixel(scene, h, w)
    ? `${named("x", c, h, w)} = ${shortNumber(x[(c * geometry.H + h) * geometry.W + w]!)}`
    : `The place (${h}, ${w}) on the padding`;
  if (windows.length === 0) return `${name} is in no window: it has no influence on out.`;
  const list = windows.map(({ p, q }) => `(${p}, ${q})`).sort();
  const times = windows.length === 1 ? "1 copy" : `${windows.length} copies`;
  return `${name} has ${times} in cols, and influences the outputs at ${list.join(", ")}.`;
}
