/** How many bytes a page takes over the network. */
import { gzipSync } from "node:zlib";

const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(7);

/**
 * A table: each page's HTML compressed, the largest first, and what all pages share.
 *
 * @param {ReadonlyMap<string, string>} pages
 * @param {ReadonlyMap<string, Uint8Array>} assets
 */
export function sizeTable(pages, assets) {
  const compressed = ([path, content]) => [path, gzipSync(content, { level: 9 }).length];
  const rows = [...pages].map(compressed).sort((a, b) => b[1] - a[1]);
  const shared = [...assets]
    .filter(([path]) => /\.(css|js|json|woff2)$/.test(path))
    .map(([path, content]) =>
      path.endsWith(".woff2") ? [path, content.length] : compressed([path, content]),
    );
  return [...rows, ...shared].map(([path, bytes]) => `${kilobytes(bytes)} kB  ${path}`).join("\n");
}
