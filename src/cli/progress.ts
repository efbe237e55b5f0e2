/** What a person sees while training works: a bar on a terminal, plain lines elsewhere. */
import cliProgress from "cli-progress";
import type { StepEvent } from "../training/index.js";

export interface Progress {
  step(event: StepEvent): void;
  evaluating(): void;
  /** Takes the bar away, so that the epoch's own line can be printed. */
  epochDone(): void;
}

export const silent: Progress = { step: () => {}, evaluating: () => {}, epochDone: () => {} };

/** A bar per epoch on standard error. */
export function progressBar(epochs: number): Progress {
  let bar: cliProgress.SingleBar | null = null;
  const format =
    "{name} {bar} {value}/{total}  loss {loss}  accuracy {accuracy}  {speed} images/s  {left}";
  return {
    step(event) {
      const { epoch, step, steps, meanLoss, meanAccuracy, imagesPerSecond } = event;
      const shown = {
        name: `epoch ${epoch + 1}/${epochs}`,
        loss: meanLoss.toFixed(3),
        accuracy: meanAccuracy.toFixed(3),
        speed: Math.round(imagesPerSecond),
        left: `${formatSeconds(secondsLeft(event))} left`,
      };
      if (bar === null) {
        bar = new cliProgress.SingleBar(
          { format, hideCursor: true, clearOnComplete: true, barsize: 24, gracefulExit: false },
          cliProgress.Presets.shades_classic,
        );
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

/** A line soon after the start, then one every ten seconds, on standard output. */
export function plainLines(epochs: number, intervalMs = 10_000): Progress {
  let next = performance.now() + 2_000;
  return {
    step(event) {
      if (performance.now() < next) return;
      next = performance.now() + intervalMs;
      const { epoch, step, steps, meanLoss, meanAccuracy, imagesPerSecond } = event;
      console.log(
        `epoch ${epoch + 1}/${epochs}  step ${step}/${steps}  loss ${meanLoss.toFixed(3)}  ` +
          `accuracy ${meanAccuracy.toFixed(3)}  ` +
          `${Math.round(imagesPerSecond)} images/s  ${formatSeconds(secondsLeft(event))} left ` +
          `in this epoch`,
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
