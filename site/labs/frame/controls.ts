/** The controls of a laboratory: each has its name, its number, and is changed by mouse or key. */
import { html, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { fullNumber } from "./short-number.js";

export interface SliderOptions {
  readonly label: string | TemplateResult;
  /** Tells it from others of the page; the label if left out. */
  readonly name?: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly step?: number;
  /** What is shown and said of its value; the number if left out. */
  readonly text?: string;
  /** @param group of the changes that are undone as one */
  readonly onInput: (value: number, group: string) => void;
}

export function slider(options: SliderOptions): TemplateResult {
  const { label, value, least, most, step = 1, text = fullNumber(value), onInput } = options;
  const name = options.name ?? String(label);
  const take = (event: Event): void =>
    onInput((event.target as HTMLInputElement).valueAsNumber, `slider ${name}`);
  return html`<div class="control">
    <label
      ><span>${label}</span>
      <input
        type="range"
        min=${least}
        max=${most}
        step=${step}
        .value=${live(String(value))}
        aria-valuetext=${text}
        @input=${take}
    /></label>
    <output>${text}</output>
  </div>`;
}

export interface ChoiceOptions<T extends string> {
  readonly label: string | TemplateResult;
  readonly value: T;
  readonly options: readonly (readonly [value: T, words: string])[];
  readonly onInput: (value: T) => void;
}

export function choice<T extends string>(options: ChoiceOptions<T>): TemplateResult {
  const { label, value, onInput } = options;
  const take = (event: Event): void => onInput((event.target as HTMLSelectElement).value as T);
  return html`<div class="control">
    <label
      ><span>${label}</span>
      <select @change=${take}>
        ${options.options.map(
          ([one, words]) =>
            html`<option value=${one} .selected=${live(one === value)}>${words}</option>`,
        )}
      </select></label
    >
  </div>`;
}

export interface SwitchOptions {
  readonly label: string | TemplateResult;
  readonly value: boolean;
  readonly onInput: (value: boolean) => void;
}

export function toggle({ label, value, onInput }: SwitchOptions): TemplateResult {
  const take = (event: Event): void => onInput((event.target as HTMLInputElement).checked);
  return html`<div class="control switch">
    <label>
      <input type="checkbox" .checked=${live(value)} @change=${take} />
      <span>${label}</span>
    </label>
  </div>`;
}

/** Buttons of which one is on, such as the ways of looking at something. */
export function tabs<T extends string>({
  label,
  value,
  options,
  onInput,
}: ChoiceOptions<T>): TemplateResult {
  return html`<div class="tabs" role="group" aria-label=${label}>
    ${options.map(
      ([one, words]) =>
        html`<button type="button" aria-pressed=${one === value} @click=${() => onInput(one)}>
          ${words}
        </button>`,
    )}
  </div>`;
}
