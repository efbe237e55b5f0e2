/** `leibniz bench`: how fast every backend is here, against what the machine can do at most. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { type Dataset, loadMnist } from "../data/index.js";
import { availableGpuModes, type Backend, type BackendName, backendNames, ladder, openBackend } from "../kernels/index.js";
import { InputError, reject } from "../tensor/index.js";
import {
  BENCH_BATCH, Ceiling, type Effort, LadderBench, measureLayers, measureProduct, NetworkBench, productIntensity, productShapes, quickEffort, roofline, type Speed, thoroughEffort,
} from "../training/index.js";
import { type BenchLine, BenchOutput, type Cell } from "./bench-output.js";
import { dataOption, describeBackend, jsonOption, nextTurn, wholeNumber } from "./options.js";

interface BenchOptions {
  readonly backend?: string;
  readonly mode?: string;
  readonly threads?: number;
  readonly quick?: boolean;
  readonly peers?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

export function benchCommand(): Command {
  return new Command("bench")
    .description("speed of every backend on this machine, against the machine's limits")
    .addOption(new Option("--backend <NAME>", `only this backend: ${backendNames.join(", ")} (default: each of them)`))
    .option("--mode <NAME>", "only this mode of the gpu backend (default: each that is there)")
    .option("--threads <N>", "the most threads; backends that have them run on 1 and on N (default: as many as the machine has cores)", wholeNumber("--threads", 1))
    .option("--quick", "a rough look in some seconds: fewer runs, the first product only, no training on gpu.js")
    .option("--peers", "run other libraries instead, beside this one: bench/peers of a checkout")
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(runBench);
}

/** What is to be opened: a backend and how. */
interface Variant {
  readonly name: BackendName;
  readonly mode?: string;
  readonly threads?: number;
}

async function runBench(options: BenchOptions): Promise<void> {
  if (options.peers === true) return runPeers(options);
  const variants = await chooseVariants(options);
  const data = await loadMnist(options.data);
  const network = new NetworkBench(data.train, data.test);
  const effort = options.quick === true ? quickEffort : thoroughEffort;
  const output = new BenchOutput(options.json === true);
  output.machine({ cpu: cpus()[0]?.model.trim() ?? "unknown", cores: availableParallelism(), node: process.version });
  const ceiling = await Ceiling.open();
  const limits = await benchLimits(output, ceiling, effort);
  await benchLadder(output, variants, ceiling, effort);
  await benchProducts(output, variants, ceiling, effort, limits);
  const trained = variants.filter(({ name }) => !(options.quick === true && options.backend === undefined && name === "gpu"));
  await benchNetwork(output, trained, network, effort);
  const { name } = variants[0]!; // of several backends, the first, which is the fast one
  const fastest = variants.filter((variant) => variant.name === name);
  await benchLayers(output, fastest, data.train, effort);
  await benchMemory(output, options.quick === true ? fastest.slice(-1) : fastest, data.train.images.count, options.data);
}

/** @throws InputError when a backend or a mode is asked for that is not here */
async function chooseVariants({ backend, mode, threads }: BenchOptions): Promise<readonly Variant[]> {
  const names = backendNames.filter((name) => backend === undefined || name === backend);
  if (names.length === 0) reject("bench", `a backend (${backendNames.join(", ")})`, JSON.stringify(backend));
  if (mode !== undefined && backend !== "gpu") reject("bench", "--mode together with --backend gpu", backend === undefined ? "no --backend" : `--backend ${backend}`);
  if (threads !== undefined && backend !== undefined && backend !== "wasm") reject("bench", "--threads for a backend that has them, wasm", `--backend ${backend}`);
  const most = threads ?? availableParallelism();
  const variants: Variant[] = [];
  for (const name of names) {
    if (name === "wasm") for (const count of new Set([1, most])) variants.push({ name, threads: count });
    else if (name === "gpu") for (const one of mode === undefined ? await availableGpuModes() : [mode]) variants.push({ name, mode: one });
    else variants.push({ name });
  }
  for (const variant of variants) await withBackend(variant, async () => {}); // one that cannot be opened is found out at once
  return variants;
}

async function withBackend<T>(variant: Variant, run: (backend: Backend) => Promise<T>): Promise<T> {
  const backend = await openBackend(variant);
  try {
    return await run(backend);
  } finally {
    await backend.dispose();
    await nextTurn();
  }
}

interface Limits {
  readonly ceiling: number;
  /** In GB/s, from memory, by one thread. */
  readonly bandwidth: number;
}

/** From a piece that fits into the first cache to one that fits into none. */
const PIECES = [["16 kB", 2 ** 14], ["512 kB", 2 ** 19], ["18 MB", 18 * 2 ** 20], ["64 MB", 2 ** 26]] as const;

async function benchLimits(output: BenchOutput, ceiling: Ceiling, effort: Effort): Promise<Limits> {
  const gflops = ceiling.measure(effort);
  output.heading("what one thread can do at most");
  output.line({ what: "ceiling", threads: 1, gflops }, [["multiply and add on registers", 31], [`${gflops.toFixed(1)} GFLOP/s`, 0]]);
  let bandwidth = 0;
  for (const [shape, bytes] of PIECES) {
    const { read, write } = await ceiling.bandwidth(bytes, effort);
    await nextTurn();
    bandwidth = read;
    output.line({ what: "bandwidth", threads: 1, shape, readGBs: read, writeGBs: write }, [[`a piece of memory of ${shape}`, 31], [`read ${read.toFixed(0)}, written ${write.toFixed(0)} GB/s`, 0]]);
  }
  return { ceiling: gflops, bandwidth };
}

const SHARES: readonly Cell[] = [["", 24], ["GFLOP/s", -9], ["share", -9]];

async function benchLadder(output: BenchOutput, variants: readonly Variant[], ceiling: Ceiling, effort: Effort): Promise<void> {
  const bench = new LadderBench();
  const widths = [14, 41, 17, -9, -9, -9] as const;
  const row = (...texts: string[]): Cell[] => texts.map((text, i) => [text, widths[i]!]);
  output.heading(`the ladder: the convolution ${bench.shape}, columns and all`, row("rung", "what is new", "on", "GFLOP/s", "share", "images/s"));
  const most = Math.max(...variants.map(({ threads = 1 }) => threads));
  for (const rung of ladder) {
    const { needs } = rung;
    const fits = ({ name, threads = 1 }: Variant): boolean => (needs === null ? name === "reference" : name === needs.backend && (name === "gpu" || threads === (needs.threads === "one" ? 1 : most)));
    for (const variant of variants.filter(fits)) {
      await withBackend(variant, async (backend) => {
        const speed = await bench.measure(rung, backend, ceiling, effort);
        const { gflops } = speed;
        const [share, imagesPerSecond] = [shareOf(speed, backend), BENCH_BATCH / speed.seconds];
        const [on, own] = needs === null ? ["TypeScript", { backend: null, mode: null, threads: 1 }] : [describeBackend(backend), identity(backend)];
        const cells = row(rung.name, rung.idea, on, gflops.toFixed(2), percent(share), imagesPerSecond.toFixed(0));
        output.line({ what: "ladder", ...own, shape: bench.shape, gflops, imagesPerSecond, rung: rung.name, share }, cells);
      });
    }
  }
}

async function benchProducts(output: BenchOutput, variants: readonly Variant[], ceiling: Ceiling, effort: Effort, limits: Limits): Promise<void> {
  for (const shape of effort === quickEffort ? productShapes.slice(0, 1) : productShapes) {
    const name = shape.join("×");
    const intensity = productIntensity(shape);
    const bound = roofline(intensity, limits.ceiling, limits.bandwidth);
    output.heading(`matmul ${name}: ${intensity.toFixed(1)} FLOP a byte, so from memory one thread reaches at most ${bound.toFixed(0)} GFLOP/s`, SHARES);
    for (const variant of variants) {
      await withBackend(variant, async (backend) => {
        const speed = await measureProduct(backend, shape, ceiling, effort);
        const { gflops } = speed;
        const share = shareOf(speed, backend);
        output.line({ what: "matmul", ...identity(backend), shape: name, gflops, share }, [[describeBackend(backend), 24], [gflops.toFixed(2), -9], [percent(share), -9]]);
      });
    }
  }
}

async function benchNetwork(output: BenchOutput, variants: readonly Variant[], bench: NetworkBench, effort: Effort): Promise<void> {
  const shape = `batch ${BENCH_BATCH}`;
  output.heading(`the notes' network, batches of ${BENCH_BATCH}, images/s`, [["", 24], ["train", -9], ["evaluate", -9]]);
  for (const variant of variants) {
    await withBackend(variant, async (backend) => {
      const training = await bench.training(backend, effort);
      await nextTurn();
      const evaluation = await bench.evaluation(backend, effort);
      const own = { ...identity(backend), shape };
      output.line({ what: "train", ...own, imagesPerSecond: training }, [[describeBackend(backend), 24], [training.toFixed(0), -9], [evaluation.toFixed(0), -9]]);
      output.line({ what: "evaluate", ...own, imagesPerSecond: evaluation }, null);
    });
  }
}

async function benchLayers(output: BenchOutput, variants: readonly Variant[], images: Dataset, effort: Effort): Promise<void> {
  for (const variant of variants) {
    await withBackend(variant, async (backend) => output.layers(backend, await measureLayers(backend, images, effort), identity(backend)));
  }
}

/** Trains in a process of its own, since this one has held much else. */
async function benchMemory(output: BenchOutput, variants: readonly Variant[], images: number, data: string | undefined): Promise<void> {
  output.heading(`most memory of a process that trains, batches of ${BENCH_BATCH}`);
  for (const { name, mode, threads } of variants) {
    const given = { backend: name, mode, threads, data };
    const options = Object.entries(given).flatMap(([option, value]) => (value === undefined ? [] : [`--${option}`, String(value)]));
    const subset = String(Math.min(images, name === "wasm" ? 20 * BENCH_BATCH : 2 * BENCH_BATCH));
    const { code, text } = await run([fileURLToPath(new URL("main.js", import.meta.url)), "train", "--json", "--recipe", "notebook", "--epochs", "1", "--subset", subset, ...options], "pipe");
    if (code !== 0) throw new Error(`bench: expected a training in a process of its own to end with code 0, got ${code}`);
    const { peakMemoryMB, ...own } = JSON.parse(text.trim().split("\n").at(-1)!) as Pick<Backend, "mode" | "threads"> & { backend: string; peakMemoryMB: number };
    const shown = { name: own.backend, mode: own.mode, threads: own.threads };
    output.line({ what: "memory", ...identity(shown), shape: `batch ${BENCH_BATCH}`, peakMemoryMB }, [[describeBackend(shown), 24], [`${peakMemoryMB} MB`, -9]]);
  }
}

/** Other libraries on the same machine; they are not part of the package. */
async function runPeers({ json }: BenchOptions): Promise<void> {
  const script = fileURLToPath(new URL("../../bench/peers/run.mjs", import.meta.url));
  if (!existsSync(script)) throw new InputError(`bench --peers: expected the file ${script}, which only a checkout of the repository has`);
  const { code } = await run([script, ...(json === true ? ["--json"] : [])], "inherit");
  if (code !== 0) process.exitCode = 1;
}

/** Runs a script with this Node to its end. */
function run(args: readonly string[], stdout: "inherit" | "pipe"): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, refuse) => {
    const child = spawn(process.execPath, args, { stdio: ["inherit", stdout, "inherit"] });
    let text = "";
    child.stdout?.on("data", (piece: Buffer) => (text += piece.toString()));
    child.on("error", refuse).on("close", (code) => resolve({ code, text }));
  });
}

type Identity = Pick<Backend, "name" | "mode" | "threads">;

function identity({ name, mode, threads }: Identity): Pick<BenchLine, "backend" | "mode" | "threads"> {
  return { backend: name, mode, threads };
}

/** The share of what all threads of a backend together could reach at most. */
function shareOf({ gflops, ceiling }: Speed, { threads }: Backend): number {
  return gflops / (ceiling * threads);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
