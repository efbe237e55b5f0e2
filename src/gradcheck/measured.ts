/**
 * Slopes that were measured before. They depend on the forward pass alone, and to measure them
 * takes nearly all of a check's time: where many backward passes of one forward pass are checked,
 * once is enough.
 */
import { sameShape } from "../tensor/index.js";
import type { Point, Slope } from "./differences.js";

/** What was measured at one point. */
interface Known {
  readonly out: Float64Array;
  readonly dOut: ArrayLike<number>;
  readonly choices: Point["choices"];
  readonly inputs: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly data: Float64Array }
  >;
  readonly steps: readonly number[];
  readonly slopes: Map<string, Slope>;
}

/**
 * The slopes of one function at points that are seen again: the same forward pass, bit by bit, with
 * the same options, in every check that it is given to.
 */
export class Measured {
  readonly #known = new Map<string, Known[]>();

  /**
   * What is known at a point, by argument and entry, to be added to.
   *
   * @param steps the largest and the smallest
   */
  at(point: Point, steps: readonly number[]): Map<string, Slope> {
    const key = String(point.out[0]);
    const before = this.#known.get(key) ?? [];
    this.#known.set(key, before);
    let known = before.find((one) => isSamePoint(one, point, steps));
    if (known === undefined) {
      const { out, dOut, choices } = point;
      const inputs = new Map(
        Object.entries(point.inputs).map(([name, { shape, data }]) => [
          name,
          { shape, data: new Float64Array(data) },
        ]),
      );
      known = { out, dOut, choices, inputs, steps, slopes: new Map() };
      before.push(known);
    }
    return known.slopes;
  }
}

const all = new Map<string, Measured>();

/**
 * The slopes of this program's checks of one function.
 *
 * @param forward says which it is: two functions must differ in it unless they compute the same
 */
export function measuredOf(forward: string): Measured {
  const known = all.get(forward) ?? new Measured();
  all.set(forward, known);
  return known;
}

function isSamePoint(one: Known, point: Point, steps: readonly number[]): boolean {
  const names = Object.keys(point.inputs);
  return (
    isSame(one.steps, steps) &&
    isSame(one.out, point.out) &&
    isSame(one.dOut, point.dOut) &&
    names.length === one.inputs.size &&
    names.every((name) => {
      const known = one.inputs.get(name);
      const { shape, data } = point.inputs[name]!;
      return known !== undefined && sameShape(known.shape, shape) && isSame(known.data, data);
    }) &&
    areSame(one.choices, point.choices)
  );
}

function areSame(a: Point["choices"], b: Point["choices"]): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.length === b.length &&
    a.every(({ what, taken }, i) => what === b[i]!.what && isSame(taken, b[i]!.taken))
  );
}

function isSame<T>(a: ArrayLike<T>, b: ArrayLike<T>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
