/** The tables of `leibniz bench`, each measured while it is printed. */
import { fileURLToPath } from "node:url";
import type { LabelledImages } from "../data/index.js";
import { type Backend, ladder } from "../kernels/index.js";
import {
  BENCH_BATCH,
  type Ceiling,
  type Effort,
  LadderBench,
  measureLayers,
  measureProduct,
  type NetworkBench,
  productIntensity,
  productShapes,
  quickEffort,
  roofline,
  type Speed,
} from "../bench/index.js";
import type { BenchOutput, Cell } from "./bench-output.js";
import { identity, type Variant, withBackend } from "./bench-variants.js";
import { describeBackend, nextTurn } from "./options.js";
import { runNode } from "./run-node.js";
import { widthOf } from "./terminal.js";

export interface Limits {
  readonly ceiling: number;
  /** In GB/s, from memory, by one thread. */
  readonly bandwidth: number;
}

/** From a piece that fits into the first cache to one that fits into none. */
const PIECES = [
  ["16 kB", 2 ** 14],
  ["512 kB", 2 ** 19],
  ["18 MB", 18 * 2 ** 20],
  ["64 MB", 2 ** 26],
] as const;

export async function benchLimits(
  output: BenchOutput,
  ceiling: Ceiling,
  effort: Effort,
): Promise<Limits> {
  const gflops = ceiling.measure(effort);
  output.heading("what one thread can do at most");
  output.line({ what: "ceiling", threads: 1, gflops }, [
    ["multiply and add on registers", 31],
    [`${gflops.toFixed(1)} GFLOP/s`, 0],
  ]);
  let bandwidth = 0;
  for (const [shape, bytes] of PIECES) {
    const { read, write } = await ceiling.bandwidth(bytes, effort);
    await nextTurn();
    bandwidth = read;
    output.line({ what: "bandwidth", threads: 1, shape, readGBs: read, writeGBs: write }, [
      [`a piece of memory of ${shape}`, 31],
      [`read ${read.toFixed(0)}, written ${write.toFixed(0)} GB/s`, 0],
    ]);
  }
  return { ceiling: gflops, bandwidth };
}

/** Columns that the ladder takes where a row says what is new in its rung. */
const ROOM_FOR_IDEAS = 104;

/** Columns of a backend's name in front of figures, which fit into 40 with it. */
const FIRST = 20;

const SHARES: readonly Cell[] = [
  ["", FIRST],
  ["GFLOP/s", -9],
  ["share", -9],
];

export async function benchLadder(
  output: BenchOutput,
  variants: readonly Variant[],
  ceiling: Ceiling,
  effort: Effort,
  batch: number,
): Promise<void> {
  const bench = new LadderBench(batch);
  const hasRoom = widthOf(process.stdout) >= ROOM_FOR_IDEAS;
  const row = (name: string, idea: string, ...rest: string[]): Cell[] => [
    [name, 14],
    ...(hasRoom ? [[idea, 41] as const] : []),
    ...rest.map((text, i): Cell => [text, i === 0 ? 17 : -9]),
  ];
  output.heading(
    `the ladder: the convolution ${bench.shape}, columns and all`,
    row("rung", "what is new", "on", "GFLOP/s", "share", "images/s"),
  );
  const most = Math.max(...variants.map(({ threads = 1 }) => threads));
  for (const rung of ladder) {
    const { needs } = rung;
    const fits = ({ name, threads = 1 }: Variant): boolean =>
      needs === null
        ? name === "reference"
        : name === needs.backend &&
          (name === "gpu" || threads === (needs.threads === "one" ? 1 : most));
    for (const variant of variants.filter(fits)) {
      await withBackend(variant, async (backend) => {
        const speed = await bench.measure(rung, backend, ceiling, effort);
        const { gflops } = speed;
        const [share, imagesPerSecond] = [shareOf(speed, backend), batch / speed.seconds];
        const [on, own] =
          needs === null
            ? ["TypeScript", { backend: null, mode: null, threads: 1 }]
            : [describeBackend(backend), identity(backend)];
        const cells = row(
          rung.name,
          rung.idea,
          on,
          gflops.toFixed(2),
          percent(share),
          imagesPerSecond.toFixed(0),
        );
        output.line(
          {
            what: "ladder",
            ...own,
            shape: bench.shape,
            gflops,
            imagesPerSecond,
            rung: rung.name,
            share,
          },
          cells,
          hasRoom ? [] : [`  ${rung.idea}`],
        );
      });
    }
  }
}

export async function benchProducts(
  output: BenchOutput,
  variants: readonly Variant[],
  ceiling: Ceiling,
  effort: Effort,
  limits: Limits,
): Promise<void> {
  for (const shape of effort === quickEffort ? productShapes.slice(0, 1) : productShapes) {
    const name = shape.join("×");
    const intensity = productIntensity(shape);
    const bound = roofline(intensity, limits.ceiling, limits.bandwidth);
    output.heading(
      `matmul ${name}: ${intensity.toFixed(1)} FLOP a byte, so from memory one thread reaches ` +
        `at most ${bound.toFixed(0)} GFLOP/s`,
      SHARES,
    );
    for (const variant of variants) {
      await withBackend(variant, async (backend) => {
        const speed = await measureProduct(backend, shape, ceiling, effort);
        const { gflops } = speed;
        const share = shareOf(speed, backend);
        output.line({ what: "matmul", ...identity(backend), shape: name, gflops, share }, [
          [describeBackend(backend), FIRST],
          [gflops.toFixed(2), -9],
          [percent(share), -9],
        ]);
      });
    }
  }
}

export async function benchNetwork(
  output: BenchOutput,
  variants: readonly Variant[],
  bench: NetworkBench,
  effort: Effort,
): Promise<void> {
  const shape = `batch ${bench.batch}`;
  output.heading(`the notes' network, batches of ${bench.batch}, images/s`, [
    ["", FIRST],
    ["train", -9],
    ["evaluate", -9],
  ]);
  for (const variant of variants) {
    await withBackend(variant, async (backend) => {
      const training = await bench.training(backend, effort);
      await nextTurn();
      const evaluation = await bench.evaluation(backend, effort);
      const own = { ...identity(backend), shape };
      output.line({ what: "train", ...own, imagesPerSecond: training }, [
        [describeBackend(backend), FIRST],
        [training.toFixed(0), -9],
        [evaluation.toFixed(0), -9],
      ]);
      output.line({ what: "evaluate", ...own, imagesPerSecond: evaluation }, null);
    });
  }
}

export async function benchLayers(
  output: BenchOutput,
  variants: readonly Variant[],
  images: LabelledImages,
  effort: Effort,
  batch: number,
): Promise<void> {
  for (const variant of variants) {
    await withBackend(variant, async (backend) =>
      output.layers(
        backend,
        await measureLayers(backend, images, effort, batch),
        identity(backend),
      ),
    );
  }
}

/** Trains in a process of its own, since this one has held much else. */
export async function benchMemory(
  output: BenchOutput,
  variants: readonly Variant[],
  images: number,
  data: string | undefined,
): Promise<void> {
  output.heading(`most memory of a process that trains, batches of ${BENCH_BATCH}`);
  for (const { name, mode, threads } of variants) {
    const given = { backend: name, mode, threads, data };
    const options = Object.entries(given).flatMap(([option, value]) =>
      value === undefined ? [] : [`--${option}`, String(value)],
    );
    const subset = String(Math.min(images, name === "wasm" ? 20 * BENCH_BATCH : 2 * BENCH_BATCH));
    const { code, text } = await runNode(
      [
        fileURLToPath(new URL("main.js", import.meta.url)),
        "train",
        "--json",
        "--recipe",
        "notebook",
        "--epochs",
        "1",
        "--subset",
        subset,
        ...options,
      ],
      "pipe",
    );
    if (code !== 0)
      throw new Error(
        `bench: expected a training in a process of its own to end with code 0, got ${code}`,
      );
    const { peakMemoryMB, ...own } = JSON.parse(text.trim().split("\n").at(-1)!) as Pick<
      Backend,
      "mode" | "threads"
    > & { backend: string; peakMemoryMB: number };
    const shown = { name: own.backend, mode: own.mode, threads: own.threads };
    output.line(
      { what: "memory", ...identity(shown), shape: `batch ${BENCH_BATCH}`, peakMemoryMB },
      [
        [describeBackend(shown), FIRST],
        [`${peakMemoryMB} MB`, -9],
      ],
    );
  }
}

/** The share of what all threads of a backend together could reach at most. */
function shareOf({ gflops, ceiling }: Speed, { threads }: Backend): number {
  return gflops / (ceiling * threads);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
