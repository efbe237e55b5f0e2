/** What every layer has to do that applies one function to each entry alone. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "./assert-close.js";

export interface Passes<Cache> {
  /** As in the names of its functions: `sigmoid`. */
  readonly layer: string;
  readonly forward: (x: Tensor) => Promise<{ out: Tensor; cache: Cache }>;
  readonly backward: (dOut: Tensor, cache: Cache) => Promise<{ dX: Tensor }>;
  /** The function and its slope straight from a definition, good for moderate numbers. */
  readonly f: (x: number) => number;
  readonly slope: (x: number) => number;
}

/** Both of one number: the output, and the gradient for an upstream gradient of 1. */
export async function atNumber<Cache>(
  { forward, backward }: Passes<Cache>,
  x: number,
): Promise<[out: number, slope: number]> {
  const { out, cache } = await forward(tensor(x));
  return [out.item(), (await backward(tensor(1), cache)).dX.item()];
}

/** Requires f and its slope to be within a relative error of recorded values, each by itself. */
export async function assertRecorded<Cache>(
  passes: Passes<Cache>,
  values: readonly (readonly [x: number, out: number, slope: number])[],
  tolerance: { out: number; slope: number },
): Promise<void> {
  for (const [x, ...expected] of values) {
    const actual = await atNumber(passes, x);
    for (const [i, what] of (["out", "slope"] as const).entries()) {
      const error = Math.abs(actual[i]! - expected[i]!) / Math.abs(expected[i]!);
      assert.ok(
        actual[i] === expected[i] || error <= tolerance[what],
        `${what} at ${x}: expected ${expected[i]}, got ${actual[i]}, relative error ${error}`,
      );
    }
  }
}

/** From the smallest number to the largest, on both sides of 0. */
const EVERYWHERE = [
  0,
  5e-324,
  2e-308,
  1e-160,
  1e-16,
  0.3,
  1,
  5,
  17,
  36.5,
  37.5,
  88,
  104,
  709,
  710,
  745,
  746,
  800,
  1e5,
  1e154,
  2e154,
  1e308,
  Number.MAX_VALUE,
].flatMap((x) => [x, -x]);

/** Registers the tests that are the same for all of them. */
export function testElementwise<Cache>(passes: Passes<Cache>): void {
  const { layer, forward, backward, f, slope } = passes;
  const map = (x: Tensor, g: (value: number) => number): Tensor =>
    Tensor.from(Float64Array.from(x.contiguous().data, g), x.shape, "float64");

  test(`${layer}: out and dX are those of the definition, entry by entry`, async () => {
    const random = new Random(`${layer} definition`);
    for (const shape of [[], [7], [3, 2, 4, 5]]) {
      const [x, dOut] = [
        random.normal(shape, 0, 2, "float64"),
        random.normal(shape, 0, 1, "float64"),
      ];
      const { out, cache } = await forward(x);
      assertClose(out, map(x, f), { tolerance: 1e-14, what: "out" });
      const expected = map(x, slope);
      for (let i = 0; i < dOut.size; i++) expected.data[i]! *= dOut.data[i]!;
      assertClose((await backward(dOut, cache)).dX, expected, { tolerance: 1e-14, what: "dX" });
    }
  });

  test(`${layer}: nothing overflows and nothing is NaN, for any finite x`, async () => {
    const x = tensor(EVERYWHERE);
    const { out, cache } = await forward(x);
    const { dX } = await backward(Tensor.full([EVERYWHERE.length], -1.5, "float64"), cache);
    for (const [i, value] of EVERYWHERE.entries()) {
      assert.ok(
        Number.isFinite(out.get(i)) && Number.isFinite(dX.get(i)),
        `at ${value}: ${out.get(i)}, ${dX.get(i)}`,
      );
      assert.ok(
        Math.abs(out.get(i)) <= Math.abs(value) + 1 && Math.abs(dX.get(i)) <= 1.5 * 1.13,
        `at ${value}: ${out.get(i)}, ${dX.get(i)}`,
      );
    }
  });

  test(`${layer}: float32 numbers give the float32 numbers next to the true ones`, async () => {
    const random = new Random(`${layer} float32`);
    const [x, dOut] = [
      random.normal([4, 3, 5], 0, 3, "float32"),
      random.normal([4, 3, 5], 0, 1, "float32"),
    ];
    const [single, double] = [await forward(x), await forward(x.astype("float64"))];
    const [dX, exact] = [
      (await backward(dOut, single.cache)).dX,
      (await backward(dOut.astype("float64"), double.cache)).dX,
    ];
    assert.equal([single.out.dtype, dX.dtype], ["float32", "float32"]);
    assertClose(single.out.astype("float64"), double.out, { tolerance: 2 ** -24, what: "out" });
    assertClose(dX.astype("float64"), exact, { tolerance: 2 ** -22, what: "dX" });
  });

  test(`${layer}: a view, such as a transpose, is read in its own order`, async () => {
    const random = new Random(`${layer} view`);
    const [x, dOut] = [
      random.normal([2, 3], 0, 1, "float64").transpose(),
      random.normal([2, 3], 0, 1, "float64").transpose(),
    ];
    const [viewed, copied] = [await forward(x), await forward(x.clone())];
    assertClose(viewed.out, copied.out, { tolerance: 0, what: "out" });
    const [dX, expected] = [
      (await backward(dOut, viewed.cache)).dX,
      (await backward(dOut.clone(), copied.cache)).dX,
    ];
    assertClose(dX, expected, { tolerance: 0, what: "dX" });
    assert.is(viewed.out.get(2, 1), (await forward(tensor(x.get(2, 1)))).out.item());
  });

  test(`${layer}: NaN stays NaN on both ways, and touches no other entry`, async () => {
    const { out, cache } = await forward(tensor([NaN, 0.5]));
    const { dX } = await backward(tensor([1, 1]), cache);
    assert.ok(
      Number.isNaN(out.get(0)) && Number.isFinite(out.get(1)),
      `out: ${out.get(0)}, ${out.get(1)}`,
    );
    assert.ok(Number.isFinite(dX.get(1)), `dX: ${dX.get(1)}`);
    assert.ok(Number.isNaN((await backward(tensor([1, NaN]), cache)).dX.get(1)));
  });

  test(`${layer}: dOut of another shape is refused, even one that broadcasts`, async () => {
    const { cache } = await forward(tensor([[1, 2, 3]]));
    await assertRejects(
      () => backward(tensor([1, 2, 3]), cache),
      `${layer}Backward`,
      "[1, 3]",
      "[3]",
    );
  });
}
