import type { FileKind, FileTree } from "leibniz/data";
import { reject } from "leibniz/tensor";

/** Files in memory, by their paths; a path with null is neither a file nor a folder. */
export function memoryTree(files: Readonly<Record<string, Uint8Array | null>>): FileTree {
  const paths = Object.keys(files);
  const look = (path: string): FileKind | null => {
    if (Object.hasOwn(files, path)) return files[path] === null ? "other" : "file";
    return paths.some((inside) => inside.startsWith(`${path}/`)) ? "folder" : null;
  };
  return {
    look: async (path) => look(path),
    list: async (folder) => {
      const inside = paths.filter((path) => path.startsWith(`${folder}/`));
      const names = new Set(inside.map((path) => path.slice(folder.length + 1).split("/")[0]!));
      return [...names].sort().map((name) => ({ name, kind: look(`${folder}/${name}`)! }));
    },
    read: async (path) => files[path] ?? reject("data", `a readable file ${path}`, "no such file"),
  };
}

/** The bytes of a NumPy file of one array. */
export function npyBytes(
  descr: string,
  shape: readonly number[],
  values: Uint8Array,
  { order = "False", version = 1 }: { order?: string; version?: number } = {},
): Uint8Array {
  const extents = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${extents}, }\n`;
  const length =
    version === 1 ? [header.length & 255, header.length >> 8] : [header.length, 0, 0, 0];
  const text = new TextEncoder().encode(header);
  const start = [0x93, ...new TextEncoder().encode("NUMPY"), version, 0, ...length];
  return Uint8Array.from([...start, ...text, ...values]);
}
