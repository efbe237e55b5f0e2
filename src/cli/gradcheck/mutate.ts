/** `leibniz gradcheck --mutate`: does the check notice when a backward pass is wrong? */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { layerFile } from "../../gradcheck/index.js";
import { type BackwardModule, runMutations } from "../../checks/index.js";
import { printJson } from "../options.js";

/**
 * Prints every mutation as it is judged, and counts. Sets the exit code to 1 when one went
 * unnoticed.
 */
export async function mutateLayers(layers: readonly string[], json: boolean): Promise<void> {
  let planted = 0;
  let missed = 0;
  for await (const { layer, mutation, noticedBy } of runMutations(
    layers.map(moduleOf),
    availableParallelism(),
  )) {
    planted++;
    if (noticedBy === null) missed++;
    if (json) printJson({ layer, mutation, noticedBy });
    else {
      const verdict = noticedBy === null ? "NOT NOTICED" : "noticed";
      const how = noticedBy === null ? "" : `  (${noticedBy.replaceAll("\n", " ")})`;
      console.log(`${layer.padEnd(22)}${verdict.padEnd(13)}${mutation}${how}`);
    }
  }
  if (!json)
    console.log(
      `\n` +
        `${planted} mutations planted in the backward passes of ${layers.length} layers, ` +
        `${missed} not noticed`,
    );
  if (missed > 0) process.exitCode = 1;
}

/** A layer's compiled file: that of its name, in `src/backprop`. */
function moduleOf(layer: string): BackwardModule {
  const url = new URL(`../../backprop/${layerFile(layer)}.js`, import.meta.url);
  return { layer, address: url.href, text: readFileSync(url, "utf8") };
}
