/** Where the open number comes from: equation, line, inputs, and the arithmetic. */
import { html, nothing, type TemplateResult } from "lit-html";
import { fullNumber, shortNumber } from "../frame/short-number.js";
import { pathOf, written, writtenPath } from "./address.js";
import { arithmetic } from "./arithmetic.js";
import { codeLine, formula } from "./chapter-pieces.js";
import type { Opened } from "./compute.js";
import { startShapes } from "./networks.js";
import { placeOf } from "./names.js";
import type { Scene } from "./scene.js";

export function provenanceView(scene: Scene): TemplateResult {
  const { opened } = scene;
  if (opened === null)
    return html`<section class="provenance" aria-label="Where a number comes from">
      <h2>Where a number comes from</h2>
      <p>Choose any number: here is its equation, its line of code, and what it was made of.</p>
    </section>`;
  return html`<section class="provenance" aria-label="Where the number comes from">
    ${trail(scene)}
    <h2>${placeOf(scene, opened)} = <output>${fullNumber(opened.value)}</output></h2>
    ${opened.origin === null ? leaf(scene, opened) : made(scene, opened)}
    <button type="button" @click=${() => close(scene)}>Close</button>
  </section>`;
}

/** Back to the grids that the number stands in. */
function close({ lab }: Scene): void {
  lab.set({ path: "none" });
  document.querySelector(".step-stages")?.scrollIntoView({ block: "nearest" });
}

/** From where one began to where one is. */
function trail(scene: Scene): TemplateResult | typeof nothing {
  const { lab, numbers } = scene;
  if (numbers.trail.length < 2) return nothing;
  const back = (length: number): void =>
    lab.set({ path: writtenPath(pathOf(lab.state.path).slice(0, length)) });
  return html`<nav aria-label="The way to this number">
    <ol class="trail">
      ${numbers.trail.map((one, i) => {
        const isHere = i === numbers.trail.length - 1;
        const words = `${placeOf(scene, one)} ${shortNumber(one.value)}`;
        return html`<li>
          <button
            type="button"
            aria-current=${isHere ? "true" : nothing}
            @click=${() => back(i + 1)}
          >
            ${words}
          </button>
        </li>`;
      })}
    </ol>
  </nav>`;
}

function made(scene: Scene, opened: Opened): TemplateResult {
  const { origin, again, value } = opened;
  const { lab, inputs } = scene;
  const { chapter, tag, codeTag, file, words } = origin!;
  const arrived = (): void => lab.update();
  const isSame = Object.is(again + 0, value + 0);
  const count = `${inputs.size} number${inputs.size === 1 ? "" : "s"}`;
  return html`<p>${words}</p>
    ${formula({ chapter, tag }, "opened", arrived)} ${codeLine(file, codeTag, arrived)}
    ${arithmetic(scene, opened)}
    <p class="again">
      ${
        isSame
          ? html`Done again with ${inputs.size === 1 ? "this" : "these"} ${count}, it is
              <b>${fullNumber(again)}</b>: to the last digit.`
          : html`Done again with these ${count}, it is ${fullNumber(again)}.`
      }
    </p>`;
}

const BEGUN: Readonly<Record<string, string>> = {
  x: "A pixel of the image. Nothing made it but you.",
  targets: "What the probability should be: 1 for the image's own class.",
};

/** A number that the step began with. */
function leaf(scene: Scene, { tensor, index }: Opened): TemplateResult {
  const { lab, state } = scene;
  const words =
    BEGUN[tensor] ??
    (state.step > 1
      ? `Step ${state.step} began with it: step ${state.step - 1} has made it.`
      : /velocity|Moment/.test(tensor)
        ? "What the optimizer remembers is 0 before the first step."
        : `It was drawn at random, with the seed ${state.seed}.`);
  const isPart = startShapes(state.network).has(tensor);
  const address = { tensor, index };
  const before = (): void =>
    lab.set({ step: state.step - 1, path: written({ tensor: `${tensor}.new`, index }) });
  const plant = (): void => lab.set({ plant: "nan", plantAt: written(address) });
  return html`<p>${words}</p>
    <div class="buttons">
      ${
        BEGUN[tensor] === undefined && state.step > 1
          ? html`<button type="button" @click=${before}>
              Go to step ${state.step - 1}, where it was made
            </button>`
          : nothing
      }
      ${
        isPart
          ? html`<button
                type="button"
                @click=${() => lab.set({ view: "nudge", nudged: written(address) })}
              >
                Nudge it
              </button>
              <button type="button" @click=${plant}>Plant a NaN here</button>`
          : nothing
      }
    </div>`;
}
