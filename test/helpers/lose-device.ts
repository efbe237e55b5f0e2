/**
 * Preloaded into a command line by its test (`node --import`): destroys the graphics device in the
 * middle of a training, while a result is waited for.
 */
import * as gpujs from "../../dist/kernels/gpu/gpujs.js";
import "./software-vulkan.js";

const { WebGPUContext, WebGPUKernel } = gpujs as unknown as {
  WebGPUContext: { acquire(): Promise<{ device: GPUDevice }> };
  WebGPUKernel: { prototype: { run(...operands: unknown[]): Promise<unknown> } };
};
const { run } = WebGPUKernel.prototype;
let runs = 0;
WebGPUKernel.prototype.run = async function (...operands) {
  if (++runs === 5) await destroyWithNextResult();
  return run.apply(this, operands);
};

async function destroyWithNextResult(): Promise<void> {
  const { device } = await WebGPUContext.acquire();
  const buffer = Object.getPrototypeOf(device.createBuffer({ size: 4, usage: 8 })) as GPUBuffer;
  const { mapAsync } = buffer;
  buffer.mapAsync = function (...range) {
    const mapped = mapAsync.apply(this, range);
    device.destroy();
    return mapped;
  };
}
