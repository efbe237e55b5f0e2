/**
 * Preloaded into a command line by its test (`node --import`): destroys the graphics device in the
 * middle of a training.
 */
import * as gpujs from "gpu.js";
import "./software-vulkan.js";

const { WebGPUKernel } = gpujs as unknown as {
  WebGPUKernel: {
    prototype: { context?: { device: GPUDevice }; run(...operands: unknown[]): unknown };
  };
};
const { run } = WebGPUKernel.prototype;
let runs = 0;
WebGPUKernel.prototype.run = function (...operands) {
  const result = run.apply(this, operands);
  if (++runs === 5) setTimeout(() => this.context!.device.destroy(), 1);
  return result;
};
