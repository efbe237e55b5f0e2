/** `leibniz bench`: how fast every backend is here, against what the machine can do at most. */
import { existsSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { loadMnist } from "../data/index.js";
import { backendNames } from "../kernels/index.js";
import { InputError, reject } from "../tensor/index.js";
import { BENCH_BATCH, Ceiling, NetworkBench, quickEffort, thoroughEffort } from "../bench/index.js";
import { benchGpu } from "./bench-gpu.js";
import { BenchOutput } from "./bench-output.js";
import {
  benchLadder,
  benchLayers,
  benchLimits,
  benchMemory,
  benchNetwork,
  benchProducts,
} from "./bench-sections.js";
import {
  chooseVariants,
  leaveOut,
  thoseThatOpen,
  throwIt,
  type Variant,
  type VariantOptions,
} from "./bench-variants.js";
import { withValues } from "./known-values.js";
import { dataOption, jsonOption, modeOption, wholeNumber } from "./options.js";
import { runNode } from "./run-node.js";

/** Images in a batch of a rough look: the reference takes seconds for the full ones. */
const QUICK_BATCH = 64;

interface BenchOptions extends VariantOptions {
  readonly quick?: boolean;
  readonly peers?: boolean;
  readonly gpu?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

export function benchCommand(): Command {
  return new Command("bench")
    .addOption(
      withValues(
        new Option(
          "--backend <NAME>",
          `only this backend: ${backendNames.join(", ")} (default: each of them)`,
        ),
        backendNames,
      ),
    )
    .addOption(modeOption("only this mode of the gpu backend (default: each that is there)"))
    .option(
      "--threads <N>",
      "the most threads; backends that have them run on 1 and on N (default: as many as the " +
        "machine has cores)",
      wholeNumber("--threads", 1),
    )
    .option(
      "--quick",
      "a rough look in some seconds: fewer runs, smaller batches, the first product only, no " +
        "training on gpu.js",
    )
    .option(
      "--gpu",
      "only the graphics card (the fastest mode, or --mode) beside wasm, in turn: a row for the " +
        "table of results/speed",
    )
    .option("--peers", "run other libraries instead, beside this one: bench/peers of a checkout")
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(runBench);
}

async function runBench(options: BenchOptions): Promise<void> {
  if (options.peers === true) return runPeers(options);
  if (options.gpu === true) return runGpu(options);
  const chosen = await chooseVariants(options);
  const isNeeded = ({ name }: Variant): boolean => name !== "gpu" || options.backend !== undefined;
  const needed = await thoseThatOpen(chosen.filter(isNeeded), throwIt);
  const data = await loadMnist(options.data);
  const [effort, batch] =
    options.quick === true ? [quickEffort, QUICK_BATCH] : [thoroughEffort, BENCH_BATCH];
  const network = new NetworkBench(data.train, data.test, batch);
  const output = new BenchOutput(options.json === true);
  output.machine({
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    node: process.version,
  });
  const others = await thoseThatOpen(
    chosen.filter((variant) => !isNeeded(variant)),
    (variant, error) => leaveOut(output, variant, error),
  );
  const variants = [...needed, ...others];
  const ceiling = await Ceiling.open();
  const limits = await benchLimits(output, ceiling, effort);
  await benchLadder(output, variants, ceiling, effort, batch);
  await benchProducts(output, variants, ceiling, effort, limits);
  await benchNetwork(output, options.quick === true ? needed : variants, network, effort);
  const { name } = variants[0]!; // of several backends, the first, which is the fast one
  const fastest = variants.filter((variant) => variant.name === name);
  await benchLayers(output, fastest, data.train, effort, batch);
  await benchMemory(
    output,
    options.quick === true ? fastest.slice(-1) : fastest,
    Math.min(data.train.images.count, options.quick === true ? BENCH_BATCH : Infinity),
    options.data,
  );
}

async function runGpu({
  backend,
  mode,
  threads = availableParallelism(),
  quick = false,
  data: folder,
  json = false,
}: BenchOptions): Promise<void> {
  if (backend !== undefined) reject("bench --gpu", "no --backend along with it", backend);
  const data = await loadMnist(folder);
  await benchGpu({
    ...{ mode, threads, json, isQuick: quick },
    network: new NetworkBench(data.train, data.test, quick ? QUICK_BATCH : BENCH_BATCH),
    effort: quick ? quickEffort : thoroughEffort,
    machine: { cpu: cpus()[0]?.model.trim() ?? "unknown", node: process.version },
  });
}

/** Other libraries on the same machine; they are not part of the package. */
async function runPeers({ json }: BenchOptions): Promise<void> {
  const script = fileURLToPath(new URL("../../bench/peers/run.mjs", import.meta.url));
  if (!existsSync(script))
    throw new InputError(
      `bench --peers: expected the file ${script}, which only a checkout of the repository has`,
    );
  const { code } = await runNode([script, ...(json === true ? ["--json"] : [])], "inherit");
  if (code !== 0) process.exitCode = 1;
}
