/** The server of `leibniz site`: files of one folder, for this machine alone. */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join, sep } from "node:path";
import sirv from "sirv";
import { MachineError, reject } from "../tensor/index.js";
import { siteHeaders } from "./site-headers.js";

/** Only programs on this machine reach it. */
const LOOPBACK = "127.0.0.1";

/** How many ports are tried before it gives up. */
const PORTS_TRIED = 100;

/** A server that runs. */
export interface SiteServer {
  /** `http://127.0.0.1:4173/` */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** What is served, and how. */
export interface SiteOptions {
  /** The folder. */
  readonly folder: string;
  /** The first port that is tried; 0 takes any that is free. */
  readonly port: number;
}

/**
 * Serves a folder until it is closed.
 *
 * @throws InputError when the folder has no `index.html`; MachineError when no port is free
 */
export async function startSite({ folder, port }: SiteOptions): Promise<SiteServer> {
  if (!existsSync(join(folder, "index.html")))
    reject("site", "a folder with index.html", folder, "npm run site:build makes dist/site");
  const root = realpathSync(folder);
  // `dev`: it looks for a file when it is asked for one, and not for all of them at the start
  const serve = sirv(root, { dev: true, etag: true, setHeaders });
  const server = createServer();
  const own = await listen(server, port);
  const hosts = ["127.0.0.1", "localhost", "[::1]"].flatMap((name) => [
    `${name}:${own}`,
    ...(own === 80 ? [name] : []),
  ]);
  server.on("request", (request, response) => {
    const refusal = refuse(request, hosts);
    if (refusal !== null) return say(response, ...refusal);
    // parts of a file are nothing that a page here asks for
    delete request.headers.range;
    // a file that goes away while it is read ends the answer, not the server
    response.on("pipe", (file) => file.on("error", () => response.destroy()));
    if (leadsOutside(root, request.url ?? "/")) return notFound(root, response);
    serve(request, response, () => notFound(root, response));
  });
  return {
    address: `http://${LOOPBACK}:${own}/`,
    port: own,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Why a request is not answered; null if it is. A page of another site that has its name lead to
 * this machine (DNS rebinding) is told by the name.
 */
function refuse(
  { method, headers: { host } }: IncomingMessage,
  hosts: readonly string[],
): [status: number, message: string] | null {
  if (host === undefined || !hosts.includes(host.toLowerCase()))
    return [421, `expected Host to be ${hosts[0]}, got ${JSON.stringify(host ?? "none")}`];
  if (method !== "GET" && method !== "HEAD") return [405, `expected GET or HEAD, got ${method}`];
  return null;
}

/**
 * Is it a link that leads out of the folder? The path is read as sirv reads it, and every file is
 * looked at that sirv would try: `new URL` would take the first name of `//name/file` for a host.
 */
function leadsOutside(root: string, url: string): boolean {
  let path: string;
  try {
    path = decodeURI(url.split(/[?#]/, 1)[0] ?? "/");
  } catch {
    return true; // not an address
  }
  if (path.includes("\0")) return true;
  const bare = join(root, path).replace(/\/+$/, "");
  const index = join(bare, "index");
  return [bare, index]
    .flatMap((file) => [file, `${file}.html`, `${file}.htm`])
    .filter((candidate) => existsSync(candidate))
    .some((candidate) => {
      const real = realpathSync(candidate);
      return real !== root && !real.startsWith(root + sep);
    });
}

function setHeaders(response: ServerResponse, pathname: string): void {
  for (const [name, value] of Object.entries(siteHeaders(pathname)))
    response.setHeader(name, value);
}

/** The page that says so, which finds its style from any depth. */
function notFound(root: string, response: ServerResponse): void {
  const file = join(root, "404.html");
  if (!existsSync(file)) return say(response, 404, "not found");
  const page = readFileSync(file, "utf8").replace(
    /<head>\s*(?:<base [^>]*>)?/,
    '<head><base href="/">',
  );
  setHeaders(response, "/404.html");
  response
    .writeHead(404, { "Content-Type": "text/html;charset=utf-8", "Cache-Control": "no-store" })
    .end(page);
}

function say(response: ServerResponse, status: number, message: string): void {
  setHeaders(response, "/");
  response
    .writeHead(status, {
      "Content-Type": "text/plain;charset=utf-8",
      ...(status === 405 ? { Allow: "GET, HEAD" } : {}),
    })
    .end(`${message}\n`);
}

/** Takes the first port from there on that is free, and says which. */
async function listen(server: Server, first: number): Promise<number> {
  const last = first === 0 ? 0 : Math.min(first + PORTS_TRIED - 1, 65_535);
  for (let port = first; port <= last; port++) {
    const failure = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once("error", resolve);
      server.listen(port, LOOPBACK, () => {
        server.off("error", resolve);
        resolve(null);
      });
    });
    if (failure === null) {
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : port;
    }
    if (failure.code !== "EADDRINUSE" && failure.code !== "EACCES")
      throw new MachineError(`site: expected to listen on ${LOOPBACK}:${port}, got ${failure}`);
  }
  throw new MachineError(
    `site: expected a free port from ${first} to ${last}, got none; name another with --port`,
  );
}
