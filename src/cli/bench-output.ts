/** What `leibniz bench` prints, while it measures: tables for people, or one JSON object a line. */
import type { Backend } from "../kernels/index.js";
import type { StepPart, StepParts } from "../bench/index.js";
import { fold } from "./fold.js";
import { describeBackend, printJson } from "./options.js";
import { formatTable } from "./table.js";
import { printText, widthOf } from "./terminal.js";

/** A measured figure; what does not apply is null. Some kinds have further keys. */
export interface BenchLine {
  readonly what:
    | "machine"
    | "ceiling"
    | "bandwidth"
    | "ladder"
    | "matmul"
    | "train"
    | "evaluate"
    | "layer"
    | "memory"
    | "left out";
  readonly backend?: string | null;
  readonly mode?: string | null;
  readonly threads?: number | null;
  readonly shape?: string | null;
  readonly gflops?: number | null;
  readonly imagesPerSecond?: number | null;
  readonly [further: string]: unknown;
}

/**
 * A text and the width that it is padded to: with spaces after it, or before it if that is
 * negative.
 */
export type Cell = readonly [text: string, width: number];

/**
 * What looks faster than this many GFLOP/s a thread was not done yet: no processor comes near,
 * zeros skipped or not.
 */
const PUT_OFF = 200;

/** Longer lines of sentences are hard to read. */
const MOST_OF_SENTENCES = 100;

export class BenchOutput {
  readonly #json: boolean;

  constructor(json: boolean) {
    this.#json = json;
  }

  machine({
    cpu,
    cores,
    node,
  }: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
  }): void {
    this.line({ what: "machine", cpu, cores, node }, [
      [`${cpu}, ${cores} core${cores === 1 ? "" : "s"}, Node ${node.slice(1)}`, 0],
    ]);
    this.#explain(
      "Each figure is the median of several runs after a warm-up, each result was compared " +
        "first, and a share is of what all threads of the row together could reach at most, " +
        "measured in alternation with it.",
    );
  }

  /** A table's title, and what its columns hold. */
  heading(title: string, columns: readonly Cell[] = []): void {
    this.#note(`\n${title}`);
    if (columns.length > 0) this.#note(formatRow(columns));
  }

  /**
   * @param cells what people see, or null for nothing
   * @param below what they see on lines of its own
   */
  line(line: BenchLine, cells: readonly Cell[] | null, below: readonly string[] = []): void {
    const {
      what,
      backend = null,
      mode = null,
      threads = null,
      shape = null,
      gflops = null,
      imagesPerSecond = null,
      ...further
    } = line;
    if (this.#json)
      printJson({ what, backend, mode, threads, shape, gflops, imagesPerSecond, ...further });
    else if (cells !== null) printText([formatRow(cells), ...below].join("\n"), 2);
  }

  layers(
    backend: Backend,
    { parts, wholeMicroseconds }: StepParts,
    identity: Pick<BenchLine, "backend" | "mode" | "threads">,
  ): void {
    this.heading(`a training step by its parts, µs an image: ${describeBackend(backend)}`);
    const speed = ({ flopPerImage, microsecondsPerImage }: StepPart): number | null => {
      const gflops = flopPerImage / microsecondsPerImage / 1000;
      return flopPerImage === 0 || gflops > PUT_OFF * backend.threads ? null : gflops;
    };
    for (const part of parts) {
      const { name, direction, microsecondsPerImage } = part;
      this.line(
        {
          what: "layer",
          ...identity,
          gflops: speed(part),
          layer: name,
          direction,
          microsecondsPerImage,
        },
        null,
      );
    }
    const texts = (part: StepPart | undefined): [string, string] => [
      part?.microsecondsPerImage.toFixed(2) ?? "",
      part === undefined ? "" : (speed(part)?.toFixed(1) ?? ""),
    ];
    const rows = [...new Set(parts.map((part) => part.name))].map((name) => {
      const of = (direction: StepPart["direction"]): StepPart | undefined =>
        parts.find((part) => part.name === name && part.direction === direction);
      return [name, ...texts(of("forward") ?? of(null)), ...texts(of("backward"))];
    });
    const head = ["", "forward", "GFLOP/s", "backward", "GFLOP/s"];
    this.#note(formatTable(head, rows, widthOf(process.stdout)));
    const total = parts.reduce((sum, { microsecondsPerImage }) => sum + microsecondsPerImage, 0);
    this.line(
      {
        what: "layer",
        ...identity,
        layer: "all",
        direction: null,
        microsecondsPerImage: total,
        wholeMicroseconds,
      },
      null,
    );
    this.#explain(
      `sum ${total.toFixed(1)}; steps in between, timed as a whole, took ` +
        `${wholeMicroseconds.toFixed(1)}. GFLOP/s count products with zeros, done or skipped.`,
    );
    this.#explain(
      "What a backend defers is counted where it is done: wasm computes a convolution and its " +
        "relu in the pool after them, and sends gradients through pool and relu in the " +
        "convolution.",
    );
  }

  #note(text: string): void {
    if (!this.#json) printText(text, 2);
  }

  /** Sentences, which are folded wherever they go. */
  #explain(text: string): void {
    const width = Math.min(widthOf(process.stdout), MOST_OF_SENTENCES);
    if (!this.#json) console.log(fold(text, width));
  }
}

function formatRow(cells: readonly Cell[]): string {
  return cells
    .map(([text, width]) => (width < 0 ? text.padStart(-width) : text.padEnd(width)))
    .join(" ")
    .trimEnd();
}
