/**
 * A graphics device for WebGPU in Node, on machines that have none: the software driver SwiftShader, which comes with
 * Chromium (in Debian: `apt-get install --no-install-recommends chromium`).
 */
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";

/** Where distributions and Google put Chromium's libraries. */
const FOLDERS = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/usr/lib64/chromium-browser", "/opt/google/chrome"];
const DRIVER = "vk_swiftshader_icd.json";
const LOADER = "libvulkan.so.1";
/** dlopen's flag to keep a library, though Node finds that it is no addon and lets go of it. The same on all of Linux. */
const RTLD_NODELETE = 0x1000;

/**
 * Lets Vulkan find Chromium's driver, and Dawn find Vulkan. To be called before the first use of WebGPU. Where the caller's environment names a driver, it stays.
 *
 * @returns whether there is such a driver
 */
export function useSoftwareVulkan(): boolean {
  const folder = FOLDERS.find((folder) => existsSync(join(folder, DRIVER)));
  if (folder === undefined) return false;
  process.env["VK_ICD_FILENAMES"] ??= join(folder, DRIVER);
  try {
    process.dlopen({ exports: {} }, join(folder, LOADER), constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch {} // no addon, of course, but loaded
  return true;
}
