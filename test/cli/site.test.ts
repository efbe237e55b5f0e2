/** `leibniz site`: the server for the pages, and who is not served. */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { serveUntilStopped } from "../../dist/cli/site.js";
import { siteHeaders } from "../../dist/cli/site-headers.js";
import { type SiteServer, startSite } from "../../dist/cli/site-server.js";
import { temporaryFolder } from "../helpers/cli.js";
import { rejects } from "../helpers/rejects.js";

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks for a path as it is, without the tidying that `fetch` does. */
function get(
  { port }: SiteServer,
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Got> {
  return new Promise((resolve, refuse) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let text = "";
      response
        .setEncoding("utf8")
        .on("data", (part: string) => (text += part))
        .on("end", () =>
          resolve({ status: response.statusCode!, headers: response.headers, text }),
        );
    });
    asked.on("error", refuse).end();
  });
}

const outside = temporaryFolder();
const folder = join(outside, "site");
mkdirSync(join(folder, "chapters"), { recursive: true });
mkdirSync(join(folder, "assets", "run"), { recursive: true });
writeFileSync(join(outside, "secret.html"), "secret");
writeFileSync(join(outside, "site-secret.html"), "secret");
for (const [file, text] of [
  ["index.html", "<title>home</title>"],
  [
    "404.html",
    '<html><head><base href="/leibniz/"><link href="assets/site.css"></head>nothing here</html>',
  ],
  ["chapters/conv2d.html", "conv2d"],
  ["assets/run/conv2d.js", "run()"],
  ["picture.svg", "<svg/>"],
])
  writeFileSync(join(folder, file!), text!);
symlinkSync(join(outside, "secret.html"), join(folder, "link.html"));
symlinkSync(outside, join(folder, "linked"));
symlinkSync(outside, join(folder, "chapters", "linked"));
mkdirSync(join(folder, "bare"));
symlinkSync(join(outside, "secret.html"), join(folder, "bare", "index"));
symlinkSync(join(folder, "index.html"), join(folder, "inside.html"));

let site: SiteServer;
test.before(async () => {
  site = await startSite({ folder, port: 0 });
});
test.after(() => site.close());

test("pages come with their types, and again only when they have changed", async () => {
  const page = await get(site, "/chapters/conv2d.html");
  assert.equal([page.status, page.text], [200, "conv2d"]);
  assert.is(page.headers["content-type"], "text/html;charset=utf-8");
  assert.is((await get(site, "/")).text, "<title>home</title>");
  assert.is((await get(site, "/assets/run/conv2d.js")).headers["content-type"], "text/javascript");
  const again = await get(site, "/chapters/conv2d.html", {
    headers: { "if-none-match": String(page.headers["etag"]) },
  });
  assert.equal([again.status, again.text], [304, ""]);
  const head = await get(site, "/chapters/conv2d.html", { method: "HEAD" });
  assert.equal([head.status, head.text, head.headers["content-length"]], [200, "", "6"]);
});

test("nothing inline runs, nothing foreign is loaded, and memory may be shared", async () => {
  const { headers } = await get(site, "/");
  const policy = String(headers["content-security-policy"]);
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.not.match(policy, /unsafe|https?:|\*/);
  assert.is(headers["cross-origin-opener-policy"], "same-origin");
  assert.is(headers["cross-origin-embedder-policy"], "require-corp");
  assert.is(headers["x-content-type-options"], "nosniff");
  const run = siteHeaders("/assets/run/conv2d.js")["Content-Security-Policy"]!;
  assert.match(run, /'wasm-unsafe-eval'/);
  assert.not.match(run, /'unsafe-eval'/);
  // gpu.js compiles its kernels, and only the chapter that runs it may
  const speed = siteHeaders("/assets/run/speed.js")["Content-Security-Policy"]!;
  assert.match(speed, /script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval' blob:;/);
  for (const path of ["/assets/run/speed.json", "/assets/run/", "/chapters/speed.html"])
    assert.not.match(siteHeaders(path)["Content-Security-Policy"]!, /'unsafe-eval'/, path);
  assert.not.match(
    String((await get(site, "/nothing")).headers["content-security-policy"]),
    /unsafe/,
  );
});

test("no way leads out of the folder", async () => {
  for (const path of [
    ...["/../secret.html", "/%2e%2e/secret.html", "/..%2fsecret.html", "/%2e%2e%2fsecret.html"],
    ...["/chapters/../../secret.html", "/..\\secret.html", "/%5c..%5csecret.html"],
    ...["//secret.html", "/../site-secret.html", "/.%00./secret.html", "/%c0%ae%c0%ae/secret.html"],
    ...[`//${outside}/secret.html`, `/${outside}/secret.html`, "/%252e%252e/secret.html"],
    ...["/link.html", "/link", "/linked/secret.html", "/linked/secret", "/linked/"],
    // the first name is no host's: what follows is looked for below it
    ...["//chapters/linked/secret.html", "//chapters/linked/secret", "/bare/", "/bare"],
    ...["/%", "/%zz", "/%00", "http://127.0.0.1/../secret.html"],
  ]) {
    const { status, text } = await get(site, path);
    assert.is(status, 404, path);
    assert.not.match(text, /secret/, path);
  }
  assert.is((await get(site, "/inside.html")).text, "<title>home</title>", "a link that stays");
});

test("files come and go while it runs", async () => {
  const file = join(folder, "new.html");
  writeFileSync(file, "new");
  assert.is((await get(site, "/new.html")).text, "new");
  assert.is((await get(site, "/new")).text, "new");
  rmSync(file);
  assert.is((await get(site, "/new.html")).status, 404);
});

test("what is not there is said by a page that finds its style from any depth", async () => {
  const { status, text } = await get(site, "/no/such/page");
  assert.is(status, 404);
  assert.match(text, '<head><base href="/"><link href="assets/site.css">');
  assert.not.match(text, "/leibniz/");
});

test("another site whose name leads here is told by the Host", async () => {
  const { port } = site;
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", "127.0.0.1:1"])
    assert.is((await get(site, "/", { headers: { host } })).status, 421, host);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`])
    assert.is((await get(site, "/", { headers: { host } })).status, 200, host);
});

test("only reading is allowed, and odd ranges end nothing", async () => {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const { status, headers } = await get(site, "/", { method });
    assert.equal([status, headers["allow"]], [405, "GET, HEAD"], method);
  }
  for (const range of ["bytes=5-2", "bytes=-5", "bytes=9-", "bytes=x", "bytes=0-0,3-4"])
    assert.is((await get(site, "/", { headers: { range } })).status, 200, range);
});

test("a thousand requests at once are all answered", async () => {
  const all = await Promise.all(
    Array.from({ length: 1000 }, (_, i) => get(site, i % 2 === 0 ? "/" : "/chapters/conv2d.html")),
  );
  assert.is(all.filter(({ status }) => status === 200).length, 1000);
});

test("a port that is taken leads to the next one", async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) =>
    taken.listen(0, "127.0.0.1", () => resolve((taken.address() as { port: number }).port)),
  );
  const next = await startSite({ folder, port });
  try {
    assert.ok(next.port > port);
    assert.is(next.address, `http://127.0.0.1:${next.port}/`);
    assert.is((await get(next, "/")).status, 200);
  } finally {
    await next.close();
    taken.close();
  }
});

test("an address that is too long is refused, and the next one is answered", async () => {
  assert.is((await get(site, `/${"a".repeat(8000)}`)).status, 404);
  assert.is((await get(site, `/${"a/".repeat(4000)}`)).status, 404);
  assert.is((await get(site, `/${"a".repeat(20_000)}`)).status, 431);
  assert.is((await get(site, "/")).status, 200);
});

test("what is no HTTP is refused, and the next request is answered", async () => {
  for (const said of ["\0\0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET"]) {
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      const socket = connect(site.port, "127.0.0.1", () => socket.end(said));
      socket.on("data", (part) => (text += String(part))).on("close", () => resolve(text));
    });
    assert.match(answer, /^HTTP\/1\.1 4\d\d |^$/);
  }
  assert.is((await get(site, "/")).status, 200);
});

/** Serves the folder by the command, and gives what it prints until it is stopped. */
async function serveAndStop(path: string, signal: "SIGINT" | "SIGTERM"): Promise<string> {
  const { write } = process.stdout;
  const { write: complain } = process.stderr;
  const { PATH } = process.env;
  let said = "";
  const keep = ((text: string): boolean => ((said += text), true)) as typeof write;
  Object.assign(process.stdout, { write: keep });
  Object.assign(process.stderr, { write: keep });
  process.env["PATH"] = path;
  try {
    const serving = serveUntilStopped(folder, { port: 0, open: true });
    const until = Date.now() + 10_000;
    while (!/(?:opened|yourself)/.test(`${said}${existsSync(opened) ? "opened" : ""}`)) {
      assert.ok(Date.now() < until, said);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    process.listeners(signal).at(-1)!(signal);
    await rejects(() => serving, new RegExp(`^site: stopped by ${signal}$`));
  } finally {
    Object.assign(process.stdout, { write });
    Object.assign(process.stderr, { write: complain });
    process.env["PATH"] = PATH;
  }
  return said;
}

const opened = join(outside, "opened");

test("--open opens the address that is printed, and Ctrl-C ends it", async () => {
  const programs = join(outside, "programs");
  mkdirSync(programs);
  for (const name of ["xdg-open", "open"])
    writeFileSync(join(programs, name), `#!/bin/sh\nprintf %s "$1" > ${opened}\n`, { mode: 0o755 });
  const said = await serveAndStop(programs, "SIGINT");
  const [, address] = /^(http:\/\/127\.0\.0\.1:\d+\/) \(until Ctrl-C\)\n$/.exec(said) ?? [];
  assert.is(readFileSync(opened, "utf8"), address);
  await rejects(() => fetch(address!), /fetch failed/);
  rmSync(opened);
});

test("where nothing opens it, a line says so, and it is served all the same", async () => {
  const said = await serveAndStop(join(outside, "no-programs"), "SIGTERM");
  assert.match(
    said,
    /--open: expected (?:xdg-)?open to open a browser, got none; open http.* yourself/,
  );
});

test("a folder without pages is refused, with what makes them", async () => {
  await rejects(
    () => startSite({ folder: outside, port: 0 }),
    /^site: expected a folder with index\.html, got .*; npm run site:build makes dist\/site$/,
  );
});

test.run();
