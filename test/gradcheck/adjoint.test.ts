/** ⟨f(x + v) − f(x), u⟩ = ⟨v, backward(u)⟩ for every layer that is linear, and for no wrong one. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { adjointCheck, casesOf, catalog, type Differentiable } from "leibniz/gradcheck";
import { multiply, Random } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";

const linear = catalog.filter((entry) => entry.linear !== undefined);

test("linear layers are the larger part of the catalog", () => {
  assert.ok(linear.length >= 5, linear.map(({ layer }) => layer).join());
});

for (const entry of linear) {
  const { layer, cases, differentiable, linear: names = [] } = entry;
  test(`${layer}: backward is the adjoint of forward, to 1e-12`, async () => {
    const random = new Random(`${layer} adjoint`);
    for (const { options, inputs, isRandom } of casesOf(entry, random, 10)) {
      for (const argument of names.filter((name) => name in inputs)) {
        const before = [...inputs[argument]!.data];
        const result = await adjointCheck(differentiable(options), inputs, argument, random);
        const where =
          `${layer} ${JSON.stringify(options)} ${argument}: ` +
          `${result.forward} and ${result.backward}`;
        assert.is(result.verdict, "pass", where);
        assert.ok(result.relativeError <= 1e-12, where);
        // A random geometry may lie on padding alone.
        assert.ok(isRandom || Math.abs(result.forward) > 1e-6, `${where}: nothing was compared`);
        assert.equal([...inputs[argument]!.data], before);
      }
    }
  });

  test(`${layer}: a gradient that is wrong by one part in a million is not`, async () => {
    const random = new Random(`${layer} wrong`);
    const { options, inputs } = cases(random)[0]!;
    const f = differentiable(options);
    for (const argument of names.filter((name) => name in inputs)) {
      const wrong: Differentiable = async (given) => {
        const { out, backward } = await f(given);
        return {
          out,
          backward: async (dOut) =>
            Object.fromEntries(
              Object.entries(await backward(dOut)).map(([name, gradient]) => [
                name,
                name === argument ? multiply(gradient, 1 + 1e-6) : gradient,
              ]),
            ),
        };
      };
      const { verdict, relativeError } = await adjointCheck(wrong, inputs, argument, random);
      assert.is(verdict, "wrong");
      assert.ok(relativeError > 1e-9 && relativeError < 1.1e-6, String(relativeError));
    }
  });
}

test("a function that is not linear fails, since then there is no such matrix", async () => {
  const { differentiable, cases } = catalog.find(({ layer }) => layer === "softmax")!;
  const { options, inputs } = cases(new Random(1))[0]!;
  assert.is(
    (await adjointCheck(differentiable(options), inputs, "x", new Random(2))).verdict,
    "wrong",
  );
});

test("NaN fails", async () => {
  const { differentiable, cases } = catalog.find(({ layer }) => layer === "flatten")!;
  const { options, inputs } = cases(new Random(1))[0]!;
  const f = differentiable(options);
  const broken: Differentiable = async (given) => ({
    out: (await f(given)).out,
    backward: async () => ({ x: multiply(inputs["x"]!, NaN) }),
  });
  const { verdict, relativeError } = await adjointCheck(broken, inputs, "x", new Random(2));
  assert.is(verdict, "wrong");
  assert.is(relativeError, Infinity);
});

test("an unknown argument, float32, and a gradient of another shape are refused", async () => {
  const { differentiable, cases } = catalog.find(({ layer }) => layer === "flatten")!;
  const { options, inputs } = cases(new Random(1))[0]!;
  const f = differentiable(options);
  await assertRejects(
    () => adjointCheck(f, inputs, "weight", new Random(2)),
    'adjointCheck: expected an argument out of x, got "weight"',
  );
  await assertRejects(
    () => adjointCheck(f, { x: inputs["x"]!.astype("float32") }, "x", new Random(2)),
    "adjointCheck: expected float64 inputs, got x in float32",
  );
  const flat: Differentiable = async (given) => ({
    out: (await f(given)).out,
    backward: async (dOut) => ({ x: dOut }),
  });
  await assertRejects(
    () => adjointCheck(flat, inputs, "x", new Random(2)),
    "adjointCheck: expected a gradient for x of shape [3, 2, 4, 5], got [3, 40]",
  );
});

test.run();
