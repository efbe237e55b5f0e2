/** The engine's modules as they are shipped, from which variants are made. */

import { nodeModule } from "../../tensor/index.js";

/** @param path from the package's folder: `dist/backprop/conv2d.js` */
export async function compiledModule(path: string): Promise<{ address: string; text: string }> {
  const { readFile } = nodeModule<typeof import("node:fs/promises")>("node:fs/promises");
  // in two steps: webpack takes an address that is written in one for a file to bundle
  const here = import.meta.url;
  const address = new URL(`../../../${path}`, here);
  return { address: address.href, text: await readFile(address, "utf8") };
}
