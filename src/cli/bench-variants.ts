/** Which backends `leibniz bench` measures, and how each is opened and given back. */
import { availableParallelism } from "node:os";
import {
  availableGpuModes,
  type Backend,
  type BackendName,
  backendNames,
  openBackend,
} from "../kernels/index.js";
import { reject } from "../tensor/index.js";
import type { BenchLine, BenchOutput } from "./bench-output.js";
import { didYouMean } from "./nearest.js";
import { describeBackend, nextTurn } from "./options.js";

/** What the command line asks for. */
export interface VariantOptions {
  readonly backend?: string;
  readonly mode?: string;
  readonly threads?: number;
}

/** What is to be opened: a backend and how. */
export interface Variant {
  readonly name: BackendName;
  readonly mode?: string;
  readonly threads?: number;
}

/** @throws InputError when a backend or a mode is asked for that is not here */
export async function chooseVariants({
  backend,
  mode,
  threads,
}: VariantOptions): Promise<readonly Variant[]> {
  const names = backendNames.filter((name) => backend === undefined || name === backend);
  if (names.length === 0)
    reject(
      "bench",
      `a backend (${backendNames.join(", ")})`,
      JSON.stringify(backend),
      didYouMean(backend!, backendNames),
    );
  if (mode !== undefined && backend !== "gpu")
    reject(
      "bench",
      "--mode together with --backend gpu",
      backend === undefined ? "no --backend" : `--backend ${backend}`,
    );
  if (threads !== undefined && backend !== undefined && backend !== "wasm")
    reject("bench", "--threads for a backend that has them, wasm", `--backend ${backend}`);
  const most = threads ?? availableParallelism();
  const variants: Variant[] = [];
  for (const name of names) {
    if (name === "wasm")
      for (const count of new Set([1, most])) variants.push({ name, threads: count });
    else if (name === "gpu")
      for (const one of mode === undefined ? await availableGpuModes() : [mode])
        variants.push({ name, mode: one });
    else variants.push({ name });
  }
  return variants;
}

export function throwIt(_variant: Variant, error: unknown): never {
  throw error;
}

/** A mode of gpu.js that nobody asked for may turn out not to work; the output says so. */
export function leaveOut(output: BenchOutput, { name, mode }: Variant, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  const own = { name, mode: mode ?? null, threads: 1 };
  output.line({ what: "left out", ...identity(own), reason }, [
    [`left out: ${describeBackend(own)}, ${reason}`, 0],
  ]);
}

/**
 * Opens each once, so that one that does not work is found out at once, and returns those that do.
 */
export async function thoseThatOpen(
  variants: readonly Variant[],
  otherwise: (variant: Variant, error: unknown) => void,
): Promise<readonly Variant[]> {
  const open: Variant[] = [];
  for (const variant of variants) {
    try {
      await withBackend(variant, async () => {});
      open.push(variant);
    } catch (error) {
      otherwise(variant, error);
    }
  }
  return open;
}

/** Opens a backend, runs something on it, and gives it back. */
export async function withBackend<T>(
  variant: Variant,
  run: (backend: Backend) => Promise<T>,
): Promise<T> {
  const backend = await openBackend(variant);
  try {
    return await run(backend);
  } finally {
    await backend.dispose();
    await nextTurn();
  }
}

export type Identity = Pick<Backend, "name" | "mode" | "threads">;

/** What a figure was measured on, in the words of the JSON output. */
export function identity({
  name,
  mode,
  threads,
}: Identity): Pick<BenchLine, "backend" | "mode" | "threads"> {
  return { backend: name, mode, threads };
}
