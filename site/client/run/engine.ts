/** The Worker of this page's chapter: it is started at the first question. */
import type { Answer, Question } from "./messages.js";

/** A question without its number, which is given to it here. */
type Asked = Question extends infer One ? (One extends Question ? Omit<One, "id"> : never) : never;

/** A block that takes longer has been broken into an endless one. */
const LONGEST_MS = 60_000;

/** Of an answer: how long it took. */
export interface Answered {
  readonly ms: number;
}

/** Asks, hears each answer, and ends with the last one. */
export class Engine {
  readonly #script: string;
  #worker: Worker | null = null;
  #asked = 0;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  /** @param script the address of the chapter's Worker */
  constructor(script: string) {
    this.#script = script;
  }

  /** @throws Error when the Worker does not start, or when what it runs fails as a whole */
  async ask(question: Asked, hear: (answer: Answer) => void = () => {}): Promise<Answered> {
    const id = this.#asked++;
    const worker = this.#start();
    let timer = 0;
    try {
      return await new Promise<Answered>((resolve, refuse) => {
        timer = window.setTimeout(() => {
          this.#stop("it took more than a minute");
        }, LONGEST_MS);
        this.#waiting.set(id, (answer) => {
          if ("failed" in answer) refuse(new Error(answer.failed));
          else if ("done" in answer) resolve(answer);
          else hear(answer);
        });
        worker.postMessage({ ...question, id });
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    if (location.protocol === "file:")
      throw new Error("a browser runs nothing from a file: open this page with npx leibniz site");
    const worker = new Worker(this.#script, { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) =>
      this.#waiting.get(data.id)?.(data),
    );
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#stop(event.message || "the script of this chapter did not load");
    });
    return (this.#worker = worker);
  }

  /** Ends the Worker; the next question starts another. */
  #stop(reason: string): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const [id, answer] of this.#waiting) answer({ id, failed: reason });
  }
}
