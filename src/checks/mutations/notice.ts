/**
 * Does the gradient check notice a mistake? Runs in a process in which the layer's module has the
 * mistake in it.
 */
import { catalog, gradientCheck, gradientName } from "../../backprop/index.js";
import { Random } from "../../tensor/index.js";

/** @returns what gave the mistake away, or null if nothing did */
export default async function notice(input: unknown): Promise<string | null> {
  const entry = catalog.find(({ layer }) => layer === input)!;
  const random = new Random(`mutation ${entry.layer}`);
  for (const { options, inputs } of [
    ...entry.cases(random),
    ...Array.from({ length: 3 }, () => entry.sample(random)),
  ]) {
    const results = await gradientCheck(entry.differentiable(options), inputs, {
      random,
      constants: entry.constants ?? [],
    });
    const wrong = results.find(({ verdict }) => verdict !== "pass");
    if (wrong !== undefined) {
      const error = wrong.maxRelativeError.toExponential(1);
      return `${gradientName(wrong.argument)}, relative error ${error}`;
    }
  }
  return null;
}
