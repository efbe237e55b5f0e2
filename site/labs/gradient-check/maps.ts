/** The heat maps: what backward returned, what was measured, and how far they are apart. */
import type { EntryCheck } from "leibniz/gradcheck";
import { html, nothing, type TemplateResult } from "lit-html";
import type { Line } from "./compute.js";
import type { CheckLab, Seen } from "./panel.js";
import { argumentOf, LARGEST } from "./state.js";
import { indexOf, placeOf, tensorGrid } from "./tensor-grid.js";
import { figure, MEANINGS, power, roughPower, SIGNS } from "./words.js";

/** The line of the chosen gradient. */
export const lineOf = ({ state, result: { lines } }: Seen): Line =>
  lines.find(({ argument }) => argument === argumentOf(state)) ?? lines[0]!;

const clamped = (value: number): number => Math.max(-LARGEST, Math.min(LARGEST, value));

/** The layer's first input, to be edited. */
export function inputGrid(lab: CheckLab, { state, result }: Seen): TemplateResult {
  const { name, shape, data } = result.inputs[0]!;
  // an answer may be on its way, with what was typed a moment ago
  const newest = lab.state.x.length === data.length ? lab.state.x : data;
  return tensorGrid({
    label: name,
    shape,
    scale: "signed",
    value: (entry) => data[entry]!,
    step: 0.1,
    marks: (entry) => (argumentOf(state) === name && entry === state.entry ? "pinned" : ""),
    onPick: (entry) => lab.set({ gradient: "x", entry }),
    onEdit: (entry, value, group) => lab.set({ x: newest.with(entry, clamped(value)) }, { group }),
  });
}

/** The upstream gradient, to be edited, or to choose its only 1. */
export function upstreamGrid(lab: CheckLab, { result }: Seen, label = "dOut"): TemplateResult {
  const { shape, data } = result.dOut;
  const newest = lab.state.u.length === data.length ? lab.state.u : data;
  return tensorGrid({
    label,
    name: "dOut",
    shape,
    scale: "gradient",
    value: (entry) => data[entry]!,
    step: 0.1,
    ...(lab.state.upstream === "one" ? { onPick: (one: number) => lab.set({ one }) } : {}),
    onEdit: (entry, value, group) =>
      lab.set({ upstream: "own", u: newest.with(entry, clamped(value)) }, { group }),
  });
}

/** The colour of an error: none where it is as small as rounding, full where nothing is right. */
const depth = ({ relativeError }: EntryCheck): number =>
  relativeError > 0 ? Math.max(0, 16 + Math.log10(Math.min(1, relativeError))) : 0;

function errorText({ verdict, relativeError }: EntryCheck): string {
  if (verdict === "pass") return roughPower(relativeError);
  return verdict === "wrong" ? `✗${roughPower(relativeError)}` : `${SIGNS[verdict]} ${verdict}`;
}

export function maps(lab: CheckLab, seen: Seen): TemplateResult {
  const { state } = seen;
  const line = lineOf(seen);
  const { gradient, shape, checks } = line;
  const pick = (entry: number): void => lab.set({ entry });
  const marks = (entry: number): string =>
    `${checks[entry]!.verdict}-cell ${entry === state.entry ? "pinned" : ""}`;
  const largest = Math.max(
    ...checks.map(({ analytic, numeric }) => Math.max(Math.abs(analytic), Math.abs(numeric))),
  );
  const common = { shape, name: gradient, marks, onPick: pick };
  return html`<div class="grids">
      ${inputGrid(lab, seen)} ${upstreamGrid(lab, seen)}
    </div>
    <div class="grids">
      ${tensorGrid({
        ...common,
        label: `${gradient}, from backward`,
        scale: "gradient",
        largest,
        value: (entry) => checks[entry]!.analytic,
        describe: (entry) => checks[entry]!.verdict,
      })}
      ${tensorGrid({
        ...common,
        label: `${gradient}, measured`,
        scale: "gradient",
        largest,
        value: (entry) => checks[entry]!.numeric,
        describe: (entry) => checks[entry]!.verdict,
      })}
      ${tensorGrid({
        ...common,
        label: "relative error",
        scale: "amount",
        largest: 16,
        value: (entry) => depth(checks[entry]!),
        text: (entry) => errorText(checks[entry]!),
        describe: (entry) => checks[entry]!.verdict,
      })}
    </div>
    ${entryLine(lab, seen)}`;
}

/** All that is known of the chosen entry. */
export function entryLine(lab: CheckLab, seen: Seen): TemplateResult | typeof nothing {
  const { gradient, shape, checks } = lineOf(seen);
  const { state } = seen;
  const check = checks[state.entry];
  if (check === undefined) return nothing;
  const { analytic, numeric, coarse, fine, errorEstimate, relativeError, verdict } = check;
  return html`<section class="entry" aria-label="The chosen entry" aria-live="polite">
    <p>
      <strong>${gradient}${placeOf(indexOf(state.entry, shape))}</strong>
      <span class="verdict ${verdict}">${SIGNS[verdict]} ${verdict}</span>: ${MEANINGS[verdict]}.
    </p>
    <dl>
      <dt>backward</dt>
      <dd>${figure(analytic)}</dd>
      <dt>D(h), D(h/2)</dt>
      <dd>${figure(coarse)}, ${figure(fine)}</dd>
      <dt>measured, (4·D(h/2) − D(h))/3</dt>
      <dd>${figure(numeric)} ± ${power(errorEstimate)}</dd>
      <dt>relative error</dt>
      <dd>${power(relativeError)}</dd>
      ${
        check.flipped === null
          ? nothing
          : html`<dt>what flips</dt>
            <dd>${check.flipped}</dd>`
      }
    </dl>
    ${
      state.view === "step"
        ? nothing
        : html`<button type="button" @click=${() => lab.set({ view: "step" })}>
            Its error against the step
          </button>`
    }
  </section>`;
}
