/** A progress bar on standard error, as wide as there is room for. */
import cliProgress from "cli-progress";
import { widthOf } from "./terminal.js";

/** Longer ones say no more. */
const LONGEST_BAR = 40;
const SHORTEST_BAR = 8;

export class Bar extends cliProgress.SingleBar {
  /** Prints something in the bar's line and below; the bar goes on below that. */
  above(print: () => void): void {
    process.stderr.write("\r\u001b[K");
    print();
  }

  /** Takes the bar away from where it is now; cli-progress alone goes back to where it began. */
  override stop(): void {
    process.stderr.write("\u001b7"); // the place that is gone back to
    super.stop();
  }
}

/**
 * @param format as cli-progress has it, with `{bar}` in it
 * @param others how many columns all but the bar take
 */
export function newBar(format: string, others: number): Bar {
  return new Bar(
    {
      format,
      hideCursor: true,
      clearOnComplete: true,
      barsize: barSize(others) ?? 0,
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
}

/** How long a bar is beside so many columns, or null where there is no room for one. */
export function barSize(others: number, width = widthOf(process.stderr)): number | null {
  const room = width - others - 1; // a full line may make the terminal scroll
  return room < SHORTEST_BAR ? null : Math.min(LONGEST_BAR, room);
}
