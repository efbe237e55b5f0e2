import type { Worker } from "node:worker_threads";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog, conv2dBackward, conv2dForward } from "leibniz/backprop";
import { conv2dGeometry } from "leibniz/im2col";
import { type Backend, type MatmulOptions, reference, wasmBackend } from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose } from "../helpers/assert-close.js";

const wasm = await wasmBackend();

/** Rounding errors of a float32 sum of `terms` products grow like a random walk, with the root of its length. */
const tolerance = (terms: number): number => 3e-7 * Math.sqrt(terms) + 1e-7;

/** Random numbers, a given share of them 0. */
function sprinkled(random: Random, shape: readonly number[], zeros: number): Tensor {
  const x = random.normal(shape);
  for (let i = 0; i < x.data.length; i++) if (random.next() < zeros) x.data[i] = 0;
  return x;
}

/** Runs the same on wasm and reference, inside a scope so that memory is reused from case to case. */
async function assertSame(what: string, terms: number, run: (backend: Backend) => Promise<Tensor>): Promise<void> {
  const expected = await run(reference);
  await wasm.scope(async () => {
    await wasm.relu(Tensor.full([64, 1024], 7)); // whatever was in the memory before must not matter
  });
  await wasm.scope(async () => assertClose(await run(wasm), expected, { tolerance: tolerance(terms), what }));
}

const extents = fc.integer({ min: 1, max: 41 });

test("matmul: random shapes, transposes, biases, batches, dense and sparse", async () => {
  await fc.assert(
    fc.asyncProperty(extents, extents, extents, fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean(), fc.constantFrom(0, 0.9), fc.nat(), async (M, N, I, transposeA, transposeB, hasRows, hasColumns, zeros, seed) => {
      const random = new Random(seed);
      const a = random.normal(transposeA ? [2, I, M] : [2, M, I]);
      const b = sprinkled(random, transposeB ? [3, 2, N, I] : [3, 2, I, N], zeros);
      const options: MatmulOptions = { transposeA, transposeB, rowBias: hasRows ? random.normal([2, M]) : null, columnBias: hasColumns ? random.normal([N]) : null };
      await assertSame(`matmul ${JSON.stringify({ M, N, I, transposeA, transposeB, zeros })}`, I, (backend) => backend.matmul(a, b, options));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("matmul: one second operand for the whole batch, wide rows, many zeros on either side", async () => {
  await fc.assert(
    fc.asyncProperty(extents, fc.integer({ min: 1, max: 150 }), extents, fc.boolean(), fc.boolean(), fc.constantFrom(0, 0.5, 0.9), fc.boolean(), fc.nat(), async (M, N, I, transposeA, transposeB, zeros, batched, seed) => {
      const random = new Random(seed);
      const a = sprinkled(random, [...(batched ? [3] : []), ...(transposeA ? [I, M] : [M, I])], zeros);
      const b = sprinkled(random, transposeB ? [N, I] : [I, N], zeros / 2);
      await assertSame(`matmul ${JSON.stringify({ M, N, I, transposeA, transposeB, zeros, batched })}`, I, (backend) => backend.matmul(a, b, { transposeA, transposeB }));
    }),
    { seed: 6, numRuns: 300 },
  );
});

test("matmul: inner lengths from which columns are packed, more rows than are multiplied at a time", async () => {
  const random = new Random("long");
  for (const [M, N, I] of [[301, 21, 259], [70, 50, 41], [531, 9, 4], [9, 300, 255]] as const) {
    const [a, b, columnBias] = [random.normal([M, I]), random.normal([I, N]), random.normal([N])];
    await assertSame(`${M}×${I}×${N}`, I, (backend) => backend.matmul(a, b, { columnBias }));
    await assertSame(`${M}×${I}×${N}, rows`, I, (backend) => backend.matmul(a, b, { rowBias: a.slice([0, M], [0, 1]).reshape([M]) }));
  }
});

test("matmulSum: random shapes, transposes, dense and sparse", async () => {
  await fc.assert(
    fc.asyncProperty(extents, extents, extents, fc.boolean(), fc.boolean(), fc.constantFrom(0, 0.9), fc.nat(), async (M, N, I, transposeA, transposeB, zeros, seed) => {
      const random = new Random(seed);
      const a = sprinkled(random, transposeA ? [4, 2, I, M] : [4, 2, M, I], zeros);
      const b = random.normal(transposeB ? [4, 2, N, I] : [4, 2, I, N]);
      await assertSame(`matmulSum ${JSON.stringify({ M, N, I, transposeA, transposeB, zeros })}`, 4 * I, (backend) => backend.matmulSum(a, b, { transposeA, transposeB }));
    }),
    { seed: 2, numRuns: 300 },
  );
});

test("products with no rows, no columns or nothing to add up", async () => {
  for (const [M, N, I] of [[0, 3, 4], [3, 0, 4], [3, 4, 0]] as const) {
    await assertSame(`${M}×${I}×${N}`, 1, (backend) => backend.matmul(Tensor.full([2, M, I], 1), Tensor.full([2, I, N], 1)));
    await assertSame(`sum ${M}×${I}×${N}`, 1, (backend) => backend.matmulSum(Tensor.full([2, M, I], 1), Tensor.full([2, I, N], 1)));
  }
});

const pair = (min: number, max: number): fc.Arbitrary<[number, number]> => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
const windows = fc
  .record({ size: pair(1, 14), kernelSize: pair(1, 4), stride: pair(1, 3), padding: pair(0, 2), dilation: pair(1, 3), seed: fc.nat() })
  .filter(({ size, kernelSize, padding, dilation }) => [0, 1].every((axis) => dilation[axis]! * (kernelSize[axis]! - 1) + 1 <= size[axis]! + 2 * padding[axis]!));

type Windows = typeof windows extends fc.Arbitrary<infer T> ? T : never;
/** The windows of the notes' network, which have a kernel of their own. */
const twoByTwo = fc.record({ size: pair(2, 19), seed: fc.nat() }).map((drawn): Windows => ({ ...drawn, kernelSize: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1] }));
const windowsOfAllKinds = fc.oneof(windows, twoByTwo);

test("im2col, col2im and the poolings: random geometries", async () => {
  await fc.assert(
    fc.asyncProperty(windowsOfAllKinds, async ({ size: [H, W], seed, ...options }) => {
      const geometry = conv2dGeometry("test", H, W, options);
      const { kH, kW, outH, outW } = geometry;
      const random = new Random(seed);
      const what = JSON.stringify({ H, W, ...options });
      const x = random.normal([5, 7, H, W]);
      const cols = random.normal([5, 7 * kH * kW, outH * outW]);
      const dOut = random.normal([5, 7, outH, outW]);
      await assertSame(`im2col ${what}`, 1, (backend) => backend.im2col(x, geometry));
      await assertSame(`col2im ${what}`, kH * kW, (backend) => backend.col2im(cols, 7, geometry));
      await assertSame(`averagePool2d ${what}`, kH * kW, (backend) => backend.averagePool2d(x, geometry));
      await assertSame(`averagePool2dBackward ${what}`, kH * kW, (backend) => backend.averagePool2dBackward(dOut, geometry));
      const { out, argmax } = await reference.maxPool2d(x, geometry);
      await wasm.scope(async () => {
        const own = await wasm.maxPool2d(x, geometry);
        // windows on padding alone have no winner: both say −∞
        assert.ok(own.out.data.every((value, i) => value === out.data[i]), `maxPool2d ${what}`);
        assert.ok(own.argmax.every((winner, i) => winner === argmax[i]), `argmax ${what}`);
      });
      await assertSame(`maxPool2dBackward ${what}`, kH * kW, (backend) => backend.maxPool2dBackward(dOut, argmax, geometry));
    }),
    { seed: 3, numRuns: 300 },
  );
});

test("conv2d backward for a dOut of mostly zeros: random filters, paddings, strides and groups", async () => {
  const shapes = fc.record({ C: fc.integer({ min: 1, max: 9 }), K: fc.integer({ min: 1, max: 9 }), groups: fc.constantFrom(1, 1, 2), stride: fc.constantFrom([1, 1], [1, 1], [1, 2]) });
  await fc.assert(
    fc.asyncProperty(shapes, windows, async ({ C, K, groups, stride }, { size: [H, W], kernelSize, padding, seed }) => {
      const [kH, kW] = [Math.min(kernelSize[0], H), Math.min(kernelSize[1], W)];
      const random = new Random(seed);
      const [x, weight] = [random.normal([18, C * groups, H, W]), random.normal([K * groups, C, kH, kW])];
      const options = { padding, groups, stride: stride as [number, number] };
      const expected = await conv2dForward(x, weight, null, options);
      const dOut = sprinkled(random, expected.out.shape, 0.9);
      const { dX, dWeight } = await conv2dBackward(dOut, expected.cache);
      await wasm.scope(async () => {
        const { out, cache } = await conv2dForward(x, weight, null, options, wasm);
        const own = await conv2dBackward(dOut, cache, wasm);
        const what = JSON.stringify({ C, K, H, W, kH, kW, ...options });
        assertClose(out, expected.out, { tolerance: tolerance(C * kH * kW), what: `out ${what}` });
        assertClose(own.dX, dX, { tolerance: tolerance(K * kH * kW), what: `dX ${what}` });
        assertClose(own.dWeight, dWeight, { tolerance: tolerance(18 * H * W), what: `dWeight ${what}` });
      });
    }),
    { seed: 5, numRuns: 300 },
  );
});

test("max pooling by 2×2: ties go to the first, a NaN wins, odd sizes are cut", async () => {
  const random = new Random("ties");
  const x = Tensor.zeros([2, 2, 7, 19]);
  for (let i = 0; i < x.data.length; i++) x.data[i] = random.next() < 0.02 ? NaN : random.integer(3);
  const geometry = conv2dGeometry("test", 7, 19, { kernelSize: 2, stride: 2 });
  const expected = await reference.maxPool2d(x, geometry);
  const actual = await wasm.maxPool2d(x, geometry);
  assert.ok(actual.out.data.every((value, i) => Object.is(value, expected.out.data[i])));
  assert.ok(actual.argmax.every((winner, i) => winner === expected.argmax[i]));
});

test("max pooling of a rectifier, and the gradient of both, computed in one go or apart", async () => {
  await fc.assert(
    fc.asyncProperty(windowsOfAllKinds, fc.boolean(), async ({ size: [H, W], seed, ...options }, looks) => {
      const geometry = conv2dGeometry("test", H, W, options);
      const random = new Random(seed);
      const x = random.normal([5, 7, H, W], -0.7);
      const dOut = random.normal([5, 7, geometry.outH, geometry.outW]);
      const run = async (backend: Backend): Promise<[Tensor, Int32Array, Tensor, Tensor]> => {
        const rectified = await backend.relu(x);
        if (looks) rectified.get(0, 0, 0, 0); // from now on it is an ordinary tensor
        const { out, argmax } = await backend.maxPool2d(rectified, geometry);
        const dPooled = await backend.maxPool2dBackward(dOut, argmax, geometry);
        if (looks) dPooled.get(0, 0, 0, 0);
        const dX = await backend.reluBackward(dPooled, x);
        return [out, argmax, dX, dPooled];
      };
      const expected = await run(reference);
      await wasm.scope(async () => {
        const [out, argmax, dX, dPooled] = await run(wasm);
        assert.ok(out.data.every((value, i) => value === expected[0].data[i]), "out");
        assert.ok(argmax.every((winner, i) => winner === expected[1][i]), "argmax");
        assertClose(dX, expected[2], { tolerance: 1e-6, what: "dX" });
        assertClose(dPooled, expected[3], { tolerance: 1e-6, what: "the gradient between them, looked at late" });
        assertClose(dX, expected[2], { tolerance: 1e-6, what: "dX, once more" });
      });
    }),
    { seed: 4, numRuns: 300 },
  );
});

test("the rectifier and the sums, at every length of the remainder", async () => {
  const random = new Random("passes");
  for (let length = 1; length <= 9; length++) {
    const [x, dOut] = [random.normal([2, 3, length]), random.normal([2, 3, length])];
    await assertSame(`relu ${length}`, 1, (backend) => backend.relu(x));
    await assertSame(`reluBackward ${length}`, 1, (backend) => backend.reluBackward(dOut, x));
    await assertSame(`sumPerChannel ${length}`, 2 * length, (backend) => backend.sumPerChannel(x));
  }
  assert.equal([...(await wasm.relu(Tensor.from([NaN, -1, 0, -0, 2], [5]))).data], [NaN, 0, 0, 0, 2]);
});

test("the optimizers' updates, ten steps, in place", async () => {
  const random = new Random("updates");
  const shape = [3, 7];
  const start = [random.normal(shape), random.normal(shape)] as const;
  const copies = (backend: Backend): Tensor[] => [start[0].clone(backend.allocator), start[1].clone(backend.allocator), Tensor.zeros(shape, "float32", backend.allocator), Tensor.zeros(shape, "float32", backend.allocator)];
  for (const nesterov of [false, true]) {
    const run = async (backend: Backend): Promise<Tensor> => {
      const [value, grad, velocity] = copies(backend) as [Tensor, Tensor, Tensor];
      for (let step = 1; step <= 10; step++) await backend.sgdUpdate({ value, grad, velocity }, { learningRate: 0.1, momentum: 0.9, nesterov, weightDecay: 0.01, step });
      return value;
    };
    await assertSame(`sgd, nesterov ${nesterov}`, 10, run);
  }
  await assertSame("adam", 10, async (backend) => {
    const [value, grad, firstMoment, secondMoment] = copies(backend) as [Tensor, Tensor, Tensor, Tensor];
    const hyperparameters = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };
    for (let step = 1; step <= 10; step++) await backend.adamUpdate({ value, grad, firstMoment, secondMoment }, { ...hyperparameters, step });
    return value;
  });
});

test("every layer of the catalog, forward and backward, in float32", async () => {
  for (const { layer, cases, differentiable } of catalog) {
    const random = new Random(`wasm ${layer}`);
    for (const { options, inputs } of cases(random)) {
      const single = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, tensor.astype("float32")]));
      const expected = await differentiable(options)(single);
      const dOut = random.normal(expected.out.shape);
      const gradients = await expected.backward(dOut);
      await wasm.scope(async () => {
        const actual = await differentiable(options, wasm)(single);
        assertClose(actual.out, expected.out, { tolerance: tolerance(64), what: `${layer} out` });
        for (const [name, gradient] of Object.entries(await actual.backward(dOut))) assertClose(gradient, gradients[name]!, { tolerance: tolerance(64), what: `${layer} ${name}` });
      });
    }
  }
});

test("float64 stays exact: it goes to the reference", async () => {
  const random = new Random("float64");
  const [a, b] = [random.normal([5, 6], 0, 1, "float64"), random.normal([6, 7], 0, 1, "float64")];
  assertClose(await wasm.matmul(a, b), await reference.matmul(a, b), { tolerance: 0 });
});

test("a scope gives its memory back, what is made outside stays", async () => {
  const kept = Tensor.full([1000], 3, "float32", wasm.allocator);
  const places = [];
  for (let step = 0; step < 3; step++) places.push(await wasm.scope(async () => (await wasm.relu(Tensor.full([1 << 16], step))).data.byteOffset));
  assert.is(new Set(places).size, 1, "every step starts at the same place");
  assert.ok(kept.data.every((value) => value === 3));
});

test("a memory that cannot grow is a clear error, and the backend goes on", async () => {
  const small = await wasmBackend({ largestMB: 32 });
  const big = Tensor.zeros([3 << 20]);
  const error = await small.scope(async () => [(await small.relu(big)).data, (await small.relu(big)).data]).then(() => null, (thrown: Error) => thrown);
  assert.match(error?.message ?? "none", /wasm: expected 12 MB more memory, got none beyond the 32 MB there are/);
  assert.is((await small.scope(async () => small.relu(Tensor.full([3], 2)))).shape[0], 3);
});

test("results do not depend on the number of threads, to the bit", async () => {
  const random = new Random("threads");
  const [weight, x, dOut] = [random.normal([5, 3, 3, 2]), random.normal([19, 3, 11, 9]), sprinkled(random, [19, 5, 9, 8], 0.85)];
  const bits = async (threads: number): Promise<string> => {
    const backend = await wasmBackend({ threads });
    assert.is(backend.threads, threads);
    try {
      const { cache, out } = await conv2dForward(x, weight, random.split("bias").normal([5]), {}, backend);
      const { dX, dWeight, dBias } = await conv2dBackward(dOut, cache, backend);
      return [out, dX, dWeight, dBias!].map(({ data }) => Buffer.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).toString("hex")).join();
    } finally {
      await backend.dispose();
    }
  };
  const alone = await bits(1);
  for (const threads of [2, 3, 5]) assert.ok((await bits(threads)) === alone, `${threads} threads`);
});

test("a backend stays whole when the memory of another one grows", async () => {
  const [first, second] = [await wasmBackend({ threads: 1 }), await wasmBackend({ threads: 1 })];
  try {
    second.allocator.allocate("float32", 6_000_000); // 24 MB, more than there are at first
    const geometry = conv2dGeometry("test", 7, 9, { kernelSize: [2, 3], stride: [2, 1] });
    const x = new Random(6).normal([3, 2, 7, 9]);
    const { out, argmax } = await first.maxPool2d(x, geometry);
    const expected = await reference.maxPool2d(x, geometry);
    assertClose(out, expected.out, { tolerance: 0, what: "out" });
    assert.equal([...argmax], [...expected.argmax]);
    assertClose(await first.maxPool2dBackward(out, argmax, geometry), await reference.maxPool2dBackward(out, argmax, geometry), { tolerance: 1e-6, what: "dX" });
  } finally {
    await first.dispose();
    await second.dispose();
  }
});

test("a worker that dies is a clear error, and so is a backend that was disposed of", async () => {
  let worker: Worker | null = null;
  process.once("worker", (started) => (worker = started));
  const backend = await wasmBackend({ threads: 2 });
  const fails = async (message: RegExp): Promise<void> => {
    const error = await backend.sumPerChannel(Tensor.full([2, 9], 1)).then(() => null, (thrown: Error) => thrown);
    assert.is(error?.name, "Error");
    assert.match(error!.message, message);
  };
  await backend.sumPerChannel(Tensor.full([2, 9], 1));
  await (worker as Worker | null)!.terminate();
  await fails(/wasm: expected 2 working threads, but a worker ended with code 1/);
  await backend.dispose();
  await fails(/expected 2 working threads/);
});

test.run();
