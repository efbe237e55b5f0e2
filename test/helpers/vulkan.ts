/**
 * A graphics device for WebGPU in Node, on machines that have none: the software driver
 * SwiftShader, which comes with Chromium (in Debian:
 * `apt-get install --no-install-recommends chromium`).
 */
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { gpuBackend } from "leibniz/kernels";

/** Where distributions and Google put Chromium's libraries. */
const FOLDERS = [
  "/usr/lib/chromium",
  "/usr/lib/chromium-browser",
  "/usr/lib64/chromium-browser",
  "/opt/google/chrome",
];
const DRIVER = "vk_swiftshader_icd.json";
const LOADER = "libvulkan.so.1";
/**
 * dlopen's flag to keep a library, though Node finds that it is no addon and lets go of it. The
 * same on all of Linux.
 */
const RTLD_NODELETE = 0x1000;

/**
 * Can WebGPU be tested here? Says so in a line if not, unless the environment requires it: then the
 * tests shall fail.
 */
export async function canTestWebGpu(): Promise<boolean> {
  useSoftwareVulkan();
  if (process.env["REQUIRE_BROWSER"] === "1") return true;
  const lack = await gpuBackend({ mode: "webgpu" }).then(
    (backend) => backend.dispose(),
    ({ message }: Error) => message,
  );
  if (lack !== undefined) console.log(`  mode webgpu is not tested: ${lack}`);
  return lack === undefined;
}

/**
 * Lets Vulkan find Chromium's driver, and Dawn find Vulkan. To be called before the first use of
 * WebGPU. Where the environment names a driver already, that one is used.
 *
 * @returns whether there is such a driver
 */
export function useSoftwareVulkan(): boolean {
  const folder = FOLDERS.find((folder) => existsSync(join(folder, DRIVER)));
  if (folder === undefined) return false;
  process.env["VK_ICD_FILENAMES"] ??= join(folder, DRIVER);
  try {
    process.dlopen(
      { exports: {} },
      join(folder, LOADER),
      constants.dlopen.RTLD_NOW | RTLD_NODELETE,
    );
  } catch {} // no addon, of course, but loaded
  return true;
}
