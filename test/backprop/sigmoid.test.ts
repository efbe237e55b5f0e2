import { test } from "uvu";
import * as assert from "uvu/assert";
import { sigmoidBackward, sigmoidForward } from "leibniz/backprop";
import { add, Random, tensor, Tensor } from "leibniz/tensor";
import { assertClose } from "../helpers/assert-close.js";
import { assertRecorded, atNumber, testElementwise } from "../helpers/elementwise.js";

const passes = {
  layer: "sigmoid",
  forward: sigmoidForward,
  backward: sigmoidBackward,
  f: (x: number) => 1 / (1 + Math.exp(-x)),
  slope: (x: number) => Math.exp(-x) / (1 + Math.exp(-x)) ** 2,
};
testElementwise(passes);

// Recorded here and in the tests of the other functions: values computed to 60 digits, for exactly
// these x.
test("recorded values, digit by digit, far to the left as well", () =>
  assertRecorded(
    passes,
    [
      [-700, 9.85967654375977e-305, 9.85967654375977e-305],
      [-40, 4.248354255291589e-18, 4.248354255291589e-18],
      [-6, 0.0024726231566347743, 0.0024665092913600476],
      [-0.001, 0.4997500000208333, 0.24999993750001043],
      [1e-10, 0.500000000025, 0.25],
      [2.5, 0.9241418199787564, 0.07010371654510816],
    ],
    { out: 4e-16, slope: 2e-15 },
  ));

test(
  "where it saturates to the right, p is nearly 1, and the slope is off by less than a unit " +
    "in the last place of p",
  async () => {
    for (const [x, slope] of [
      [12, 6.1441368513331755e-6],
      [30, 9.357622968838423e-14],
      [37, 8.533047625744065e-17],
      [800, 0],
    ] as const) {
      const [out, own] = await atNumber(passes, x);
      assert.ok(Math.abs(own - slope) <= 2 ** -53 && out <= 1, `${x}: ${own}`);
    }
  },
);

test("−800 gives 0 and 800 gives 1, and neither lets a gradient pass", async () => {
  const { out, cache } = await sigmoidForward(tensor([-800, 800]));
  assert.equal(out.toNested(), [0, 1]);
  assert.equal(
    (await sigmoidBackward(tensor([3, -5]), cache)).dX.data.map(Math.abs),
    new Float64Array(2),
  );
});

test("σ(x) + σ(−x) = 1, and the slope is largest at 0, where it is 1/4", async () => {
  const x = new Random("symmetry").normal([50], 0, 4, "float64");
  const [right, left] = [
    await sigmoidForward(x),
    await sigmoidForward(
      Tensor.from(
        x.data.map((value) => -value),
        [50],
        "float64",
      ),
    ),
  ];
  assertClose(add(right.out, left.out), Tensor.full([50], 1, "float64"), { tolerance: 2 ** -52 });
  assert.equal(await atNumber(passes, 0), [0.5, 0.25]);
  const { dX } = await sigmoidBackward(Tensor.full([50], 1, "float64"), right.cache);
  assert.ok(dX.data.every((slope) => slope < 0.25 && slope > 0));
});

test.run();
