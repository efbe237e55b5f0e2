/** A guided walk: what to try and what to notice, one step at a time. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { State } from "./fields.js";
import type { Lab } from "./lab.js";

export interface WalkStep<S> {
  readonly text: string | TemplateResult;
  /** What the laboratory is brought to; fields that are left out stay as they are. */
  readonly state?: Partial<S>;
}

export class Walk<S extends State, R> {
  readonly #lab: Lab<S, R>;
  readonly #steps: readonly WalkStep<S>[];
  #at = -1;

  constructor(lab: Lab<S, R>, steps: readonly WalkStep<S>[]) {
    this.#lab = lab;
    this.#steps = steps;
  }

  get isOpen(): boolean {
    return this.#at >= 0;
  }

  toggle(): void {
    this.#go(this.isOpen ? -1 : 0);
  }

  #go(at: number): void {
    this.#at = at;
    const state = this.#steps[at]?.state;
    if (state !== undefined) this.#lab.set(state);
    this.#lab.update();
  }

  draw(): TemplateResult | typeof nothing {
    const step = this.#steps[this.#at];
    if (step === undefined) return nothing;
    const isLast = this.#at === this.#steps.length - 1;
    return html`<section class="walk" aria-label="Guided walk">
      <p aria-live="polite">${step.text}</p>
      <div class="tools">
        <button type="button" ?disabled=${this.#at === 0} @click=${() => this.#go(this.#at - 1)}>
          Back
        </button>
        <span>${this.#at + 1} of ${this.#steps.length}</span>
        <button type="button" @click=${() => this.#go(isLast ? -1 : this.#at + 1)}>
          ${isLast ? "Done" : "Next"}
        </button>
        <button type="button" ?hidden=${isLast} @click=${() => this.#go(-1)}>Leave the walk</button>
      </div>
    </section>`;
  }
}
