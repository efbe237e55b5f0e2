/**
 * Does the gradient check notice a mutation? Runs in a process in which the layer's module has it.
 */
import { gradientName } from "../../backprop/index.js";
import { casesOf, catalog, checkCases } from "../../gradcheck/index.js";
import { Random } from "../../tensor/index.js";

/** Random geometries besides the fixed ones. */
const SAMPLES = 3;

/** @returns what gave the mutation away, or null if nothing did */
export default async function notice(input: unknown): Promise<string | null> {
  const entry = catalog.find(({ layer }) => layer === input)!;
  const random = new Random(`mutation ${entry.layer}`);
  for await (const { gradients } of checkCases(entry, casesOf(entry, random, SAMPLES), {
    random,
  })) {
    const wrong = gradients.find(({ result }) => result.verdict !== "pass")?.result;
    if (wrong !== undefined)
      return (
        `${gradientName(wrong.argument)}, relative error ` +
        `${wrong.maxRelativeError.toExponential(1)}`
      );
  }
  return null;
}
