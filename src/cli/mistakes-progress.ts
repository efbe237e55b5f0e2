import cliProgress from "cli-progress";

/**
 * A bar on a terminal, on standard error; results go to standard output, above it. Elsewhere one
 * line at the start.
 */
export class MistakesProgress {
  #bar: cliProgress.SingleBar | null = null;

  start(total: number, processes: number, json: boolean): void {
    if (!process.stderr.isTTY) {
      if (!json)
        console.error(
          `${total === 1 ? "one mistake" : `${total} mistakes`}, ${processes} processes`,
        );
      return;
    }
    this.#bar = new cliProgress.SingleBar(
      {
        format: "{value}/{total} mistakes {bar} {what}",
        hideCursor: true,
        clearOnComplete: true,
        barsize: 24,
        gracefulExit: false,
      },
      cliProgress.Presets.shades_classic,
    );
    this.#bar.start(total, 0, { what: "checks" });
  }

  /** What is being done. */
  show(what: string): void {
    this.#bar?.update({ what });
  }

  print(text: string): void {
    if (this.#bar !== null) process.stderr.write("\r\u001b[K");
    console.log(text);
  }

  /** One mistake more is done. */
  done(): void {
    this.#bar?.increment();
  }

  end(): void {
    this.#bar?.stop();
  }
}
