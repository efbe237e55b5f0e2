/**
 * Stands between what a reader wrote and the check: what cannot be compared is noted, and zeros
 * take its place, so that one gradient can be graded before the next is written.
 */
import { gradientName } from "../../backprop/index.js";
import type { Differentiable, NamedTensors } from "../../gradcheck/index.js";
import { NoGradient } from "./loops-around.js";
import { formatShape, sameShape, sizeOf, Tensor } from "../../tensor/index.js";

/** Why gradients cannot be compared, by argument; null where nothing was written yet. */
export type Problems = Map<string, string | null>;

/**
 * @param constants inputs that have no gradient
 * @param problems what was found is added to it
 */
export function tolerant(
  f: Differentiable,
  constants: readonly string[],
  problems: Problems,
): Differentiable {
  return async (inputs) => {
    const { backward, ...rest } = await f(inputs);
    return {
      ...rest,
      backward: async (dOut) => {
        const given: Record<string, Tensor> = { dOut, ...inputs };
        const copies = Object.entries(given).map(([name, t]) => [name, t.clone()] as const);
        const returned = (await backward(dOut)) as unknown;
        const changed = copies.find(([name, copy]) => !isSame(given[name]!, copy))?.[0];
        for (const [name, copy] of copies) given[name]!.copyFrom(copy);
        const names = Object.keys(inputs).filter((name) => !constants.includes(name));
        const gradients = await comparable(returned, names, inputs, problems);
        if (changed !== undefined) {
          const problem =
            `${changed} is changed in place, and others still read it; ` +
            "write to a tensor of your own, such as Tensor.zeros or a clone";
          for (const name of names) problems.set(name, problem);
        }
        return gradients;
      },
    };
  };
}

function isSame(a: Tensor, b: Tensor): boolean {
  return a.data.every((value, i) => Object.is(value, b.data[i]));
}

/** A tensor for every name, and a problem where that is not what came back. */
async function comparable(
  returned: unknown,
  names: readonly string[],
  inputs: NamedTensors,
  problems: Problems,
): Promise<NamedTensors> {
  const all = typeof returned === "object" && returned !== null ? returned : {};
  const found = all as Readonly<Record<string, unknown>>;
  const others = Object.keys(found).filter(
    (name) => !Object.hasOwn(inputs, name) && found[name] !== undefined,
  );
  const gradients: Record<string, Tensor> = {};
  for (const name of names) {
    const input = inputs[name]!;
    const gradient = Object.hasOwn(found, name) ? found[name] : undefined;
    const problem = await problemOf(gradient, input, others, gradientName(name));
    if (problem !== undefined) problems.set(name, problem);
    gradients[name] =
      problem === undefined ? (gradient as Tensor) : Tensor.zeros(input.shape, "float64");
  }
  for (const other of others) {
    const name = ["bias", "shortcut"].find((argument) => gradientName(argument) === other);
    if (name !== undefined)
      problems.set(
        name,
        `there is no ${name} in this geometry, so ${other} is null there; yours is not`,
      );
  }
  return gradients;
}

/**
 * Why a gradient cannot be compared; `null` when nothing was written, `undefined` when nothing is
 * wrong with it.
 *
 * @param others what came back under names that nobody asked for
 * @param name what it is called: `dWeight`
 */
async function problemOf(
  gradient: unknown,
  { shape, dtype }: Tensor,
  others: readonly string[],
  name: string,
): Promise<string | null | undefined> {
  if (gradient instanceof Promise) {
    await gradient.catch(() => {}); // nobody else waits for it
    return "a Promise came back; there is an `await` missing in front of what makes it";
  }
  if (gradient === undefined) {
    const alike = others.find((other) => isAlike(other, name));
    return alike === undefined
      ? null
      : `nothing came back under this name, but ${alike} did: it is called ${name}`;
  }
  if (gradient instanceof NoGradient) return gradient.problem;
  if (!(gradient instanceof Tensor)) {
    if (gradient === null)
      return "null came back, though it is asked for (it is if wantsDX is left out)";
    const keys = typeof gradient === "object" ? Object.keys(gradient) : [];
    // as the exercise was given
    if (typeof gradient === "object" && keys.length === 0 && !Array.isArray(gradient)) return null;
    const got = Array.isArray(gradient)
      ? "an array"
      : keys.length > 0
        ? `an object with ${keys.join(", ")}`
        : String(gradient);
    return `expected a tensor of shape ${formatShape(shape)}, got ${got}`;
  }
  return problemOfTensor(gradient, shape, dtype);
}

/** `dx` for `dX`, `dW` for `dWeight`, `dB` for `dBias`. */
function isAlike(other: string, name: string): boolean {
  const [a, b] = [other, name].map((one) => one.toLowerCase().replaceAll("_", "")) as [
    string,
    string,
  ];
  return a.length > 1 && (b.startsWith(a) || a.startsWith(b));
}

/** Why a tensor is not the gradient of what has this shape and type; undefined when it may be. */
export function problemOfTensor(
  gradient: Tensor,
  shape: readonly number[],
  dtype: string,
): string | undefined {
  if (!sameShape(gradient.shape, shape))
    return (
      `its shape should be ${formatShape(shape)}, yours is ` +
      `${formatShape(gradient.shape)}${guess(gradient.shape, shape)}`
    );
  if (gradient.dtype !== dtype)
    return (
      `it should be of ${dtype} like what it belongs to, yours is of ${gradient.dtype}: ` +
      `Tensor.zeros(x.shape, x.dtype)`
    );
  return undefined;
}

/** What a wrong shape looks like. */
function guess(yours: readonly number[], right: readonly number[]): string {
  if (yours.length === 2 && sameShape([...yours].reverse(), right)) return ": the transposed one";
  if (yours.length > right.length && sameShape(yours.slice(yours.length - right.length), right))
    return ": something is not summed yet, such as the batch";
  if (yours.length === 0) return ": everything was summed";
  return sizeOf(yours) === sizeOf(right) ? ": as many entries, so a reshape may do" : "";
}
