/** `<leibniz-lab>`: in place of the still picture inside it, the laboratory itself. */
import { make, root } from "../../client/dom.js";
import type { State } from "./fields.js";
import { Lab, type LabOptions } from "./lab.js";

export class LabElement extends HTMLElement {
  /** By name: the laboratories whose script has been loaded. */
  static readonly known = new Map<string, LabOptions<State, unknown>>();

  lab: Lab<State, unknown> | null = null;

  connectedCallback(): void {
    this.start();
  }

  disconnectedCallback(): void {
    this.lab?.stop();
  }

  /** Nothing runs from a file, so what is seen without script is seen there too. */
  #showStill(): void {
    const still = this.querySelector(":scope > noscript");
    if (still === null) return;
    const { body } = new DOMParser().parseFromString(still.textContent ?? "", "text/html");
    still.replaceWith(...body.childNodes);
  }

  start(): void {
    const options = LabElement.known.get(this.getAttribute("name") ?? "");
    if (options === undefined || this.lab !== null) return;
    if (location.protocol === "file:") return this.#showStill();
    const isEmbedded = this.hasAttribute("embedded");
    const link = isEmbedded ? (this.getAttribute("state") ?? "") : location.hash.slice(1);
    const container = make("div", { class: "live-lab" });
    const first = this.querySelector("script[type='application/json']")?.textContent ?? null;
    this.append(container);
    this.lab = new Lab(options, container, { root: root(), link, isEmbedded, first });
    if (!isEmbedded) addEventListener("hashchange", () => this.lab?.follow(location.hash.slice(1)));
  }
}

/** Starts a laboratory wherever the page has room for it. */
export function defineLab<S extends State, R>(options: LabOptions<S, R>): void {
  const defined = customElements.get("leibniz-lab") as typeof LabElement | undefined;
  const { known } = defined ?? LabElement;
  known.set(options.name, options as unknown as LabOptions<State, unknown>);
  if (defined === undefined) return customElements.define("leibniz-lab", LabElement);
  for (const element of document.querySelectorAll<LabElement>(
    `leibniz-lab[name="${options.name}"]`,
  ))
    element.start();
}
