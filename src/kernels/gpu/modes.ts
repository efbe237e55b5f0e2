import type * as GpuJs from "./gpujs.js";
import { provideWebGpu } from "./dawn.js";
import { howToInstall } from "./how-to-install.js";

/**
 * What gpu.js runs on: a graphics card by WebGPU, by WebGL 2 (browsers), or by the package gl
 * (Node); or the processor, by WebAssembly or by plain JavaScript.
 */
export type GpuMode = "webgpu" | "webgl2" | "headlessgl" | "webasm" | "cpu";

/** All modes, the fastest first, if there is a graphics card. */
export const gpuModes: readonly GpuMode[] = ["webgpu", "webgl2", "headlessgl", "webasm", "cpu"];

/** Does a mode compute in memory of its own, to which numbers travel and from which they return? */
export function hasDevice(mode: GpuMode): boolean {
  return mode !== "webasm" && mode !== "cpu";
}

/** Is this text the name of a mode? */
export function isGpuMode(mode: string): mode is GpuMode {
  return (gpuModes as readonly string[]).includes(mode);
}

/**
 * What a mode lacks to work on this machine, as far as gpu.js can tell; `null` when it lacks
 * nothing.
 */
export async function lackOf(mode: GpuMode, { GPU }: typeof GpuJs): Promise<string | null> {
  switch (mode) {
    case "webgpu": {
      const lack = await provideWebGpu();
      if (lack !== null) return lack;
      // asks for an adapter: `navigator.gpu` alone proves nothing
      return (await GPU.isWebGPUAvailable())
        ? null
        : "WebGPU finds no graphics device: install its driver, or name a Vulkan driver's file " +
            "in VK_ICD_FILENAMES";
    }
    case "webgl2":
      return GPU.isWebGL2Supported ? null : "it needs a browser with WebGL 2";
    case "headlessgl":
      return GPU.isHeadlessGLSupported
        ? null
        : "it needs Node and the native package gl, which npm builds where it may run install " +
            `scripts and finds a C++ compiler and OpenGL: ${howToInstall("gl")}`;
    case "webasm":
      return GPU.isWebAssemblySupported ? null : "it needs WebAssembly";
    case "cpu":
      return null;
  }
}

/**
 * The modes that gpu.js finds on this machine, the fastest first.
 *
 * @param software what to do with a WebGPU driver that computes on the processor, in the way of a
 *   graphics card: it is slower than all that work in their own way, so it comes last, or not at
 *   all
 */
export async function findModes(
  gpujs: typeof GpuJs,
  software: "last" | "none" = "last",
): Promise<GpuMode[]> {
  const found: GpuMode[] = [];
  for (const mode of gpuModes) if ((await lackOf(mode, gpujs)) === null) found.push(mode);
  const adapter = found[0] === "webgpu" ? await navigator.gpu.requestAdapter() : null;
  if (adapter?.info.isFallbackAdapter !== true) return found;
  return software === "none" ? found.slice(1) : [...found.slice(1), "webgpu"];
}

/**
 * How many pixels a texture may have along each side, which limits what a call can take in the
 * modes that compute on textures.
 */
export function largestTexture(
  mode: GpuMode,
  { WebGL2Kernel, HeadlessGLKernel }: typeof GpuJs,
): number {
  const features =
    mode === "webgl2"
      ? WebGL2Kernel.features
      : mode === "headlessgl"
        ? HeadlessGLKernel.features
        : null;
  return (features as { maxTextureSize?: number } | null)?.maxTextureSize ?? Infinity;
}
