/** An expression written out with its numbers, each of which can be opened. */
import { html, type TemplateResult } from "lit-html";
import { type Address, addendsOf, type Expression } from "leibniz/tracing";
import { fullNumber, shortNumber } from "../frame/short-number.js";
import type { Opened } from "./compute.js";
import { placeOf } from "./names.js";
import { open, type Scene, valueAt } from "./scene.js";

/** A number to open: what it is above, its name below. */
export function chip(scene: Scene, address: Address): TemplateResult {
  const value = valueAt(scene, address);
  const name = placeOf(scene, address);
  return html`<button
    type="button"
    class="chip"
    title=${`${name} = ${fullNumber(value)}`}
    aria-label=${`${shortNumber(value)} ${name}: open`}
    @click=${() => open(scene, address)}
  >
    <b>${shortNumber(value)}</b> <small>${name}</small>
  </button>`;
}

const SIGNS = { sum: "+", product: "·", difference: "−", quotient: "/" } as const;

/** What has to stand in brackets inside something else. */
const LOOSE = ["sum", "difference"];

/** In one line, which may break. */
export function inLine(scene: Scene, expression: Expression): TemplateResult {
  switch (expression.op) {
    case "entry":
      return chip(scene, expression);
    case "number":
      return html`<span class="chip constant"
        ><b>${shortNumber(expression.value)}</b> <small>${expression.name}</small></span
      >`;
    case "sum":
    case "product":
    case "difference":
    case "quotient": {
      const sign = SIGNS[expression.op];
      const isTight = expression.op !== "sum";
      if (expression.of.length === 0) return html`<b>0</b>`;
      return html`${expression.of.map((part, i) => {
        const isLoose =
          LOOSE.includes(part.op) || (expression.op === "quotient" && i > 0 && part.op !== "root");
        const inner = inLine(scene, part);
        const whole =
          isTight && isLoose && part.op !== "entry" && part.op !== "number"
            ? html`(${inner})`
            : inner;
        return i === 0 ? whole : html` <span class="sign">${sign}</span> ${whole}`;
      })}`;
    }
    case "largest":
      return html`max(${expression.of.map(
        (part, i) => html`${i === 0 ? "" : ", "}${inLine(scene, part)}`,
      )})`;
    case "exp":
    case "log":
      return html`${expression.op}(${inLine(scene, expression.of[0])})`;
    case "root":
      return html`√(${inLine(scene, expression.of[0])})`;
    case "when":
      return html`${inLine(scene, expression.of[0])} <span class="sign">·</span>
        <span class="condition"
          >${expression.holds ? "1" : "0"}
          <small>1[${expression.condition}] ${expression.holds ? "holds" : "does not hold"}</small>
          ${expression.of.slice(1).map((part) => inLine(scene, part))}</span
        >`;
  }
}

/** A sum of several, an addend a line with what it comes to; anything else in one line. */
export function arithmetic(scene: Scene, { origin, addends: values }: Opened): TemplateResult {
  const { expression } = origin!;
  const addends = addendsOf(expression);
  if (addends.length < 3) return html`<p class="in-line">${inLine(scene, expression)}</p>`;
  const zeros = values.filter((value) => value === 0).length;
  return html`<p>${addends.length} addends${zeros > 0 ? `, ${zeros} of them 0` : ""}:</p>
    <ol class="addends" tabindex="0" aria-label="Addends">
    ${addends.map(
      (part, i) => html`<li class=${values[i] === 0 ? "nothing" : ""}>
        <span>${inLine(scene, part)}</span>
        ${
          part.op === "entry"
            ? ""
            : html`<span class="comes-to">= ${shortNumber(values[i]!)}</span>`
        }
      </li>`,
    )}
  </ol>`;
}
