import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Parameter } from "leibniz/backprop";
import { wasmBackend } from "leibniz/kernels";
import type { NamedParameter } from "leibniz/network";
import { type Allocator, type DType, heapAllocator } from "leibniz/tensor";
import { clipGradients } from "leibniz/training";
import { assertCloseArrays, assertRejects } from "../helpers/assert-close.js";

/** Parameters `p0`, `p1`, … with the given gradients. */
function withGradients(
  gradients: readonly (readonly number[])[],
  dtype: DType = "float64",
  allocator: Allocator = heapAllocator,
): readonly NamedParameter[] {
  return gradients.map((values, i) => {
    const parameter = new Parameter("weight", [values.length], 1, 1, { dtype, allocator });
    parameter.grad.data.set(values);
    return { name: `p${i}`, parameter };
  });
}

const gradientsOf = (parameters: readonly NamedParameter[]): number[] =>
  parameters.flatMap(({ parameter }) => [...parameter.grad.data]);
const normOf = (values: readonly number[]): number => Math.hypot(...values);

test("all gradients together count as one vector: 3 and 4 make 5", () => {
  const parameters = withGradients([
    [3, 0],
    [0, 0, -4],
  ]);
  parameters[0]!.parameter.value.data.fill(7);
  assert.is(clipGradients(parameters, 2), 5);
  assertCloseArrays(
    gradientsOf(parameters),
    [6, 0, 0, 0, -8].map((g) => g / (5 + 1e-6)),
    { tolerance: 1e-15 },
  );
  assert.equal([...parameters[0]!.parameter.value.data], [7, 7]);
});

test("what is short enough stays, to the bit; at the bound it loses a millionth", () => {
  const parameters = withGradients([[0.3, 0.1], [-0.2]]);
  const before = gradientsOf(parameters);
  assert.is(clipGradients(parameters, 1), normOf(before));
  assert.equal(gradientsOf(parameters), before);
  clipGradients(parameters, normOf(before));
  assertCloseArrays(
    gradientsOf(parameters),
    before.map((g) => (g * normOf(before)) / (normOf(before) + 1e-6)),
    { tolerance: 1e-15 },
  );
});

test("a gradient of 0 stays 0, and no parameters have the norm 0", () => {
  const parameters = withGradients([[0, 0], [0]]);
  assert.is(clipGradients(parameters, 1e-3), 0);
  assert.equal(gradientsOf(parameters), [0, 0, 0]);
  assert.is(clipGradients([], 1), 0);
});

test("an infinite bound only measures", () => {
  const parameters = withGradients([[3], [4]]);
  assert.is(clipGradients(parameters, Infinity), 5);
  assert.equal(gradientsOf(parameters), [3, 4]);
});

const entries = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 9 });

test("never longer than before, never longer than the bound, and in the same direction", () => {
  fc.assert(
    fc.property(
      fc.array(entries, { minLength: 1, maxLength: 4 }),
      fc.double({ min: -12, max: 12, noNaN: true }),
      fc.double({ min: -12, max: 12, noNaN: true }),
      (directions, size, bound) => {
        const longest = 10 ** bound;
        const parameters = withGradients(
          directions.map((values) => values.map((g) => g * 10 ** size)),
        );
        const before = gradientsOf(parameters);
        const norm = clipGradients(parameters, longest);
        const after = gradientsOf(parameters);
        assert.ok(Math.abs(norm - normOf(before)) <= 1e-13 * norm);
        assert.ok(
          normOf(after) <= Math.min(normOf(before), longest) * (1 + 1e-13),
          `${normOf(after)} after, ${normOf(before)} before, ${longest} allowed`,
        );
        if (norm + 1e-6 <= longest) assert.equal(after, before);
        else
          assert.ok(Math.abs(normOf(after) - (longest * norm) / (norm + 1e-6)) <= 1e-13 * longest);
        const share = normOf(after) / normOf(before); // the same for every entry
        if (normOf(before) > 0)
          assertCloseArrays(
            after,
            before.map((g) => g * share),
            { tolerance: 1e-12, what: "direction" },
          );
      },
    ),
    { seed: 81, numRuns: 1000 },
  );
});

test("clipping twice is clipping once, but for the millionth", () => {
  const parameters = withGradients([[300, -400], [1200]]);
  clipGradients(parameters, 1);
  const once = gradientsOf(parameters);
  assert.ok(Math.abs(clipGradients(parameters, 1) - 1) < 1e-8);
  assertCloseArrays(gradientsOf(parameters), once, { tolerance: 2e-6 });
});

test("a gradient that is not finite is refused by name, and no other is changed", async () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    const parameters = withGradients([[30, 40], [1, bad, 2], [NaN]]);
    await assertRejects(
      () => clipGradients(parameters, 1),
      "clipGradients: expected finite gradients, got a norm of",
      "in p1",
      "lower the learning rate",
    );
    assert.equal(gradientsOf(parameters), [30, 40, 1, bad, 2, NaN]);
  }
  await assertRejects(
    () => clipGradients(withGradients([[1e200], [1]]), 1),
    "a norm of Infinity in p0",
  );
});

test("a bound that is none is refused", async () => {
  for (const longest of [0, -1, NaN, undefined as unknown as number]) {
    const parameters = withGradients([[3, 4]]);
    await assertRejects(
      () => clipGradients(parameters, longest),
      "clipGradients: expected a longest norm above 0",
      `got ${longest}`,
    );
    assert.equal(gradientsOf(parameters), [3, 4]);
  }
});

test(
  "float32 gradients in the memory of a backend, beyond what a float32 sum of squares could " +
    "hold",
  async () => {
    const wasm = await wasmBackend({ threads: 1 });
    try {
      const parameters = withGradients([[3e30, 0], [-4e30]], "float32", wasm.persistent);
      assert.ok(Math.abs(clipGradients(parameters, 10) / 5e30 - 1) < 1e-7);
      assertCloseArrays(gradientsOf(parameters), [6, 0, -8], { tolerance: 1e-7 });
      const tiny = withGradients([[3e-30], [4e-30]], "float32", wasm.persistent);
      assert.ok(Math.abs(clipGradients(tiny, 1) / 5e-30 - 1) < 1e-7);
    } finally {
      await wasm.dispose();
    }
  },
);

test.run();
