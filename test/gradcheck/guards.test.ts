/** What the check cannot measure it says, and what it is told wrongly it refuses. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  adjointCheck,
  type Differentiable,
  gradientCheck,
  type GradientCheckResult,
  LAYER_TOLERANCE,
  type NamedTensors,
  NETWORK_TOLERANCE,
} from "leibniz/gradcheck";
import { add, map, multiply, Random, type Tensor, tensor } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";

const check = (f: Differentiable, inputs: NamedTensors): Promise<GradientCheckResult[]> =>
  gradientCheck(f, inputs, { random: new Random("guards") });

/** a ⊙ b, entry by entry. */
const product: Differentiable = async ({ a, b }) => ({
  out: multiply(a!, b!),
  backward: async (dOut) => ({ a: multiply(dOut, b!), b: multiply(dOut, a!) }),
});

/** A function of x alone, entry by entry, with its derivative. */
const entrywise =
  (f: (x: number) => number, derivative: (x: number) => number): Differentiable =>
  async ({ x }) => ({
    out: map(x!, f),
    backward: async (dOut) => ({ x: multiply(map(x!, derivative), dOut) }),
  });

const logarithm = entrywise(Math.log, (x) => 1 / x);
const squareRoot = entrywise(Math.sqrt, (x) => 0.5 / Math.sqrt(x));

const bits = (inputs: NamedTensors): number[][] =>
  Object.values(inputs).map(({ data }) => [...data]);

test("a layer's gradient passes up to 1e-8, a network's up to 1e-6", () => {
  assert.equal([LAYER_TOLERANCE, NETWORK_TOLERANCE], [1e-8, 1e-6]);
});

test("inputs that share memory are refused, and both are named", async () => {
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  const row = tensor([1, 2, 3, 4, 5]);
  for (const [a, b] of [
    [x, x],
    [x, x.transpose()],
    [x.transpose(), x],
    [row.slice([0, 3]), row.slice([2, 5])],
  ] as [Tensor, Tensor][])
    await assertRejects(
      () => check(product, { a, b }),
      "gradientCheck: expected inputs with memory of their own, got a and b, which share theirs; ",
      "clone",
    );
  const results = await check(product, { a: x, b: x.clone() });
  assert.equal(
    results.map(({ verdict }) => verdict),
    ["pass", "pass"],
  );
});

test("a forward pass that changes an input is refused by the input's name", async () => {
  const careless: Differentiable = async (inputs) => {
    const result = await product(inputs);
    const out = result.out.clone();
    inputs["b"]!.data[1]! *= 2;
    return { ...result, out };
  };
  const inputs = { a: tensor([1, 2]), b: tensor([3, 4]) };
  await assertRejects(
    () => check(careless, inputs),
    "gradientCheck: expected forward to leave b as it is, got 8 in place of 4 at [1]; ",
  );
  assert.equal(bits(inputs), [
    [1, 2],
    [3, 4],
  ]);
});

test("a change of a sign bit is a change", async () => {
  const careless: Differentiable = async ({ x }) => {
    const out = add(x!, 0);
    x!.data[0] = -0;
    return { out, backward: async (dOut) => ({ x: dOut }) };
  };
  await assertRejects(() => check(careless, { x: tensor([0, 1]) }), "to leave x as it is");
});

test("a backward pass that changes an input, or dOut, is refused", async () => {
  const spoiling =
    (what: (inputs: NamedTensors, dOut: Tensor) => Tensor): Differentiable =>
    async (inputs) => {
      const { out, backward } = await product(inputs);
      return {
        out,
        backward: async (dOut) => {
          const gradients = await backward(dOut);
          what(inputs, dOut).data[0]! += 1;
          return gradients;
        },
      };
    };
  const inputs = { a: tensor([1, 2]), b: tensor([3, 4]) };
  await assertRejects(
    () =>
      check(
        spoiling(({ a }) => a!),
        inputs,
      ),
    "gradientCheck: expected backward to leave a as it is, got 2 in place of 1 at [0]; ",
  );
  assert.equal(bits(inputs), [
    [1, 2],
    [3, 4],
  ]);
  await assertRejects(
    () =>
      check(
        spoiling((_, dOut) => dOut),
        inputs,
      ),
    "gradientCheck: expected backward to leave dOut as it is, got ",
  );
});

test("a forward pass that draws anew each time is refused", async () => {
  const random = new Random("drawn");
  const noisy: Differentiable = async ({ x }) => ({
    out: add(x!, 1e-12 * random.next()),
    backward: async (dOut) => ({ x: dOut }),
  });
  await assertRejects(
    () => check(noisy, { x: tensor([1, 2]) }),
    "gradientCheck: expected forward to give the same output for the same inputs, got ",
    "same seed",
  );
});

test("inputs come back also when the function throws, whatever it has done to them", async () => {
  for (const calls of [1, 2, 3, 6]) {
    let left = calls;
    const failing: Differentiable = async ({ x }) => {
      if (--left === 0) {
        x!.data[0] = 7;
        throw new Error("out of luck");
      }
      return { out: multiply(x!, 2), backward: async (dOut) => ({ x: multiply(dOut, 2) }) };
    };
    const inputs = { x: tensor([1, 2, 3]) };
    const thrown = await check(failing, inputs).catch((error: unknown) => error);
    assert.is((thrown as Error).message, "out of luck");
    assert.equal(bits(inputs), [[1, 2, 3]], `thrown at call ${calls}`);
  }
});

test(
  "a gradient under any name is missed when it was forgotten, and refused without an " + "input",
  async () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty", "x"]) {
      const scaled = (forgotten: boolean): Differentiable => {
        return async (inputs) => ({
          out: multiply(inputs[name]!, inputs["y"]!),
          backward: async (dOut) => ({
            ...(forgotten ? {} : { [name]: multiply(dOut, inputs["y"]!) }),
            y: multiply(dOut, inputs[name]!),
          }),
        });
      };
      const inputs = { [name]: tensor([1, 2]), y: tensor([3, 4]) };
      await assertRejects(
        () => check(scaled(true), inputs),
        `gradientCheck: expected a gradient for ${name}, got none; backward forgot it`,
      );
      const results = await check(scaled(false), inputs);
      assert.equal(
        results.map(({ argument, verdict }) => [argument, verdict]),
        [
          [name, "pass"],
          ["y", "pass"],
        ],
      );
      const unasked: Differentiable = async ({ y }) => ({
        out: multiply(y!, 2),
        backward: async (dOut) => ({ y: multiply(dOut, 2), [name]: dOut }),
      });
      await assertRejects(
        () => check(unasked, { y: tensor([3, 4]) }),
        `gradientCheck: expected gradients for y, got one for ${name}`,
      );
      await assertRejects(
        () => adjointCheck(unasked, { y: tensor([3, 4]) }, name, new Random(0)),
        `adjointCheck: expected an argument out of y, got "${name}"`,
      );
    }
  },
);

test("null in place of a gradient is refused", async () => {
  const empty: Differentiable = async ({ x }) => ({
    out: multiply(x!, 2),
    backward: async () => ({ x: null as unknown as Tensor }),
  });
  await assertRejects(
    () => check(empty, { x: tensor([1, 2]) }),
    "gradientCheck: expected a gradient for x of shape [2], got null",
  );
});

test("beside the edge of a function's domain the step shrinks until it stays inside", async () => {
  for (const f of [logarithm, squareRoot]) {
    const x = tensor([0.5, 9e-4, 4e-5, 1e-6, 2e-8, 3]);
    const [result] = await check(f, { x });
    assert.is(result!.verdict, "pass", JSON.stringify(result));
    assert.equal(
      result!.checks.map(({ verdict }) => verdict),
      Array.from({ length: 6 }, () => "pass"),
    );
    const [far, near, ...nearer] = result!.checks.map(({ step }) => step);
    assert.is(far, 1e-3);
    assert.ok(near! < 9e-4 && nearer.slice(0, 3).every((step) => step < 4e-5));
    assert.is(nearer.at(-1), 1e-3);
    assert.equal([...x.data], [0.5, 9e-4, 4e-5, 1e-6, 2e-8, 3]);
  }
});

test("a wrong gradient beside the edge is still wrong", async () => {
  const [result] = await check(
    entrywise(Math.log, (x) => 1.001 / x),
    { x: tensor([9e-4, 4e-5]) },
  );
  assert.is(result!.verdict, "wrong");
});

test("where every step leads out, the verdict is neither pass nor wrong", async () => {
  // the slope at 0 is infinite; whatever backward says there, nothing measures it
  for (const atZero of [0, 1, Infinity, NaN]) {
    const f = entrywise(Math.sqrt, (x) => (x === 0 ? atZero : 0.5 / Math.sqrt(x)));
    const [alone] = await check(f, { x: tensor([0]) });
    assert.is(alone!.verdict, "domain");
    assert.equal(alone!.outside, [[0]]);
    assert.is(alone!.maxRelativeError, Infinity);
    const [among] = await check(f, { x: tensor([[0, 1, 2]]) });
    assert.equal(
      among!.checks.map(({ verdict }) => verdict),
      ["domain", "pass", "pass"],
    );
    assert.is(among!.verdict, "pass");
    assert.equal(among!.outside, [[0, 0]]);
  }
});

test.run();
