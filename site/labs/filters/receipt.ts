/** One place in numbers: an output's patch, products and sum, or all that a pixel adds to. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { Shown } from "../frame/lab.js";
import { numberGrid } from "../frame/number-grid.js";
import { shortNumber } from "../frame/short-number.js";
import { CHANNELS } from "./channels.js";
import type { FiltersNumbers } from "./compute.js";
import type { Focus, OutFocus, PictureFocus } from "./focus.js";
import type { FiltersState, Mode } from "./state.js";

type FiltersShown = Shown<FiltersState, FiltersNumbers>;

export function receipt(focus: Focus | null, { state }: FiltersShown): TemplateResult {
  return html`<section class="receipt" aria-label="One place in numbers">
    ${
      focus === null
        ? html`<p>
          Point at a number of out to see the window that it comes from, or at a pixel to see which
          outputs it reaches. A click or a tap keeps it.
        </p>`
        : focus.side === "out"
          ? outReceipt(focus, state)
          : pictureReceipt(focus, state)
    }
  </section>`;
}

/** Cut before an operator, a minus is one: 2 + −1 reads better as 2 − 1. */
function sumOf(values: readonly number[]): string {
  return values
    .map((value, at) => {
      const text = shortNumber(Math.abs(value));
      if (at === 0) return shortNumber(value);
      return value < 0 && text !== "0" ? `− ${text}` : `+ ${text}`;
    })
    .join(" ");
}

function outReceipt(focus: OutFocus, state: FiltersState): TemplateResult {
  const { at, out } = focus;
  const channels = out.length === 1 && state.mode === "conv" ? focus.sums.length : out.length;
  return html`<h3>out[${at[0]}, ${at[1]}] = ${out.map(shortNumber).join(", ")}</h3>
    <div class="grids">
      ${Array.from({ length: channels }, (_, c) => channelReceipt(focus, state, c, channels))}
    </div>
    ${
      state.mode === "conv" && channels > 1
        ? html`<p>
          The channels add up:
          ${focus.sums.map((sum, c) => `${CHANNELS[c]} ${shortNumber(sum)}`).join(", ")}; together
          ${sumOf(focus.sums)} = <b>${shortNumber(out[0]!)}</b>
        </p>`
        : nothing
    }`;
}

function channelReceipt(
  focus: OutFocus,
  state: FiltersState,
  c: number,
  channels: number,
): TemplateResult {
  const [kH, kW] = state.kernel as [number, number];
  const entries = focus.patch.slice(c * kH * kW, (c + 1) * kH * kW);
  const suffix = channels === 1 ? "" : `, ${CHANNELS[c]}`;
  const entry = (row: number, column: number) => entries[row * kW + column]!;
  const winner = focus.winners[c];
  const marks = (row: number, column: number): string =>
    [
      entry(row, column).isPadding ? "padding" : "",
      c * kH * kW + row * kW + column === winner ? "pinned" : "",
    ].join(" ");
  const patch = numberGrid({
    label: `patch${suffix}`,
    ...{ rows: kH, columns: kW, marks },
    scale: "amount",
    largest: 1,
    value: (row, column) => entry(row, column).value,
    describe: (row, column) => {
      const { h, w, value, isPadding } = entry(row, column);
      return isPadding ? "padding" : `pixel ${h}, ${w}: ${shortNumber(value)}`;
    },
  });
  if (state.mode !== "conv")
    return html`<div class="pane">${patch} ${pooled(focus, state, c)}</div>`;
  const products = entries.map(({ product }) => product);
  return html`<div class="pane">
    <div class="grids tight">
      ${patch}
      ${numberGrid({
        label: `weights${suffix}`,
        ...{ rows: kH, columns: kW },
        scale: "signed",
        value: (row, column) => entry(row, column).weight,
      })}
      ${numberGrid({
        label: `products${suffix}`,
        ...{ rows: kH, columns: kW },
        scale: "signed",
        value: (row, column) => entry(row, column).product,
      })}
    </div>
    <p class="sum">${sumOf(products)} = <b>${shortNumber(focus.sums[c]!)}</b></p>
  </div>`;
}

function pooled({ out, patch, winners }: OutFocus, { mode, kernel }: FiltersState, c: number) {
  if (mode === "max") {
    const { h, w } = patch[winners[c]!]!;
    return html`<p>
      The largest is <b>${shortNumber(out[c]!)}</b>, pixel [${h}, ${w}], outlined in blue. In a tie
      the first one wins.
    </p>`;
  }
  const [kH, kW] = kernel as [number, number];
  const entries = patch.filter((entry) => entry.c === c);
  return html`<p class="sum">
    (${sumOf(entries.map(({ value }) => value))}) / (${kH} · ${kW}) =
    <b>${shortNumber(out[c]!)}</b>
  </p>`;
}

const SAID: Readonly<Record<Mode, string>> = {
  conv: "Each window lays another weight on it:",
  max: "An output depends on it only where it is the largest of the window:",
  average: "It has the same share in each of them:",
};

function pictureReceipt({ at, values, uses }: PictureFocus, { mode }: FiltersState) {
  const channels = values.map((_, c) => c);
  const suffix = (c: number): string => (values.length === 1 ? "" : `, ${CHANNELS[c]}`);
  return html`<h3>
      Pixel [${at[0]}, ${at[1]}] = ${values.map(shortNumber).join(", ")} lies in
      ${uses.length === 1 ? "1 window" : `${uses.length} windows`}
    </h3>
    ${
      uses.length === 0
        ? html`<p>No window holds it: nothing in out depends on it.</p>`
        : html`<p>${SAID[mode]}</p>
          <div class="table" tabindex="0" role="group" aria-label="The outputs that it reaches">
            <table class="uses">
              <thead>
                <tr>
                  <th scope="col">output</th>
                  <th scope="col">under entry</th>
                  ${
                    mode === "conv"
                      ? channels.map((c) => html`<th scope="col">weight × pixel${suffix(c)}</th>`)
                      : mode === "max"
                        ? channels.map(
                            (c) => html`<th scope="col">is it the largest${suffix(c)}?</th>`,
                          )
                        : nothing
                  }
                  <th scope="col">out is</th>
                </tr>
              </thead>
              <tbody>
                ${uses.map(
                  (use) => html`<tr>
                    <td>out[${use.p}, ${use.q}]</td>
                    <td>[${use.i}, ${use.j}]</td>
                    ${
                      mode === "conv"
                        ? channels.map(
                            (c) => html`<td>
                              ${shortNumber(use.weights[c]!)} × ${shortNumber(values[c]!)} =
                              ${shortNumber(use.products[c]!)}
                            </td>`,
                          )
                        : mode === "max"
                          ? channels.map((c) => html`<td>${use.wins[c] ? "yes" : "no"}</td>`)
                          : nothing
                    }
                    <td>${use.out.map(shortNumber).join(", ")}</td>
                  </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }`;
}
