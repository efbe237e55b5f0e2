/** `leibniz bench --gpu`: a graphics card against the processor beside it, as a row of a table. */
import {
  Ceiling,
  type Effort,
  measureProduct,
  median,
  type NetworkBench,
  type ProductShape,
} from "../bench/index.js";
import {
  availableGpuModes,
  type Backend,
  gpuBackend,
  type GpuDevice,
  gpuDevice,
  type GpuMode,
} from "../kernels/index.js";
import { reject } from "../tensor/index.js";
import { type Variant, withBackend } from "./bench-variants.js";
import { printJson } from "./options.js";

/** Both are measured in turn this often, and medians are kept. */
const ROUNDS = 5;
/** affine1 of the notes' network, and large square matrices. */
const SHAPES: readonly ProductShape[] = [
  [256, 800, 120],
  [512, 512, 512],
];

interface Figures {
  /** GFLOP/s of {@link SHAPES}. */
  readonly products: readonly number[];
  /** Images a second. */
  readonly training: number;
  readonly classifying: number;
}

export interface GpuBenchOptions {
  readonly mode?: string | undefined;
  readonly threads: number;
  readonly network: NetworkBench;
  readonly effort: Effort;
  readonly isQuick: boolean;
  readonly json: boolean;
  readonly machine: { readonly cpu: string; readonly node: string };
}

/** Measures, and prints a row for the table of `results/speed`. */
export async function benchGpu(options: GpuBenchOptions): Promise<void> {
  const { network, effort, threads } = options;
  const modes = await availableGpuModes();
  const mode = modes.find((one) => one === (options.mode ?? modes[0]));
  if (mode === undefined)
    reject("bench --gpu", `a mode that is here (${modes.join(", ")})`, `"${options.mode}"`);
  const device = await gpuDevice(mode);
  const variants: readonly Variant[] = [
    { name: "gpu", mode },
    { name: "wasm", threads },
  ];
  const smallest = await thresholdIn(mode);
  const ceiling = await Ceiling.open();
  const rounds: Figures[][] = [];
  const count = options.isQuick ? 1 : ROUNDS;
  for (let round = 1; round <= count; round++) {
    const figures: Figures[] = [];
    for (const variant of variants) {
      console.error(`round ${round} of ${count}: ${variant.mode ?? variant.name}`);
      figures.push(await withBackend(variant, (one) => measure(one, network, ceiling, effort)));
    }
    rounds.push(figures);
  }
  const [gpu, wasm] = variants.map((_, i) => medians(rounds.map((round) => round[i]!)));
  const { batch } = network;
  const measured = { gpu: gpu!, wasm: wasm!, smallest: finiteOrNull(smallest) };
  const row = { mode, device, ...measured, threads, ...options.machine, batch };
  if (options.json) printJson({ what: "gpu", ...row });
  else console.log(gpuRow(row));
}

/** From how many multiplications on a product is faster in a mode than on the processor. */
async function thresholdIn(mode: GpuMode): Promise<number> {
  const backend = await gpuBackend({ mode, smallestProduct: "measured" });
  try {
    return backend.smallestProduct;
  } finally {
    await backend.dispose();
  }
}

async function measure(
  backend: Backend,
  network: NetworkBench,
  ceiling: Ceiling,
  effort: Effort,
): Promise<Figures> {
  const products: number[] = [];
  for (const shape of SHAPES)
    products.push((await measureProduct(backend, shape, ceiling, effort)).gflops);
  return {
    products,
    training: await network.training(backend, effort),
    classifying: await network.evaluation(backend, effort),
  };
}

function medians(rounds: readonly Figures[]): Figures {
  return {
    products: SHAPES.map((_, i) => median(rounds.map(({ products }) => products[i]!))),
    training: median(rounds.map(({ training }) => training)),
    classifying: median(rounds.map(({ classifying }) => classifying)),
  };
}

export interface GpuRow {
  readonly mode: string;
  readonly device: GpuDevice;
  readonly gpu: Figures;
  readonly wasm: Figures;
  /** How many multiplications make a product faster there; null where none is. */
  readonly smallest: number | null;
  readonly threads: number;
  readonly cpu: string;
  readonly node: string;
  readonly batch: number;
}

/** The head of the table in `results/speed/README.md`. */
const HEAD = [
  ...["device", "driver", "mode"],
  ...SHAPES.map((shape) => `${shape.join("×")}, GFLOP/s`),
  ...["training, images/s", "classifying, images/s"],
  ...["wasm: training", "classifying", "processor, threads, Node"],
];

/** The table with this row, and what it comes to in a sentence. */
export function gpuRow({ mode, device, gpu, wasm, ...row }: GpuRow): string {
  const { smallest, threads, cpu, node, batch } = row;
  const named = device.device ?? "the processor";
  const cells = [
    device.isSoftware && device.device !== null ? `${named} (software)` : named,
    ...[device.driver ?? "–", mode],
    ...gpu.products.map((gflops) => gflops.toFixed(1)),
    ...[gpu.training, gpu.classifying, wasm.training, wasm.classifying].map(whole),
    `${cpu}, ${threads}, ${node.slice(1)}`,
  ];
  const line = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;
  const times = gpu.training / wasm.training;
  const compared =
    times < 1 ? `${(1 / times).toFixed(1)} times slower` : `${times.toFixed(1)} times faster`;
  return [
    line(HEAD),
    line(HEAD.map(() => "---")),
    line(cells),
    "",
    `Training the notes' network in batches of ${batch}, this mode is ${compared} than wasm on ` +
      `${threads} thread${threads === 1 ? "" : "s"}. ${productsFrom(smallest)} To share the ` +
      "row, paste it into an issue: " +
      "results/speed has a table for it.",
  ].join("\n");
}

function productsFrom(smallest: number | null): string {
  return smallest === null
    ? "No product is faster there than in plain loops, the reference."
    : `Products of ${whole(smallest)} multiplications and more are faster there than in plain ` +
        "loops, the reference.";
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
