/** What a learner sees who has made a mistake: the accuracy after an epoch, for several seeds. */
import type { StopSignal } from "../../tensor/index.js";
import { runVariant } from "../variant/index.js";
import type { Mistake } from "./mistake.js";
import { plantedTexts } from "./planted-texts.js";
import type { Seen } from "./train-once.js";
import type { SeedsTask } from "./train-seeds.js";

/**
 * Trains in a process whose engine has the mistake in it.
 *
 * @param mistake null for the engine as it is
 * @param onProgress is told the share that is done, now and then
 * @param stop ends the process when it is aborted
 * @returns what was seen with each of the seeds
 * @throws Error when the mistake no longer fits its file
 */
export async function trainWithMistake(
  mistake: Mistake | null,
  task: Omit<SeedsTask, "primitives">,
  onProgress: (share: number) => void,
  stop?: StopSignal,
): Promise<readonly Seen[]> {
  const input: SeedsTask = { ...task, primitives: mistake?.primitives ?? [] };
  const module = new URL("./train-seeds.js", import.meta.url).href;
  const texts = mistake === null ? new Map<string, string>() : await plantedTexts(mistake);
  const tell = (share: unknown): void => onProgress(share as number);
  return (await runVariant({ texts, module, input }, tell, stop)) as Seen[];
}
