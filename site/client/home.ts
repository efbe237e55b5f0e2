/**
 * The digit on the home page, alive: on request its first picture becomes a pad, and the engine, in
 * a Worker, computes everything behind it while one draws.
 */
import type { HomeRun } from "../home/run.mjs";
import { barOf, verdictOf } from "../home/shown.mjs";
import { all, make, root } from "./dom.js";
import type { Answer } from "./home/messages.js";
import { Pad } from "./home/pad.js";

/** A screen reader hears the result when the pen has rested for so long. */
const REST_MS = 500;

/** The stages that belong to the pad: those of a digit, with canvases in place of pictures. */
class Live {
  readonly stages: HTMLElement;
  readonly pad: Pad;
  readonly #status: HTMLElement;
  readonly #verdict: HTMLElement;
  readonly #worker: Worker;
  #isBusy = false;
  #hasChanged = false;
  #rest = 0;

  /** @param onOwn is called when what is on the pad has become the reader's own */
  constructor(shown: HTMLElement, status: HTMLElement, onOwn: () => void) {
    this.#status = status;
    this.#worker = new Worker(new URL(`${root()}assets/run/home.js`, document.baseURI), {
      type: "module",
    });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.#hear(data));
    this.#worker.addEventListener("error", (event) =>
      this.#fail(event.message || "the engine did not load"),
    );
    this.stages = shown.cloneNode(true) as HTMLElement;
    this.stages.removeAttribute("data-digit");
    this.stages.classList.add("own");
    this.pad = new Pad(
      (isOwn) => {
        if (isOwn) onOwn();
        this.#change();
      },
      (words) => (this.#status.textContent = words),
    );
    const [image, ...maps] = all<HTMLImageElement>("img", this.stages);
    image!.replaceWith(this.pad.element);
    this.pad.element.nextElementSibling!.replaceChildren(
      make("b", {}, "your digit"),
      " as MNIST would have it, 28\u00a0×\u00a028",
    );
    for (const map of maps) map.replaceWith(canvasLike(map));
    this.#verdict = this.stages.querySelector<HTMLElement>(".verdict")!;
    shown.after(this.stages);
  }

  #change(): void {
    this.#hasChanged = true;
    if (!this.#isBusy) this.#ask();
  }

  #ask(): void {
    this.#hasChanged = false;
    this.#isBusy = true;
    const { width, height, data } = this.pad.pixels;
    this.#worker.postMessage({ width, height, pixels: data }, [data.buffer]);
  }

  #hear(answer: Answer): void {
    this.#isBusy = false;
    if ("failed" in answer) this.#fail(answer.failed);
    else if ("empty" in answer) this.#clear();
    else this.#show(answer.run, answer.ms);
    if (this.#hasChanged) this.#ask();
  }

  #show({ pictures, probabilities }: HomeRun, ms: number): void {
    for (const canvas of all<HTMLCanvasElement>("canvas[data-layer]", this.stages)) {
      const { data, width, height } = pictures[canvas.dataset["layer"]!]!;
      canvas.getContext("2d")!.putImageData(new ImageData(data, width, height), 0, 0);
    }
    const { said, words } = verdictOf(probabilities);
    this.#bars(probabilities, said);
    this.#verdict.textContent = words;
    clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => {
      const time = `${Math.ceil(ms)} ms`;
      this.#status.textContent = `Computed in this page by the engine, in ${time}: ${words}.`;
    }, REST_MS);
  }

  #clear(): void {
    for (const canvas of all<HTMLCanvasElement>("canvas[data-layer]", this.stages))
      canvas.getContext("2d")!.clearRect(0, 0, canvas.width, canvas.height);
    this.#bars(Array<number>(10).fill(0), null);
    this.#verdict.textContent = "nothing yet";
    clearTimeout(this.#rest);
    this.#status.textContent = "Draw a digit on the pad.";
  }

  #bars(probabilities: readonly number[], said: number | null): void {
    const picture = this.stages.querySelector(".bars")!;
    picture.setAttribute(
      "aria-label",
      said === null ? "No digit yet" : `Of the digits 0 to 9, ${said} is the most probable`,
    );
    for (const [digit, row] of all<SVGGElement>("g", picture).entries()) {
      row.classList.toggle("said", digit === said);
      row.querySelector("rect")!.setAttribute("width", barOf(probabilities[digit]!));
    }
  }

  #fail(reason: string): void {
    this.#isBusy = false;
    clearTimeout(this.#rest);
    this.#status.textContent = reason;
  }
}

/** A canvas as large as a picture, in the page and in pixels of its own. */
function canvasLike(picture: HTMLImageElement): HTMLCanvasElement {
  const { layer = "", across = "", down = "" } = picture.dataset;
  const canvas = make("canvas", {
    class: "pixels",
    "data-layer": layer,
    width: across,
    height: down,
  });
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

/** What is needed of a digit before it can be on the pad. */
async function pictureOf(figure: HTMLElement, digit: string): Promise<HTMLImageElement> {
  const shown = figure.querySelector<HTMLImageElement>(`[data-digit="${digit}"] img`)!;
  const picture = new Image();
  picture.src = shown.src;
  await picture.decode();
  return picture;
}

function start(figure: HTMLElement): void {
  const button = figure.querySelector<HTMLButtonElement>("[data-action='draw']")!;
  const status = figure.querySelector<HTMLElement>(".live")!;
  const marked = (): HTMLInputElement | null => figure.querySelector("input:checked");
  const digitOf = ({ id }: HTMLElement): string => id.replace("digit-", "");
  let live: Live | null = null;
  const put = async (digit: string): Promise<void> => {
    const picture = await pictureOf(figure, digit);
    // a stroke may have come first
    if (marked()?.id === `digit-${digit}`) live?.pad.put(picture);
  };
  button.addEventListener("click", () => {
    if (live !== null) {
      live.pad.put(null);
      return live.pad.focus();
    }
    if (location.protocol === "file:") {
      status.textContent =
        "A browser runs nothing from a file: open this page with npx leibniz site.";
      return;
    }
    const from = marked() ?? figure.querySelector<HTMLInputElement>("input[checked]")!;
    from.checked = true;
    const shown = figure.querySelector<HTMLElement>(`[data-digit="${digitOf(from)}"]`)!;
    live = new Live(shown, status, () => {
      const input = marked();
      if (input !== null) input.checked = false;
    });
    figure.classList.add("drawing");
    button.textContent = "Clear the pad";
    live.pad.element.nextElementSibling!.append(button);
    status.textContent = "Draw over it, or clear the pad and draw your own.";
    live.pad.focus();
    void put(digitOf(from));
  });
  figure.addEventListener("change", ({ target }) => {
    if (live !== null) void put(digitOf(target as HTMLInputElement));
  });
}

for (const figure of all(".network")) start(figure);
