import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  batchNorm1dBackward,
  batchNorm1dForward,
  LayerNorm,
  layerNormBackward,
  layerNormForward,
} from "leibniz/backprop";
import { catalog, gradientCheck, LAYER_TOLERANCE } from "leibniz/gradcheck";
import { multiply, Random, subtract, sum, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const normalFrom =
  (random: Random) =>
  (...shape: number[]): Tensor =>
    random.normal(shape, 0.5, 2, "float64");

test("rows of any number of axes: outputs and gradients are those of the definition", async () => {
  const extents = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      extents,
      fc.nat(3),
      fc.constantFrom(1e-3, 0.1, 1),
      fc.integer(),
      async (shape, cut, epsilon, seed) => {
        const normal = normalFrom(new Random(seed));
        const axes = 1 + (cut % shape.length);
        const normalised = shape.slice(-axes);
        const [x, dOut, weight, bias] = [
          normal(...shape),
          normal(...shape),
          normal(...normalised),
          normal(...normalised),
        ];
        const { out, cache } = await layerNormForward(x, weight, bias, { axes, epsilon });
        const { dX, dWeight, dBias } = await layerNormBackward(dOut, cache);
        const M = weight.size;
        const expected = {
          out: [] as number[],
          dX: [] as number[],
          dWeight: new Array<number>(M).fill(0),
          dBias: new Array<number>(M).fill(0),
        };
        for (let start = 0; start < x.size; start += M) {
          const [row, upstream] = [x, dOut].map(({ data }) => [
            ...data.subarray(start, start + M),
          ]) as [number[], number[]];
          const mean = row.reduce((total, value) => total + value, 0) / M;
          const deviation = Math.sqrt(
            row.reduce((total, value) => total + (value - mean) ** 2, 0) / M + epsilon,
          );
          row.forEach((value, i) => {
            const xHat = (value - mean) / deviation;
            expected.out.push(weight.data[i]! * xHat + bias.data[i]!);
            expected.dWeight[i]! += upstream[i]! * xHat;
            expected.dBias[i]! += upstream[i]!;
          });
          // by the Jacobian, with no term multiplied out
          row.forEach((value, j) => {
            const slopes = row.map(
              (other, i) =>
                ((i === j ? 1 : 0) - 1 / M) / deviation -
                ((other - mean) * (value - mean)) / (M * deviation ** 3),
            );
            expected.dX.push(
              slopes.reduce((total, slope, i) => total + upstream[i]! * weight.data[i]! * slope, 0),
            );
          });
        }
        const close = (
          actual: Tensor,
          values: readonly number[],
          shapeOf: readonly number[],
          what: string,
        ): void => {
          // absolute where all is cancelled, as with M = 1
          const scale = Math.max(1, ...values.map(Math.abs));
          assert.equal(actual.shape, shapeOf, what);
          values.forEach((value, i) =>
            assert.ok(
              Math.abs(actual.data[i]! - value) < 1e-11 * scale,
              `${what} [${i}]: ${actual.data[i]} instead of ${value}`,
            ),
          );
        };
        close(out, expected.out, shape, "out");
        close(dX, expected.dX, shape, "dX");
        close(dWeight, expected.dWeight, normalised, "dWeight");
        close(dBias, expected.dBias, normalised, "dBias");
      },
    ),
    { seed: 62, numRuns: 150 },
  );
});

test(
  "it is the batch normalisation of the transposed matrix, where the weight is 1 and the " +
    "bias 0",
  async () => {
    const normal = normalFrom(new Random("transposed"));
    const [x, dOut, ones, zeros] = [
      normal(4, 6),
      normal(4, 6),
      Tensor.full([6], 1, "float64"),
      Tensor.zeros([6], "float64"),
    ];
    const rows = await layerNormForward(x, ones, zeros, { epsilon: 0.01 });
    const start = { mean: Tensor.zeros([4], "float64"), variance: Tensor.zeros([4], "float64") };
    const columns = await batchNorm1dForward(
      x.transpose(),
      Tensor.full([4], 1, "float64"),
      start.mean,
      start,
      { epsilon: 0.01, mode: "train" },
    );
    assertClose(rows.out, columns.out.transpose(), { tolerance: 1e-14, what: "out" });
    assertClose(
      (await layerNormBackward(dOut, rows.cache)).dX,
      (await batchNorm1dBackward(dOut.transpose(), columns.cache)).dX.transpose(),
      { tolerance: 1e-14, what: "dX" },
    );
  },
);

test("dX adds up to 0 in each row, and along x̂ there is only what ε leaves", async () => {
  const normal = normalFrom(new Random("orthogonal"));
  const [x, dOut, weight, bias] = [
    normal(3, 2, 4, 5),
    normal(3, 2, 4, 5),
    normal(4, 5),
    normal(4, 5),
  ];
  const { cache } = await layerNormForward(x, weight, bias, { axes: 2, epsilon: 0.3 });
  const { dX } = await layerNormBackward(dOut, cache);
  const [mean, rho] = [cache.mean, cache.rho].map((ofRows) => ofRows.reshape([3, 2, 1, 1]));
  const xHat = multiply(subtract(x, mean!), rho!);
  const perRow = { axes: [2, 3], keepDims: true };
  const along = sum(multiply(multiply(dOut, weight), xHat), perRow);
  assertClose(
    sum(multiply(dX, xHat), perRow),
    Tensor.from(
      along.data.map((value, i) => 0.3 * rho!.data[i]! ** 3 * value),
      along.shape,
      "float64",
    ),
    { tolerance: 1e-13 },
  );
  assert.ok(sum(dX, perRow).data.every((total) => Math.abs(total) < 1e-13));
});

test("left out, ε is 1e-5 and the last axis alone is normalised", async () => {
  const random = new Random("defaults");
  const [x, weight, bias] = [
    random.normal([2, 3, 4], 0, 0.01, "float64"),
    random.normal([4], 0, 1, "float64"),
    random.normal([4], 0, 1, "float64"),
  ];
  assertClose(
    (await layerNormForward(x, weight, bias)).out,
    (await layerNormForward(x, weight, bias, { axes: 1, epsilon: 1e-5 })).out,
    { tolerance: 0 },
  );
});

test("rows do not see each other", async () => {
  const normal = normalFrom(new Random("seeing"));
  const [x, weight, bias] = [normal(3, 5), normal(5), normal(5)];
  const { out } = await layerNormForward(x, weight, bias);
  for (let n = 0; n < 3; n++)
    assertClose(
      (await layerNormForward(x.slice([n, n + 1]), weight, bias)).out,
      out.slice([n, n + 1]),
      { tolerance: 0, what: `row ${n} alone` },
    );
});

test("every gradient of 20 random cases is right to 1e-8", async () => {
  const { sample, differentiable } = catalog.find(({ layer }) => layer === "layerNorm")!;
  const random = new Random("layerNorm samples");
  const seen = new Set<unknown>();
  for (let i = 0; i < 20; i++) {
    const { options, inputs } = sample(random);
    seen.add(options["axes"]);
    const results = await gradientCheck(differentiable(options), inputs, {
      random,
      tolerance: LAYER_TOLERANCE,
    });
    assert.equal(
      results.map(({ argument, verdict }) => [argument, verdict]),
      [
        ["x", "pass"],
        ["weight", "pass"],
        ["bias", "pass"],
      ],
      JSON.stringify([options, results]),
    );
  }
  assert.equal([...seen].sort(), [1, 2, 3, 4]);
});

test("one value, and values that are all the same, become the bias", async () => {
  const normal = normalFrom(new Random("constant"));
  const [weight, bias] = [normal(4), normal(4)];
  const { out, cache } = await layerNormForward(Tensor.full([2, 4], 7, "float64"), weight, bias);
  assertClose(out, bias.broadcastTo([2, 4]).clone(), { tolerance: 0 });
  assert.ok((await layerNormBackward(normal(2, 4), cache)).dX.data.every(Number.isFinite));
  const single = await layerNormForward(normal(3, 1), normal(1), bias.slice([0, 1]));
  assert.ok(single.out.data.every((value) => value === bias.get(0)));
  assert.ok(
    (await layerNormBackward(normal(3, 1), single.cache)).dX.data.every((value) => value === 0),
  );
});

test("shapes that do not fit are refused with both shapes, options with their value", async () => {
  const normal = normalFrom(new Random("shapes"));
  const [x, weight, bias] = [normal(2, 3, 4), normal(3, 4), normal(3, 4)];
  const refused = (run: () => unknown, message: string): Promise<void> =>
    assertRejects(run, message);
  await refused(
    () => layerNormForward(x, weight, bias),
    "layerNorm: expected weight of rank 1, as many as there are axes, got [3, 4]",
  );
  await refused(
    () => layerNormForward(x, normal(3), normal(3)),
    "layerNorm: expected x whose last axes are [3], as the weight's, got [2, 3, 4]",
  );
  await refused(
    () => layerNormForward(x, normal(4, 3), normal(4, 3), { axes: 2 }),
    "layerNorm: expected x whose last axes are [4, 3], as the weight's, got [2, 3, 4]",
  );
  await refused(
    () => layerNormForward(normal(4), weight, bias, { axes: 2 }),
    "layerNorm: expected x whose last axes are [3, 4], as the weight's, got [4]",
  );
  await refused(
    () => layerNormForward(normal(), normal(1), normal(1)),
    "layerNorm: expected x whose last axes are [1], as the weight's, got []",
  );
  await refused(
    () => layerNormForward(x, weight, normal(4), { axes: 2 }),
    "layerNorm: expected bias of shape [3, 4], as the weight's, got [4]",
  );
  for (const axes of [0, -1, 1.5, NaN])
    await refused(
      () => layerNormForward(x, weight, bias, { axes }),
      `layerNorm: expected axes to be a whole number ≥ 1, got ${axes}`,
    );
  for (const epsilon of [0, -1, NaN, Infinity])
    await refused(
      () => layerNormForward(x, weight, bias, { axes: 2, epsilon }),
      `layerNorm: expected epsilon to be a finite number above 0, got ${epsilon}`,
    );
  for (const shape of [
    [0, 4],
    [3, 0],
  ]) {
    const empty = Tensor.zeros([shape[1]!], "float64");
    await refused(
      () => layerNormForward(Tensor.zeros(shape, "float64"), empty, empty),
      `layerNorm: expected at least one value to normalise, got x of shape [${shape.join(", ")}]`,
    );
  }
  const { cache } = await layerNormForward(x, weight, bias, { axes: 2 });
  await refused(
    () => layerNormBackward(normal(2, 4, 3), cache),
    "layerNormBackward: expected dOut of shape [2, 3, 4], got [2, 4, 3]",
  );
  await refused(
    () => new LayerNorm({ shape: [] }),
    "LayerNorm: expected shape to be an array of whole numbers ≥ 1, at least one, got []",
  );
});

test.run();
