/** Laboratories in a chapter: a link, and on request the laboratory itself in its place. */
import { all, make, near, root } from "./dom.js";

/** What lies beside the page, loaded once. */
const loaded = new Map<string, Promise<void>>();

function load(element: HTMLLinkElement | HTMLScriptElement, address: string): Promise<void> {
  const known = loaded.get(address);
  if (known !== undefined) return known;
  const arrives = new Promise<void>((resolve, refuse) => {
    element.addEventListener("load", () => resolve());
    element.addEventListener("error", () => refuse(new Error(`${address} did not load`)));
  });
  document.head.append(element);
  loaded.set(address, arrives);
  return arrives;
}

async function open(place: HTMLElement): Promise<void> {
  const { lab = "", state = "" } = place.dataset;
  const [style, script] = [`${root()}assets/labs.css`, `${root()}assets/labs/${lab}.js`];
  await load(make("link", { rel: "stylesheet", href: style }), style);
  const element = document.createElement("leibniz-lab");
  for (const [name, value] of Object.entries({ name: lab, state, embedded: "" }))
    element.setAttribute(name, value);
  place.append(element);
  await load(make("script", { src: script }), script);
  place.querySelector("button[data-action='lab']")?.remove();
}

export function startEmbeds(): void {
  for (const place of all(".try[data-lab]"))
    place.addEventListener("click", (event) => {
      if (near(event, "button[data-action='lab']") === null) return;
      open(place).catch((error: Error) => {
        place.querySelector("leibniz-lab")?.remove();
        place.append(make("p", { class: "problem" }, error.message));
      });
    });
}
