/** The engine with a mistake in it, as variants of it are given. */
import { compiledModule } from "../variant/index.js";
import { compiledPath, type Mistake, patch } from "./mistake.js";

/**
 * The compiled module that a mistake is in, by its address.
 *
 * @throws Error when the mistake no longer fits its file
 */
export async function plantedTexts(mistake: Mistake): Promise<ReadonlyMap<string, string>> {
  const path = compiledPath(mistake.file);
  const { address, text } = await compiledModule(path);
  return new Map([[address, patch(text, mistake, path)]]);
}
