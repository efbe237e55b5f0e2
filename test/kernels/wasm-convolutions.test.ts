/**
 * Convolutions that the wasm backend computes together with the rectifier and the pooling behind
 * them, and the gradients of both. The numbers are small whole ones: their sums are exact in
 * float32, in any order, so every result must equal the reference's to the bit, ties and winners
 * included.
 */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dGeometry, type WindowGeometry, type WindowOptions } from "leibniz/im2col";
import { type Backend, type MaxPool2dResult, reference, wasmBackend } from "leibniz/kernels";
import { Random, Storage, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const wasm = await wasmBackend({ threads: 2 });
/** More than most blocks need. */
const sevens = Tensor.full([64, 1024], 7);

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

interface Results {
  readonly argmax: Int32Array;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** The operands of a block, drawn from its seed. */
function drawn({
  N,
  C,
  K,
  size,
  kernelSize,
  padding,
  stride,
  groups,
  hasBias,
  pool,
  seed,
}: Block): {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor | null;
  readonly geometry: WindowGeometry;
  readonly pooling: WindowGeometry;
  readonly dPooled: Tensor;
} {
  const random = new Random(seed);
  const geometry = conv2dGeometry("test", ...size, { kernelSize, padding, stride });
  const { outH, outW } = geometry;
  const pooling = conv2dGeometry("test", outH, outW, { stride: pool.kernelSize, ...pool });
  return {
    x: whole(random, [N, C * groups, ...size], 3),
    weight: whole(random, [groups, K, C * geometry.kH * geometry.kW], 2),
    bias: hasBias ? whole(random, [groups, K], 4) : null,
    geometry,
    pooling,
    dPooled: whole(random, [N, K * groups, pooling.outH, pooling.outW], 3),
  };
}

/** Convolution, rectifier if any, and max pooling, and back, one layer after the other. */
async function apart(block: Block, backend: Backend): Promise<Results> {
  const { N, C, K, groups, rectifies } = block;
  const { x, weight, bias, geometry, pooling, dPooled } = drawn(block);
  const cols = await backend.im2col(x, geometry, groups);
  const conv = await backend.matmul(weight, cols, { rowBias: bias });
  const images = conv.reshape([N, K * groups, geometry.outH, geometry.outW]);
  const relu = rectifies ? await backend.relu(images) : images;
  const { out: pooled, argmax } = await backend.maxPool2d(relu, pooling);
  const dPool = await backend.maxPool2dBackward(dPooled, argmax, pooling);
  const dConv = rectifies ? await backend.reluBackward(dPool, images) : dPool;
  const dOut = dConv.reshape([N, groups, K, geometry.outH * geometry.outW]);
  return {
    // in one go, a window that the rectifier closes has no winner
    argmax: argmax.data.map((winner, i) => (rectifies && !(pooled.data[i]! > 0) ? -1 : winner)),
    tensors: {
      conv,
      relu,
      pooled,
      dPool,
      dConv,
      dWeight: await backend.matmulSum(dOut, cols, { transposeB: true }),
      dX: await backend.productOntoImages(weight, dOut, C * groups, geometry),
      dBias: await backend.sumPerChannel(dConv),
    },
  };
}

/** The same in one go, where there is one group: nothing between the layers is laid out. */
async function fused(block: Block, backend: Backend): Promise<Results> {
  const { C, K, rectifies } = block;
  const { x, weight, bias, geometry, pooling, dPooled } = drawn(block);
  const cols = await backend.im2col(x, geometry);
  const flat = bias?.reshape([K]) ?? null;
  const { out: pooled, argmax } = await backend.convolvePool(weight, cols, flat, pooling, {
    rectify: rectifies,
  });
  const gradient = await backend.winnersGradient(dPooled, argmax, pooling);
  return {
    argmax: argmax.data,
    tensors: {
      pooled,
      dConv: gradient.layOut().reshape([block.N, K, geometry.outH, geometry.outW]),
      dWeight: await backend.matmulSum(gradient, cols, { transposeB: true }),
      dX: await backend.productOntoImages(weight, gradient, C, geometry),
      dBias: await backend.sumPerChannel(gradient),
    },
  };
}

/** Runs a block both ways on wasm, and compares each with the reference. */
async function assertBlock(block: Block, what: string): Promise<void> {
  const expected = await apart(block, reference);
  await wasm.step(async () => {
    // whatever was in the memory before must not matter
    await wasm.relu(sevens);
  });
  const ways = block.groups === 1 ? { apart, fused } : { apart };
  for (const [way, run] of Object.entries(ways))
    for (const backend of [wasm, reference])
      await backend.step(async () => {
        const actual = await run(block, backend);
        for (const [name, tensor] of Object.entries(actual.tensors))
          same(tensor, expected.tensors[name]!, `${what}: ${name}, ${way}, ${backend.name}`);
        assert.ok(
          actual.argmax.every((winner, i) => winner === expected.argmax[i]),
          `${what}: argmax, ${way}, ${backend.name}`,
        );
      });
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

test("convolution, rectifier and max pooling, and back: in one go, and one by one", async () => {
  await fc.assert(
    fc.asyncProperty(blocks, (block) => assertBlock(block, JSON.stringify(block))),
    { seed: 11, numRuns: 400 },
  );
});

test(
  "random numbers: in one go as one by one, to the bit on wasm, to rounding " + "elsewhere",
  async () => {
    await fc.assert(
      fc.asyncProperty(blocks, async (block) => {
        if (block.groups > 1) return;
        const { geometry, pooling } = drawn(block);
        const { N, C, K, size, hasBias, rectifies: rectify } = block;
        const random = new Random(block.seed);
        const [x, filters] = [
          random.normal([N, C, ...size]),
          random.normal([1, K, C * geometry.kH * geometry.kW]),
        ];
        const bias = hasBias ? random.normal([K]) : null;
        const apart = async (backend: Backend): Promise<MaxPool2dResult> => {
          const cols = await backend.im2col(x, geometry);
          const rowBias = bias?.reshape([1, K]) ?? null;
          const out = await backend.matmul(filters, cols, { rowBias });
          const images = out.reshape([N, K, pooling.H, pooling.W]);
          return backend.maxPool2d(images, pooling, { rectify });
        };
        const fused = async (backend: Backend): Promise<MaxPool2dResult> =>
          backend.convolvePool(filters, await backend.im2col(x, geometry), bias, pooling, {
            rectify,
          });
        const expected = await apart(reference);
        const what = JSON.stringify(block);
        // outside of a step, and inside
        for (const run of [(go: () => Promise<void>) => go(), wasm.step])
          await run(async () => {
            const [one, other] = [await fused(wasm), await apart(wasm)];
            assert.ok(
              one.out.data.every((value, i) => value === other.out.data[i]),
              `to the bit: ${what}`,
            );
            assert.ok(
              one.argmax.data.every((winner, i) => winner === other.argmax.data[i]),
              `argmax: ${what}`,
            );
            const finite = ({ out }: MaxPool2dResult): Tensor =>
              Tensor.from(
                out.data.map((value) => Math.max(value, -1e4)), // windows on padding alone
                out.shape,
              );
            assertClose(finite(one), finite(expected), { tolerance: 3e-6, what });
          });
      }),
      { seed: 12, numRuns: 300 },
    );
  },
);

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
    await assertBlock(block, `${C} channels`);
  }
});

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
    await assertBlock(block, size.join("×"));
  }
});

test(
  "a matrix of weights for each image is no convolution, but a product like any " + "other",
  async () => {
    const random = new Random("each");
    const [N, C, K] = [3, 2, 4];
    const geometry = conv2dGeometry("test", 6, 8, { kernelSize: [3, 2], stride: 1 });
    const R = C * 3 * 2;
    const [x, weights, bias, dPooled] = [
      whole(random, [N, C, 6, 8], 3),
      whole(random, [N, 1, K, R], 2),
      whole(random, [N, 1, K], 2),
      whole(random, [N, K, 2, 3], 3),
    ];
    const pool = conv2dGeometry("test", 4, 7, { kernelSize: 2, stride: 2 });
    const run = async (backend: Backend): Promise<Tensor[]> => {
      const cols = await backend.im2col(x, geometry);
      const out = (await backend.matmul(weights, cols, { rowBias: bias })).reshape([N, K, 4, 7]);
      const { out: pooled, argmax } = await backend.maxPool2d(out, pool, { rectify: true });
      const gradient = await backend.winnersGradient(dPooled, argmax, pool);
      const dCols = await backend.matmul(weights, gradient.layOut(), { transposeA: true });
      return [pooled, dCols];
    };
    const expected = await run(reference);
    await wasm.step(async () =>
      (await run(wasm)).forEach((tensor, i) => same(tensor, expected[i]!, ["pooled", "dCols"][i]!)),
    );
  },
);

test("what is changed after a call does not change its result, in a step or outside", async () => {
  const random = new Random("late");
  const geometry = conv2dGeometry("test", 7, 9, { kernelSize: [3, 2] });
  const pool = conv2dGeometry("test", 5, 8, { kernelSize: 2, stride: 2 });
  const numbers = {
    x: whole(random, [2, 3, 7, 9], 3),
    filters: whole(random, [1, 5, 18], 2),
    bias: whole(random, [5], 2),
    dPooled: whole(random, [2, 5, 2, 4], 3),
  };
  const run = async (
    backend: Backend,
    copies: typeof numbers,
    ruin: () => void,
  ): Promise<Tensor[]> => {
    const { x, filters, bias, dPooled } = copies;
    const cols = await backend.im2col(x, geometry);
    const { out, argmax } = await backend.convolvePool(filters, cols, bias, pool, {
      rectify: true,
    });
    const gradient = await backend.winnersGradient(dPooled, argmax, pool);
    const results = [
      out,
      await backend.matmul(filters, cols, { rowBias: bias.reshape([1, 5]) }),
      await backend.matmulSum(gradient, cols, { transposeB: true }),
      await backend.productOntoImages(filters, gradient, 3, geometry),
      await backend.productOntoImages(filters, gradient.layOut(), 3, geometry),
      await backend.relu(x),
      await backend.sumPerChannel(x),
      gradient.layOut(),
    ];
    ruin();
    return results;
  };
  const expected = await run(reference, numbers, () => {});
  for (const where of ["heap", "persistent", "step"] as const)
    for (const inStep of [false, true]) {
      if (where === "step" && !inStep) continue;
      const go = async (): Promise<void> => {
        const copies = Object.fromEntries(
          Object.entries(numbers).map(([name, tensor]) => [
            name,
            where === "heap"
              ? tensor.clone()
              : tensor.clone(where === "step" ? wasm.allocator : wasm.persistent),
          ]),
        ) as typeof numbers;
        const ruin = (): void => {
          for (const tensor of Object.values(copies)) tensor.data.fill(99);
        };
        const results = await run(wasm, copies, ruin);
        for (const [i, result] of results.entries())
          same(result, expected[i]!, `result ${i}, operands in ${where}, in a step ${inStep}`);
      };
      await (inStep ? wasm.step(go) : go());
    }
});

test("a result in another shape, and read by passes that see other channels", async () => {
  const random = new Random("shapes");
  const geometry = conv2dGeometry("test", 7, 9, { kernelSize: [3, 2] });
  const pool = conv2dGeometry("test", 5, 8, { kernelSize: 2, stride: 2 });
  const [x, filters, bias] = [
    whole(random, [2, 3, 7, 9], 3),
    whole(random, [1, 5, 18], 2),
    whole(random, [5], 2),
  ];
  const run = async (backend: Backend): Promise<Record<string, Tensor>> => {
    const cols = await backend.im2col(x, geometry);
    const convolved = await backend.matmul(filters, cols, { rowBias: bias.reshape([1, 5]) });
    const results: Record<string, Tensor> = {};
    for (const shape of [
      [2, 5, 5, 8],
      [1, 10, 5, 8],
      [10, 1, 5, 8],
    ])
      for (const rectify of [true, false]) {
        const of = `${shape}, rectify ${rectify}`;
        const images = convolved.reshape(shape);
        const { out, argmax } = await backend.maxPool2d(images, pool, { rectify });
        results[`pooled ${of}`] = out;
        const gradient = await backend.winnersGradient(out, argmax, pool);
        const dX = gradient.layOut();
        for (const other of [
          [2, 200],
          [2, 5, 40],
          [1, 10, 40],
        ])
          results[`sums of ${other.join("×")} of ${of}`] = await backend.sumPerChannel(
            dX.reshape(other),
          );
      }
    return results;
  };
  const expected = await run(reference);
  await wasm.step(async () => {
    for (const [name, result] of Object.entries(await run(wasm)))
      same(result, expected[name]!, name);
  });
});

test("the winners' gradient as an operand is as good as laid out, with any windows", async () => {
  const random = new Random("others");
  const whichever = fc.record({
    kernelSize: pair(1, 3),
    padding: pair(0, 2),
    stride: fc.constantFrom<[number, number]>([1, 1], [1, 1], [2, 1]),
    dilation: fc.constantFrom<[number, number]>([1, 1], [1, 1], [1, 2]),
    N: fc.constantFrom(1, 3, 17),
    C: fc.integer({ min: 1, max: 5 }),
    K: fc.integer({ min: 1, max: 9 }),
    pool: pools,
    zeros: fc.constantFrom(0, 0.5, 1),
    transposes: fc.tuple(fc.boolean(), fc.boolean()),
  });
  await fc.assert(
    fc.asyncProperty(whichever, async ({ N, C, K, pool, zeros, transposes, ...options }) => {
      const geometry = conv2dGeometry("test", 7, 8, options);
      const [P, R] = [geometry.outH * geometry.outW, C * geometry.kH * geometry.kW];
      // a plane of as many windows, of the same height and width or not
      const [H, W] = N === 3 ? [1, P] : [geometry.outH, geometry.outW];
      const fits: WindowOptions = H === 1 || H < 3 || W < 3 ? { kernelSize: [1, 1] } : pool;
      const windows = conv2dGeometry("test", H!, W!, { stride: fits.kernelSize, ...fits });
      const [x, filters, dOut] = [
        whole(random, [N, C, 7, 8], 3),
        whole(random, [1, K, R], 2),
        whole(random, [N, K, windows.outH, windows.outW], 3),
      ];
      for (let i = 0; i < dOut.size; i++) if (random.next() < zeros) dOut.data[i] = 0;
      const { argmax } = await reference.maxPool2d(whole(random, [N, K, H!, W!], 3), windows);
      for (const backend of [reference, wasm])
        await backend.step(async () => {
          const operand = await backend.winnersGradient(dOut, argmax, windows);
          assert.equal(operand.shape, [N, 1, K, P]);
          const laidOut = operand.layOut();
          same(
            laidOut.reshape([N, K, H!, W!]),
            await reference.maxPool2dBackward(dOut, argmax, windows),
            "laid out",
          );
          const cols = await backend.im2col(x, geometry);
          const what = JSON.stringify({ N, C, K, pool, zeros, ...options });
          const weights = { transposeB: true };
          same(
            await backend.matmulSum(operand, cols, weights),
            await reference.matmulSum(laidOut, cols.layOut(), weights),
            `dWeight, ${backend.name}, ${what}`,
          );
          same(
            await backend.productOntoImages(filters, operand, C, geometry),
            await reference.productOntoImages(filters, laidOut, C, geometry),
            `dX, ${backend.name}, ${what}`,
          );
          // sums that are not a weight gradient
          const [transposeA, transposeB] = transposes;
          const inner = transposeA ? K : P;
          const b = whole(random, [N, 1, ...(transposeB ? [5, inner] : [inner, 5])], 2);
          same(
            await backend.matmulSum(operand, b, { transposeA, transposeB }),
            await reference.matmulSum(laidOut, b, { transposeA, transposeB }),
            `another sum, ${backend.name}, ${what}`,
          );
        });
    }),
    { seed: 13, numRuns: 250 },
  );
});

test("winners that do not belong to the gradient are refused", async () => {
  const geometry = conv2dGeometry("test", 4, 6, { kernelSize: 2, stride: 2 });
  const [dOut, argmax] = [Tensor.zeros([2, 1, 2, 3]), new Storage(new Int32Array(6))];
  for (const backend of [wasm, reference])
    for (const run of [
      () => backend.maxPool2dBackward(dOut, argmax, geometry),
      () => backend.winnersGradient(dOut, argmax, geometry),
    ])
      await assertRejects(
        run,
        "maxPool2dBackward: expected 12 winners for dOut [2, 1, 2, 3], got 6",
      );
});

test("sums of what does not belong together are refused, winners or not", async () => {
  const geometry = conv2dGeometry("test", 4, 6, { kernelSize: 2, stride: 2 });
  const dOut = Tensor.zeros([2, 3, 2, 3]);
  const argmax = new Storage(new Int32Array(36));
  for (const backend of [wasm, reference]) {
    const gradient = await backend.winnersGradient(dOut, argmax, geometry); // [2, 1, 3, 24]
    const plain = conv2dGeometry("test", 5, 7, { kernelSize: 2 }); // 24 windows
    const two = await backend.im2col(Tensor.zeros([2, 4, 5, 7]), plain, 2);
    const few = await backend.im2col(Tensor.zeros([2, 4, 4, 7]), { ...plain, H: 4, outH: 3 });
    await assertRejects(
      () => backend.matmulSum(gradient, two, { transposeB: true }),
      "matmulSum: expected operands with the same batch axes",
      "[2, 1, 3, 24] and [2, 2, 8, 24]",
    );
    await assertRejects(
      () => backend.matmulSum(gradient, few, { transposeB: true }),
      "matmulSum: expected operands of one element type whose inner extents agree in a · bᵀ",
    );
    await assertRejects(
      () => backend.productOntoImages(Tensor.zeros([1, 4, 16]), gradient, 4, plain),
      "productOntoImages: ",
      "[1, 4, 16] and [2, 1, 3, 24]",
    );
  }
});

test("a rectifier's gradient at other numbers than those that were pooled", async () => {
  const random = new Random("other");
  const geometry = conv2dGeometry("test", 6, 8, { kernelSize: 2, stride: 2 });
  const [x, other, dOut] = [
    whole(random, [2, 3, 6, 8], 3),
    whole(random, [2, 3, 6, 8], 3),
    whole(random, [2, 3, 3, 4], 3),
  ];
  const gradient = async (backend: Backend): Promise<Tensor> => {
    const { argmax } = await backend.maxPool2d(x, geometry, { rectify: true });
    const dX = await backend.maxPool2dBackward(dOut, argmax, geometry);
    return backend.reluBackward(dX, other);
  };
  same(await gradient(wasm), await gradient(reference), "dX");
});

test("a NaN in an image reaches every window that sees it", async () => {
  const geometry = conv2dGeometry("test", 8, 9, { kernelSize: [3, 2] });
  const pool = conv2dGeometry("test", 6, 8, { kernelSize: 2, stride: 2 });
  const block = async (backend: Backend): Promise<Tensor> => {
    const random = new Random("NaN");
    const x = whole(random, [2, 2, 8, 9], 3);
    x.set([1, 1, 4, 4], NaN);
    const cols = await backend.im2col(x, geometry);
    const filters = whole(random, [1, 9, 12], 2);
    return (await backend.convolvePool(filters, cols, null, pool, { rectify: true })).out;
  };
  const [actual, expected] = [await block(wasm), await block(reference)];
  assert.ok(expected.data.some(Number.isNaN));
  assert.ok(actual.data.every((value, i) => Object.is(value, expected.data[i])));
});

test("the gradients do not depend on the number of threads, to the bit", async () => {
  const random = new Random("threads");
  const [x, filters, bias, dOut] = [
    random.normal([19, 3, 11, 9]),
    random.normal([1, 9, 18]),
    random.normal([9]),
    random.normal([19, 9, 4, 4]),
  ];
  const geometry = conv2dGeometry("test", 11, 9, { kernelSize: [3, 2] });
  const pool = conv2dGeometry("test", 9, 8, { kernelSize: 2, stride: 2 });
  const bits = async (threads: number): Promise<string> => {
    const backend = await wasmBackend({ threads });
    try {
      const cols = await backend.im2col(x, geometry);
      const options = { rectify: true };
      const { out, argmax } = await backend.convolvePool(filters, cols, bias, pool, options);
      const dPool = await backend.reluBackward(dOut, out);
      const gradient = await backend.winnersGradient(dPool, argmax, pool);
      return [
        out,
        argmax,
        await backend.matmulSum(gradient, cols, { transposeB: true }),
        await backend.productOntoImages(filters, gradient, 3, geometry),
        await backend.sumPerChannel(dPool),
      ]
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
  for (const threads of [2, 3, 4, 5])
    assert.ok((await bits(threads)) === alone, `${threads} threads`);
});

test.run();
