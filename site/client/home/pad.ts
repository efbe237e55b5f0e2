/**
 * A pad to draw a digit on, by mouse, finger or pen; with the keyboard, arrows move a pen that
 * Space puts down and lifts.
 */
import { make } from "../dom.js";

/** Pixels each way: seven for each pixel of the network's image. */
const SIDE = 196;
const PIXEL = SIDE / 28;
/** A stroke as wide as those of MNIST. */
const STROKE = 2.6 * PIXEL;

const ARROWS: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class Pad {
  readonly element: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #pen = make("span", { class: "pen", hidden: "" });
  readonly #onChange: (isOwn: boolean) => void;
  readonly #say: (words: string) => void;
  #at: readonly [number, number] = [SIDE / 2, SIDE / 2];
  #isDown = false;

  /**
   * @param onChange is called after each stroke of the pen, however short, and when a picture has
   *   been put on the pad or taken from it; `isOwn` says that it is no longer a picture as it was
   * @param say tells a screen reader what a key has done
   */
  constructor(onChange: (isOwn: boolean) => void, say: (words: string) => void) {
    this.#onChange = onChange;
    this.#say = say;
    this.#canvas = make("canvas", {
      width: String(SIDE),
      height: String(SIDE),
      tabindex: "0",
      role: "application",
      "aria-label": "Pad to draw a digit on",
      "aria-describedby": "pad-keys",
    });
    this.#context = this.#canvas.getContext("2d", { willReadFrequently: true })!;
    const keys = make(
      "span",
      { id: "pad-keys", class: "visually-hidden" },
      "Arrow keys move the pen, Space puts it down or lifts it, Delete clears the pad. " +
        "The buttons below put a digit of MNIST on it.",
    );
    this.element = make("div", { class: "pad" }, this.#canvas, this.#pen, keys);
    this.#canvas.addEventListener("pointerdown", (event) => this.#press(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#move(event));
    this.#canvas.addEventListener("keydown", (event) => this.#key(event));
    this.#canvas.addEventListener("blur", () => (this.#pen.hidden = true));
  }

  get pixels(): ImageData {
    return this.#context.getImageData(0, 0, SIDE, SIDE);
  }

  /** Puts a picture on it, in place of what was there; null leaves it empty. */
  put(picture: CanvasImageSource | null): void {
    this.#context.clearRect(0, 0, SIDE, SIDE);
    this.#context.imageSmoothingEnabled = false;
    if (picture !== null) this.#context.drawImage(picture, 0, 0, SIDE, SIDE);
    this.#onChange(picture === null);
  }

  /** Takes the focus, and comes into sight. */
  focus(): void {
    this.#canvas.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  #place({ clientX, clientY }: MouseEvent): readonly [number, number] {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return [((clientX - left) / width) * SIDE, ((clientY - top) / height) * SIDE];
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#canvas.focus({ preventScroll: true });
    this.#pen.hidden = true;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#at = this.#place(event);
    this.#lineTo(this.#at);
  }

  #move(event: PointerEvent): void {
    if (!this.#canvas.hasPointerCapture(event.pointerId)) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) this.#lineTo(this.#place(one));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) {
      const to = this.#at.map((value, axis) =>
        Math.min(SIDE, Math.max(0, value + arrow[axis]! * PIXEL)),
      ) as [number, number];
      if (this.#isDown) this.#lineTo(to);
      this.#at = to;
    } else if (event.key === " ") {
      this.#isDown = !this.#isDown;
      if (this.#isDown) this.#lineTo(this.#at);
      this.#say(this.#isDown ? "pen down" : "pen up");
    } else if (event.key === "Delete" || event.key === "Backspace") this.put(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.#showPen();
  }

  #showPen(): void {
    const [x, y] = this.#at;
    this.#pen.hidden = false;
    this.#pen.classList.toggle("down", this.#isDown);
    this.#pen.style.left = `${(100 * x) / SIDE}%`;
    this.#pen.style.top = `${(100 * y) / SIDE}%`;
  }

  #lineTo(to: readonly [number, number]): void {
    const context = this.#context;
    context.lineWidth = STROKE;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.strokeStyle = "#1f77b4";
    context.beginPath();
    context.moveTo(...this.#at);
    context.lineTo(...to);
    context.stroke();
    this.#at = to;
    this.#onChange(true);
  }
}
