import { type Bar, newBar } from "./bar.js";
import { canAnimate, printText } from "./terminal.js";

/** Columns of the line beside its bar: the count, and what is being done. */
const BESIDE_BAR = 15 + 40;
/** Where what follows "caught by" begins. */
const NAMES = 13;

/**
 * A bar on a terminal, on standard error; results go to standard output, above it. Elsewhere one
 * line at the start.
 */
export class MistakesProgress {
  #bar: Bar | null = null;

  start(total: number, processes: number, json: boolean): void {
    if (!canAnimate(process.stderr)) {
      if (!json)
        console.error(
          `${total === 1 ? "one mistake" : `${total} mistakes`}, ${processes} processes`,
        );
      return;
    }
    this.#bar = newBar("{value}/{total} mistakes {bar} {what}", BESIDE_BAR);
    this.#bar.start(total, 0, { what: "checks" });
  }

  /** One JSON object, on one line. */
  printObject(value: object): void {
    this.#above(() => console.log(JSON.stringify(value)));
  }

  /** What is being done. */
  show(what: string): void {
    this.#bar?.update({ what });
  }

  /** Prints lines above the bar. */
  print(text: string): void {
    this.#above(() => {
      for (const line of text.split("\n")) printText(line, line.startsWith("  ") ? NAMES : 2);
    });
  }

  /** One mistake more is done. */
  done(): void {
    this.#bar?.increment();
  }

  end(): void {
    this.#bar?.stop();
  }

  #above(print: () => void): void {
    if (this.#bar === null) print();
    else this.#bar.above(print);
  }
}
