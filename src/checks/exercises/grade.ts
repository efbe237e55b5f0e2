/** Grades what a reader wrote; runs in a process in which the layer's module has the reader's text. */
import { catalog, type Differentiable, gradientCheck, type GradientCheckResult } from "../../backprop/index.js";
import { Random, Tensor } from "../../tensor/index.js";

/** How one gradient did over all geometries. */
export interface Grade {
  /** `dWeight` */
  readonly gradient: string;
  /** `null`: nothing was written yet. */
  readonly isRight: boolean | null;
  /** Geometries checked. */
  readonly cases: number;
  /** The result of the first geometry that failed, or of the worst that passed. */
  readonly shown: { readonly options: object; readonly shape: readonly number[]; readonly result: GradientCheckResult } | null;
}

/** Random geometries besides the fixed ones. */
const SAMPLES = 20;

/** @returns a grade for each argument of the layer, in order */
export async function grade(layer: string): Promise<readonly Grade[]> {
  const { differentiable, cases, sample, constants = [] } = catalog.find((entry) => entry.layer === layer)!;
  const random = new Random(`exercise ${layer}`);
  const grades = new Map<string, Grade>();
  for (const { options, inputs } of [...cases(random), ...Array.from({ length: SAMPLES }, () => sample(random))]) {
    const missing = new Set<string>();
    const results = await gradientCheck(tolerant(differentiable(options), missing), inputs, { random, constants });
    for (const result of results) {
      const gradient = `d${result.argument[0]!.toUpperCase()}${result.argument.slice(1)}`;
      const before = grades.get(gradient) ?? { gradient, isRight: true, cases: 0, shown: null };
      if (missing.has(result.argument)) {
        grades.set(gradient, { ...before, isRight: null, cases: before.cases + 1 });
        continue;
      }
      const shown = { options, shape: inputs[result.argument]!.shape, result };
      const passes = result.verdict === "pass";
      const isNews = before.isRight === true && (!passes || before.shown === null || result.maxRelativeError > before.shown.result.maxRelativeError);
      grades.set(gradient, { ...before, isRight: before.isRight === true ? passes : before.isRight, cases: before.cases + 1, shown: isNews ? shown : before.shown });
    }
  }
  return [...grades.values()];
}

/** Puts zeros in place of gradients that are no tensors, and notes their names: so that one gradient can be graded before the next is written. */
function tolerant(f: Differentiable, missing: Set<string>): Differentiable {
  return async (inputs) => {
    const { backward, ...rest } = await f(inputs);
    return {
      ...rest,
      backward: async (dOut) => {
        const gradients = Object.entries((await backward(dOut)) as Readonly<Record<string, unknown>>).filter(([name]) => inputs[name] !== undefined);
        return Object.fromEntries(
          gradients.map(([name, gradient]) => {
            if (gradient instanceof Tensor) return [name, gradient];
            missing.add(name);
            return [name, Tensor.zeros(inputs[name]!.shape, "float64")];
          }),
        );
      },
    };
  };
}

export default (input: unknown): Promise<readonly Grade[]> => grade(input as string);
