import type { GpuMode } from "./modes.js";

/** What a mode computes on, in the words of its driver. */
export interface GpuDevice {
  /** The graphics card, or what stands in for one; null where the mode has no device. */
  readonly device: string | null;
  /** The driver's own description, or the interface that it is reached by; null as `device`. */
  readonly driver: string | null;
  /** Whether the processor computes in its place. */
  readonly isSoftware: boolean;
}

/** Asks the driver of a mode that is available here. */
export async function gpuDevice(mode: GpuMode): Promise<GpuDevice> {
  if (mode === "cpu" || mode === "webasm") return { device: null, driver: null, isSoftware: true };
  if (mode !== "webgpu") return { device: "unknown", driver: "WebGL", isSoftware: false };
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null) return { device: "unknown", driver: "WebGPU", isSoftware: false };
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const named = [vendor, architecture, device].filter((text) => text !== "").join(" ");
  return {
    device: named === "" ? "unknown" : named,
    driver: description === "" ? "WebGPU" : description,
    isSoftware: isFallbackAdapter,
  };
}
