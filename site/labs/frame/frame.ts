/** What every laboratory has around it: undo, reset, link, walk, and one line for problems. */
import { html, nothing, type TemplateResult } from "lit-html";
import { announce } from "../../client/dom.js";
import type { State } from "./fields.js";
import type { Lab } from "./lab.js";

export function frame<S extends State, R>(
  lab: Lab<S, R>,
  draw: () => TemplateResult,
): TemplateResult {
  return html`<div class="bench" @keydown=${(event: KeyboardEvent) => keys(lab, event)}>
    <div class="tools" role="toolbar" aria-label="Laboratory">
      <button type="button" ?disabled=${!lab.canUndo} @click=${() => lab.undo()}>Undo</button>
      <button type="button" ?disabled=${!lab.canRedo} @click=${() => lab.redo()}>Redo</button>
      <button type="button" @click=${() => lab.reset()}>Reset</button>
      ${
        lab.isEmbedded
          ? html`<a href=${lab.link}>Open in the laboratory</a>`
          : html`<button type="button" @click=${() => copyLink(lab)}>Copy link</button>`
      }
      ${
        lab.options.walk.length === 0
          ? nothing
          : html`<button
            type="button"
            aria-expanded=${lab.walk.isOpen}
            @click=${() => lab.walk.toggle()}
          >
            Guided walk
          </button>`
      }
    </div>
    ${lab.walk.draw()}
    <p class="problem" ?hidden=${lab.problem === null}>${lab.problem}</p>
    ${draw()}
  </div>`;
}

function keys<S extends State, R>(lab: Lab<S, R>, event: KeyboardEvent): void {
  const isZ = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
  const { target } = event;
  if (!isZ || (target instanceof Element && target.matches("input[type=text], textarea"))) return;
  event.preventDefault();
  if (event.shiftKey) lab.redo();
  else lab.undo();
}

async function copyLink<S extends State, R>(lab: Lab<S, R>): Promise<void> {
  const { link } = lab;
  const note = lab.options.linkNote?.(lab.state) ?? null;
  history.replaceState(null, "", link);
  try {
    await navigator.clipboard.writeText(link);
    lab.complain(note === null ? null : `The link is copied. ${note}`);
    if (note === null) announce("The link is copied.");
  } catch {
    lab.complain("The browser let nothing be copied: the link is in the address bar.");
  }
}
