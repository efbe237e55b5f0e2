/**
 * WebGPU for Node, which has none of its own: Dawn, the implementation inside Chromium, from the
 * package `webgpu`, where that is installed. Dawn draws on Metal, Direct3D or Vulkan, whichever the
 * system has.
 */
import { isNode } from "../../tensor/index.js";
import { howToInstall } from "./how-to-install.js";

/** Where Dawn asks for Vulkan on Linux. */
const VULKAN_LOADER = "libvulkan.so.1";

/**
 * Puts Dawn where gpu.js looks for WebGPU, at `navigator.gpu`. What is there already stays, and so
 * it is in a browser.
 *
 * @returns what WebGPU lacks to exist here, or `null`
 */
export async function provideWebGpu(): Promise<string | null> {
  if ((globalThis.navigator as Partial<Navigator> | undefined)?.gpu !== undefined) return null;
  if (!isNode)
    return "this browser has no WebGPU, or has it only for pages from https and localhost";
  if (process.platform === "linux" && !canLoad(VULKAN_LOADER))
    return (
      `WebGPU needs Vulkan's loader, ${VULKAN_LOADER}, and a driver: install both (in ` +
      `Debian: libvulkan1, mesa-vulkan-drivers)`
    );
  let dawn: typeof import("webgpu");
  try {
    dawn = await import("#webgpu");
  } catch (error) {
    const reason = String(error).split("\n")[0];
    return `in Node it needs the package webgpu (${reason}): ${howToInstall("webgpu")}`;
  }
  // Node 20 has no `navigator` at all, later versions one without `gpu`
  const { navigator = {} } = globalThis as { navigator?: object };
  Object.defineProperty(navigator, "gpu", { value: dawn.create([]), configurable: true });
  if (globalThis.navigator === undefined)
    Object.defineProperty(globalThis, "navigator", {
      value: navigator,
      configurable: true,
      writable: true,
    });
  return null;
}

/**
 * Is there such a library? Dawn would complain on standard error, past every `catch`. Node, asked
 * to load it as an addon, only finds that it is none.
 */
function canLoad(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
  } catch (error) {
    return !String(error).includes("cannot open shared object file");
  }
  return true;
}
