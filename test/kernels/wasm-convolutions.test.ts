/**
 * Convolutions that the wasm backend computes together with the rectifier and the pooling behind
 * them. The numbers are small whole ones: their sums are exact in float32, in any order, so every
 * result must equal the reference's to the bit, ties and winners included.
 */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  conv2dBackward,
  conv2dForward,
  maxPool2dBackward,
  maxPool2dForward,
  reluBackward,
  reluForward,
} from "leibniz/backprop";
import { conv2dGeometry, type WindowOptions } from "leibniz/im2col";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose } from "../helpers/assert-close.js";

const wasm = await wasmBackend({ threads: 2 });

function whole(random: Random, shape: readonly number[], largest: number): Tensor {
  const x = Tensor.zeros(shape);
  for (let i = 0; i < x.data.length; i++) x.data[i] = random.integer(2 * largest + 1) - largest;
  return x;
}

const same = (actual: Tensor, expected: Tensor, what: string): void =>
  assertClose(actual, expected, { tolerance: 0, what });

interface Block {
  readonly N: number;
  readonly C: number;
  readonly K: number;
  readonly size: readonly [number, number];
  readonly kernelSize: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly groups: number;
  readonly hasBias: boolean;
  readonly rectifies: boolean;
  readonly pool: WindowOptions;
  readonly seed: number;
}

/** Results that may be looked at between two layers, which makes ordinary tensors of them. */
type Look = "conv" | "relu" | "dPool" | "dRelu";

interface Results {
  readonly pooled: Tensor;
  readonly argmax: Int32Array;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Convolution, rectifier if any, max pooling, and back. */
async function run(block: Block, looks: readonly Look[], backend: Backend): Promise<Results> {
  const { N, C, K, size, kernelSize, padding, stride, groups, hasBias, rectifies, pool, seed } =
    block;
  const random = new Random(seed);
  const x = whole(random, [N, C * groups, ...size], 3);
  const weight = whole(random, [K * groups, C, ...kernelSize], 2);
  const bias = hasBias ? whole(random, [K * groups], 4) : null;
  const look = (name: Look, tensor: Tensor): Tensor => {
    if (looks.includes(name)) tensor.data;
    return tensor;
  };
  const convolved = await conv2dForward(
    x,
    weight,
    bias,
    { padding: [...padding], stride: [...stride], groups },
    backend,
  );
  look("conv", convolved.out);
  const rectified = rectifies ? await reluForward(convolved.out, backend) : null;
  if (rectified !== null) look("relu", rectified.out);
  const pooled = await maxPool2dForward(rectified?.out ?? convolved.out, pool, backend);
  const dPool = look(
    "dPool",
    (await maxPool2dBackward(whole(random, pooled.out.shape, 3), pooled.cache, backend)).dX,
  );
  const dConv =
    rectified === null
      ? dPool
      : look("dRelu", (await reluBackward(dPool, rectified.cache, backend)).dX);
  const { dX, dWeight, dBias } = await conv2dBackward(dConv, convolved.cache, backend);
  const late = {
    conv: convolved.out,
    dPool,
    dConv,
    ...(rectified === null ? {} : { relu: rectified.out }),
  };
  return {
    pooled: pooled.out,
    argmax: pooled.cache.argmax,
    tensors: { dX, dWeight, ...(dBias === null ? {} : { dBias }), ...late },
  };
}

const pair = (min: number, max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
const pools = fc.oneof(
  { weight: 3, arbitrary: fc.constant<WindowOptions>({ kernelSize: 2 }) },
  fc.constantFrom<WindowOptions>(
    { kernelSize: [3, 2], stride: [1, 2], padding: [1, 0] },
    { kernelSize: 2, stride: [2, 1] },
    { kernelSize: [1, 2], dilation: [1, 2] },
    { kernelSize: 2, padding: 1 },
  ),
);
const blocks = fc
  .record({
    N: fc.constantFrom(1, 3, 17),
    C: fc.integer({ min: 1, max: 5 }),
    K: fc.integer({ min: 1, max: 18 }),
    size: pair(4, 15),
    kernelSize: pair(1, 5),
    padding: fc.oneof(fc.constant<[number, number]>([0, 0]), pair(0, 2)),
    stride: fc.constantFrom<[number, number]>([1, 1], [1, 1], [1, 1], [2, 1]),
    groups: fc.constantFrom(1, 1, 1, 2),
    hasBias: fc.boolean(),
    rectifies: fc.constantFrom(true, true, false),
    pool: pools,
    seed: fc.nat(),
  })
  .filter(({ size, kernelSize, stride }) =>
    [0, 1].every((axis) => size[axis]! - kernelSize[axis]! >= 3 * stride[axis]!),
  );
const allLooks = fc.subarray<Look>(["conv", "relu", "dPool", "dRelu"]);

test("convolution, rectifier, max pooling and back: in one go, or apart if looked at", async () => {
  await fc.assert(
    fc.asyncProperty(blocks, allLooks, async (block, looks) => {
      const expected = await run(block, [], reference);
      await wasm.scope(async () => {
        // whatever was in the memory before must not matter
        await wasm.relu(Tensor.full([64, 1024], 7)).then((x) => x.data);
      });
      await wasm.scope(async () => {
        const actual = await run(block, looks, wasm);
        same(actual.pooled, expected.pooled, "pooled");
        assert.ok(
          actual.argmax.every((winner, i) => winner === expected.argmax[i]),
          "argmax",
        );
        for (const [name, tensor] of Object.entries(expected.tensors))
          same(actual.tensors[name]!, tensor, name);
      });
    }),
    { seed: 11, numRuns: 500 },
  );
});

test("wide rows: as many channels as fill every width that lists are walked in", async () => {
  for (const [C, K, kW] of [
    [16, 32, 3],
    [17, 9, 4],
    [21, 8, 1],
    [7, 3, 5],
  ] as const) {
    const block: Block = {
      N: 3,
      C,
      K,
      size: [9, 11],
      kernelSize: [2, kW],
      padding: [0, 1],
      stride: [1, 1],
      groups: 1,
      hasBias: true,
      rectifies: true,
      pool: { kernelSize: 2 },
      seed: C,
    };
    const expected = await run(block, [], reference);
    await wasm.scope(async () => {
      const actual = await run(block, [], wasm);
      for (const [name, tensor] of Object.entries(expected.tensors))
        same(actual.tensors[name]!, tensor, `${C} channels: ${name}`);
    });
  }
});

/** One convolution [2, 3, 7, 9] → [2, 5, 5, 8]. */
async function convolve(backend: Backend, weight: Tensor): Promise<Tensor> {
  const random = new Random("one");
  return (
    await conv2dForward(whole(random, [2, 3, 7, 9], 3), weight, whole(random, [5], 2), {}, backend)
  ).out;
}
const weightOf = (): Tensor => whole(new Random("weight"), [5, 3, 3, 2], 2);

test("poolings of a single window", async () => {
  for (const size of [
    [3, 4],
    [3, 5],
    [4, 4],
    [2, 3],
  ] as const) {
    const block: Block = {
      N: 17,
      C: 2,
      K: 9,
      size,
      kernelSize: [2, 3],
      padding: [0, 0],
      stride: [1, 1],
      groups: 1,
      hasBias: true,
      rectifies: true,
      pool: { kernelSize: size[0] < 3 ? 1 : 2 },
      seed: size[1],
    };
    const expected = await run(block, [], reference);
    await wasm.scope(async () => {
      const actual = await run(block, [], wasm);
      same(actual.pooled, expected.pooled, "pooled");
      for (const [name, tensor] of Object.entries(expected.tensors))
        same(actual.tensors[name]!, tensor, `${size.join("×")}: ${name}`);
    });
  }
});

test("a matrix of weights for each image is no convolution", async () => {
  const random = new Random("each");
  const [N, C, K] = [3, 2, 4];
  const geometry = conv2dGeometry("test", 6, 8, { kernelSize: [3, 2], stride: 1 });
  const [R, P] = [C * 3 * 2, 4 * 7];
  const [x, weights, bias, dPool] = [
    whole(random, [N, C, 6, 8], 3),
    whole(random, [N, K, R], 2),
    whole(random, [N, K], 2),
    whole(random, [N, K, 2, 3], 3),
  ];
  const run = async (backend: Backend): Promise<Tensor[]> => {
    const out = (
      await backend.matmul(weights, await backend.im2col(x, geometry), { rowBias: bias })
    ).reshape([N, K, 4, 7]);
    const { out: pooled, cache } = await maxPool2dForward(
      await backend.relu(out),
      { kernelSize: 2 },
      backend,
    );
    const dOut = await backend.reluBackward(
      (await maxPool2dBackward(dPool, cache, backend)).dX,
      out,
    );
    const dCols = await backend.matmul(weights, dOut.reshape([N, K, P]), { transposeA: true });
    return [pooled, await backend.col2im(dCols, C, geometry)];
  };
  const expected = await run(reference);
  await wasm.scope(async () =>
    (await run(wasm)).forEach((tensor, i) => same(tensor, expected[i]!, ["pooled", "dX"][i]!)),
  );
});

test("weights may change before anybody looks at what they answered", async () => {
  const expected = await convolve(reference, weightOf());
  await wasm.scope(async () => {
    const bare = weightOf().clone(wasm.allocator);
    const x = whole(new Random("bare"), [2, 3, 7, 9], 3);
    const { out: expectedBare } = await conv2dForward(x, bare, null);
    const { out: outBare } = await conv2dForward(x, bare, null, {}, wasm);
    bare.data.fill(99);
    same(outBare, expectedBare, "without a bias");
    for (const pools of [false, true]) {
      const weight = weightOf().clone(wasm.allocator);
      const out = await convolve(wasm, weight);
      weight.data.fill(99);
      if (pools)
        same(
          (await maxPool2dForward(out, { kernelSize: 2 }, wasm)).out,
          (await maxPool2dForward(expected, { kernelSize: 2 })).out,
          "pooled",
        );
      else same(out, expected, "out");
    }
  });
});

test("what is not computed yet may be given another shape", async () => {
  const expected = await convolve(reference, weightOf());
  const shape = [1, 10, 5, 8];
  const expectedPool = await maxPool2dForward((await reluForward(expected)).out.reshape(shape), {
    kernelSize: 2,
  });
  const expectedBare = await maxPool2dForward(expected.reshape(shape), { kernelSize: 2 });
  await wasm.scope(async () => {
    const convolved = await convolve(wasm, weightOf());
    same(
      (await maxPool2dForward(convolved.reshape(shape), { kernelSize: 2 }, wasm)).out,
      expectedBare.out,
      "pooled without a rectifier",
    );
    const rectified = (await reluForward(convolved, wasm)).out.reshape(shape);
    const pooled = await maxPool2dForward(rectified, { kernelSize: 2 }, wasm);
    same(pooled.out, expectedPool.out, "pooled");
    // the gradient behind both, summed over another second axis than the convolution's
    const { out: again, cache: sign } = await reluForward(convolved, wasm);
    const { out, cache } = await maxPool2dForward(again, { kernelSize: 2 }, wasm);
    const gradient = async (): Promise<Tensor> =>
      (await reluBackward((await maxPool2dBackward(out, cache, wasm)).dX, sign, wasm)).dX;
    const looked = (await gradient()).clone();
    for (const other of [
      [2, 200],
      [2, 5, 40],
      [1, 10, 40],
    ])
      same(
        await wasm.sumPerChannel((await gradient()).reshape(other)),
        await reference.sumPerChannel(looked.reshape(other)),
        `sums of ${other.join("×")}`,
      );
  });
});

test(
  "the gradient behind a rectifier and a pooling, " +
    "given to products of other windows than it came from",
  async () => {
    const random = new Random("others");
    const [x, image, dPool, weight] = [
      whole(random, [2, 4, 6, 8], 3),
      whole(random, [2, 1, 5, 7], 3),
      whole(random, [2, 4, 3, 4], 3),
      whole(random, [8, 4], 2),
    ];
    // 24 windows, half of the 48 pixels of a plane of x
    const geometry = conv2dGeometry("test", 5, 7, { kernelSize: 2, stride: 1 });
    const run = async (backend: Backend): Promise<Tensor[]> => {
      const rectified = await reluForward(x, backend);
      const { cache } = await maxPool2dForward(rectified.out, { kernelSize: 2 }, backend);
      const gradient = async (): Promise<Tensor> =>
        (
          await reluBackward(
            (
              await maxPool2dBackward(dPool, cache, backend)
            ).dX,
            rectified.cache,
            backend,
          )
        ).dX.reshape([2, 8, 24]);
      const dWeight = await backend.matmulSum(
        await gradient(),
        await backend.im2col(image, geometry),
        { transposeB: true },
      );
      const dX = await backend.col2im(
        await backend.matmul(weight, await gradient(), { transposeA: true }),
        1,
        geometry,
      );
      // planes of 48 side by side in one matrix, whose product is seen as columns of 48 windows
      const wide = await backend.matmul(
        weight.slice([0, 2], [0, 2]).clone(),
        (await gradient()).reshape([2, 2, 96]),
        { transposeA: true },
      );
      const onto = await backend.col2im(
        wide.reshape([2, 4, 48]),
        1,
        conv2dGeometry("test", 7, 9, { kernelSize: 2, stride: 1 }),
      );
      return [dWeight, dX, onto];
    };
    const expected = await run(reference);
    await wasm.scope(async () =>
      (await run(wasm)).forEach((tensor, i) =>
        same(tensor, expected[i]!, ["dWeight", "dX", "onto"][i]!),
      ),
    );
  },
);

test("what nobody looked at in its scope is not written into another's memory", async () => {
  const late = await wasm.scope(async () => wasm.relu(Tensor.full([64], -1)));
  const other = Tensor.full([64], 5, "float32", wasm.allocator);
  assert.throws(() => late.data, /wasm: expected a first look at this tensor inside the scope/);
  assert.ok(other.data.every((value) => value === 5));
  const looked = await wasm.scope(async () => {
    const out = await wasm.relu(Tensor.full([64], 3));
    await wasm.scope(async () => out.data); // an inner scope is inside, too
    return out.clone();
  });
  assert.ok(looked.data.every((value) => value === 3));
});

test("winners that do not belong to the gradient are refused", async () => {
  const geometry = conv2dGeometry("test", 4, 6, { kernelSize: 2, stride: 2 });
  const error = await wasm
    .maxPool2dBackward(Tensor.zeros([2, 1, 2, 3]), new Int32Array(6), geometry)
    .then(
      () => null,
      (thrown: Error) => thrown,
    );
  assert.match(
    error?.message ?? "none",
    /^maxPool2dBackward: expected 12 winners for dOut \[2, 1, 2, 3\], got 6/,
  );
});

test("a rectifier's gradient at other numbers than those that were pooled", async () => {
  const random = new Random("other");
  const [x, other, dOut] = [
    whole(random, [2, 3, 6, 8], 3),
    whole(random, [2, 3, 6, 8], 3),
    whole(random, [2, 3, 3, 4], 3),
  ];
  const gradient = async (backend: Backend): Promise<Tensor> => {
    const { cache } = await maxPool2dForward(
      (await reluForward(x, backend)).out,
      { kernelSize: 2 },
      backend,
    );
    return backend.reluBackward((await maxPool2dBackward(dOut, cache, backend)).dX, other);
  };
  same(await gradient(wasm), await gradient(reference), "dX");
});

test("a NaN in an image reaches every window that sees it", async () => {
  const block = async (backend: Backend): Promise<Tensor> => {
    const random = new Random("NaN");
    const x = whole(random, [2, 2, 8, 9], 3);
    x.set([1, 1, 4, 4], NaN);
    const { out } = await conv2dForward(x, whole(random, [9, 2, 3, 2], 2), null, {}, backend);
    return (
      await maxPool2dForward((await reluForward(out, backend)).out, { kernelSize: 2 }, backend)
    ).out;
  };
  const [actual, expected] = [await block(wasm), await block(reference)];
  assert.ok(expected.data.some(Number.isNaN));
  assert.ok(actual.data.every((value, i) => Object.is(value, expected.data[i])));
});

test("the gradients do not depend on the number of threads, to the bit", async () => {
  const random = new Random("threads");
  const [x, weight, bias, dOut] = [
    random.normal([19, 3, 11, 9]),
    random.normal([9, 3, 3, 2]),
    random.normal([9]),
    random.normal([19, 9, 4, 4]),
  ];
  const bits = async (threads: number): Promise<string> => {
    const backend = await wasmBackend({ threads });
    try {
      const convolved = await conv2dForward(x, weight, bias, {}, backend);
      const rectified = await reluForward(convolved.out, backend);
      const { out, cache } = await maxPool2dForward(rectified.out, { kernelSize: 2 }, backend);
      const { dX: dRelu } = await reluBackward(
        (await maxPool2dBackward(dOut, cache, backend)).dX,
        rectified.cache,
        backend,
      );
      const { dX, dWeight, dBias } = await conv2dBackward(dRelu, convolved.cache, backend);
      return [out, dX, dWeight, dBias!]
        .map(({ data }) =>
          Buffer.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).toString(
            "hex",
          ),
        )
        .join();
    } finally {
      await backend.dispose();
    }
  };
  const alone = await bits(1);
  for (const threads of [2, 3, 5]) assert.ok((await bits(threads)) === alone, `${threads} threads`);
});

test.run();
