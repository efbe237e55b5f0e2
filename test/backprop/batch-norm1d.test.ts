import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  BatchNorm1d,
  batchNorm1dBackward,
  batchNorm1dForward,
  batchNorm2dBackward,
  batchNorm2dForward,
} from "leibniz/backprop";
import { catalog, gradientCheck, LAYER_TOLERANCE } from "leibniz/gradcheck";
import { reference } from "leibniz/kernels";
import { Random, type Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const random = new Random("batchNorm1d");
const normal = (...shape: number[]): Tensor => random.normal(shape, 0.5, 2, "float64");
const [weight, bias] = [normal(3), normal(3)];
const running = { mean: normal(3), variance: random.uniform([3], 0.5, 2, "float64") };

for (const [what, shape, image] of [
  ["rows", [5, 3], [5, 3, 1, 1]],
  ["sequences", [2, 3, 4], [2, 3, 1, 4]],
] as const) {
  for (const mode of ["train", "evaluate"] as const) {
    test(`${what}, ${mode}: as images of one pixel's height`, async () => {
      const [x, dOut] = [normal(...shape), normal(...shape)];
      const options = { epsilon: 0.01, momentum: 0.2, mode };
      const [own, images] = [
        await batchNorm1dForward(x, weight, bias, running, options),
        await batchNorm2dForward(x.reshape(image), weight, bias, running, options),
      ];
      assertClose(own.out, images.out.reshape(shape), { tolerance: 0, what: "out" });
      assertClose(own.running.mean, images.running.mean, { tolerance: 0, what: "running mean" });
      assertClose(own.running.variance, images.running.variance, {
        tolerance: 0,
        what: "running variance",
      });
      const [back, imagesBack] = [
        await batchNorm1dBackward(dOut, own.cache),
        await batchNorm2dBackward(dOut.reshape(image), images.cache),
      ];
      assertClose(back.dX, imagesBack.dX.reshape(shape), { tolerance: 0, what: "dX" });
      assertClose(back.dWeight, imagesBack.dWeight, { tolerance: 0, what: "dWeight" });
      assertClose(back.dBias, imagesBack.dBias, { tolerance: 0, what: "dBias" });
    });
  }
}

test("each column is standardised, not each row", async () => {
  const x = tensor([
    [1, 10],
    [3, 40],
  ]);
  const { out, running: after } = await batchNorm1dForward(
    x,
    tensor([1, 2]),
    tensor([0, 5]),
    { mean: tensor([0, 0]), variance: tensor([1, 1]) },
    { epsilon: 1e-12, momentum: 1, mode: "train" },
  );
  assertClose(
    out,
    tensor([
      [-1, 3],
      [1, 7],
    ]),
    { tolerance: 1e-11 },
  );
  assertClose(after.mean, tensor([2, 25]), { tolerance: 1e-15 });
  assertClose(after.variance, tensor([2, 450]), { tolerance: 1e-15 });
});

test(
  "every gradient of 20 random cases, in training and in evaluation, is right to " + "1e-8",
  async () => {
    const { sample, differentiable } = catalog.find(({ layer }) => layer === "batchNorm1d")!;
    const draws = new Random("batchNorm1d samples");
    const seen = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const { options, inputs } = sample(draws);
      seen.add(`${String(options["mode"])} ${inputs["x"]!.rank}`);
      const results = await gradientCheck(differentiable(options), inputs, {
        random: draws,
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
    assert.is(seen.size, 4, "training and evaluation, rows and sequences");
  },
);

test("what does not fit is refused under the layer's own name", async () => {
  const forward = (x: Tensor, options = {}): Promise<unknown> =>
    batchNorm1dForward(x, weight, bias, running, { mode: "train", ...options });
  await assertRejects(
    () => forward(normal(4)),
    "batchNorm1d: expected x of shape [N, 3] or [N, 3, L], got [4]",
  );
  await assertRejects(
    () => forward(normal(3, 4)),
    "batchNorm1d: expected x of shape [N, 3] or [N, 3, L], got [3, 4]",
  );
  await assertRejects(
    () => forward(normal(2, 3, 4, 5)),
    "batchNorm1d: expected x of shape [N, 3] or [N, 3, L], got [2, 3, 4, 5]",
  );
  await assertRejects(
    () => forward(normal(1, 3)),
    "batchNorm1d: expected more than one value per channel in training, got x of shape [1, 3]",
  );
  await assertRejects(() => forward(normal(2, 3), { epsilon: 0 }), "batchNorm1d: expected epsilon");
  await assertRejects(
    () => batchNorm1dForward(normal(2, 3), weight, normal(2), running, { mode: "train" }),
    "batchNorm1d: expected bias of shape [3], as the weight's, got [2]",
  );
  const { cache } = await batchNorm1dForward(normal(4, 3), weight, bias, running, {
    mode: "train",
  });
  await assertRejects(
    () => batchNorm1dBackward(normal(4, 3, 1), cache),
    "batchNorm1dBackward: expected dOut of shape [4, 3], got [4, 3, 1]",
  );
});

test(
  "the last batch of an epoch may be too small for the layer, and evaluation takes " + "it",
  async () => {
    const layer = new BatchNorm1d({ channels: 3 }, { dtype: "float64" });
    await assertRejects(
      () => layer.forward(normal(1, 3), { backend: reference, mode: "train" }),
      "batchNorm1d: expected more than one value per channel",
    );
    assert.equal(
      layer.buffers.flatMap(({ value }) => [...value.data]),
      [0, 0, 0, 1, 1, 1],
    );
    assert.equal(
      (await layer.forward(normal(1, 3), { backend: reference, mode: "evaluate" })).out.shape,
      [1, 3],
    );
  },
);

test.run();
