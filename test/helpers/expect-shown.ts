import { AssertionError } from "node:assert";
import { Tensor } from "leibniz/tensor";

/** A number in JSON: its decimals and its power of ten. */
const NUMBER = /-?\d+(?:\.(\d+))?(?:[eE]([+-]?\d+))?/g;

type NestedNumbers = number | readonly NestedNumbers[];

/**
 * Requires that a value is what a page shows for it. Shapes must match. A number with decimals must
 * agree to half a unit of the last one that is written, a whole number to 1e-9.
 *
 * @param actual a tensor, an array (nested or typed) or a number
 * @param shown a number or a nested array in JSON, as the page writes it
 * @param where page and line, for the message
 */
export function expectShown(actual: unknown, shown: string, where: string): void {
  const fail = (what: string): never => {
    throw new AssertionError({ message: `${where}: ${what}` });
  };
  const tolerances = [...shown.matchAll(NUMBER)].map(([text, decimals, power]) => {
    const isRounded = decimals !== undefined || Number(power ?? 0) < 0;
    // The last term lets a tie such as 0.125, shown as 0.13, pass although 0.13 is not exactly a
    // float64.
    return (
      (isRounded ? 0.5 * 10 ** (Number(power ?? 0) - (decimals?.length ?? 0)) : 1e-9) +
      1e-15 * Math.abs(Number(text))
    );
  });
  let next = 0;
  const compare = (value: NestedNumbers, expected: NestedNumbers, place: string): void => {
    if (typeof expected === "number") {
      const tolerance = tolerances[next++]!;
      if (typeof value !== "number")
        return fail(`expected the number ${expected}${place}, got ${value.length} entries`);
      if (!(Math.abs(value - expected) <= tolerance))
        fail(`expected ${expected}${place}, to within ${tolerance.toPrecision(1)}, got ${value}`);
      return;
    }
    if (typeof value === "number")
      return fail(`expected ${expected.length} entries${place}, got the number ${value}`);
    if (value.length !== expected.length)
      fail(`expected ${expected.length} entries${place}, got ${value.length}`);
    expected.forEach((inner, i) =>
      compare(value[i]!, inner, `${place === "" ? " at " : place}[${i}]`),
    );
  };
  const read = (value: unknown): NestedNumbers => {
    if (typeof value === "number") return value;
    if (value instanceof Tensor) return value.toNested();
    if (Array.isArray(value)) return value.map(read);
    if (ArrayBuffer.isView(value) && !(value instanceof DataView))
      return Array.from(value as unknown as ArrayLike<number>);
    return fail(`expected a tensor, an array or a number, got ${String(value)}`);
  };
  compare(read(actual), JSON.parse(shown) as NestedNumbers, "");
}
