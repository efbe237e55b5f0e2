/** The fused layer is the layers that it stands for, one after another. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  BatchNorm2d,
  batchNorm2dBackward,
  batchNorm2dForward,
  BatchNormPool2d,
  batchNormPool2dBackward,
  batchNormPool2dForward,
  type BatchNormPool2dOptions,
  MaxPool2d,
} from "leibniz/backprop";
import { reference, wasmBackend } from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { oneByOne, pool, pools, relu } from "../helpers/one-by-one.js";

const normal = (seed: string, shape: readonly number[]): Tensor =>
  new Random(seed).normal(shape, 0, 1, "float64");

/** Parameters and running statistics of three channels; one weight is below 0. */
function parameters() {
  const [weight, bias] = [normal("weight", [3]), normal("bias", [3])];
  weight.set([0], -0.7);
  const running = {
    mean: normal("mean", [3]),
    variance: new Random("variance").uniform([3], 0.5, 2, "float64"),
  };
  return [weight, bias, running] as const;
}

test("batchNormPool2d is batchNorm2d, then relu if asked for, then maxPool2d", async () => {
  const given = parameters();
  let compared = 0;
  for (const poolOptions of pools)
    for (const mode of ["train", "evaluate"] as const)
      for (const rectify of [true, false]) {
        const what = JSON.stringify([poolOptions, mode, rectify]);
        const x = normal(`x ${what}`, [4, 3, 9, 10]);
        const norm = { mode, epsilon: 0.01, momentum: 0.3 };
        const options = { norm, pool: poolOptions, rectify };
        const { out, cache, running } = await batchNormPool2dForward(x, ...given, options);
        const dOut = normal(`dOut ${what}`, out.shape);
        const own = await batchNormPool2dBackward(dOut, cache);
        const normalised = await batchNorm2dForward(x, ...given, norm);
        for (const steps of rectify
          ? [
              [relu, pool(poolOptions)],
              [pool(poolOptions), relu],
            ]
          : [[pool(poolOptions)]]) {
          const rest = await oneByOne(normalised.out, steps);
          const expected = await batchNorm2dBackward(await rest.back(dOut), normalised.cache);
          assertClose(out, rest.out, { tolerance: 0, what: `out ${what}` });
          for (const name of ["dX", "dWeight", "dBias"] as const)
            assertClose(own[name], expected[name], { tolerance: 1e-12, what: `${name} ${what}` });
          compared++;
        }
        for (const name of ["mean", "variance"] as const)
          assertClose(running[name], normalised.running[name], { tolerance: 0, what: name });
      }
  assert.is(compared, pools.length * 2 * 3);
});

test("a NaN or an infinity in evaluation comes out as it does layer by layer", async () => {
  const wasm = await wasmBackend({ threads: 2 });
  const given = parameters();
  for (const odd of [NaN, Infinity, -Infinity])
    for (const rectify of [true, false])
      for (const backend of [reference, wasm]) {
        const float32 = (tensor: Tensor): Tensor => tensor.astype("float32");
        const [weight, bias] = [float32(given[0]), float32(given[1])];
        const running = { mean: float32(given[2].mean), variance: float32(given[2].variance) };
        const x = new Random("odd").normal([2, 3, 4, 8]);
        x.set([1, 2, 2, 3], odd);
        const norm = { mode: "evaluate" } as const;
        const options = { norm, pool: { kernelSize: 2 }, rectify };
        const fused = await batchNormPool2dForward(x, weight, bias, running, options, backend);
        const own = await batchNormPool2dBackward(
          Tensor.full(fused.out.shape, 1),
          fused.cache,
          backend,
        );
        const normalised = await batchNorm2dForward(x, weight, bias, running, norm, backend);
        const steps = rectify ? [relu, pool({ kernelSize: 2 })] : [pool({ kernelSize: 2 })];
        const rest = await oneByOne(normalised.out, steps);
        const dNorm = await rest.back(Tensor.full(rest.out.shape, 1));
        const expected = await batchNorm2dBackward(dNorm, normalised.cache, backend);
        const what = `${odd} ${rectify} ${backend.name}`;
        assert.equal([...fused.out.data], [...rest.out.data], `out ${what}`);
        for (const name of ["dX", "dWeight", "dBias"] as const) {
          const [mine, theirs] = [own[name].data, expected[name].data];
          mine.forEach((value, i) => {
            const isAlike = Number.isFinite(value)
              ? Math.abs(value - theirs[i]!) < 1e-5
              : Object.is(value, theirs[i]);
            assert.ok(isAlike, `${name}[${i}] ${what}: ${value}, not ${theirs[i]}`);
          });
        }
        assert.ok(own.dWeight.data.some((value) => !Number.isFinite(value)));
      }
  await wasm.dispose();
});

test("the running statistics of the normalisation move on, and only in training", async () => {
  const norm = new BatchNorm2d({ channels: 3, momentum: 0.5 });
  const alone = new BatchNorm2d({ channels: 3, momentum: 0.5 });
  const layer = new BatchNormPool2d(norm, new MaxPool2d({ kernelSize: 2 }), true);
  const x = new Random("x").normal([4, 3, 6, 7], 2, 3);
  const statistics = ({ buffers }: BatchNorm2d): number[][] =>
    buffers.map(({ value }) => [...value.data]);
  await layer.forward(x, { backend: reference, mode: "evaluate" });
  assert.equal(statistics(norm), [
    [0, 0, 0],
    [1, 1, 1],
  ]);
  await layer.forward(x, { backend: reference, mode: "train" });
  await alone.forward(x, { backend: reference, mode: "train" });
  assert.equal(statistics(norm), statistics(alone));
  assert.ok(statistics(norm)[0]!.every((mean) => mean > 0.5));
});

test("what does not fit is refused in the words of the layer that it does not fit", async () => {
  const given = parameters();
  const options: BatchNormPool2dOptions = {
    norm: { mode: "train" },
    pool: { kernelSize: 2 },
    rectify: true,
  };
  await assertRejects(
    () => batchNormPool2dForward(normal("x", [2, 4, 6, 7]), ...given, options),
    "batchNorm2d: expected x of shape [N, 3, H, W], got [2, 4, 6, 7]",
  );
  const x = normal("x", [2, 3, 6, 7]);
  await assertRejects(
    () => batchNormPool2dForward(x, ...given, { ...options, pool: { kernelSize: [8, 2] } }),
    "maxPool2d: ",
  );
  const { cache } = await batchNormPool2dForward(x, ...given, options);
  await assertRejects(
    () => batchNormPool2dBackward(normal("dOut", [2, 3, 3, 2]), cache),
    "batchNormPool2dBackward: expected dOut of shape [2, 3, 3, 3], got [2, 3, 3, 2]",
  );
});

test.run();
