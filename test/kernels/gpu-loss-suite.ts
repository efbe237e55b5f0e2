import * as assert from "uvu/assert";
import { conv2dGeometry } from "leibniz/im2col";
import { gpuBackend, type GpuBackend, type GpuBackendOptions, reference } from "leibniz/kernels";
import { MachineError, Random, type Tensor } from "leibniz/tensor";
import * as gpujs from "../../dist/kernels/gpu/gpujs.js";
import { assertClose } from "../helpers/assert-close.js";
import { assertFails, kernelClass, patched } from "./gpu-suite.js";

/** The modes with a device that can be lost. */
export type DeviceMode = "webgpu" | "webgl2";

/** gpu.js's own device, which its types forget. */
const { WebGPUContext } = gpujs as unknown as {
  WebGPUContext: { acquire(): Promise<{ device: GPUDevice }> };
};

/** Opens a backend and hands it over with a function that makes its device go away. */
async function withDevice(
  mode: DeviceMode,
  options: GpuBackendOptions,
  run: (backend: GpuBackend, lose: () => void) => Promise<void>,
): Promise<void> {
  const contexts: WebGL2RenderingContext[] = [];
  const open = async (): Promise<void> => {
    const backend = await gpuBackend({ mode, smallestProduct: 0, ...options });
    const device = mode === "webgpu" ? (await WebGPUContext.acquire()).device : null;
    const lose = (): void =>
      device === null
        ? contexts.at(-1)!.getExtension("WEBGL_lose_context")!.loseContext()
        : device.destroy();
    try {
      await run(backend, lose);
    } finally {
      await backend.dispose();
    }
  };
  if (mode === "webgpu") return open();
  // gpu.js asks the same, in a Worker and on a page
  const Canvas = typeof document === "undefined" ? OffscreenCanvas : HTMLCanvasElement;
  const { getContext } = Canvas.prototype as HTMLCanvasElement;
  const spy = function (
    this: HTMLCanvasElement,
    ...args: Parameters<typeof getContext>
  ): RenderingContext | null {
    const context = getContext.apply(this, args);
    if (context instanceof WebGL2RenderingContext) contexts.push(context);
    return context;
  };
  return patched(
    Canvas.prototype as HTMLCanvasElement,
    "getContext",
    { value: spy, writable: true },
    open,
  );
}

/**
 * Runs something while the device is lost as soon as a result is waited for: the work has been
 * handed over by then.
 */
async function losingResults(
  mode: DeviceMode,
  lose: () => void,
  run: () => Promise<void>,
): Promise<void> {
  if (mode === "webgl2") {
    const { clientWaitSync } = WebGL2RenderingContext.prototype;
    const waiting = function (
      this: WebGL2RenderingContext,
      ...fence: Parameters<typeof clientWaitSync>
    ): GLenum {
      lose();
      return clientWaitSync.apply(this, fence);
    };
    const replacement = { value: waiting, writable: true };
    return patched(WebGL2RenderingContext.prototype, "clientWaitSync", replacement, run);
  }
  const buffer = await anyBuffer();
  const { mapAsync } = buffer;
  const waiting = function (this: GPUBuffer, ...range: Parameters<typeof mapAsync>): Promise<void> {
    const mapped = mapAsync.apply(this, range);
    lose();
    return mapped;
  };
  return patched(buffer, "mapAsync", { value: waiting, writable: true }, run);
}

/** The same while numbers that a step left on the device are read. */
async function reading(
  mode: DeviceMode,
  lose: () => void,
  run: () => Promise<void>,
): Promise<void> {
  if (mode === "webgpu") return losingResults(mode, lose, run);
  const { readPixels } = WebGL2RenderingContext.prototype as unknown as Record<
    string,
    (...args: unknown[]) => void
  >;
  const losing = function (this: WebGL2RenderingContext, ...args: unknown[]): void {
    lose();
    readPixels!.apply(this, args);
  };
  const replacement = { value: losing, writable: true };
  return patched(WebGL2RenderingContext.prototype, "readPixels", replacement, run);
}

/** What all buffers of the device have in common. */
async function anyBuffer(): Promise<GPUBuffer> {
  const { device } = await WebGPUContext.acquire();
  return Object.getPrototypeOf(device.createBuffer({ size: 4, usage: 8 })) as GPUBuffer;
}

/** Requires the error of a lost device, in bounded time. */
async function assertLost(run: () => Promise<unknown>, ...pieces: string[]): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>(
    (_, refuse) =>
      (timer = setTimeout(() => refuse(new Error("expected an error within 20 s")), 20_000)),
  );
  const error = await Promise.race([run(), late])
    .then(
      () => null,
      (thrown: Error) => thrown,
    )
    .finally(() => clearTimeout(timer));
  assert.instance(error, MachineError, `expected a MachineError, got ${error}`);
  for (const piece of ["gpu: ", "the device was lost", ...pieces])
    assert.ok(error!.message.includes(piece), `expected "${piece}" in "${error!.message}"`);
  assert.not.match(error!.message, "\n");
}

/** Registers what must happen when a device is lost, in Node and in a browser. */
export function gpuLossSuite(
  mode: DeviceMode,
  test: (name: string, run: () => Promise<void>) => void,
): void {
  const random = new Random("lost devices");
  const [a, b] = [random.normal([30, 50]), random.normal([50, 20])];
  const [large, wide] = [random.normal([200, 310]), random.normal([310, 250])];

  /** With a kernel that is not compiled when a backend is opened. */
  const convolve = async (backend: GpuBackend): Promise<Tensor> => {
    const geometry = conv2dGeometry("test", 5, 6, { kernelSize: [2, 3] });
    return backend.matmul(
      random.normal([1, 4, 12]),
      await backend.im2col(random.normal([3, 2, 5, 6]), geometry),
    );
  };

  test(`${mode}: a device that is lost between products`, async () => {
    await withDevice(mode, {}, async (backend, lose) => {
      await backend.matmul(a, b);
      lose();
      await assertLost(() => backend.matmul(a, b), mode, "open the backend again");
      let compiled = 0;
      await patched(
        kernelClass(mode).prototype,
        "build",
        { value: () => compiled++, writable: true },
        () => assertLost(() => convolve(backend), mode),
      );
      assert.is(compiled, 0, "expected nothing to be compiled any more");
      await assertLost(
        () => backend.matmulSum(a.reshape([1, 30, 50]), b.reshape([1, 50, 20])),
        mode,
      );
    });
    // and a backend that is opened later has a new one
    await withDevice(mode, {}, async (backend) =>
      assertClose(await backend.matmul(a, b), await reference.matmul(a, b), { tolerance: 1e-5 }),
    );
  });

  test(`${mode}: a device that is lost while it computes`, () =>
    withDevice(mode, {}, async (backend, lose) => {
      await backend.matmul(large, wide);
      let losses = 0;
      const loseOnce = (): void => {
        if (losses++ === 0) lose();
      };
      await losingResults(mode, loseOnce, async () => {
        const products = [backend.matmul(large, wide), backend.matmul(a, b)];
        for (const product of products) await assertLost(() => product, mode);
      });
      assert.ok(losses > 0, "expected it to be lost while it computes");
    }));

  test(`${mode}: a device that is lost while a kernel is compiled`, () =>
    withDevice(mode, {}, async (backend, lose) => {
      const product = convolve(backend);
      lose();
      await assertLost(() => product, mode);
    }));

  test(`${mode}: a device that is lost in a step, with results on it`, () =>
    withDevice(mode, {}, async (backend, lose) => {
      await assertLost(
        () =>
          backend.step(async () => {
            const out = await backend.relu(await backend.matmul(a, b));
            lose();
            return out; // has to be brought here
          }),
        mode,
      );
      await assertLost(() => backend.step(() => backend.matmul(a, b)), "open the backend again");
      assert.is(backend.held, 0, "expected nothing to be held");
    }));

  test(`${mode}: a device that is lost while a step's numbers are read`, () =>
    withDevice(mode, {}, async (backend, lose) => {
      await backend.step(() => backend.matmul(large, wide));
      let losses = 0;
      const loseOnce = (): void => {
        if (losses++ === 0) lose();
      };
      await reading(mode, loseOnce, () =>
        assertLost(() => backend.step(() => backend.matmul(large, wide)), mode),
      );
      assert.ok(losses > 0, "expected it to be lost while it is read");
    }));

  test(`${mode}: a device that never answers`, () =>
    withDevice(mode, { secondsToAnswer: 1 }, async (backend) => {
      await backend.matmul(a, b);
      const never = async (): Promise<void> => {
        await assertLost(() => backend.matmul(a, b), mode, "no answer within 2 s");
        await assertLost(
          () => backend.matmul(b, a, { transposeA: true, transposeB: true }),
          mode,
          "no answer within 2 s",
        );
        await backend.dispose();
      };
      if (mode === "webgl2")
        return patched(
          WebGL2RenderingContext.prototype,
          "clientWaitSync",
          { value: () => WebGL2RenderingContext.prototype.TIMEOUT_EXPIRED, writable: true },
          never,
        );
      await patched(
        await anyBuffer(),
        "mapAsync",
        { value: () => new Promise(() => {}), writable: true },
        never,
      );
    }));

  if (mode === "webgl2") {
    test(`${mode}: a backend that fails gives back its WebGL context, of which a page has 16`, () =>
      withDevice(mode, {}, async (backend) => {
        const { run } = gpujs.WebGL2Kernel.prototype;
        const failing = function (
          this: gpujs.Kernel,
          ...operands: gpujs.KernelVariable[]
        ): unknown {
          run.apply(this, operands);
          throw new Error("planted");
        };
        await patched(
          gpujs.WebGL2Kernel.prototype,
          "run",
          { value: failing, writable: true },
          async () => {
            for (let n = 0; n < 17; n++) await assertFails(() => gpuBackend({ mode }), "planted");
          },
        );
        assertClose(await backend.matmul(a, b), await reference.matmul(a, b), { tolerance: 1e-5 });
      }));
  }

  if (mode === "webgpu") {
    test(`${mode}: a device that refuses a product tells why, and goes on`, () =>
      withDevice(mode, {}, async (backend) => {
        await backend.matmul(a, b);
        const { device } = await WebGPUContext.acquire();
        const { createBindGroup } = Object.getPrototypeOf(device) as GPUDevice;
        const refused = function (this: GPUDevice): GPUBindGroup {
          return createBindGroup.call(this, {
            layout: this.createBindGroupLayout({ entries: [] }),
            entries: [
              { binding: 7, resource: { buffer: this.createBuffer({ size: 16, usage: 64 }) } },
            ],
          });
        };
        const printed = console.error; // gpu.js prints such complaints, and returns zeros
        console.error = () => {};
        try {
          await patched(
            Object.getPrototypeOf(device) as GPUDevice,
            "createBindGroup",
            { value: refused, writable: true },
            async () => {
              for (const run of [
                () => backend.matmul(large, wide),
                () => backend.step(() => backend.matmul(large, wide)),
              ])
                await assertFails(run, "mode webgpu", "complaint", "inding");
            },
          );
        } finally {
          console.error = printed;
        }
        assertClose(await backend.matmul(a, b), await reference.matmul(a, b), { tolerance: 1e-5 });
      }));
  }
}
