/**
 * Does the gradient check notice a mutation? Runs in a process in which the layer's module has it.
 */
import { gradientName } from "../../backprop/index.js";
import { type CatalogEntry, casesOf, catalog, checkCases } from "../../gradcheck/index.js";
import { Random } from "../../tensor/index.js";
import { squareCase } from "../mistakes/square-cases.js";

/** Random geometries besides the fixed ones. */
const SAMPLES = 3;

/** What is to be checked, as it is sent to the process. */
export interface NoticeInput {
  /** As the catalog calls it: `conv2d`. */
  readonly layer: string;
  /** Names the layer's forward pass, which most mutations leave as it is. */
  readonly forward: string;
}

/**
 * - `noticed`: a gradient was computed, and the check calls it wrong
 * - `stopped`: in no case a wrong gradient was computed, but in some none was: the code threw, or
 *   returned another shape. That is an error, but no merit of the gradient check
 * - `missed`: all gradients were computed, and pass
 */
export interface Notice {
  /** Whether the check noticed, the code stopped, or nothing was seen. */
  readonly verdict: "noticed" | "stopped" | "missed";
  /** The gradient that gave it away, or the error. */
  readonly how: string | null;
}

/**
 * Checks the layer case by case. Square shapes come last: there, a mistake in the order of axes
 * computes something that would not fit elsewhere.
 */
export default async function notice(input: unknown): Promise<Notice> {
  const { layer, forward } = input as NoticeInput;
  const entry = catalog.find((one) => one.layer === layer)!;
  const random = new Random(`mutation ${entry.layer}`);
  let error: string | null = null;
  for (const one of [...casesOf(entry, random, SAMPLES), ...squareCases(entry, random)]) {
    try {
      for await (const { gradients } of checkCases(entry, [one], {
        random,
        hints: false,
        forward,
      })) {
        const wrong = gradients.find(({ result }) => result.verdict !== "pass")?.result;
        if (wrong === undefined) continue;
        const size = wrong.maxRelativeError.toExponential(1);
        const how = `${gradientName(wrong.argument)}, relative error ${size}`;
        return { verdict: "noticed", how };
      }
    } catch (thrown) {
      error ??= thrown instanceof Error ? thrown.message : String(thrown);
    }
  }
  return error === null ? { verdict: "missed", how: null } : { verdict: "stopped", how: error };
}

/** Filters and windows that make the matrices of a convolution square too, [16, 16]. */
const SQUARE_COLUMNS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  conv2d: { kernelSize: 2 },
  convPool2d: { conv: {}, pool: { kernelSize: 2 }, rectify: true },
};

function squareCases(entry: CatalogEntry, random: Random): ReturnType<typeof casesOf> {
  const cases = [...squareCase(entry, random)];
  const options = SQUARE_COLUMNS[entry.layer];
  if (options !== undefined)
    cases.push({
      options,
      inputs: {
        x: random.normal([2, 4, 5, 5], 0, 1, "float64"),
        weight: random.normal([3, 4, 2, 2], 0, 1, "float64"),
      },
    });
  return cases.map((one) => ({ ...one, name: "square", isRandom: false }));
}
