/** `leibniz gradcheck --mutate`: does the check notice when a backward pass is wrong? */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { layerFile } from "../../gradcheck/index.js";
import { type BackwardModule, runMutations } from "../../checks/index.js";
import { padTo } from "../fold.js";
import { printJson } from "../options.js";
import { paint, printText, type Tone } from "../terminal.js";

const WORDS = {
  noticed: ["noticed", "good"],
  stopped: ["stopped", "unclear"],
  missed: ["NOT NOTICED", "bad"],
} as const satisfies Record<string, readonly [string, Tone]>;
/** Where the mutation itself begins in its line. */
const MUTATION = 35;

/**
 * Prints every mutation as it is judged, and counts. One that throws, or returns another shape, is
 * counted apart: it is no merit of the check. Sets the exit code to 1 when one went unnoticed.
 */
export async function mutateLayers(layers: readonly string[], json: boolean): Promise<void> {
  const counts = { noticed: 0, stopped: 0, missed: 0 };
  for await (const { layer, mutation, verdict, how } of runMutations(
    layers.map(moduleOf),
    availableParallelism(),
  )) {
    counts[verdict]++;
    if (json) printJson({ layer, mutation, verdict, how });
    else {
      const why = how === null ? "" : `  (${how.replaceAll("\n", " ")})`;
      const [word, tone] = WORDS[verdict];
      const judged = padTo(paint(tone, word), 13);
      printText(`${layer.padEnd(22)}${judged}${mutation}${why}`, MUTATION);
    }
  }
  const planted = counts.noticed + counts.stopped + counts.missed;
  if (!json)
    printText(
      `\n${planted} mutations planted in the backward passes of ${layers.length} layers: ` +
        `${counts.noticed} computed a wrong gradient and were noticed, ${counts.stopped} stopped ` +
        `before there was one, ${counts.missed} were not noticed`,
    );
  if (counts.missed > 0) process.exitCode = 1;
}

/** A layer's compiled file: that of its name, in `src/backprop`. */
function moduleOf(layer: string): BackwardModule {
  const url = new URL(`../../backprop/${layerFile(layer)}.js`, import.meta.url);
  return { layer, address: url.href, text: readFileSync(url, "utf8") };
}
