/** What a person sees while training works: a bar on a terminal, plain lines elsewhere. */
import type { StepEvent } from "../training/index.js";
import { type Bar, barSize, newBar } from "./bar.js";
import { printText, widthOf } from "./terminal.js";

export interface Progress {
  step(event: StepEvent): void;
  evaluating(): void;
  /** Takes the bar away, so that the epoch's own line can be printed. */
  epochDone(): void;
}

export const silent: Progress = { step: () => {}, evaluating: () => {}, epochDone: () => {} };

/** What the line with the bar has, in this order, and how many columns each takes at most. */
const PARTS = [
  { format: "{bar}", columns: 0 },
  { format: "{value}/{total}", columns: 11 },
  { format: "loss {loss}", columns: 10 },
  { format: "accuracy {accuracy}", columns: 14 },
  { format: "{speed} images/s", columns: 15 },
  { format: "{left}", columns: 12 },
] as const;
/** What is left out first where there is no room for all. */
const DISPENSABLE = ["{speed} images/s", "{value}/{total}", "{bar}", "{left}"];
const BETWEEN = "  ";

/** A bar per epoch on standard error. On a narrow terminal loss and accuracy remain. */
export function progressBar(epochs: number): Progress {
  let bar: Bar | null = null;
  return {
    step(event) {
      const { epoch, step, steps, meanLoss, meanAccuracy, imagesPerSecond } = event;
      const name = `epoch ${epoch + 1}/${epochs}`;
      const shown = {
        loss: meanLoss.toFixed(3),
        accuracy: meanAccuracy.toFixed(3),
        speed: Math.round(imagesPerSecond),
        left: `${formatSeconds(secondsLeft(event))} left`,
      };
      if (bar === null) {
        bar = newBar(...barLine(name));
        bar.start(steps, step, shown);
      } else {
        bar.update(step, shown);
      }
    },
    evaluating() {
      bar?.update({ left: "testing" });
    },
    epochDone() {
      bar?.stop();
      bar = null;
    },
  };
}

/**
 * As much of the line as there is room for, and how many columns all but the bar take.
 *
 * @param width how many columns the line may have
 */
export function barLine(
  name: string,
  width = widthOf(process.stderr),
): readonly [format: string, others: number] {
  let parts: readonly (typeof PARTS)[number][] = PARTS;
  const others = (): number =>
    parts.reduce((sum, part) => sum + BETWEEN.length + part.columns, name.length);
  for (const next of DISPENSABLE) {
    const hasBar = parts.some(({ format }) => format === "{bar}");
    if (hasBar ? barSize(others(), width) !== null : others() < width) break;
    parts = parts.filter(({ format }) => format !== next);
  }
  return [[name, ...parts.map(({ format }) => format)].join(BETWEEN), others()];
}

/** A line soon after the start, then one every ten seconds, on standard output. */
export function plainLines(epochs: number, intervalMs = 10_000): Progress {
  let next = performance.now() + 2_000;
  return {
    step(event) {
      if (performance.now() < next) return;
      next = performance.now() + intervalMs;
      const { epoch, step, steps, meanLoss, meanAccuracy, imagesPerSecond } = event;
      printText(
        `epoch ${epoch + 1}/${epochs}  step ${step}/${steps}  loss ${meanLoss.toFixed(3)}  ` +
          `accuracy ${meanAccuracy.toFixed(3)}  ` +
          `${Math.round(imagesPerSecond)} images/s  ${formatSeconds(secondsLeft(event))} left ` +
          `in this epoch`,
        2,
      );
    },
    evaluating: () => {},
    epochDone: () => {},
  };
}

function secondsLeft({ step, steps, imagesPerSecond, images }: StepEvent): number {
  return ((images / step) * (steps - step)) / imagesPerSecond;
}

/** `2:05`, in minutes and seconds. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
