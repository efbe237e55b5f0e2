/** The engine's modules as they are shipped, from which variants are made. */

const ROOT = new URL("../../../", import.meta.url);

/** @param path from the package's folder: `dist/backprop/conv2d.js` */
export async function compiledModule(path: string): Promise<{ address: string; text: string }> {
  // only now, so that the rest of leibniz/checks loads in a browser as well
  const { readFile } = await import("node:fs/promises");
  const address = new URL(path, ROOT);
  return { address: address.href, text: await readFile(address, "utf8") };
}
