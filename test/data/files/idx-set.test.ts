import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type ImageFilesOptions, readImages } from "leibniz/data";
import { assertRejects } from "../../helpers/assert-close.js";
import { idxBytes } from "../../helpers/cli.js";
import { memoryTree } from "../../helpers/memory-tree.js";

const [HEIGHT, WIDTH] = [2, 3];
const PIXELS = Uint8Array.from({ length: 4 * HEIGHT * WIDTH }, (_, i) => 7 * i);
const images = (count: number): Uint8Array =>
  idxBytes([count, HEIGHT, WIDTH], PIXELS.subarray(0, count * HEIGHT * WIDTH));
const labels = (...values: number[]): Uint8Array => idxBytes([values.length], values);

/** Four training images of the classes 0, 1 and 2, and two test images. */
const SET = {
  "train-images-idx3-ubyte": images(4),
  "train-labels-idx1-ubyte": labels(2, 0, 1, 1),
  "t10k-images-idx3-ubyte": images(2),
  "t10k-labels-idx1-ubyte": labels(0, 2),
};

type Files = Readonly<Record<string, Uint8Array>>;

const zipped = (files: Files): Files =>
  Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [`${name}.gz`, new Uint8Array(gzipSync(bytes))]),
  );

const renamed = (files: Files, change: (name: string) => string): Files =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [change(name), bytes]));

const inFolder = (folder: string, files: Files): Files =>
  renamed(files, (name) => `${folder}/${name}`);

const read = (files: Files, path = "d", options: ImageFilesOptions = {}, wanted = "both") =>
  readImages(memoryTree(files), path, options, wanted as "both" | "test");

test("plain, packed, with a dot before idx, in torchvision's folders: the same", async () => {
  const forms: [files: Files, path: string, folder: string][] = [
    [inFolder("d", SET), "d", "d"],
    [inFolder("d", zipped(SET)), "d", "d"],
    [
      inFolder(
        "d",
        renamed(SET, (name) => name.replace("-idx", ".idx")),
      ),
      "d",
      "d",
    ],
    [inFolder("d/MNIST/raw", SET), "d", "d/MNIST/raw"],
    [inFolder("d/FashionMNIST/raw", zipped(SET)), "d/FashionMNIST", "d/FashionMNIST/raw"],
    [inFolder("d/raw", SET), "d/raw/", "d/raw"],
  ];
  for (const [files, path, folder] of forms) {
    const { train, test, classes, classNames, found, warnings } = await read(files, path);
    assert.equal([...train!.images.pixels], [...PIXELS], path);
    assert.equal([...train!.labels], [2, 0, 1, 1]);
    assert.equal([...test.labels], [0, 2]);
    assert.equal([classes, classNames, warnings], [3, null, []]);
    const gzip = Object.keys(files)[0]!.endsWith(".gz") ? " (gzip)" : "";
    assert.is(
      found,
      `idx files${gzip} in ${folder}: 4 training and 2 test images of ` +
        `2×3 pixels (height × width), gray; 3 classes`,
    );
  }
});

test("where a file is there plain and packed, the packed one is not read", async () => {
  const junk = renamed(SET, (name) => `${name}.gz`);
  const spoiled = Object.fromEntries(Object.keys(junk).map((name) => [name, Uint8Array.of(1)]));
  const dotted = renamed(SET, (name) => name.replace("-idx", ".idx"));
  for (const plain of [SET, dotted]) {
    const { classes } = await read(inFolder("d", { ...spoiled, ...plain }));
    assert.is(classes, 3);
  }
});

test("for a test no training files are needed", async () => {
  const { "t10k-images-idx3-ubyte": x, "t10k-labels-idx1-ubyte": y } = SET;
  const files = inFolder("d", { "t10k-images-idx3-ubyte": x, "t10k-labels-idx1-ubyte": y });
  const { train, test } = await read(files, "d", {}, "test");
  assert.equal([train, test.count], [null, 2]);
  await assertRejects(
    () => read(files),
    "data: expected a readable file d/train-images-idx3-ubyte, got no such file",
  );
});

test("several sets in a folder are named, and one of them can be asked for", async () => {
  const named = (prefix: string): Files =>
    inFolder("d", zipped(renamed(SET, (name) => `${prefix}-${name.replace("t10k", "test")}`)));
  const both = { ...named("emnist-digits"), ...named("emnist-letters") };
  await assertRejects(
    () => read(both),
    "data: expected one data set in d, got emnist-digits, emnist-letters",
    "--data d/emnist-digits",
  );
  const { test, found } = await read(both, "d/emnist-letters");
  assert.is(test.count, 2);
  assert.match(found!, /^emnist-letters: idx files \(gzip\) in d: 4 training/);
  await assertRejects(() => read(both, "d/emnist-other"), "got no such file or folder");
  const twice = { ...inFolder("d/MNIST/raw", SET), ...inFolder("d/KMNIST/raw", SET) };
  await assertRejects(() => read(twice), "got d/KMNIST/raw, d/MNIST/raw", "--data d/KMNIST/raw");
});

test("EMNIST: labels from 1 and transposed images, and a warning of each", async () => {
  const letters = {
    ...SET,
    "train-labels-idx1-ubyte": labels(3, 1, 2, 2),
    "t10k-labels-idx1-ubyte": labels(1, 3),
  };
  const files = inFolder(
    "d",
    renamed(letters, (name) => `emnist-letters-${name}`),
  );
  const asItIs = await read(files);
  assert.is(asItIs.classes, 4);
  assert.is(asItIs.warnings.length, 2);
  assert.match(asItIs.warnings[0]!, /labels go from 1 to 3 and none is 0: add --labels-from 1/);
  assert.match(asItIs.warnings[1]!, /rows and columns exchanged: add --transposed/);
  const { train, classes, classNames, warnings } = await read(files, "d", {
    labelsFrom: 1,
    transposed: true,
  });
  assert.equal([classes, classNames, warnings], [3, ["1", "2", "3"], []]);
  assert.equal([...train!.labels], [2, 0, 1, 1]);
  const { height, width, pixels } = train!.images;
  assert.equal([height, width], [WIDTH, HEIGHT]);
  for (let n = 0; n < 4; n++)
    for (let h = 0; h < HEIGHT; h++)
      for (let w = 0; w < WIDTH; w++)
        assert.is(pixels[(n * WIDTH + w) * HEIGHT + h], PIXELS[(n * HEIGHT + h) * WIDTH + w]);
  const mapping = new TextEncoder().encode("1 65 97\r\n2 66 98\r\n3 67 99\r\n");
  const named = await read({ ...files, "d/emnist-letters-mapping.txt": mapping }, "d", {
    labelsFrom: 1,
  });
  assert.equal(named.classNames, ["A", "B", "C"]);
  await assertRejects(
    () => read(inFolder("d", SET), "d", { labelsFrom: 1 }),
    "d/train-labels-idx1-ubyte: expected labels from 1 on, got 0 for image 1",
  );
});

test("a label far from all others is refused, and does not make hundreds of classes", async () => {
  await assertRejects(
    () => read(inFolder("d", { ...SET, "train-labels-idx1-ubyte": labels(2, 0, 77, 1) })),
    "d/train-labels-idx1-ubyte: expected labels that number the classes one by one",
    "got 77 for image 2, and none is 3",
  );
});

test("packed files: cut short, garbled, longer than they say, and no idx files", async () => {
  const name = "d/train-images-idx3-ubyte.gz";
  const packed = inFolder("d", zipped(SET));
  const spoiled = (bytes: Uint8Array): Files => ({ ...packed, [name]: bytes });
  const gzip = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes));
  const whole = packed[name]!;
  for (let length = 2; length < whole.length; length += 5)
    await assertRejects(
      () => read(spoiled(whole.subarray(0, length))),
      `${name}: expected a whole gzip file, got one that is cut short or garbled`,
    );
  const flipped = whole.slice();
  flipped[whole.length - 6]! ^= 1; // in the checksum
  await assertRejects(() => read(spoiled(flipped)), `${name}: expected a whole gzip file`);
  await assertRejects(
    () => read(spoiled(gzip(Uint8Array.from([...images(4), 0])))),
    `${name}: expected 40 bytes once unpacked, as its header says, got more`,
  );
  await assertRejects(
    () => read(spoiled(gzip(images(4).subarray(0, -1)))),
    `${name}: expected 40 bytes for 4×2×3 values, got 39`,
    "cut short",
  );
  await assertRejects(
    () => read(spoiled(gzip(new TextEncoder().encode("no images at all, but a text")))),
    `${name}: expected an idx file of images`,
  );
});

test("a bomb is not unpacked, whatever its header says", async () => {
  const name = "d/train-images-idx3-ubyte.gz";
  const zeros = new Uint8Array(64 * 2 ** 20);
  const bomb = (...extents: number[]): Files => {
    zeros.set(idxBytes(extents, []));
    return { ...inFolder("d", zipped(SET)), [name]: new Uint8Array(gzipSync(zeros)) };
  };
  const before = performance.now();
  await assertRejects(
    () => read(bomb(4, HEIGHT, WIDTH)),
    `${name}: expected 40 bytes once unpacked, as its header says, got more`,
  );
  await assertRejects(
    () => read(bomb(2 ** 31, 2 ** 31, 2 ** 31)),
    `${name}: expected at most 1073741824 bytes, packed into`,
  );
  const lie = new Uint8Array(gzipSync(idxBytes([1e6, 20, 25], [1, 2, 3])));
  await assertRejects(
    () => read({ ...inFolder("d", zipped(SET)), [name]: lie }),
    `packed into ${lie.length}, got 500000016 of them`,
  );
  assert.ok(performance.now() - before < 10_000);
});

test("idx files with channels make data sets in colour", async () => {
  const values = Uint8Array.from({ length: 2 * 5 * 4 * 3 }, (_, i) => 2 * i);
  const files = inFolder("d", {
    "train-images-idx4-ubyte": idxBytes([2, 5, 4, 3], values),
    "train-labels-idx1-ubyte": labels(1, 0),
    "t10k-images-idx4-ubyte": idxBytes([1, 3, 5, 4], values.subarray(0, 60)),
    "t10k-labels-idx1-ubyte": labels(1),
  });
  const { train, test, found } = await read(files);
  assert.equal(train!.batch([0]).x.shape, [1, 3, 5, 4]);
  assert.equal([...test.images.pixels], [...values.subarray(0, 60)]);
  assert.match(found!, /5×4 pixels \(height × width\), RGB; 2 classes$/);
});

test.run();
