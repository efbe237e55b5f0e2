/** How many bytes a page takes over the network. */
import { gzipSync } from "node:zlib";

const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(7);

/** Of the pages of sources, so many are listed. */
const SOURCES = 3;

/**
 * A table: each page's HTML compressed, the largest first, and what all pages share; of the pages
 * of sources the largest only.
 *
 * @param {ReadonlyMap<string, string>} pages
 * @param {ReadonlyMap<string, Uint8Array>} assets
 */
export function sizeTable(pages, assets) {
  const compressed = ([path, content]) => [path, gzipSync(content, { level: 6 }).length];
  const isSource = ([path]) => path.startsWith("src/") && path !== "src/index.html";
  const sources = [...pages].filter(isSource).sort((a, b) => b[1].length - a[1].length);
  const rows = [...pages]
    .filter((page) => !isSource(page))
    .concat(sources.slice(0, SOURCES))
    .map(compressed)
    .sort((a, b) => b[1] - a[1]);
  const shared = [...assets]
    .filter(([path]) => /\.(css|js|json|woff2)$/.test(path))
    .map(([path, content]) =>
      path.endsWith(".woff2") ? [path, content.length] : compressed([path, content]),
    );
  return [...rows, ...shared].map(([path, bytes]) => `${kilobytes(bytes)} kB  ${path}`).join("\n");
}
