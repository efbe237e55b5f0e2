/** The page's side: one question at a time, and of those that wait only the newest. */
import type { State } from "./fields.js";
import type { Answer, Question } from "./messages.js";

/** A question that takes longer is given up, with the Worker. */
const LONGEST_MS = 60_000;

export interface Heard<S> {
  readonly state: S;
  readonly result: unknown;
  readonly ms: number;
}

export class Asker<S extends State> {
  readonly #script: string;
  readonly #hear: (heard: Heard<S>) => void;
  readonly #fail: (reason: string) => void;
  #worker: Worker | null = null;
  #asked: Question<S> | null = null;
  #next: Omit<Question<S>, "id"> | null = null;
  #count = 0;
  #timer = 0;

  /** @param script the Worker's address */
  constructor(script: string, hear: (heard: Heard<S>) => void, fail: (reason: string) => void) {
    this.#script = script;
    this.#hear = hear;
    this.#fail = fail;
  }

  /** Whether an answer is on its way. */
  get isBusy(): boolean {
    return this.#asked !== null;
  }

  ask(state: S, given: Readonly<Record<string, unknown>>): void {
    this.#next = { state, given };
    if (this.#asked === null) this.#send();
  }

  /** Starts the Worker before there is a question. */
  getReady(): void {
    if (location.protocol !== "file:") this.#open();
  }

  /** Ends the Worker; a later question starts another. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.#asked = null;
  }

  #send(): void {
    const next = this.#next;
    if (next === null) return;
    this.#next = null;
    if (location.protocol === "file:")
      return this.#fail(
        "A browser runs nothing from a file: open this page with npx leibniz site.",
      );
    this.#asked = { id: this.#count++, ...next };
    this.#timer = window.setTimeout(() => {
      this.stop();
      this.#fail("That took more than a minute, and was stopped.");
    }, LONGEST_MS);
    this.#open().postMessage(this.#asked);
  }

  #open(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(this.#script, { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.#take(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.stop();
      this.#fail(event.message || "The engine did not load.");
    });
    return (this.#worker = worker);
  }

  #take(answer: Answer): void {
    const asked = this.#asked;
    if (asked?.id !== answer.id) return;
    clearTimeout(this.#timer);
    this.#asked = null;
    if ("failed" in answer) this.#fail(answer.failed);
    else this.#hear({ state: asked.state, result: answer.result, ms: answer.ms });
    if (this.#asked === null) this.#send();
  }
}
