import type * as GpuJs from "gpu.js";

/** What gpu.js can run on, the fastest first. */
export const gpuModes = ["webgpu", "webgl2", "headlessgl", "webasm", "cpu"] as const;
export type GpuMode = (typeof gpuModes)[number];

/** Is this text the name of a mode? */
export function isGpuMode(mode: string): mode is GpuMode {
  return (gpuModes as readonly string[]).includes(mode);
}

/** The modes that gpu.js finds on this machine, the fastest first. */
export async function findModes({ GPU }: typeof GpuJs): Promise<GpuMode[]> {
  const found: Record<GpuMode, boolean> = {
    webgpu: await GPU.isWebGPUAvailable(), // asks for an adapter: `navigator.gpu` alone proves nothing
    webgl2: GPU.isWebGL2Supported,
    headlessgl: GPU.isHeadlessGLSupported,
    webasm: GPU.isWebAssemblySupported,
    cpu: true,
  };
  return gpuModes.filter((mode) => found[mode]);
}
