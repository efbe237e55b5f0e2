import * as assert from "uvu/assert";
import { Affine, Conv2d, type Layer } from "leibniz/backprop";
import { catalog, type NamedTensors } from "leibniz/gradcheck";
import { conv2dGeometry } from "leibniz/im2col";
import {
  type Backend,
  gpuBackend,
  type GpuBackend,
  type GpuBackendOptions,
  type GpuMode,
  type MatmulOptions,
  reference,
} from "leibniz/kernels";
import { type Data, heapAllocator, Random, type Storage, Tensor } from "leibniz/tensor";
import * as gpujs from "../../dist/kernels/gpu/gpujs.js";
import { assertClose, assertCloseArrays, assertRejects } from "../helpers/assert-close.js";

/**
 * Rounding errors of a float32 sum of `terms` products grow like a random walk, with the root of
 * its length.
 */
const tolerance = (terms: number): number => 1e-6 * Math.sqrt(terms);

/** Opens a backend for one test and disposes of it, come what may. */
export async function withBackend(
  options: GpuBackendOptions,
  run: (backend: GpuBackend) => Promise<void>,
): Promise<void> {
  const backend = await gpuBackend(options);
  try {
    await run(backend);
  } finally {
    await backend.dispose();
  }
}

const shared = new Map<string, GpuBackend>();

/**
 * Takes the backend that an earlier test has opened with the same options: it has compiled its
 * kernels, which on a software driver takes longer than most tests. One that fails is given up.
 */
export async function withShared(
  options: GpuBackendOptions & { readonly mode: GpuMode },
  run: (backend: GpuBackend) => Promise<void>,
): Promise<void> {
  const key = JSON.stringify(options);
  const backend = shared.get(key) ?? (await gpuBackend(options));
  shared.delete(key);
  let isWell = false;
  try {
    await run(backend);
    isWell = true;
  } finally {
    if (isWell) shared.set(key, backend);
    else await backend.dispose();
  }
}

/** Disposes of the backends of {@link withShared}. */
export async function endShared(): Promise<void> {
  for (const backend of shared.values()) await backend.dispose();
  shared.clear();
}

/** Runs the same on gpu and reference and compares what it returns, by name. */
export async function assertSame(
  gpu: Backend,
  terms: number,
  what: string,
  run: (backend: Backend) => Promise<NamedTensors>,
): Promise<void> {
  const [actual, expected] = [await run(gpu), await run(reference)];
  assert.equal(Object.keys(actual), Object.keys(expected));
  for (const [name, tensor] of Object.entries(expected))
    assertClose(actual[name]!, tensor, {
      tolerance: tolerance(terms),
      what: `${gpu.mode} ${what}: ${name}`,
    });
}

/** The winners of a max pooling as a tensor. */
const winnersOf = ({ data }: Storage<Int32Array>): Tensor => Tensor.from(data, [data.length]);

/** Changes one property until `run` has ended. */
export async function patched<T extends object>(
  target: T,
  key: keyof T,
  descriptor: PropertyDescriptor,
  run: () => Promise<void>,
): Promise<void> {
  const original = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, { configurable: true, ...descriptor });
  try {
    await run();
  } finally {
    if (original === undefined)
      delete target[key]; // it was inherited, and is again
    else Object.defineProperty(target, key, original);
  }
}

/** The class of gpu.js's kernels in a mode. */
export function kernelClass(mode: GpuMode): typeof gpujs.Kernel {
  // which gpu.js's types forget
  const { WebGPUKernel } = gpujs as unknown as { WebGPUKernel: typeof gpujs.Kernel };
  return {
    cpu: gpujs.CPUKernel,
    webasm: gpujs.WebAssemblyKernel,
    webgpu: WebGPUKernel,
    webgl2: gpujs.WebGL2Kernel,
    headlessgl: gpujs.HeadlessGLKernel,
  }[mode];
}

/** How many calls a mode needs for this number of rows, columns or matrices. */
export function callsFor(mode: GpuMode, extent: number): number {
  const { maxTextureSize = Infinity } =
    mode === "webgl2" ? (gpujs.WebGL2Kernel.features as { maxTextureSize?: number }) : {};
  return Math.ceil(extent / Math.min(65_535, maxTextureSize));
}

/** Runs `run` and returns the kernels that gpu.js destroyed in the meantime. */
export async function destroyedDuring(
  mode: GpuMode,
  run: () => Promise<void>,
): Promise<gpujs.Kernel[]> {
  const destroyed: gpujs.Kernel[] = [];
  const { destroy } = kernelClass(mode).prototype;
  const spy = function (this: gpujs.Kernel, ...rest: [boolean?]): void {
    destroyed.push(this);
    destroy.apply(this, rest);
  };
  await patched(kernelClass(mode).prototype, "destroy", { value: spy, writable: true }, run);
  return destroyed;
}

/** Requires an error that is not the user's fault, with every given piece in its message. */
export async function assertFails(run: () => Promise<unknown>, ...pieces: string[]): Promise<void> {
  const error = await run().then(
    () => null,
    (thrown: Error) => thrown,
  );
  assert.ok(error !== null && error.name === "Error", `expected an Error, got ${error}`);
  for (const piece of pieces)
    assert.ok(error.message.includes(piece), `expected "${piece}" in "${error.message}"`);
}

/** Registers the checks that every mode must pass, in Node and in a browser. */
export function gpuSuite(
  mode: GpuMode,
  test: (name: string, run: () => Promise<void>) => void,
): void {
  // How products are cut is the same for all modes, and a software driver takes seconds for the
  // largest ones: they are all run in one mode, and some of each kind in the others.
  const isThorough = mode === "webasm";

  test(`${mode}: matmul, each side transposed or not, with and without biases`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      assert.is(backend.mode, mode);
      const random = new Random(`gpu matmul ${mode}`);
      const [M, N, I] = [6, 9, 21];
      for (const transposeA of [false, true]) {
        for (const transposeB of [false, true]) {
          for (const bias of ["none", "row", "column", "both"]) {
            const a = random.normal(transposeA ? [I, M] : [M, I]);
            const b = random.normal(transposeB ? [N, I] : [I, N]);
            const options: MatmulOptions = {
              transposeA,
              transposeB,
              rowBias: bias === "row" || bias === "both" ? random.normal([M]) : null,
              columnBias: bias === "column" || bias === "both" ? random.normal([N]) : null,
            };
            const before = backend.callCount;
            await assertSame(
              backend,
              I,
              `aT ${transposeA}, bT ${transposeB}, bias ${bias}`,
              async (on) => ({ c: await on.matmul(a, b, options) }),
            );
            assert.is(backend.callCount, before + 1, "expected one call for each product");
          }
        }
      }
    }));

  test(`${mode}: matmul, batch axes broadcast either way`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const random = new Random(`gpu batches ${mode}`);
      const batches: [number[], number[]][] = [
        [[3], [3]],
        [[], [4]],
        [[5], []],
        [[2], [3, 2]],
        [[3, 1], [4]],
        [
          [3, 1, 2],
          [4, 1],
        ],
        [[1], [6, 1]],
      ];
      for (const [batchA, batchB] of batches) {
        const [a, b] = [random.normal([...batchA, 4, 7]), random.normal([...batchB, 7, 5])];
        const rowBias = random.normal([...batchA, 4]);
        const before = backend.callCount;
        await assertSame(backend, 7, `[${batchA}] and [${batchB}]`, async (on) => ({
          c: await on.matmul(a, b, { rowBias }),
        }));
        assert.is(backend.callCount, before + 1, "expected one call for the whole batch");
      }
    }));

  test(`${mode}: matmulSum, each side transposed or not, over one and more batch axes`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const random = new Random(`gpu matmulSum ${mode}`);
      for (const transposeA of [false, true]) {
        for (const transposeB of [false, true]) {
          for (const batch of [[11], [5, 3], [4, 2, 3]]) {
            const a = random.normal([...batch, ...(transposeA ? [8, 3] : [3, 8])]);
            const b = random.normal([...batch, ...(transposeB ? [6, 8] : [8, 6])]);
            const before = backend.callCount;
            await assertSame(
              backend,
              8 * batch[0]!,
              `aT ${transposeA}, bT ${transposeB}, batch [${batch}]`,
              async (on) => ({ c: await on.matmulSum(a, b, { transposeA, transposeB }) }),
            );
            assert.is(backend.callCount, before + 1, "expected one call for the whole sum");
          }
        }
      }
    }));

  test(`${mode}: products of any shape`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const random = new Random("gpu shapes");
      const extent = (): number => 1 + random.integer(random.integer(4) === 0 ? 300 : 20);
      for (let n = 0; n < (isThorough ? 60 : 12); n++) {
        const [M, N, I, batch] = [extent(), extent(), extent(), 1 + random.integer(5)];
        const [transposeA, transposeB] = [random.integer(2) === 1, random.integer(2) === 1];
        const a = random.normal([batch, ...(transposeA ? [I, M] : [M, I])]);
        const b = random.normal([batch, ...(transposeB ? [N, I] : [I, N])]);
        await assertSame(
          backend,
          I * batch,
          `${batch} of ${M}×${I}×${N}, aT ${transposeA}, bT ${transposeB}`,
          async (on) => ({
            each: await on.matmul(a, b, { transposeA, transposeB }),
            sum: await on.matmulSum(a, b, { transposeA, transposeB }),
          }),
        );
      }
    }));

  test(`${mode}: operands that are views`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const random = new Random(`gpu views ${mode}`);
      const a = random.normal([7, 3, 5]).transpose([1, 2, 0]); // [3, 5, 7]
      const b = random.normal([4, 9, 8]).slice([1, 4], [2, 9], [0, 6]); // [3, 7, 6]
      await assertSame(backend, 21, "views", async (on) => ({
        each: await on.matmul(a, b),
        sum: await on.matmulSum(a, b),
      }));
    }));

  test(`${mode}: the products of a training step, at their real sizes`, () =>
    withBackend({ mode }, async (backend) => {
      const random = new Random(`gpu sizes ${mode}`);
      const [weight, cols, dOut] = [
        random.normal([1, 32, 144]),
        random.normal([6, 1, 144, 121]),
        random.normal([6, 1, 32, 121]),
      ];
      await assertSame(backend, 144, "out", async (on) => ({ out: await on.matmul(weight, cols) }));
      await assertSame(backend, 32, "dCols", async (on) => ({
        dCols: await on.matmul(weight, dOut, { transposeA: true }),
      }));
      await assertSame(backend, 6 * 121, "dWeight", async (on) => ({
        dWeight: await on.matmulSum(dOut, cols, { transposeB: true }),
      }));
      const [x, W] = [random.normal([50, 800]), random.normal([120, 800])];
      await assertSame(backend, 800, "affine", async (on) => ({
        out: await on.matmul(x, W, { transposeB: true }),
      }));
      assert.is(backend.callCount, 5, "expected the probe's call and four more");
      assert.is(backend.kernelCount, 1, "expected one kernel for all of them");
    }));

  // 2²⁴ = 16,777,216 is as far as float32 counts. Of 20 matrices of 1,005,000 entries 16 stay below
  // it; one of 16,500,005 does, and one of 17,000,005 does not.
  for (const [batch, I, N, calls] of [
    [20, 201, 5000, 2],
    [1, 3_300_001, 5, 1],
    [1, 3_400_001, 5, 0],
  ] as const) {
    if (calls === 0 && !isThorough) continue; // nothing of it runs in the mode
    test(`${mode}: positions are exact in ${batch} × ${I} × ${N} entries`, () =>
      withBackend({ mode }, async (backend) => {
        const [few, many] = [Tensor.zeros([batch, 1, I]), Tensor.zeros([batch, I, N])];
        for (let n = 0; n < batch; n++) {
          for (let back = 1; back <= 7; back += 2) {
            few.set([n, 0, I - back], n + 1);
            const row = (n * I + I - back) * N;
            for (let column = 0; column < N; column++)
              many.data[row + column] = 100 * n + 10 * back + column;
          }
        }
        // Σ over back = 1, 3, 5, 7 of (n + 1)·(100n + 10·back + column)
        const expected = Float64Array.from(
          { length: batch * N },
          (_, at) => (Math.floor(at / N) + 1) * (400 * Math.floor(at / N) + 160 + 4 * (at % N)),
        );
        const sums = new Float64Array(N);
        for (const [at, value] of expected.entries()) sums[at % N]! += value;
        const turned = { transposeA: true, transposeB: true };
        const products: readonly [what: string, run: () => Promise<Tensor>, Float64Array][] = [
          ["many entries in b", () => backend.matmul(few, many), expected],
          ["many entries in a, summed", () => backend.matmulSum(many, few, turned), sums],
          ["many entries in a", () => backend.matmul(many, few, turned), expected],
          ["many entries in b, summed", () => backend.matmulSum(few, many), sums],
        ];
        const chosen = isThorough ? products : [products[batch === 1 ? 1 : 0]!];
        for (const [what, run, right] of chosen)
          assertCloseArrays((await run()).data, right, { tolerance: 0, what });
        assert.is(
          backend.callCount,
          1 + calls * chosen.length,
          "expected the probe's call, and for 20 matrices two for each product",
        );
      }));
  }

  test(`${mode}: a sum over many terms keeps its digits`, () =>
    withBackend({ mode }, async (backend) => {
      const random = new Random(`gpu digits ${mode}`);
      // all positive: errors add up
      const [a, b] = [random.uniform([3000, 2, 90], 0, 1), random.uniform([3000, 90, 3], 0, 1)];
      assertClose(await backend.matmulSum(a, b), await reference.matmulSum(a, b), {
        tolerance: 3e-6,
        what: "270,000 products",
      });
      assert.is(backend.callCount, 2);
    }));

  // 65,540 is more than WebGPU's 65,535, and 4 more than a multiple of any texture's width
  test(`${mode}: more matrices, rows or columns than a device has groups of threads`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const random = new Random(`gpu many ${mode}`);
      const [a, b] = [random.normal([65_540, 1, 2]), random.normal([65_540, 2, 1])];
      const rows = a.reshape([65_540, 2]);
      const columns = random.normal([2, 65_540]);
      const [few, rowBias, columnBias] = [
        random.normal([2, 3]),
        random.normal([65_540]),
        random.normal([65_540]),
      ];
      const shapes: readonly [string, number, (on: Backend) => Promise<Tensor>][] = [
        ["matrices", 2, (on) => on.matmul(a, b)],
        ["terms", 2 * 65_540, (on) => on.matmulSum(a, b)],
        ["rows", 2, (on) => on.matmul(rows, few, { rowBias })],
        ["columns", 2, (on) => on.matmul(few, columns, { transposeA: true, columnBias })],
      ];
      for (const [what, terms, run] of shapes) {
        const before = backend.callCount;
        await assertSame(backend, terms, `65,540 ${what}`, async (on) => ({ c: await run(on) }));
        assert.is(
          backend.callCount - before,
          callsFor(mode, 65_540),
          `expected calls for as many ${what} as fit, and one for the last few`,
        );
      }
      if (!isThorough) return;
      await assertSame(backend, 2, "65,540 rows, transposed", async (on) => ({
        c: await on.matmul(columns, few, { transposeA: true }),
      }));
      await assertSame(backend, 2, "65,540 columns, transposed", async (on) => ({
        c: await on.matmul(few, rows, { transposeA: true, transposeB: true }),
      }));
      const [stackA, stackB] = [random.normal([2, 3, 65_537, 2]), random.normal([2, 3, 2, 2])];
      await assertSame(backend, 4, "six matrices of 65,537 rows", async (on) => ({
        each: await on.matmul(stackA, stackB),
        sum: await on.matmulSum(stackA, stackB),
      }));
    }));

  test(`${mode}: every other primitive is the reference's`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const geometry = conv2dGeometry("test", 9, 7, {
        kernelSize: [3, 2],
        stride: [2, 1],
        padding: [1, 0],
        dilation: [1, 2],
      });
      await assertSame(backend, 1, "primitives", async (on) => {
        const random = new Random("gpu primitives");
        const x = random.normal([2, 3, 9, 7]);
        const dOut = random.normal([2, 3, geometry.outH, geometry.outW]);
        const cols = await on.im2col(x, geometry);
        const { out, argmax } = await on.maxPool2d(x, geometry);
        const rectified = await on.maxPool2d(x, geometry, { rectify: true });
        const [value, grad, velocity, second] = [
          random.normal([4, 5]),
          random.normal([4, 5]),
          random.normal([4, 5]),
          random.uniform([4, 5], 0, 1),
        ];
        await on.update(
          "sgd",
          { value, grad, velocity },
          { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01, step: 2 },
        );
        const afterSgd = value.clone();
        await on.update(
          "adagrad",
          { value, grad, squareSum: second },
          { learningRate: 0.1, epsilon: 1e-8, weightDecay: 0.01 },
        );
        const afterAdagrad = value.clone();
        await on.update(
          "rmsprop",
          { value, grad, meanSquare: second },
          { learningRate: 0.1, alpha: 0.9, epsilon: 1e-8, weightDecay: 0.01 },
        );
        const afterRmsProp = value.clone();
        await on.update(
          "adam",
          { value, grad, firstMoment: velocity, secondMoment: second },
          {
            learningRate: 0.1,
            beta1: 0.9,
            beta2: 0.99,
            epsilon: 1e-8,
            weightDecay: 0.01,
            decoupled: true,
            step: 3,
          },
        );
        return {
          cols: cols.layOut(),
          sumPerChannel: await on.sumPerChannel(x),
          ...(await on.channelMoments(x)),
          ...(await on.channelSums(x, x)),
          channelAffine: await on.channelAffine(x, { scale: Tensor.full([3], 2) }),
          channelResidual: await on.channelResidual(x, x, {
            intercept: Tensor.full([3], 1),
            slope: Tensor.full([3], 2),
            scale: Tensor.full([3], 3),
          }),
          relu: await on.relu(x),
          reluBackward: await on.reluBackward(random.normal([2, 3, 9, 7]), x),
          maxPool2d: out,
          argmax: winnersOf(argmax),
          rectified: rectified.out,
          rectifiedArgmax: winnersOf(rectified.argmax),
          winnersGradient: (await on.winnersGradient(dOut, argmax, geometry)).layOut(),
          maxPool2dBackward: await on.maxPool2dBackward(dOut, argmax, geometry),
          averagePool2d: await on.averagePool2d(x, geometry),
          averagePool2dBackward: await on.averagePool2dBackward(dOut, geometry),
          afterSgd,
          afterAdagrad,
          afterRmsProp,
          afterAdam: value,
          velocity,
          second,
        };
      });
    }));

  test(`${mode}: products with columns, and onto images, in groups or not`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      for (const groups of [1, 3]) {
        const random = new Random(`gpu columns ${mode} ${groups}`);
        const geometry = conv2dGeometry("test", 9, 7, {
          kernelSize: [3, 2],
          stride: [2, 1],
          padding: [1, 0],
          dilation: [1, 2],
        });
        const P = geometry.outH * geometry.outW;
        const x = random.normal([2, 6, 9, 7]);
        const R = (6 / groups) * 6;
        const filters = random.normal([groups, 4, R]);
        const dOut = random.normal([4, 2, groups, P]).transpose([1, 2, 0, 3]); // not contiguous
        const rowBias = random.normal([groups, 4]);
        const before = backend.callCount;
        await assertSame(backend, Math.max(R, 2 * P), `${groups} groups`, async (on) => {
          const cols = await on.im2col(x, geometry, groups);
          return {
            out: await on.matmul(filters, cols, { rowBias }),
            dWeight: await on.matmulSum(dOut, cols, { transposeB: true }),
            dX: await on.productOntoImages(filters, dOut, 6, geometry),
          };
        });
        assert.is(backend.callCount, before + 3, "expected a call for each product");
      }
    }));

  test(`${mode}: products with the gradient behind a max pooling, and a pooled convolution`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const random = new Random(`gpu winners ${mode}`);
      const geometry = conv2dGeometry("test", 8, 9, { kernelSize: [3, 2], padding: [1, 0] });
      const pool = conv2dGeometry("test", 8, 8, { kernelSize: 2, stride: 2 });
      const [x, filters, bias] = [
        random.normal([3, 2, 8, 9]),
        random.normal([1, 5, 12]),
        random.normal([5]),
      ];
      const dPooled = random.normal([3, 5, 4, 4]);
      const { argmax } = await reference.maxPool2d(random.normal([3, 5, 8, 8]), pool);
      const before = backend.callCount;
      await assertSame(backend, 3 * 64, "winners", async (on) => {
        const cols = await on.im2col(x, geometry);
        const gradient = await on.winnersGradient(dPooled, argmax, pool);
        return {
          dWeight: await on.matmulSum(gradient, cols, { transposeB: true }),
          dX: await on.productOntoImages(filters, gradient, 2, geometry),
        };
      });
      assert.is(backend.callCount, before + 2, "expected a call for each product");
      await assertSame(backend, 12, "pooled", async (on) => {
        const cols = await on.im2col(x, geometry);
        const pooled = await on.convolvePool(filters, cols, bias, pool, { rectify: true });
        return { out: pooled.out, argmax: winnersOf(pooled.argmax) };
      });
    }));

  test(`${mode}: the layers conv2d and affine, forward and backward`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const cases: [string, number[], number[], number, () => Layer][] = [
        [
          "conv2d",
          [3, 4, 9, 8],
          [3, 6, 5, 7],
          3 * 5 * 7,
          () =>
            new Conv2d({
              inChannels: 4,
              outChannels: 6,
              kernelSize: [3, 2],
              stride: [2, 1],
              padding: [1, 0],
            }),
        ],
        [
          "conv2d in groups",
          [2, 6, 7, 9],
          [2, 4, 6, 5],
          2 * 6 * 5,
          () =>
            new Conv2d({
              inChannels: 6,
              outChannels: 4,
              kernelSize: [2, 3],
              stride: [1, 2],
              padding: [1, 2],
              dilation: [3, 2],
              groups: 2,
            }),
        ],
        ["affine", [13, 31], [13, 11], 31, () => new Affine({ inFeatures: 31, outFeatures: 11 })],
      ];
      const before = backend.callCount;
      for (const [what, inputShape, outputShape, terms, make] of cases) {
        await assertSame(backend, terms, what, async (on) => {
          const random = new Random(`gpu layer ${what}`);
          const layer = make();
          for (const parameter of layer.parameters)
            parameter.value.data.set(random.normal(parameter.value.shape).data);
          const { out, backward } = await layer.forward(random.normal(inputShape), {
            backend: on,
            mode: "train",
          });
          assert.equal(out.shape, outputShape);
          const dX = await backward(random.normal(outputShape));
          return {
            out,
            dX: dX!,
            ...Object.fromEntries(
              layer.parameters.map((parameter) => [`d ${parameter.name}`, parameter.grad]),
            ),
          };
        });
      }
      const calls = backend.callCount - before;
      assert.is(calls, 3 * cases.length, "expected three calls for each layer");
    }));

  test(`${mode}: every layer and loss of the catalog, in float32`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      for (const { layer, cases, differentiable } of catalog) {
        for (const { options, inputs } of cases(new Random(`gpu catalog ${layer}`))) {
          const single: NamedTensors = Object.fromEntries(
            Object.entries(inputs).map(([name, input]) => [name, input.astype("float32")]),
          );
          await assertSame(backend, 100, layer, async (on) => {
            const { out, backward } = await differentiable(options, on)(single);
            return { out, ...(await backward(new Random(layer).uniform(out.shape, -1, 1))) };
          });
        }
      }
    }));

  test(`${mode}: float64, small and empty products stay on the reference`, async () => {
    const random = new Random(`gpu elsewhere ${mode}`);
    const exact = async (backend: GpuBackend, a: Tensor, b: Tensor): Promise<void> => {
      assertClose(await backend.matmul(a, b), await reference.matmul(a, b), { tolerance: 0 });
      assertClose(await backend.matmulSum(a, b), await reference.matmulSum(a, b), {
        tolerance: 0,
      });
      assert.is(backend.callCount, 1, "expected no call but the probe's");
    };
    await withBackend({ mode, smallestProduct: 0 }, async (backend) => {
      await exact(
        backend,
        random.normal([3, 20, 30], 0, 1, "float64"),
        random.normal([3, 30, 10], 0, 1, "float64"),
      );
      await exact(backend, Tensor.zeros([2, 3, 0]), Tensor.zeros([2, 0, 4]));
      await exact(backend, Tensor.zeros([2, 0, 3]), Tensor.zeros([2, 3, 4]));
    });
    await withBackend({ mode, smallestProduct: 3 * 4 * 5 * 6 + 1 }, (backend) =>
      exact(backend, random.normal([3, 4, 5]), random.normal([3, 5, 6]).slice([0, 3])),
    );
    await withBackend({ mode, smallestProduct: 3 * 4 * 5 * 6 }, async (backend) => {
      await backend.matmul(random.normal([3, 4, 5]), random.normal([3, 5, 6]));
      assert.is(backend.callCount, 2, "expected a call from the given size on");
    });
  });

  test(`${mode}: small products stay on the processor, up to what was measured for the mode`, () =>
    withBackend({ mode }, async (backend) => {
      const smallest = {
        webgpu: 2 ** 18,
        webgl2: 2 ** 20,
        headlessgl: 2 ** 20,
        webasm: 2 ** 14,
        cpu: 2 ** 14,
      }[mode];
      const [M, N, I] = [16, 8, smallest / 128];
      const random = new Random("gpu threshold");
      const [a, b] = [random.normal([M, I]), random.normal([I, N])];
      await assertSame(backend, I, "below", async (on) => ({
        c: await on.matmul(a.slice([0, M - 1]), b),
      }));
      assert.is(backend.callCount, 1, "expected no call but the probe's");
      await assertSame(backend, I, "at", async (on) => ({ c: await on.matmul(a, b) }));
      assert.is(backend.callCount, 2, "expected a call");
    }));

  test(`${mode}: products started together take turns, and dispose waits for them`, async () => {
    const random = new Random(`gpu together ${mode}`);
    const pairs = [3, 5, 3, 7].map((M) => [random.normal([M, 6]), random.normal([6, 8])] as const);
    // kernels whose results come later: on WebGL they are read back after the run
    const { build, destroy } = kernelClass(mode).prototype;
    type Slow = Pick<gpujs.Kernel, "built"> &
      Record<"run" | "renderOutputAsync", (this: Slow, ...operands: unknown[]) => unknown>;
    const running = new Set<unknown>();
    const events: string[] = [];
    const last = mode === "webgl2" || mode === "headlessgl" ? "renderOutputAsync" : "run";
    const slowBuild = function (this: Slow, ...args: gpujs.KernelVariable[]): unknown {
      if (this.built) return;
      const built = build.apply(this as unknown as gpujs.Kernel, args);
      const run = this[last];
      this[last] = function (...operands) {
        running.add(this);
        events.push(`run, ${running.size} at a time`);
        const result = run.apply(this, operands);
        return new Promise((resolve) => {
          setTimeout(() => {
            running.delete(this);
            resolve(result);
          }); // a call that does not wait its turn runs before this
        });
      };
      return built;
    };
    const watchedDestroy = function (this: gpujs.Kernel, ...rest: [boolean?]): void {
      events.push(`destroy while ${running.size} run`);
      destroy.apply(this, rest);
    };
    await patched(kernelClass(mode).prototype, "build", { value: slowBuild, writable: true }, () =>
      patched(
        kernelClass(mode).prototype,
        "destroy",
        { value: watchedDestroy, writable: true },
        async () => {
          const backend = await gpuBackend({ mode, smallestProduct: 0 });
          const [results] = await Promise.all([
            Promise.all(pairs.map(([a, b]) => backend.matmul(a, b))),
            backend.dispose(),
          ]);
          for (const [i, [a, b]] of pairs.entries())
            assertClose(results[i]!, await reference.matmul(a, b), {
              tolerance: tolerance(6),
              what: `product ${i}`,
            });
        },
      ),
    );
    assert.equal([...new Set(events)].sort(), ["destroy while 0 run", "run, 1 at a time"]);
    assert.is(events.filter((event) => event.startsWith("run")).length, 5, "and the probe");
  });

  test(`${mode}: dispose destroys every kernel and ends the backend`, async () => {
    const backend = await gpuBackend({ mode, smallestProduct: 0 });
    const [a, b] = [new Random(1).normal([4, 5]), new Random(2).normal([5, 3])];
    await backend.matmul(a, b);
    const geometry = conv2dGeometry("test", 3, 5, { kernelSize: 2 });
    const cols = await backend.im2col(b.reshape([1, 1, 3, 5]), geometry);
    await backend.matmul(a.reshape([1, 5, 4]), cols);
    assert.is(backend.kernelCount, 2);
    const destroyed = await destroyedDuring(mode, () => backend.dispose());
    assert.is(destroyed.length, 2);
    assert.is(backend.kernelCount, 0);
    const gone = "gpu: expected a backend in use, got one that was disposed of; open another";
    await assertRejects(() => backend.matmul(a, b), gone);
    await assertRejects(() => backend.step(() => 3), gone);
  });

  test(`${mode}: results live where the allocator says`, async () => {
    const allocated = new Set<Data>();
    const allocate: typeof heapAllocator.allocate = (dtype, length) => {
      const storage = heapAllocator.allocate(dtype, length);
      allocated.add(storage.data);
      return storage;
    };
    await withBackend({ mode, smallestProduct: 0, allocator: { allocate } }, async (backend) => {
      const [a, b] = [new Random(1).normal([2, 4, 5]), new Random(2).normal([2, 5, 3])];
      const results = [
        await backend.matmul(a, b),
        await backend.matmulSum(a, b),
        await backend.relu(a),
      ];
      assert.ok(
        results.every((result) => allocated.has(result.data)),
        "expected allocated memory",
      );
      assert.is(backend.allocator.allocate, allocate);
    });
  });

  test(`${mode}: operands that do not fit are refused as the reference refuses them`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const zeros = (...shape: number[]): Tensor => Tensor.zeros(shape);
      await assertRejects(
        () => backend.matmul(zeros(3, 4), zeros(5, 6)),
        "matmul: ",
        "inner extents",
        "[3, 4]",
        "[5, 6]",
      );
      await assertRejects(
        () => backend.matmul(zeros(3, 4), zeros(4, 6), { columnBias: zeros(3) }),
        "columnBias of shape [6]",
        "[3]",
      );
      await assertRejects(
        () => backend.matmul(zeros(2, 3, 4), zeros(3, 4, 6)),
        "matmul: ",
        "broadcast",
        "[2]",
        "[3]",
      );
      await assertRejects(
        () => backend.matmulSum(zeros(3, 4), zeros(4, 5)),
        "matmulSum: ",
        "batch axes",
        "[3, 4]",
        "[4, 5]",
      );
      const geometry = conv2dGeometry("test", 4, 5, { kernelSize: 2 });
      await assertRejects(
        () => backend.productOntoImages(zeros(1, 3, 8), zeros(2, 1, 3, 11), 2, geometry),
        "productOntoImages: ",
        "b [N, G, K/G, 12]",
        "[2, 1, 3, 11]",
      );
      await assertRejects(
        () => backend.matmulSum(zeros(1, 3, 4), zeros(2, 4, 5)),
        "matmulSum: ",
        "[1, 3, 4]",
        "[2, 4, 5]",
      );
    }));
}
