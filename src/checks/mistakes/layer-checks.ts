/**
 * Checks of one layer at a time, on the catalog's cases: those that hold, and their popular, weaker
 * relatives.
 */
import { gradientName } from "../../backprop/index.js";
import {
  adjointCheck,
  casesOf,
  catalog,
  type CatalogCase,
  type CatalogEntry,
  checkCase,
  type Differentiable,
  type GradientCheckResult,
} from "../../gradcheck/index.js";
import { multiply, Random, Tensor } from "../../tensor/index.js";
import { parseParity } from "../parity.js";
import type { Check, CheckContext, CheckName, PopularCheckName } from "./check.js";
import { squareCase } from "./square-cases.js";

/** Random geometries for each layer, on top of the catalog's chosen cases. */
const SAMPLES = 3;

/** Applies `complain` to every case of the layers until one has something to say. */
async function everyCase(
  { layers }: CheckContext,
  casesOf: (entry: CatalogEntry, random: Random) => readonly CatalogCase[],
  complain: (entry: CatalogEntry, one: CatalogCase, random: Random) => Promise<string | null>,
): Promise<string | null | undefined> {
  let looked = false;
  for (const entry of catalog.filter(({ layer }) => layers.includes(layer))) {
    const random = new Random("bugs").split(entry.layer);
    for (const one of casesOf(entry, random)) {
      looked = true;
      const complaint = await complain(entry, one, random);
      if (complaint !== null) return `${entry.layer}: ${complaint}`;
    }
  }
  return looked ? null : undefined;
}

const usualCases = (entry: CatalogEntry, random: Random): readonly CatalogCase[] =>
  casesOf(entry, random, SAMPLES);

/** The shipped gradient check; says which entry of which gradient is worst. */
async function wrongGradient(
  entry: CatalogEntry,
  one: CatalogCase,
  random: Random,
): Promise<string | null> {
  const checked = await checkCase(entry, one, { random, hints: false });
  return worstOf(checked.map(({ result }) => result));
}

/** In one line, the largest error of the gradients that are wrong; null if none is. */
export function worstOf(results: readonly GradientCheckResult[]): string | null {
  const worst = results
    .filter(({ verdict }) => verdict === "wrong")
    .sort((a, b) => b.maxRelativeError - a.maxRelativeError)[0];
  return worst === undefined
    ? null
    : `${gradientName(worst.argument)}[${worst.worstIndex.join(", ")}] is ` +
        `${apart(worst.analytic, worst.numeric)}, by differences ` +
        `${apart(worst.numeric, worst.analytic)}`;
}

/** Where a layer is linear, its backward pass is the adjoint. */
async function notAdjoint(
  { differentiable, linear = [] }: CatalogEntry,
  { options, inputs }: CatalogCase,
  random: Random,
): Promise<string | null> {
  for (const name of linear.filter((argument) => Object.hasOwn(inputs, argument))) {
    const { forward, backward, verdict } = await adjointCheck(
      differentiable(options),
      inputs,
      name,
      random,
    );
    if (verdict === "wrong")
      return (
        `forward, ${name} moves the output by ${short(forward)}, ` +
        `backward says ${short(backward)}`
      );
  }
  return null;
}

/** Inputs a thousand times larger than usual leave nothing infinite. */
async function overflows(
  { differentiable, constants = [] }: CatalogEntry,
  { options, inputs }: CatalogCase,
  random: Random,
): Promise<string | null> {
  const large = Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [
      name,
      constants.includes(name) ? input : multiply(input, 1000),
    ]),
  );
  const { out, backward } = await differentiable(options)(large);
  const gradients = await backward(random.uniform(out.shape, -1, 1, "float64"));
  const bad = Object.entries({ out, ...gradients }).find(
    ([, values]) => !values.contiguous().data.every(Number.isFinite),
  );
  return bad === undefined
    ? null
    : `${bad[0] === "out" ? "out" : gradientName(bad[0])} is not finite for inputs of about 1000`;
}

async function differsFromRecorded({ recorded }: CheckContext): Promise<string | null> {
  for (const one of recorded.flatMap((text) => parseParity(text, "recorded"))) {
    const wrong = (await one.run()).find(({ verdict }) => verdict === "fail");
    if (wrong !== undefined)
      return (
        `${wrong.what} (${wrong.name}): ${wrong.quantity} differs by ` +
        `${wrong.maxRelativeError.toExponential(1)}`
      );
  }
  return null;
}

export const layerChecks: readonly Check<CheckName>[] = [
  {
    name: "gradient",
    description:
      "every gradient of a layer against central differences in float64, oblong shapes, " +
      "random dOut",
    run: (context) => everyCase(context, usualCases, wrongGradient),
  },
  {
    name: "adjoint",
    description: "where a layer is linear: ⟨f(x), dOut⟩ = ⟨x, dX⟩",
    run: (context) =>
      everyCase(
        context,
        (entry, random) => (entry.linear === undefined ? [] : usualCases(entry, random)),
        notAdjoint,
      ),
  },
  {
    name: "recorded",
    description: "layers and optimizers against recorded results of PyTorch",
    run: differsFromRecorded,
  },
  {
    name: "large numbers",
    description: "nothing overflows for inputs of about 1000",
    run: (context) => everyCase(context, usualCases, overflows),
  },
];

/** Draws ones wherever numbers should be random: the upstream gradient that most tutorials use. */
class Ones extends Random {
  override uniform(shape: readonly number[]): Tensor {
    return Tensor.full(shape, 1, "float64");
  }
}

/**
 * In float32 a step as small as float64's drowns in rounding; with this one the right engine's
 * largest error is 0.3 %.
 */
const FLOAT32_STEP = 1e-2;
const FLOAT32_TOLERANCE = 1e-2;

/** The gradient check in float32, with the tolerance that the right engine needs. */
async function wrongInFloat32(
  { differentiable, constants = [] }: CatalogEntry,
  { options, inputs }: CatalogCase,
  random: Random,
): Promise<string | null> {
  const f = differentiable(options);
  const rounded = Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, input.astype("float32")]),
  );
  const { out, backward } = await f(rounded);
  const dOut = random.uniform(out.shape, -1, 1, "float32");
  const gradients = await backward(dOut);
  for (const [name, gradient] of Object.entries(gradients)) {
    if (constants.includes(name)) continue;
    const { numeric, kinks } = await numericGradient(
      () => f(rounded),
      rounded[name]!,
      dOut,
      FLOAT32_STEP,
    );
    const analytic = gradient.contiguous().data;
    const scale = numeric.reduce(
      (largest, value, i) => Math.max(largest, Math.abs(value), Math.abs(analytic[i]!)),
      0,
    );
    const error = numeric.reduce(
      (worst, value, i) =>
        kinks.has(i) ? worst : Math.max(worst, Math.abs(analytic[i]! - value) / (scale || 1)),
      0,
    );
    if (!(error <= FLOAT32_TOLERANCE))
      return `${gradientName(name)} is off by ${short(100 * error)} % of its largest entry`;
  }
  return null;
}

/**
 * Central differences of ⟨f, dOut⟩ at every entry of a contiguous tensor. Where f names its choices
 * and one of them changes within the step, there is a kink, and the difference says nothing.
 */
export async function numericGradient(
  f: () => Promise<Pick<Awaited<ReturnType<Differentiable>>, "out" | "choices">>,
  x: Tensor,
  dOut: Tensor,
  step: number,
): Promise<{ numeric: Float64Array; kinks: ReadonlySet<number> }> {
  const { data } = x;
  const numeric = new Float64Array(data.length);
  const kinks = new Set<number>();
  for (let i = 0; i < data.length; i++) {
    const middle = data[i]!;
    const at = async (value: number): Promise<{ x: number; out: Tensor; taken: string }> => {
      data[i] = value;
      const { out, choices = [] } = await f();
      return { x: data[i]!, out: out.clone(), taken: choices.map(({ taken }) => taken).join(";") };
    };
    const [above, below] = [await at(middle + step), await at(middle - step)];
    data[i] = middle;
    numeric[i] = (inner(above.out, dOut) - inner(below.out, dOut)) / (above.x - below.x);
    if (above.taken !== below.taken) kinks.add(i);
  }
  return { numeric, kinks };
}

/** ⟨a, b⟩ in float64. */
export function inner(a: Tensor, b: Tensor): number {
  const [left, right] = [a.contiguous().data, b.contiguous().data];
  let total = 0;
  for (let i = 0; i < left.length; i++) total += left[i]! * right[i]!;
  return total;
}

export const popularLayerChecks: readonly Check<PopularCheckName>[] = [
  {
    name: "ones",
    description: "the gradient check with an upstream gradient of ones",
    run: (context) =>
      everyCase(context, usualCases, (entry, one) => wrongGradient(entry, one, new Ones(0))),
  },
  {
    name: "square",
    description: "the gradient check on square shapes only",
    run: (context) => everyCase(context, squareCase, wrongGradient),
  },
  {
    name: "float32",
    description:
      "the gradient check in float32; it passes what is right to 1 % of the largest entry",
    run: (context) => everyCase(context, usualCases, wrongInFloat32),
  },
];

export function short(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

/** The value with as many digits as it takes to tell it from another. */
function apart(value: number, other: number): string {
  return short(value) === short(other) ? Number(value.toPrecision(9)).toString() : short(value);
}
