import * as fc from "fast-check";
import * as assert from "uvu/assert";
import type * as gpujs from "../../dist/kernels/gpu/gpujs.js";
import { conv2dGeometry } from "leibniz/im2col";
import { type GpuMode, reference } from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import {
  assertSame,
  callsFor,
  endShared,
  kernelClass,
  patched,
  withBackend,
  withShared,
} from "./gpu-suite.js";

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const pairOf = (one: fc.Arbitrary<number>): fc.Arbitrary<[number, number]> => fc.tuple(one, one);

/** Convolutions whose windows fit into their images. */
export const convolutions = fc
  .record({
    N: upTo(5),
    G: upTo(3),
    channels: upTo(5),
    filters: upTo(9),
    size: pairOf(upTo(13)),
    kernelSize: pairOf(upTo(4)),
    stride: pairOf(fc.constantFrom(1, 1, 1, 2, 3)),
    padding: fc.oneof(pairOf(fc.integer({ min: 0, max: 3 })), fc.constant("same" as const)),
    dilation: pairOf(upTo(3)),
    turned: fc.boolean(),
    seed: fc.nat(),
  })
  .map((drawn) => (drawn.padding === "same" ? { ...drawn, stride: 1 } : drawn))
  .filter(({ size, kernelSize, padding, dilation }) =>
    [0, 1].every(
      (axis) =>
        padding === "same" ||
        dilation[axis]! * (kernelSize[axis]! - 1) < size[axis]! + 2 * padding[axis]!,
    ),
  );

/** Registers what the convolutions of every mode must pass, in Node and in a browser. */
export function gpuConvolutionSuite(
  mode: GpuMode,
  test: (name: string, run: () => Promise<void>) => void,
): void {
  const isThorough = mode === "webasm";

  test(`${mode}: convolutions of any shape, forward and backward, compiled once`, () =>
    withBackend({ mode, smallestProduct: 0 }, async (backend) => {
      await fc.assert(
        fc.asyncProperty(convolutions, async ({ N, G, channels, filters, ...drawn }) => {
          const { size, turned, seed, ...options } = drawn;
          const geometry = conv2dGeometry("test", ...size, options);
          const { H, W, kH, kW, outH, outW } = geometry;
          const [C, R, P] = [G * channels, channels * kH * kW, outH * outW];
          const random = new Random(seed);
          // contiguous or not
          const x = turned
            ? random.normal([N, W, H, C]).transpose([0, 3, 2, 1])
            : random.normal([N, C, H, W]);
          const weight = turned
            ? random.normal([R, G, filters]).transpose([1, 2, 0])
            : random.normal([G, filters, R]);
          const dOut = turned
            ? random.normal([filters, N, G, P]).transpose([1, 2, 0, 3])
            : random.normal([N, G, filters, P]);
          const rowBias = seed % 3 === 0 ? null : random.normal([G, filters]);
          const what = JSON.stringify({ N, G, channels, filters, size, turned, ...options });
          const before = backend.callCount;
          await assertSame(backend, Math.max(R, N * P, filters * kH * kW), what, async (on) => {
            const cols = await on.im2col(x, geometry, G);
            return {
              out: await on.matmul(weight, cols, { rowBias }),
              dWeight: await on.matmulSum(dOut, cols, { transposeB: true }),
              dX: await on.productOntoImages(weight, dOut, C, geometry),
            };
          });
          assert.is(backend.callCount, before + 3, `expected three calls, ${what}`);
        }),
        { seed: 5, numRuns: isThorough ? 150 : 25 },
      );
      assert.is(backend.mode, mode);
      assert.is(backend.kernelCount, 3, "expected three kernels for all shapes");
    }));

  // enough filters that each thread adds up three images, and the last one the image left over
  test(`${mode}: a convolution of the notes' network, with images left over`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const random = new Random(`gpu notes ${mode}`);
      const before = backend.callCount;
      const geometry = conv2dGeometry("test", 13, 13, { kernelSize: 3 });
      const [weight, x] = [random.normal([1, 32, 144]), random.normal([10, 16, 13, 13])];
      const dOut = random.normal([10, 1, 32, 121]);
      await assertSame(backend, 1210, "conv2", async (on) => {
        const cols = await on.im2col(x, geometry);
        return {
          out: await on.matmul(weight, cols),
          dWeight: await on.matmulSum(dOut, cols, { transposeB: true }),
          dX: await on.productOntoImages(weight, dOut, 16, geometry),
        };
      });
      assert.is(backend.callCount - before, 3);
    }));

  test(`${mode}: a gradient is gathered only where that multiplies not much oftener`, () =>
    withBackend({ mode, smallestProduct: 0 }, async (backend) => {
      const random = new Random(`gpu gather ${mode}`);
      for (const [stride, kernels] of [
        [2, 1],
        [1, 2],
      ] as const) {
        const geometry = conv2dGeometry("test", 8, 9, { kernelSize: 2, stride });
        const [weight, dOut] = [
          random.normal([1, 3, 8]),
          random.normal([2, 1, 3, geometry.outH * geometry.outW]),
        ];
        await assertSame(backend, 12, `stride ${stride}`, async (on) => ({
          dX: await on.productOntoImages(weight, dOut, 2, geometry),
        }));
        assert.is(backend.kernelCount, kernels, "the probe's kernel multiplies columns");
      }
    }));

  // 65,540 is more than WebGPU's 65,535
  test(`${mode}: more images or windows than a device has groups of threads`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const random = new Random(`gpu many images ${mode}`);
      const row = conv2dGeometry("test", 1, 3, { kernelSize: [1, 2] });
      const large = conv2dGeometry("test", 257, 257, { kernelSize: 2, padding: 1 });
      for (const [count, what, x, geometry] of [
        [65_540, "images", random.normal([65_540, 1, 1, 3]), row],
        [66_564, "windows", random.normal([2, 1, 257, 257]), large],
      ] as const) {
        const weight = random.normal([1, 1, geometry.kH * geometry.kW]);
        const before = backend.callCount;
        await assertSame(backend, 8, `${count} ${what}`, async (on) => ({
          out: await on.matmul(weight, await on.im2col(x, geometry)),
        }));
        assert.is(backend.callCount - before, callsFor(mode, count), what);
      }
    }));

  if (isThorough)
    test(`${mode}: images of which only one at a time has positions that float32 counts`, () =>
      withBackend({ mode, smallestProduct: 0 }, async (backend) => {
        const random = new Random("gpu large images");
        const geometry = conv2dGeometry("test", 13, 14, { kernelSize: 1, stride: [12, 13] });
        const [N, C, P] = [3, 60_000, 4];
        const x = Tensor.zeros([N, C, 13, 14]);
        for (let n = 0; n < N; n++)
          for (const c of [0, 1, C - 2, C - 1])
            for (const [h, w] of [
              [0, 0],
              [0, 13],
              [12, 0],
              [12, 13],
            ] as const)
              x.set([n, c, h, w], random.integer(9));
        const ones = (...shape: number[]): Tensor => Tensor.full(shape, 1);
        const before = backend.callCount;
        await assertSame(backend, 1, "three images", async (on) => {
          const cols = await on.im2col(x, geometry);
          return {
            out: await on.matmul(ones(1, 2, C), cols),
            dWeight: await on.matmulSum(ones(N, 1, 2, P), cols, { transposeB: true }),
          };
        });
        assert.is(backend.callCount, before + 2 * N, "expected a call for each image");
      }));

  test(`${mode}: results arrive in rows, not in an array for each thread`, async () => {
    type Runs = Pick<gpujs.Kernel, "built" | "output"> &
      Record<"run" | "renderOutputAsync", (this: Runs, ...operands: unknown[]) => unknown>;
    const { build } = kernelClass(mode).prototype;
    const last = mode === "webgl2" || mode === "headlessgl" ? "renderOutputAsync" : "run";
    const lengths: number[] = [];
    const measure = (result: unknown, row: number): unknown => {
      if (result instanceof Float32Array) lengths.push(result.length / (4 * row));
      else if (Array.isArray(result)) for (const part of result) measure(part, row);
      return result;
    };
    const watchedBuild = function (this: Runs, ...args: gpujs.KernelVariable[]): unknown {
      if (this.built) return;
      const built = build.apply(this as unknown as gpujs.Kernel, args);
      const run = this[last];
      this[last] = function (...operands) {
        const result = run.apply(this, operands);
        return result instanceof Promise
          ? result.then((value: unknown) => measure(value, this.output[0]!))
          : measure(result, this.output[0]!);
      };
      return built;
    };
    const replacement = { value: watchedBuild, writable: true };
    await patched(kernelClass(mode).prototype, "build", replacement, () =>
      withBackend({ mode, smallestProduct: 0 }, async (backend) => {
        const [a, b] = [new Random(1).normal([9, 7]), new Random(2).normal([7, 12])];
        assertClose(await backend.matmul(a, b), await reference.matmul(a, b), { tolerance: 1e-6 });
      }),
    );
    assert.ok(lengths.length > 1 && lengths.every((rows) => rows >= 1), `rows: ${lengths}`);
  });

  test(`${mode}: operands that do not fit columns are refused as the reference refuses them`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const geometry = conv2dGeometry("test", 4, 5, { kernelSize: 2 });
      const x = Tensor.zeros([2, 3, 4, 5]);
      const cols = await backend.im2col(x, geometry);
      const expectSame = async (run: (on: typeof reference) => Promise<unknown>): Promise<void> => {
        const { message } = await run(reference).then(
          () => new Error("none"),
          (error: Error) => error,
        );
        assert.is.not(message, "none");
        await assertRejects(() => run(backend), message);
      };
      await expectSame((on) => on.im2col(Tensor.zeros([2, 3, 5, 4]), geometry));
      await expectSame((on) => on.im2col(x, geometry, 2));
      await expectSame((on) => on.matmul(Tensor.zeros([1, 4, 11]), cols));
      await expectSame((on) =>
        on.matmul(Tensor.zeros([1, 4, 12]), cols, { rowBias: Tensor.zeros([3]) }),
      );
      await expectSame((on) => on.matmul(Tensor.zeros([1, 4, 12], "float64"), cols));
      await expectSame((on) =>
        on.matmulSum(Tensor.zeros([3, 1, 4, 12]), cols, { transposeB: true }),
      );
      x.set([0, 0, 0, 0], 1);
      await assertRejects(
        () => backend.matmul(Tensor.zeros([1, 4, 12]), cols),
        "x as it was when its columns were made",
      );
      assert.throws(() => cols.layOut(), /x as it was when its columns were made/);
    }));

  test(`${mode}: columns with other operands than a convolution's are laid out`, () =>
    withShared({ mode, smallestProduct: 0 }, async (backend) => {
      const random = new Random(`gpu laid out ${mode}`);
      const geometry = conv2dGeometry("test", 5, 4, { kernelSize: [2, 3], padding: 1 });
      const P = geometry.outH * geometry.outW;
      const x = random.normal([3, 2, 5, 4]);
      const [a, turned, each, columnBias, bias] = [
        random.normal([7, 12]),
        random.normal([1, 12, 7]),
        random.normal([3, 1, 7, P]),
        random.normal([P]),
        random.normal([7]),
      ];
      await assertSame(backend, 12, "laid out", async (on) => {
        const cols = await on.im2col(x, geometry);
        return {
          matrix: await on.matmul(a, cols),
          turned: await on.matmul(turned, cols, { transposeA: true }),
          columnBias: await on.matmul(turned.transpose([0, 2, 1]), cols, { columnBias }),
          rowBias: await on.matmul(a.reshape([1, 7, 12]), cols, { rowBias: bias }),
          sum: await on.matmulSum(each.transpose([0, 1, 3, 2]), cols, {
            transposeA: true,
            transposeB: true,
          }),
        };
      });
    }));

  test(`${mode}: what the tests shared is given back`, endShared);
}
