/**
 * Every primitive of a backend against the reference, over random shapes: the same cases in Node
 * (`wasm.test.ts`) and in a browser (`test/browser`), so nothing here is Node's.
 */
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import {
  conv2dBackward,
  conv2dForward,
  eluBackward,
  eluForward,
  geluBackward,
  geluForward,
  leakyReluBackward,
  leakyReluForward,
  sigmoidBackward,
  sigmoidForward,
  siluBackward,
  siluForward,
  softplusBackward,
  softplusForward,
  tanhBackward,
  tanhForward,
} from "leibniz/backprop";
import { catalog } from "leibniz/gradcheck";
import { conv2dGeometry } from "leibniz/im2col";
import { type Backend, type MatmulOptions, type MaxPool2dResult, reference } from "leibniz/kernels";
import { type Allocator, heapAllocator, Random, Storage, Tensor } from "leibniz/tensor";
import { assertClose } from "../helpers/assert-close.js";

/** What the cases are run on. */
export interface Subject {
  readonly backend: Backend;
  /** How many random shapes each case draws. */
  readonly numRuns: number;
  /**
   * How far a float32 sum of `terms` products may be from the reference's, relative to the largest
   * entry.
   */
  readonly tolerance: (terms: number) => number;
}

export interface PrimitiveCase {
  readonly name: string;
  /** Whether it multiplies matrices, which is all that a `gpu` backend does on its device. */
  readonly multiplies: boolean;
  /** @throws when backend and reference disagree */
  readonly run: (subject: Subject) => Promise<void>;
}

export const primitiveCases: PrimitiveCase[] = [];
const primitive = (name: string, run: PrimitiveCase["run"]): unknown =>
  primitiveCases.push({ name, multiplies: false, run });
const product = (name: string, run: PrimitiveCase["run"]): unknown =>
  primitiveCases.push({ name, multiplies: true, run });

/** More than most cases need. */
const sevens = Tensor.full([64, 1024], 7);

/**
 * Rounding errors of a float32 sum of `terms` products grow like a random walk, with the root of
 * its length.
 */
export const wasmTolerance = (terms: number): number => 3e-7 * Math.sqrt(terms) + 1e-7;

/** Random numbers, a given share of them 0. */
export function sprinkled(random: Random, shape: readonly number[], zeros: number): Tensor {
  const x = random.normal(shape);
  for (let i = 0; i < x.data.length; i++) if (random.next() < zeros) x.data[i] = 0;
  return x;
}

/**
 * Runs the same on backend and reference, inside a step so that memory is reused from case to
 * case.
 */
function assertSame(
  subject: Subject,
  what: string,
  terms: number,
  run: (backend: Backend) => Promise<Tensor>,
): Promise<void> {
  return assertSameAll(subject, what, terms, async (backend) => ({ result: await run(backend) }));
}

/** The same for several results of one run. */
async function assertSameAll(
  { backend, tolerance }: Subject,
  what: string,
  terms: number,
  run: (backend: Backend) => Promise<Readonly<Record<string, Tensor>>>,
): Promise<void> {
  const expected = Object.entries(await run(reference));
  await backend.step(async () => {
    // whatever was in the memory before must not matter
    await backend.relu(sevens);
  });
  await backend.step(async () => {
    const actual = await run(backend);
    for (const [name, tensor] of expected)
      assertClose(await backend.read(actual[name]!), tensor, {
        ...{ tolerance: tolerance(terms), what: `${name}, ${what}` },
      });
  });
}

/** Where what is changed in place may live. */
const places = ["persistent", "step", "heap"] as const;

const allocatorOf = (
  { persistent, allocator }: Backend,
  place: (typeof places)[number],
): Allocator => ({ persistent, step: allocator, heap: heapAllocator })[place];

/** What max pooling found, where it can be looked at. */
async function read(backend: Backend, pooled: MaxPool2dResult): Promise<MaxPool2dResult> {
  await backend.read(pooled.out);
  await backend.read(pooled.argmax);
  return pooled;
}

/** What max pooling found, to the bit. Windows on padding alone have no winner: both say −∞. */
function assertSamePooling(actual: MaxPool2dResult, expected: MaxPool2dResult, what: string): void {
  assert.equal(actual.out.shape, expected.out.shape, what);
  assert.ok(
    actual.out.data.every((value, i) => Object.is(value + 0, expected.out.data[i]! + 0)),
    `out, ${what}`,
  );
  assertSameWinners(actual.argmax, expected.argmax, what);
}

function assertSameWinners(
  actual: Storage<Int32Array>,
  expected: Storage<Int32Array>,
  what: string,
): void {
  assert.is(actual.data.length, expected.data.length);
  assert.ok(
    actual.data.every((winner, i) => winner === expected.data[i]),
    `argmax, ${what}`,
  );
}

const extents = fc.integer({ min: 1, max: 41 });

product("matmul: random shapes, transposes, biases, batches, dense and sparse", async (subject) => {
  await fc.assert(
    fc.asyncProperty(
      extents,
      extents,
      extents,
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom(0, 0.9),
      fc.nat(),
      async (M, N, I, transposeA, transposeB, hasRows, hasColumns, zeros, seed) => {
        const random = new Random(seed);
        const a = random.normal(transposeA ? [2, I, M] : [2, M, I]);
        const b = sprinkled(random, transposeB ? [3, 2, N, I] : [3, 2, I, N], zeros);
        const options: MatmulOptions = {
          transposeA,
          transposeB,
          rowBias: hasRows ? random.normal([2, M]) : null,
          columnBias: hasColumns ? random.normal([N]) : null,
        };
        await assertSame(
          subject,
          `matmul ${JSON.stringify({ M, N, I, transposeA, transposeB, zeros })}`,
          I,
          (backend) => backend.matmul(a, b, options),
        );
      },
    ),
    { seed: 1, numRuns: subject.numRuns },
  );
});

product(
  "matmul: one second operand for the whole batch, wide rows, many zeros on either side",
  async (subject) => {
    await fc.assert(
      fc.asyncProperty(
        extents,
        fc.integer({ min: 1, max: 150 }),
        extents,
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(0, 0.5, 0.9),
        fc.boolean(),
        fc.nat(),
        async (M, N, I, transposeA, transposeB, zeros, batched, seed) => {
          const random = new Random(seed);
          const a = sprinkled(
            random,
            [...(batched ? [3] : []), ...(transposeA ? [I, M] : [M, I])],
            zeros,
          );
          const b = sprinkled(random, transposeB ? [N, I] : [I, N], zeros / 2);
          await assertSame(
            subject,
            `matmul ${JSON.stringify({ M, N, I, transposeA, transposeB, zeros, batched })}`,
            I,
            (backend) => backend.matmul(a, b, { transposeA, transposeB }),
          );
        },
      ),
      { seed: 6, numRuns: subject.numRuns },
    );
  },
);

product(
  "matmul: inner lengths from which columns are packed, more rows than are multiplied at a time",
  async (subject) => {
    const random = new Random("long");
    for (const [M, N, I] of [
      [301, 21, 259],
      [70, 24, 300],
      [64, 8, 256],
      [70, 50, 41],
      [531, 9, 4],
      [9, 300, 255],
    ] as const) {
      const [a, b, columnBias] = [random.normal([M, I]), random.normal([I, N]), random.normal([N])];
      await assertSame(subject, `${M}×${I}×${N}`, I, (backend) =>
        backend.matmul(a, b, { columnBias }),
      );
      await assertSame(subject, `${M}×${I}×${N}, rows`, I, (backend) =>
        backend.matmul(a, b, { rowBias: a.slice([0, M], [0, 1]).reshape([M]) }),
      );
    }
  },
);

product("matmulSum: random shapes, transposes, dense and sparse", async (subject) => {
  await fc.assert(
    fc.asyncProperty(
      extents,
      extents,
      extents,
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom(0, 0.9),
      fc.nat(),
      async (M, N, I, transposeA, transposeB, zeros, seed) => {
        const random = new Random(seed);
        const a = sprinkled(random, transposeA ? [4, 2, I, M] : [4, 2, M, I], zeros);
        const b = random.normal(transposeB ? [4, 2, N, I] : [4, 2, I, N]);
        await assertSame(
          subject,
          `matmulSum ${JSON.stringify({ M, N, I, transposeA, transposeB, zeros })}`,
          4 * I,
          (backend) => backend.matmulSum(a, b, { transposeA, transposeB }),
        );
      },
    ),
    { seed: 2, numRuns: subject.numRuns },
  );
});

primitive(
  "accumulate, at every length of the remainder, and onto what the backend does not hold",
  async (subject) => {
    const random = new Random("accumulate");
    for (const length of [1, 2, 3, 4, 5, 4095, 4097, 9001]) {
      const [target, source] = [random.normal([length]), random.normal([length])];
      for (const held of places) {
        await assertSame(subject, `accumulate ${length}, held ${held}`, 1, async (backend) => {
          const sum = target.clone(allocatorOf(backend, held));
          await backend.accumulate(sum, source);
          return sum;
        });
      }
    }
    const error = await subject.backend
      .accumulate(Tensor.zeros([2, 3], "float32", subject.backend.persistent), Tensor.zeros([3, 2]))
      .then(
        () => null,
        (thrown: Error) => thrown,
      );
    assert.match(error?.message ?? "none", /accumulate: expected a source of shape \[2, 3\]/);
  },
);

product("products with no rows, no columns or nothing to add up", async (subject) => {
  for (const [M, N, I] of [
    [0, 3, 4],
    [3, 0, 4],
    [3, 4, 0],
  ] as const) {
    await assertSame(subject, `${M}×${I}×${N}`, 1, (backend) =>
      backend.matmul(Tensor.full([2, M, I], 1), Tensor.full([2, I, N], 1)),
    );
    await assertSame(subject, `sum ${M}×${I}×${N}`, 1, (backend) =>
      backend.matmulSum(Tensor.full([2, M, I], 1), Tensor.full([2, I, N], 1)),
    );
  }
});

const pair = (min: number, max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
const windows = fc
  .record({
    size: pair(1, 14),
    kernelSize: pair(1, 4),
    stride: pair(1, 3),
    padding: pair(0, 2),
    dilation: pair(1, 3),
    seed: fc.nat(),
  })
  .filter(({ size, kernelSize, padding, dilation }) =>
    [0, 1].every(
      (axis) => dilation[axis]! * (kernelSize[axis]! - 1) + 1 <= size[axis]! + 2 * padding[axis]!,
    ),
  );

interface Windows {
  readonly size: [number, number];
  readonly kernelSize: [number, number];
  readonly stride: [number, number];
  readonly padding: [number, number] | "same";
  readonly dilation: [number, number];
  readonly seed: number;
}

/** As many windows as pixels; kernels of an even size have more padding on one side. */
const sameSize = fc
  .record({ size: pair(1, 14), kernelSize: pair(1, 5), dilation: pair(1, 2), seed: fc.nat() })
  .map((drawn): Windows => ({ ...drawn, stride: [1, 1], padding: "same" }));
const windowsAndSame: fc.Arbitrary<Windows> = fc.oneof(
  { arbitrary: windows, weight: 3 },
  { arbitrary: sameSize, weight: 1 },
);
/** The windows of the notes' network, which have a kernel of their own. */
const twoByTwo = fc.record({ size: pair(2, 19), seed: fc.nat() }).map(
  (drawn): Windows => ({
    ...drawn,
    kernelSize: [2, 2],
    stride: [2, 2],
    padding: [0, 0],
    dilation: [1, 1],
  }),
);
const windowsOfAllKinds: fc.Arbitrary<Windows> = fc.oneof(windows, twoByTwo, sameSize);

product("im2col, its adjoint and the poolings: random geometries", async (subject) => {
  const { backend } = subject;
  await fc.assert(
    fc.asyncProperty(windowsOfAllKinds, async ({ size: [H, W], seed, ...options }) => {
      const geometry = conv2dGeometry("test", H, W, options);
      const { kH, kW, outH, outW } = geometry;
      const random = new Random(seed);
      const what = JSON.stringify({ H, W, ...options });
      const x = random.normal([5, 7, H, W]);
      const groups = 1 + (seed % 2) * 6;
      const filters = random.normal([groups, 3, (7 / groups) * kH * kW]);
      const dImages = random.normal([5, groups, 3, outH * outW]);
      const dOut = random.normal([5, 7, outH, outW]);
      await assertSame(subject, `im2col ${what}`, 1, async (backend) =>
        (await backend.im2col(x, geometry, groups)).layOut(),
      );
      await assertSame(subject, `productOntoImages ${what}`, 3 * kH * kW, (backend) =>
        backend.productOntoImages(filters, dImages, 7, geometry),
      );
      await assertSame(subject, `filters · cols ${what}`, 7 * kH * kW, async (backend) =>
        backend.matmul(filters, await backend.im2col(x, geometry, groups)),
      );
      await assertSame(subject, `Σ dOut · colsᵀ ${what}`, 5 * outH * outW, async (backend) =>
        backend.matmulSum(dImages, await backend.im2col(x, geometry, groups), {
          transposeB: true,
        }),
      );
      await assertSame(subject, `averagePool2d ${what}`, kH * kW, (backend) =>
        backend.averagePool2d(x, geometry),
      );
      await assertSame(subject, `averagePool2dBackward ${what}`, kH * kW, (backend) =>
        backend.averagePool2dBackward(dOut, geometry),
      );
      const expected = await reference.maxPool2d(x, geometry);
      const { argmax } = expected;
      await backend.step(async () =>
        assertSamePooling(
          await read(backend, await backend.maxPool2d(x, geometry)),
          ...[expected, `maxPool2d ${what}`],
        ),
      );
      await assertSame(subject, `maxPool2dBackward ${what}`, kH * kW, (backend) =>
        backend.maxPool2dBackward(dOut, argmax, geometry),
      );
      await assertSame(subject, `winnersGradient ${what}`, kH * kW, async (backend) =>
        (await backend.winnersGradient(dOut, argmax, geometry)).layOut(),
      );
    }),
    { seed: 3, numRuns: subject.numRuns },
  );
});

product(
  "conv2d backward for a dOut of mostly zeros: random filters, paddings, strides and groups",
  async (subject) => {
    const { backend, tolerance } = subject;
    const shapes = fc.record({
      C: fc.integer({ min: 1, max: 9 }),
      K: fc.integer({ min: 1, max: 9 }),
      groups: fc.constantFrom(1, 1, 2),
      stride: fc.constantFrom([1, 1], [1, 1], [1, 2]),
    });
    await fc.assert(
      fc.asyncProperty(
        shapes,
        windowsAndSame,
        async ({ C, K, groups, ...drawn }, { size: [H, W], kernelSize, padding, seed }) => {
          const [kH, kW] = [Math.min(kernelSize[0], H), Math.min(kernelSize[1], W)];
          const random = new Random(seed);
          const [x, weight] = [
            random.normal([18, C * groups, H, W]),
            random.normal([K * groups, C, kH, kW]),
          ];
          const stride = (padding === "same" ? [1, 1] : drawn.stride) as [number, number];
          const options = { padding, groups, stride };
          const expected = await conv2dForward(x, weight, null, options);
          const dOut = sprinkled(random, expected.out.shape, 0.9);
          const { dX, dWeight } = await conv2dBackward(dOut, expected.cache);
          await backend.step(async () => {
            const { out, cache } = await conv2dForward(x, weight, null, options, backend);
            const own = await conv2dBackward(dOut, cache, backend);
            const what = JSON.stringify({ C, K, H, W, kH, kW, ...options });
            for (const tensor of [out, own.dX, own.dWeight]) await backend.read(tensor);
            assertClose(out, expected.out, {
              tolerance: tolerance(C * kH * kW),
              what: `out ${what}`,
            });
            assertClose(own.dX, dX, { tolerance: tolerance(K * kH * kW), what: `dX ${what}` });
            assertClose(own.dWeight, dWeight, {
              tolerance: tolerance(18 * H * W),
              what: `dWeight ${what}`,
            });
          });
        },
      ),
      { seed: 5, numRuns: subject.numRuns },
    );
  },
);

product(
  "max pooling of a convolution in one go, and its gradients: random geometries",
  async (subject) => {
    const { backend, tolerance } = subject;
    await fc.assert(
      fc.asyncProperty(
        windowsAndSame,
        fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 11 })),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        async ({ size: [H, W], seed, ...drawn }, [C, K], [plain, rectify, hasBias]) => {
          // plain windows have kernels of their own
          const options = plain ? { ...drawn, stride: 1, dilation: 1 } : drawn;
          const geometry = conv2dGeometry("test", H, W, options);
          const { kH, kW, outH, outW } = geometry;
          const [fitsH, fitsW] = [Math.min(2, outH), Math.min(2, outW)];
          const pool = conv2dGeometry("test", outH, outW, {
            kernelSize: [fitsH, fitsW],
            stride: [1 + (seed % 2), 2],
            padding: seed % 3 === 0 ? [0, fitsW - 1] : 0,
          });
          const random = new Random(seed);
          const [x, filters] = [random.normal([5, C, H, W]), random.normal([1, K, C * kH * kW])];
          const bias = hasBias ? random.normal([K]) : null;
          const what = JSON.stringify({ H, W, ...options, C, K, rectify, hasBias });
          await assertSame(subject, `convolvePool ${what}`, C * kH * kW, async (backend) => {
            const cols = await backend.im2col(x, geometry);
            const { out } = await backend.convolvePool(filters, cols, bias, pool, { rectify });
            // windows on padding alone
            return Tensor.from(
              out.data.map((value) => Math.max(value, -1e4)),
              out.shape,
            );
          });
          // the same winners for both, since rounding may make others
          const cols = await reference.im2col(x, geometry);
          const { argmax } = await reference.convolvePool(filters, cols, bias, pool, { rectify });
          const dOut = sprinkled(random, [5, K, pool.outH, pool.outW], 0.5);
          const run = async (on: Backend): Promise<[Tensor, Tensor, Tensor]> => {
            const gradient = await on.winnersGradient(dOut, argmax, pool);
            return [
              await on.sumPerChannel(gradient),
              await on.matmulSum(gradient, await on.im2col(x, geometry), { transposeB: true }),
              await on.productOntoImages(filters, gradient, C, geometry),
            ];
          };
          const [dBias, dWeight, dX] = await run(reference);
          await backend.step(async () => {
            const [ownBias, ownWeight, ownX] = await run(backend);
            const windowCount = 5 * outH * outW;
            assertClose(ownBias, dBias, {
              tolerance: tolerance(windowCount),
              what: `dBias ${what}`,
            });
            assertClose(ownWeight, dWeight, {
              tolerance: tolerance(windowCount),
              what: `dWeight ${what}`,
            });
            assertClose(ownX, dX, { tolerance: tolerance(K * kH * kW), what: `dX ${what}` });
          });
        },
      ),
      { seed: 7, numRuns: subject.numRuns },
    );
  },
);

product("batches, channels and filters of nothing", async (subject) => {
  for (const padding of [0, 1])
    for (const [N, C, K] of [
      [0, 3, 4],
      [2, 0, 4],
      [2, 3, 0],
      [0, 0, 0],
    ] as const) {
      const geometry = conv2dGeometry("test", 5, 6, { kernelSize: [2, 3], padding });
      const { outH, outW } = geometry;
      const pool = conv2dGeometry("test", outH, outW, { kernelSize: 2, stride: 2 });
      const random = new Random(`${N} ${C} ${K}`);
      const [x, filters, bias] = [
        random.normal([N, C, 5, 6]),
        random.normal([1, K, 6 * C]),
        random.normal([K]),
      ];
      const dOut = random.normal([N, 1, K, outH * outW]);
      const dPooled = random.normal([N, K, pool.outH, pool.outW]);
      const { argmax } = await reference.maxPool2d(dOut.reshape([N, K, outH, outW]), pool);
      const cases: Record<string, (on: Backend) => Promise<Tensor>> = {
        cols: async (on) => (await on.im2col(x, geometry)).layOut(),
        out: async (on) => on.matmul(filters, await on.im2col(x, geometry)),
        dWeight: async (on) =>
          on.matmulSum(dOut, await on.im2col(x, geometry), { transposeB: true }),
        dX: (on) => on.productOntoImages(filters, dOut, C, geometry),
        pooled: async (on) =>
          (await on.convolvePool(filters, await on.im2col(x, geometry), bias, pool)).out,
        "winners, dWeight": async (on) =>
          on.matmulSum(
            await on.winnersGradient(dPooled, argmax, pool),
            await on.im2col(x, geometry),
            { transposeB: true },
          ),
        "winners, dX": async (on) =>
          on.productOntoImages(
            filters,
            await on.winnersGradient(dPooled, argmax, pool),
            C,
            geometry,
          ),
        maxPool2d: async (on) => (await on.maxPool2d(x, geometry, { rectify: true })).out,
        averagePool2d: (on) => on.averagePool2d(x, geometry),
        relu: (on) => on.relu(x),
        sumPerChannel: (on) => on.sumPerChannel(x),
      };
      for (const [name, run] of Object.entries(cases)) {
        if (padding > 0 && name === "maxPool2d") continue; // −∞
        await assertSame(subject, `${name} of N ${N}, C ${C}, K ${K}`, 30, run);
      }
    }
});

product("operands that are views", async (subject) => {
  const random = new Random("views");
  const geometry = conv2dGeometry("test", 6, 7, { kernelSize: [3, 2], padding: [1, 0] });
  const pool = conv2dGeometry("test", 6, 6, { kernelSize: 2, stride: 2 });
  const x = random.normal([4, 6, 3, 7]).transpose([2, 0, 1, 3]); // [3, 4, 6, 7]
  const filters = random.normal([24, 5, 2]).transpose().slice([1, 2]); // [1, 5, 24]
  const bias = random.normal([10]).slice([3, 8]);
  const dOut = random.normal([5, 36, 3]).transpose([2, 0, 1]).reshape([3, 5, 36]);
  const dImages = random.normal([36, 5, 1, 3]).transpose(); // [3, 1, 5, 36]
  const dPooled = random.normal([3, 3, 5, 3]).transpose([3, 2, 0, 1]).slice([0, 3]);
  const { argmax } = await reference.maxPool2d(dOut.reshape([3, 5, 6, 6]), pool);
  const same = (what: string, run: (on: Backend) => Promise<Tensor>): Promise<void> =>
    assertSame(subject, what, 120, run);
  await same("cols", async (on) => (await on.im2col(x, geometry)).layOut());
  await same("out", async (on) => on.matmul(filters, await on.im2col(x, geometry)));
  await same("dWeight", async (on) =>
    on.matmulSum(dImages, await on.im2col(x, geometry), { transposeB: true }),
  );
  await same("dX", (on) => on.productOntoImages(filters, dImages, 4, geometry));
  await same(
    "pooled",
    async (on) => (await on.convolvePool(filters, await on.im2col(x, geometry), bias, pool)).out,
  );
  await same("winners, dWeight", async (on) =>
    on.matmulSum(await on.winnersGradient(dPooled, argmax, pool), await on.im2col(x, geometry), {
      transposeB: true,
    }),
  );
  await same("winners, dX", async (on) =>
    on.productOntoImages(filters, await on.winnersGradient(dPooled, argmax, pool), 4, geometry),
  );
  const windows = conv2dGeometry("test", 6, 7, { kernelSize: 2, stride: 2 });
  await same("maxPool2d", async (on) => (await on.maxPool2d(x, windows)).out);
  await same("maxPool2dBackward", (on) => on.maxPool2dBackward(dPooled, argmax, pool));
  await same("averagePool2d", (on) => on.averagePool2d(x, geometry));
  await same("averagePool2dBackward", (on) => on.averagePool2dBackward(dPooled, pool));
  await same("relu", (on) => on.relu(x));
  await same("reluBackward", (on) => on.reluBackward(x, x.transpose([0, 1, 2, 3])));
  await same("sumPerChannel", (on) => on.sumPerChannel(x));
});

primitive(
  "max pooling by 2×2: ties go to the first, a NaN wins, odd sizes are cut",
  async (subject) => {
    const { backend } = subject;
    const random = new Random("ties");
    const x = Tensor.zeros([2, 2, 7, 19]);
    for (let i = 0; i < x.data.length; i++)
      x.data[i] = random.next() < 0.02 ? NaN : random.integer(3);
    const geometry = conv2dGeometry("test", 7, 19, { kernelSize: 2, stride: 2 });
    const expected = await reference.maxPool2d(x, geometry);
    const actual = await backend.maxPool2d(x, geometry);
    assert.ok(actual.out.data.every((value, i) => Object.is(value, expected.out.data[i])));
    assertSameWinners(actual.argmax, expected.argmax, "ties");
  },
);

primitive(
  "max pooling of a rectifier, in one go and apart, and the gradient of both",

  async (subject) => {
    const { backend } = subject;
    await fc.assert(
      fc.asyncProperty(windowsOfAllKinds, async ({ size: [H, W], seed, ...options }) => {
        const geometry = conv2dGeometry("test", H, W, options);
        const random = new Random(seed);
        const x = random.normal([5, 7, H, W], -0.7);
        const dOut = random.normal([5, 7, geometry.outH, geometry.outW]);
        const what = JSON.stringify({ H, W, ...options });
        const pooled = await reference.maxPool2d(await reference.relu(x), geometry);
        // in one go, a window that the rectifier closes has no winner
        const winners = pooled.argmax.data.map((at, i) => (pooled.out.data[i]! > 0 ? at : -1));
        const rectified = { out: pooled.out, argmax: new Storage(winners) };
        assertSamePooling(
          await reference.maxPool2d(x, geometry, { rectify: true }),
          rectified,
          `reference, ${what}`,
        );
        const dPooled = await reference.maxPool2dBackward(dOut, pooled.argmax, geometry);
        const dX = await reference.reluBackward(dPooled, x);
        await backend.step(async () => {
          const relu = await backend.relu(x);
          const apart = await read(backend, await backend.maxPool2d(relu, geometry));
          assertSamePooling(apart, pooled, `apart, ${what}`);
          const own = await backend.maxPool2dBackward(dOut, apart.argmax, geometry);
          assertClose(await backend.read(own), dPooled, {
            tolerance: 1e-6,
            what: `between them, ${what}`,
          });
          const ownX = await backend.reluBackward(own, x);
          assertClose(await backend.read(ownX), dX, {
            tolerance: 1e-6,
            what: `dX, apart, ${what}`,
          });
          const atOnce = await backend.maxPool2d(x, geometry, { rectify: true });
          assertSamePooling(atOnce, rectified, `in one go, ${what}`);
          const other = await backend.maxPool2dBackward(dOut, atOnce.argmax, geometry);
          assertClose(other, dX, { tolerance: 1e-6, what: `dX, in one go, ${what}` });
        });
      }),
      { seed: 4, numRuns: subject.numRuns },
    );
  },
);

primitive("numbers of each channel: random shapes, rows and planes", async (subject) => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 19 }),
        fc.integer({ min: 1, max: 23 }),
      ),
      fc.nat(),
      async (shape, seed) => {
        const random = new Random(seed);
        const [x, y] = [random.normal(shape, 2), random.normal(shape)];
        const [N, C, P] = shape;
        const [a, b, c] = [random.normal([C]), random.normal([C]), random.normal([C])];
        const same = (what: string, run: (on: Backend) => Promise<Tensor>): Promise<void> =>
          assertSame(subject, `${what} of ${shape}`, N * P, run);
        await same("mean", async (on) => (await on.channelMoments(x)).mean);
        await same("variance", async (on) => (await on.channelMoments(x)).variance);
        await same("sum", async (on) => (await on.channelSums(x, y)).sum);
        await same("product", async (on) => (await on.channelSums(x, y)).product);
        await same("scaled", (on) => on.channelAffine(x, { scale: a }));
        await same("affine", (on) => on.channelAffine(x, { scale: a, centre: b, shift: c }));
        await same("residual", (on) =>
          on.channelResidual(y, x, { intercept: a, slope: b, scale: c }),
        );
      },
    ),
    { seed: 9, numRuns: subject.numRuns },
  );
});

primitive("rows: random shapes, numbers of each row and of each place", async (subject) => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 1, max: 70 })),
      fc.nat(),
      async ([N, M], seed) => {
        const random = new Random(seed);
        const [x, y] = [random.normal([N, M], 2), random.normal([N, M])];
        const [scale, centre] = [random.normal([N]), random.normal([N], 2)];
        const [intercept, slope] = [random.normal([N]), random.normal([N])];
        const [weight, bias] = [random.normal([M]), random.normal([M])];
        const numbers = { scale, centre, weight, bias, intercept, slope };
        const same = (what: string, run: (on: Backend) => Promise<Tensor>): Promise<void> =>
          assertSame(subject, `${what} of ${[N, M]}`, Math.max(N, M), run);
        await same("mean", async (on) => (await on.rowMoments(x)).mean);
        await same("variance", async (on) => (await on.rowMoments(x)).variance);
        await same("affine", (on) => on.rowAffine(x, numbers));
        await same("residual", (on) => on.rowResidual(y, x, numbers));
        for (const over of ["overRows", "overPlaces"] as const)
          for (const what of ["sum", "product"] as const)
            await same(
              `${over}, ${what}`,
              async (on) => (await on.rowSums(y, x, numbers))[over][what],
            );
      },
    ),
    { seed: 12, numRuns: subject.numRuns },
  );
});

primitive(
  "sums and residuals of what flows back out of a max pooling, and pooling after a line",
  async (subject) => {
    await fc.assert(
      fc.asyncProperty(
        windowsOfAllKinds,
        fc.boolean(),
        async ({ size: [H, W], seed, ...options }, rectify) => {
          const geometry = conv2dGeometry("test", H, W, options);
          const random = new Random(seed);
          const x = random.normal([5, 7, H, W]);
          const channel = (): Tensor => random.normal([7]);
          const affine = { scale: channel(), shift: channel() };
          const what = JSON.stringify({ H, W, rectify, ...options });
          const { backend } = subject;
          const apart = await backend.channelAffine(x, affine);
          const pooled = await backend.maxPool2d(apart, geometry, { rectify });
          const views = { scale: behindOthers(affine.scale), shift: behindOthers(affine.shift) };
          const turned = x.transpose([3, 2, 1, 0]).clone().transpose([3, 2, 1, 0]);
          for (const [images, line] of [
            [x, affine],
            [turned, views],
          ] as const)
            assertSamePooling(
              await backend.maxPool2d(images, geometry, { rectify, affine: line }),
              pooled,
              `pooling, ${what}`,
            );
          const dOut = random.normal(pooled.out.shape);
          const line = { intercept: channel(), slope: channel(), scale: channel() };
          const same = (part: string, run: (on: Backend) => Promise<Tensor>): Promise<void> =>
            assertSame(subject, `${part}, ${what}`, 5 * H * W, run);
          const winners = (on: Backend) => on.winnersGradient(dOut, pooled.argmax, geometry);
          await same("sum", async (on) => (await on.channelSums(await winners(on), x)).sum);
          await same("product", async (on) => (await on.channelSums(await winners(on), x)).product);
          await same("residual", async (on) => on.channelResidual(await winners(on), x, line));
        },
      ),
      { seed: 11, numRuns: subject.numRuns },
    );
  },
);

/** A view of the same numbers, behind others in one memory. */
function behindOthers(x: Tensor): Tensor {
  const view = Tensor.zeros([x.size + 3], x.dtype).slice([3, x.size + 3]);
  view.copyFrom(x);
  return view;
}

primitive("the rectifier and the sums, at every length of the remainder", async (subject) => {
  const { backend } = subject;
  const random = new Random("passes");
  for (let length = 1; length <= 9; length++) {
    const [x, dOut] = [random.normal([2, 3, length]), random.normal([2, 3, length])];
    await assertSame(subject, `relu ${length}`, 1, (backend) => backend.relu(x));
    await assertSame(subject, `reluBackward ${length}`, 1, (backend) =>
      backend.reluBackward(dOut, x),
    );
    await assertSame(subject, `sumPerChannel ${length}`, 2 * length, (backend) =>
      backend.sumPerChannel(x),
    );
  }
  assert.equal(
    [...(await backend.relu(Tensor.from([NaN, -1, 0, -0, 2], [5]))).data],
    [NaN, 0, 0, 0, 2],
  );
});

primitive("sums, products and random masks, to the bit", async (subject) => {
  const { backend } = subject;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 4090, max: 9000 })),
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      fc.nat(),
      async (length, zeros, seed) => {
        const random = new Random(seed);
        const turned = random.normal([length, 2]).transpose();
        const [a, b] = [random.normal([2, length]), turned];
        const runs: Readonly<Record<string, (on: Backend) => Promise<Tensor>>> = {
          sum: (on) => on.add(a, b),
          product: (on) => on.multiply(b, a),
          mask: (on) => on.randomMask([2, length], "float32", { seed, zeros, value: 1.1 }),
        };
        for (const [name, run] of Object.entries(runs)) {
          const expected = await run(reference);
          await backend.step(async () =>
            assertClose(await backend.read(await run(backend)), expected, {
              ...{ tolerance: 0, what: `${name}, ${length}` },
            }),
          );
        }
      },
    ),
    { seed: 10, numRuns: Math.min(subject.numRuns, 60) },
  );
});

primitive(
  "functions of each entry alone, known and not, at every length of the remainder, and of views",
  async (subject) => {
    const passes = {
      sigmoid: [sigmoidForward, sigmoidBackward],
      tanh: [tanhForward, tanhBackward],
      softplus: [softplusForward, softplusBackward],
      silu: [siluForward, siluBackward],
      gelu: [geluForward, geluBackward],
      elu: [eluForward, eluBackward],
      leakyRelu: [(x: Tensor, on: Backend) => leakyReluForward(x, {}, on), leakyReluBackward],
    } as const;
    const random = new Random("activations");
    const operands = [...Array.from({ length: 9 }, (_, i) => [1 + i]), [4095], [4097], [3, 41, 83]]
      .map((shape) => [random.normal(shape), random.normal(shape)] as const)
      .concat([
        [random.normal([7, 3, 5]).transpose([2, 0, 1]), random.normal([5, 7, 3])],
        [random.normal([9, 11]).slice([2, 8], [1, 10]), random.normal([9, 6]).transpose()],
      ]);
    for (const [x, dOut] of operands) {
      for (const [name, [forward, backward]] of Object.entries(passes)) {
        const what = `${name} of ${x.shape}`;
        const { cache } = await forward(x, reference);
        await assertSame(subject, what, 16, async (on) => (await forward(x, on)).out);
        if ("slope" in cache)
          await assertSame(subject, `${what}, slope`, 16, async (on) => {
            const { slope } = (await forward(x, on)).cache as { slope: Tensor };
            return slope;
          });
        await assertSame(subject, `${what}, back`, 16, async (on) => {
          const { dX } = await backward(dOut, cache as never, on);
          return dX;
        });
      }
      await assertSame(subject, `3x + 1 of ${x.shape}`, 1, (on) =>
        on.activation(x, (value) => 3 * value + 1),
      );
      await assertSame(subject, `x² of ${x.shape}, back`, 1, (on) =>
        on.activationBackward(dOut, x, (value) => 2 * value),
      );
    }
  },
);

primitive(
  "the optimizers' updates, ten steps, in place: the parameter and its running values, held by " +
    "the backend or not",
  async (subject) => {
    const rates = { learningRate: 0.1, epsilon: 1e-8, weightDecay: 0.01 };
    const updates: Readonly<
      Record<
        string,
        (
          backend: Backend,
          state: { value: Tensor; grad: Tensor; first: Tensor; second: Tensor },
          step: number,
        ) => Promise<void>
      >
    > = {
      sgd: (backend, { value, grad, first: velocity }, step) =>
        backend.update(
          "sgd",
          { value, grad, velocity },
          { ...rates, momentum: 0.9, nesterov: false, step },
        ),
      nesterov: (backend, { value, grad, first: velocity }, step) =>
        backend.update(
          "sgd",
          { value, grad, velocity },
          { ...rates, momentum: 0.9, nesterov: true, step },
        ),
      adagrad: (backend, { value, grad, first: squareSum }) =>
        backend.update("adagrad", { value, grad, squareSum }, rates),
      rmsprop: (backend, { value, grad, first: meanSquare }) =>
        backend.update("rmsprop", { value, grad, meanSquare }, { ...rates, alpha: 0.9 }),
      adam: (backend, { value, grad, first: firstMoment, second: secondMoment }, step) =>
        backend.update(
          "adam",
          { value, grad, firstMoment, secondMoment },
          { ...rates, beta1: 0.9, beta2: 0.999, decoupled: false, step },
        ),
      adamw: (backend, { value, grad, first: firstMoment, second: secondMoment }, step) =>
        backend.update(
          "adam",
          { value, grad, firstMoment, secondMoment },
          { ...rates, beta1: 0.9, beta2: 0.999, decoupled: true, step },
        ),
    };
    for (const [name, update] of Object.entries(updates)) {
      for (const length of [1, 2, 3, 4, 21, 4099]) {
        const random = new Random(`${name} ${length}`);
        const [start, gradients] = [random.normal([length]), random.normal([10, length])];
        for (const held of places) {
          await assertSameAll(
            subject,
            `${name}, ${length} numbers, held ${held}`,
            10,
            async (backend) => {
              const zeros = (): Tensor =>
                Tensor.zeros([length], "float32", allocatorOf(backend, held));
              const grad = zeros();
              const value = start.clone(allocatorOf(backend, held));
              const [first, second] = [zeros(), zeros()];
              for (let step = 1; step <= 10; step++) {
                grad.data.set(gradients.data.subarray((step - 1) * length, step * length));
                await update(backend, { value, grad, first, second }, step);
              }
              return { value, first, second };
            },
          );
        }
      }
    }
  },
);

product("every layer of the catalog, forward and backward, in float32", async (subject) => {
  const { backend, tolerance } = subject;
  for (const { layer, cases, differentiable } of catalog) {
    const random = new Random(`wasm ${layer}`);
    for (const { options, inputs } of cases(random)) {
      const single = Object.fromEntries(
        Object.entries(inputs).map(([name, tensor]) => [name, tensor.astype("float32")]),
      );
      const expected = await differentiable(options)(single);
      const dOut = random.normal(expected.out.shape);
      const gradients = await expected.backward(dOut);
      await backend.step(async () => {
        const actual = await differentiable(options, backend)(single);
        assertClose(await backend.read(actual.out), expected.out, {
          tolerance: tolerance(64),
          what: `${layer} out`,
        });
        for (const [name, gradient] of Object.entries(await actual.backward(dOut)))
          assertClose(await backend.read(gradient), gradients[name]!, {
            tolerance: tolerance(64),
            what: `${layer} ${name}`,
          });
      });
    }
  }
});
