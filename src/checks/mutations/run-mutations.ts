/**
 * Breaks a layer's backward pass in many small ways, one at a time, and sees whether the gradient
 * check notices.
 */
import { VariantFailure, Variants } from "../variant/index.js";
import { withoutBackward } from "../variant/index.js";
import type { Notice, NoticeInput } from "./notice.js";
import { type PlantedMutation, plantMutations } from "./plant.js";

/** Whether the gradient check noticed a mutation. */
export interface MutationResult extends Notice {
  /** As the catalog calls it: `conv2d`. */
  readonly layer: string;
  /** `conv2dBackward: dX is 0.1 % too large` */
  readonly mutation: string;
}

/** A layer and the file of its backward pass. */
export interface BackwardModule {
  /** As the catalog calls it: `conv2d`. */
  readonly layer: string;
  /** Of the layer's compiled file, a URL. */
  readonly address: string;
  /** Of that file, JavaScript. */
  readonly text: string;
}

/**
 * Runs every mutation, in `processes` at a time; results come in order.
 *
 * @param processes a whole number ≥ 1
 * @throws Error when the check complains of a layer without any mutation in it, since then it would
 *   complain of each; MachineError when a process died
 */
export async function* runMutations(
  modules: readonly BackwardModule[],
  processes: number,
): AsyncGenerator<MutationResult> {
  const tasks = modules.flatMap(({ layer, address, text }) =>
    plantMutations(text).map((planted) => ({ layer, address, ...planted })),
  );
  const variants = new Variants();
  try {
    await expectRight(modules, variants);
    const running: Promise<MutationResult>[] = [];
    let next = 0;
    const startOne = (): void => {
      const task = tasks[next++];
      if (task === undefined) return;
      const run = firstThatComputes(task, variants);
      run.catch(() => {}); // it is awaited in its turn, and until then nobody hears that it failed
      running.push(run);
    };
    for (let i = 0; i < processes; i++) startOne();
    for (let done = 0; done < tasks.length; done++) {
      const result = await running[done]!;
      startOne();
      yield result;
    }
  } finally {
    variants.end();
  }
}

async function expectRight(modules: readonly BackwardModule[], variants: Variants): Promise<void> {
  for (const { layer, address, text } of modules) {
    const { verdict, how } = await runOne({ layer, address, what: "no mutation", text }, variants);
    if (verdict !== "missed")
      throw new Error(
        `runMutations: expected ${layer} to pass the gradient check as it is, got ${how}`,
      );
  }
}

type Task = PlantedMutation & Pick<BackwardModule, "layer" | "address">;

/** Runs a mutation and, where it stops, what else can be wrong in that place. */
async function firstThatComputes(task: Task, variants: Variants): Promise<MutationResult> {
  const asPlanted = await runOne(task, variants);
  if (asPlanted.verdict !== "stopped") return asPlanted;
  for (const other of task.instead ?? []) {
    const result = await runOne({ ...task, ...other }, variants);
    if (result.verdict !== "stopped") return result;
  }
  return asPlanted;
}

async function runOne(
  { layer, address, what, text }: Task,
  variants: Variants,
): Promise<MutationResult> {
  const notice = new URL("./notice.js", import.meta.url).href;
  try {
    const found = (await variants.run({
      texts: new Map([[address, text]]),
      module: notice,
      input: { layer, forward: withoutBackward(text) } satisfies NoticeInput,
    })) as Notice;
    return { layer, mutation: what, ...found };
  } catch (error) {
    if (!(error instanceof VariantFailure)) throw error;
    return { layer, mutation: what, verdict: "stopped", how: error.message };
  }
}
