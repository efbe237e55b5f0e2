/** Holds the engine against recorded results of another one, number by number, in float64. */
import { Parameter, gradientName } from "../backprop/index.js";
import { catalog, type CatalogEntry } from "../gradcheck/index.js";
import { reference } from "../kernels/index.js";
import { WorkLimit, workOfLayer } from "./parity-work.js";
import { InputError, Random, reject, sameShape, sizeOf, Tensor } from "../tensor/index.js";
import {
  Adagrad,
  Adam,
  AdamW,
  type Optimizer,
  RmsProp,
  Sgd,
  type SgdOptions,
} from "../training/index.js";

/** The largest relative error that passes, relative to the largest recorded entry of a quantity. */
export const PARITY_TOLERANCE = 1e-10;

/** No recorded run of an optimizer is longer. */
const MOST_STEPS = 1_000_000;
/** What the step of one parameter takes, its gradient's cosine included, in multiplications. */
const TIMES_OF_A_STEP = 20;
/**
 * No recorded tensor has more; the time that a view takes to set up grows with the square of it.
 */
const MOST_AXES = 32;

/** How one quantity of one case compares. */
export interface ParityResult {
  /** The layer or optimizer. */
  readonly what: string;
  /** Of the case, as the file calls it. */
  readonly name: string;
  /**
   * `out`, a gradient such as `dWeight`, a state such as `runningMean after`, or the parameters
   * after a step such as `w after 100`.
   */
  readonly quantity: string;
  /** The largest difference of two entries; Infinity where shapes differ or a difference is NaN. */
  readonly maxAbsoluteError: number;
  /** The same, relative to the largest recorded entry of the quantity. */
  readonly maxRelativeError: number;
  /** By {@link PARITY_TOLERANCE}. */
  readonly verdict: "pass" | "fail";
}

/** One recorded case, ready to run. */
export interface ParityCase {
  /** The layer or optimizer. */
  readonly what: string;
  /** As the file calls it; as the layer or optimizer if it has no name. */
  readonly name: string;
  /**
   * Computes the case in float64, and compares each recorded quantity.
   *
   * @throws InputError when the engine refuses the case's inputs or options
   */
  run(): Promise<readonly ParityResult[]>;
}

/**
 * Reads a file of recorded results. Nothing is computed yet.
 *
 * @param text JSON with `layers` and `optimizers`
 * @param where the file's name, for messages
 * @throws InputError when the file is malformed, holds no case, names a layer or optimizer that
 *   leibniz does not have, or takes too long to compare
 */
export function parseParity(text: string, where: string): readonly ParityCase[] {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    reject(
      where,
      "recorded results in JSON",
      `text that is not (${(error as Error).message.replaceAll("\n", " ")})`,
    );
  }
  const layers = list(file, "layers", where);
  const optimizers = list(file, "optimizers", where);
  if (layers.length + optimizers.length === 0)
    reject(where, "at least one recorded case in layers or optimizers", "none");
  const limit = new WorkLimit();
  return [
    ...layers.map((entry, i) => layerCase(entry, `${where}: layers[${i}]`, limit)),
    ...optimizers.map((entry, i) => optimizerCase(entry, `${where}: optimizers[${i}]`, limit)),
  ];
}

type Json = Readonly<Record<string, unknown>>;

function layerCase(entry: unknown, where: string, limit: WorkLimit): ParityCase {
  const record = object(entry, where);
  const what = text(record, "layer", where);
  const known =
    catalog.find(({ layer }) => layer === what) ??
    reject(where, `a layer out of ${catalog.map(({ layer }) => layer).join(", ")}`, `"${what}"`);
  const name = typeof record["name"] === "string" ? record["name"] : what;
  const options = object(record["options"] ?? {}, `${where}.options`);
  const inputs = namedTensors(record["inputs"], `${where}.inputs`);
  const dOut = tensorOf(record["dOut"], `${where}.dOut`);
  const out = tensorOf(record["out"], `${where}.out`);
  const grads = namedTensors(record["grads"], `${where}.grads`);
  const runningAfter = namedTensors(record["runningAfter"] ?? {}, `${where}.runningAfter`);
  checkComplete(known, inputs, where);
  limit.add(workOfLayer(inputs, options), where);
  return {
    what,
    name,
    run: () =>
      inPlace(where, async () => {
        const result = await known.differentiable(options)(inputs);
        const gradients = await result.backward(dOut);
        const compared = Object.entries(grads).map(([input, recorded]) => {
          const own = Object.hasOwn(gradients, input)
            ? gradients[input]!
            : reject(
                "grads",
                `gradients for ${Object.keys(gradients).join(", ")}`,
                `one for "${input}"`,
              );
          return compare(what, name, gradientName(input), own, recorded);
        });
        const { after = {} } = result;
        const states = Object.entries(runningAfter).map(([statistic, recorded]) => {
          const state = `running${capitalised(statistic)}`;
          const own =
            (Object.hasOwn(after, state) ? after[state] : undefined) ??
            reject("runningAfter", `statistics that ${what} keeps`, `"${statistic}"`);
          return compare(what, name, `${state} after`, own, recorded);
        });
        return [compare(what, name, "out", result.out, out), ...compared, ...states];
      }),
  };
}

function capitalised(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/**
 * A layer needs the inputs that every case of the catalog has; others, such as a bias, may be left
 * out.
 */
function checkComplete({ cases }: CatalogEntry, inputs: Json, where: string): void {
  const examples = cases(new Random("names"));
  const required = Object.keys(examples[0]!.inputs).filter((name) =>
    examples.every((example) => Object.hasOwn(example.inputs, name)),
  );
  const missing = required.find((name) => !Object.hasOwn(inputs, name));
  if (missing !== undefined) reject(`${where}.inputs`, required.join(", "), `no ${missing}`);
}

/**
 * Recorded optimizers minimise f(w) = Σ a(w − b)²/2 + Σ sin w, whose gradient is a(w − b) + cos w.
 */
function optimizerCase(entry: unknown, where: string, limit: WorkLimit): ParityCase {
  const record = object(entry, where);
  const what = text(record, "optimizer", where);
  const options = object(record["options"] ?? {}, `${where}.options`);
  const w0 = numbers(record["w0"], `${where}.w0`);
  if (w0.length === 0) reject(`${where}.w0`, "at least one number", "none");
  const a = numbers(record["a"], `${where}.a`, w0.length);
  const b = numbers(record["b"], `${where}.b`, w0.length);
  const steps = numbers(record["traceSteps"], `${where}.traceSteps`);
  if (
    steps.length === 0 ||
    !steps.every(
      (step, i) => Number.isInteger(step) && step > (steps[i - 1] ?? 0) && step <= MOST_STEPS,
    )
  ) {
    reject(
      `${where}.traceSteps`,
      `ascending whole numbers from 1 to ${MOST_STEPS}`,
      JSON.stringify(steps.slice(0, 8)),
    );
  }
  limit.add(TIMES_OF_A_STEP * steps.at(-1)! * w0.length, where);
  const rows = record["trace"];
  if (!Array.isArray(rows) || rows.length !== steps.length)
    reject(`${where}.trace`, `${steps.length} rows, one for each of traceSteps`, describe(rows));
  const trace = rows.map((row, i) => numbers(row, `${where}.trace[${i}]`, w0.length));
  const parameter = new Parameter("w", [w0.length], 1, 1, { dtype: "float64" });
  const build = Object.hasOwn(OPTIMIZERS, what)
    ? OPTIMIZERS[what]!
    : reject(where, `an optimizer out of ${Object.keys(OPTIMIZERS).join(", ")}`, `"${what}"`);
  const hyperparameters = Object.entries(options).map(([key, value]) => `${key} ${String(value)}`);
  const name = hyperparameters.join(", ");
  return {
    what,
    name,
    run: () =>
      inPlace(where, async () => {
        const optimizer = build(parameter, options);
        const w = parameter.value.data;
        w.set(w0);
        const results: ParityResult[] = [];
        for (let [step, row] = [1, 0]; row < steps.length; step++) {
          for (let i = 0; i < w.length; i++)
            parameter.grad.data[i] = a[i]! * (w[i]! - b[i]!) + Math.cos(w[i]!);
          await optimizer.step(reference);
          if (steps[row] !== step) continue;
          const recorded = Tensor.from(trace[row++]!, [w.length], "float64");
          results.push(compare(what, name, `w after ${step}`, parameter.value, recorded));
        }
        return results;
      }),
  };
}

const OPTIMIZERS: Readonly<Record<string, (parameter: Parameter, options: Json) => Optimizer>> = {
  sgd: (parameter, options) =>
    new Sgd([{ name: "w", parameter }], options as unknown as SgdOptions),
  adagrad: (parameter, options) => new Adagrad([{ name: "w", parameter }], options),
  rmsprop: (parameter, options) => new RmsProp([{ name: "w", parameter }], options),
  adam: (parameter, options) => new Adam([{ name: "w", parameter }], options),
  adamw: (parameter, options) => new AdamW([{ name: "w", parameter }], options),
};

function compare(
  what: string,
  name: string,
  quantity: string,
  own: Tensor,
  recorded: Tensor,
): ParityResult {
  let maxAbsoluteError = sameShape(own.shape, recorded.shape) ? 0 : Infinity;
  let scale = 0;
  const values = own.contiguous().data;
  recorded.data.forEach((expected, i) => {
    const difference = Math.abs(values[i]! - expected);
    if (!(difference <= maxAbsoluteError))
      maxAbsoluteError = Number.isNaN(difference) ? Infinity : difference;
    scale = Math.max(scale, Math.abs(expected));
  });
  const maxRelativeError = maxAbsoluteError === 0 ? 0 : maxAbsoluteError / (scale || 1);
  return {
    what,
    name,
    quantity,
    maxAbsoluteError,
    maxRelativeError,
    verdict: maxRelativeError <= PARITY_TOLERANCE ? "pass" : "fail",
  };
}

/** Says which case of the file an InputError of the engine belongs to. */
async function inPlace<T>(where: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${where}: ${error.message}`) : error;
  }
}

function list(file: unknown, key: string, where: string): readonly unknown[] {
  const value = object(file, where)[key] ?? [];
  return Array.isArray(value) ? value : reject(where, `${key} to be an array`, describe(value));
}

function object(value: unknown, where: string): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Json)
    : reject(where, "a JSON object", describe(value));
}

function text(record: Json, key: string, where: string): string {
  const value = record[key];
  return typeof value === "string" ? value : reject(where, `${key} to be a name`, describe(value));
}

function numbers(value: unknown, where: string, length?: number): number[] {
  if (
    !Array.isArray(value) ||
    !value.every((v) => typeof v === "number") ||
    (length !== undefined && value.length !== length)
  ) {
    reject(
      where,
      length === undefined ? "an array of numbers" : `an array of ${length} numbers`,
      describe(value),
    );
  }
  return value as number[];
}

function tensorOf(value: unknown, where: string): Tensor {
  const { shape, data } = object(value, where);
  const extents = numbers(shape, `${where}.shape`);
  if (extents.length > MOST_AXES)
    reject(`${where}.shape`, `at most ${MOST_AXES} axes`, String(extents.length));
  if (!extents.every((extent) => Number.isInteger(extent) && extent >= 1))
    reject(`${where}.shape`, "whole numbers ≥ 1", JSON.stringify(extents.slice(0, 8)));
  return Tensor.from(numbers(data, `${where}.data`, sizeOf(extents)), extents, "float64");
}

function namedTensors(value: unknown, where: string): Readonly<Record<string, Tensor>> {
  const named = Object.entries(object(value, where)).map(([name, tensor]): [string, Tensor] => [
    name,
    tensorOf(tensor, `${where}.${name}`),
  ]);
  return Object.fromEntries(named);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const shown = JSON.stringify(value) ?? "nothing";
  return shown.length > 60 ? `${shown.slice(0, 57)}…` : shown;
}
