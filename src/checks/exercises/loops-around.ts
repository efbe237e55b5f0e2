/** A layer whose backward is somebody's loops, so that it is checked like any other. */
import { gradientName } from "../../backprop/index.js";
import type { CatalogCase, Differentiable, NamedTensors } from "../../gradcheck/index.js";
import { reject, type Tensor } from "../../tensor/index.js";
import { answered } from "./answered.js";
import { type Given, given } from "./given.js";
import { lettersOf } from "./letters.js";

/** Stands where a gradient should be, and says why there is none. */
export class NoGradient {
  /** In a line, without the gradient's name. */
  readonly problem: string;

  /**
   * Says why there is no gradient.
   *
   * @param problem in a line, without the gradient's name
   */
  constructor(problem: string) {
    this.problem = problem;
  }
}

/**
 * Puts loops in the place of a layer's backward pass. Forward stays the layer's own, and so do the
 * gradients that are no concern of the loops, such as those of a residual block's convolutions.
 *
 * What comes out of backward holds a {@link NoGradient} for what came back and is no gradient; what
 * never came back is not in it.
 *
 * @param layer of the catalog
 * @param loops a learner's function, what the module `learner.js` exports
 * @throws InputError when there is no such function
 */
export function loopsAround(
  layer: string,
  loops: unknown,
): (f: Differentiable, one: Pick<CatalogCase, "options">) => Differentiable {
  if (typeof loops !== "function")
    return reject(layer, "a file with export function backward", "one without");
  const { returned } = lettersOf(layer);
  return (f, { options }) =>
    async (inputs) => {
      const pass = await f(inputs);
      const isWhole = Object.keys(inputs).every((name) => gradientName(name) in returned);
      return {
        ...pass,
        backward: async (dOut) => {
          const shipped = isWhole ? [] : Object.entries(await pass.backward(dOut));
          const others = shipped.filter(([name]) => !(gradientName(name) in returned));
          const theirs = await answerOf(layer, loops as Loops, { options, inputs }, dOut);
          return { ...Object.fromEntries(others), ...theirs };
        },
      };
    };
}

type Loops = (given: Given) => unknown;

async function answerOf(
  layer: string,
  loops: Loops,
  one: CatalogCase,
  dOut: Tensor,
): Promise<NamedTensors> {
  const before = await given(layer, one, dOut);
  const theirs = structuredClone(before);
  const { gradients, problems } = answered(layer, before, one.inputs, await loops(theirs));
  const changed = Object.keys(before).find((name) => !isAlike(before[name], theirs[name]));
  if (changed !== undefined) {
    const problem = new NoGradient(
      `${changed} was changed in place; it belongs to others, so write into new arrays`,
    );
    return Object.fromEntries(
      [...Object.keys(gradients), ...Object.keys(problems)].map((name) => [name, problem]),
    ) as unknown as NamedTensors;
  }
  const told = Object.entries(problems).map(([name, problem]) => [name, new NoGradient(problem)]);
  return { ...gradients, ...(Object.fromEntries(told) as unknown as NamedTensors) };
}

/** Nested arrays with the same values in them. */
function isAlike(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return Object.is(a, b);
  return a.length === b.length && a.every((entry, i) => isAlike(entry, b[i]));
}
