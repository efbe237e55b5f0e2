/** Convolutions by tiles: they are convolutions, for any shape and any numbers. */
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose } from "../helpers/assert-close.js";

const backends = await Promise.all([1, 2, 3].map((threads) => wasmBackend({ threads })));

interface Case {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor | null;
  readonly padding: readonly [number, number];
  readonly dOut: Tensor;
}

const names = ["out", "dX", "dWeight", "dBias"] as const;

/** The convolution and its gradients, in the order of their names. */
async function results(
  { x, weight, bias, padding, dOut }: Case,
  backend: Backend,
): Promise<(Tensor | null)[]> {
  const { out, cache } = await conv2dForward(x, weight, bias, { padding }, backend);
  const { dX, dWeight, dBias } = await conv2dBackward(dOut, cache, backend);
  return [out, dX, dWeight, dBias];
}

/** Shapes on both sides of every limit: 7 pixels, 16 and 32 channels, 64 tiles together. */
const shapes = fc.record({
  images: fc.integer({ min: 1, max: 7 }),
  channels: fc.constantFrom<number>(15, 16, 31, 32, 37),
  filters: fc.constantFrom<number>(16, 31, 32, 35),
  H: fc.integer({ min: 5, max: 16 }),
  W: fc.integer({ min: 5, max: 19 }),
  padH: fc.integer({ min: 0, max: 3 }),
  padW: fc.integer({ min: 0, max: 3 }),
  hasBias: fc.boolean(),
  seed: fc.nat(),
});

function drawn(shape: typeof shapes extends fc.Arbitrary<infer Shape> ? Shape : never): Case {
  const { images, channels, filters, H, W, padH, padW, hasBias, seed } = shape;
  const random = new Random(seed);
  return {
    x: random.normal([images, channels, H, W], 0.5),
    weight: random.normal([filters, channels, 3, 3]),
    bias: hasBias ? random.normal([filters]) : null,
    padding: [padH, padW],
    dOut: random.normal([images, filters, H + 2 * padH - 2, W + 2 * padW - 2]),
  };
}

/** One of the largest that are surely done by tiles, with rows and columns cut off. */
const tiled = drawn({
  images: 5,
  channels: 33,
  filters: 34,
  H: 9,
  W: 13,
  padH: 1,
  padW: 0,
  hasBias: true,
  seed: 3,
});

test("random shapes: as the reference has them, and the same bits for any threads", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const one = drawn(shape);
      const float64 = Object.fromEntries(
        Object.entries(one).map(([name, value]) => [
          name,
          Array.isArray(value) ? value : (value?.astype("float64") ?? null),
        ]),
      ) as unknown as Case;
      const expected = await results(float64, reference);
      const all: (Tensor | null)[][] = [];
      for (const backend of backends) all.push(await results(one, backend));
      names.forEach((name, i) => {
        if (expected[i] === null) return;
        const what = `${name}, ${JSON.stringify(shape)}`;
        const size = Math.max(...expected[i]!.data.map(Math.abs));
        const far = all[0]![i]!.data.findIndex(
          (value, at) => Math.abs(value - expected[i]!.data[at]!) > 2e-6 * size,
        );
        assert.is(far, -1, what);
        for (const other of all.slice(1))
          assertClose(other[i]!, all[0]![i]!, { tolerance: 0, what });
      });
    }),
    { seed: 5, numRuns: 30 },
  );
});

test("views of images, filters and gradients count as they read", async () => {
  const turned = (tensor: Tensor): Tensor => {
    const axes = tensor.shape.map((_, axis) => axis).reverse();
    return tensor.transpose(axes).clone().transpose(axes);
  };
  const views = {
    ...tiled,
    x: turned(tiled.x),
    weight: turned(tiled.weight),
    dOut: turned(tiled.dOut),
  };
  for (const backend of backends) {
    const expected = await results(tiled, backend);
    (await results(views, backend)).forEach((result, i) =>
      assertClose(result!, expected[i]!, { tolerance: 0, what: names[i]! }),
    );
  }
});

test("a NaN or an infinity reaches the windows that hold it, and no others", async () => {
  for (const odd of [NaN, Infinity, -Infinity])
    for (const where of ["x", "weight", "dOut"] as const) {
      const one = { ...tiled, [where]: tiled[where].clone() };
      one[where].set([1, 2, ...(where === "weight" ? [1, 2] : [4, 5])], odd);
      const expected = await results(one, reference);
      for (const backend of backends)
        (await results(one, backend)).forEach((result, i) => {
          result!.data.forEach((value, at) => {
            const true_ = expected[i]!.data[at]!;
            if (!Number.isFinite(true_) || !Number.isFinite(value))
              assert.ok(
                Object.is(value, true_),
                `${names[i]}[${at}] with ${odd} in ${where}: ${value}, not ${true_}`,
              );
          });
        });
      assert.ok(expected.some((result) => result!.data.some((value) => !Number.isFinite(value))));
    }
});

test("sums of huge numbers that cancel do not overflow on the way", async () => {
  const one = { ...tiled, x: tiled.x.clone() };
  for (const [w, sign] of [1, -1, 1, -1].entries()) one.x.set([0, 0, 4, 2 * w], sign * 2e38);
  const weight = tiled.weight.clone();
  for (let k = 0; k < 34; k++)
    for (let at = 0; at < 9; at++) weight.set([k, 0, Math.floor(at / 3), at % 3], 1e-3);
  for (const backend of backends) {
    const [out] = await results({ ...one, weight }, backend);
    assert.ok(out!.data.every(Number.isFinite));
  }
});

test("sums of many large numbers do not overflow either", async () => {
  const large = 0.99 * 2 ** 60;
  const [x, weight] = [Tensor.zeros([1, 32, 9, 9]), Tensor.zeros([32, 32, 3, 3])];
  for (let c = 0; c < 32; c++) {
    for (const [h, w] of [
      [3, 3],
      [3, 4],
      [4, 3],
      [4, 4],
    ])
      x.set([0, c, h!, w!], large);
    for (let k = 0; k < 32; k++) weight.set([k, c, 1, 1], large);
  }
  for (const backend of backends) {
    const { out } = await conv2dForward(x, weight, null, { padding: 1 }, backend);
    const most = Math.max(...out.data);
    assert.ok(Math.abs(most / (32 * large * large) - 1) < 1e-5, String(most));
  }
});

test("a convolution is the same to the bit whether it is pooled at once or not", async () => {
  const { x, weight, bias, padding } = tiled;
  for (const backend of backends) {
    const { out, cache } = await conv2dForward(x, weight, bias, { padding }, backend);
    const [outH, outW] = [Math.floor(out.shape[2]! / 2), Math.floor(out.shape[3]! / 2)];
    const pool = {
      ...cache.cols.geometry,
      H: out.shape[2]!,
      W: out.shape[3]!,
      kH: 2,
      kW: 2,
      strideH: 2,
      strideW: 2,
      padH: 0,
      padW: 0,
      outH,
      outW,
    };
    const filters = weight.reshape([1, weight.shape[0]!, cache.cols.shape[2]!]);
    const atOnce = await backend.convolvePool(filters, cache.cols, bias, pool);
    const apart = await backend.maxPool2d(out, pool);
    assert.equal([...atOnce.out.data], [...apart.out.data]);
    assert.equal([...atOnce.argmax.data], [...apart.argmax.data]);
  }
});

test("the backends are given back", async () => {
  for (const backend of backends) await backend.dispose();
});

test.run();
