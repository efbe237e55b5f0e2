import { strToU8, zipSync } from "fflate";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readImages } from "leibniz/data";
import { assertRejects } from "../../helpers/assert-close.js";
import { memoryTree, npyBytes } from "../../helpers/memory-tree.js";

const bytesOf = ({ buffer }: { readonly buffer: ArrayBufferLike }): Uint8Array =>
  new Uint8Array(buffer);
const PIXELS = Uint8Array.from({ length: 2 * 3 * 4 }, (_, i) => 10 * i);

const ARRAYS: Readonly<Record<string, Uint8Array>> = {
  "x_train.npy": npyBytes("|u1", [2, 3, 4], PIXELS),
  "y_train.npy": npyBytes("<i8", [2], bytesOf(BigInt64Array.of(1n, 0n))),
  "x_test.npy": npyBytes("|u1", [1, 3, 4], PIXELS.subarray(12)),
  "y_test.npy": npyBytes("|u1", [1, 1], Uint8Array.of(1)),
};

const archive = (arrays: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  zipSync({ ...arrays }, { mtime: "2000-01-02" });
const read = (bytes: Uint8Array, wanted: "both" | "test" = "both") =>
  readImages(memoryTree({ "d.npz": bytes }), "d.npz", {}, wanted);
const changed = (arrays: Readonly<Record<string, Uint8Array>>) =>
  read(archive({ ...ARRAYS, ...arrays }));

test("bytes [N, H, W] as Keras keeps MNIST", async () => {
  for (const level of [0, 9] as const) {
    const { train, test, classes, found } = await read(zipSync({ ...ARRAYS }, { level }));
    assert.equal([...train!.images.pixels], [...PIXELS]);
    assert.equal([...train!.labels, ...test.labels, classes], [1, 0, 1, 2]);
    assert.is(
      found,
      "d.npz, images read as uint8 [N, H, W] = [2, 3, 4]: 2 training and 1 test images of 3×4 " +
        "pixels (height × width), gray; 2 classes",
    );
  }
  const folder = memoryTree({ "d/set.npz": archive(ARRAYS), "d/README": Uint8Array.of() });
  assert.match((await readImages(folder, "d", {}, "both")).found!, /^d\/set\.npz, images/);
  const { "x_test.npy": x, "y_test.npy": y } = ARRAYS;
  const { test: only } = await read(archive({ "x_test.npy": x!, "y_test.npy": y! }), "test");
  assert.is(only.count, 1);
});

test("other names, axes and types of number are read, and said", async () => {
  const unit = Float32Array.from(PIXELS, (byte) => byte / 255);
  const coloured = Uint8Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => i);
  const forms: [descr: string, shape: number[], values: Uint8Array, reading: string][] = [
    ["<f4", [2, 3, 4], bytesOf(unit), "float32 [N, H, W] = [2, 3, 4], from 0 to 1:"],
    [
      "<f8",
      [2, 3, 4],
      bytesOf(Float64Array.from(PIXELS)),
      "float64 [N, H, W] = [2, 3, 4], from 0 to 255:",
    ],
    [
      "<i4",
      [2, 3, 4],
      bytesOf(Int32Array.from(PIXELS)),
      "int32 [N, H, W] = [2, 3, 4], from 0 to 255:",
    ],
    ["<f4", [2, 3, 4], bytesOf(unit.map((v) => v * 0.99)), "from 0 to 1, rounded to bytes:"],
    ["|u1", [2, 3, 4, 5], coloured, "uint8 [N, C, H, W] = [2, 3, 4, 5]:"],
    ["|u1", [2, 4, 5, 3], coloured, "uint8 [N, H, W, C] = [2, 4, 5, 3]:"],
    ["|u1", [2, 3, 4, 1], PIXELS, "got [2, 3, 4, 1]; either axis could be"],
  ];
  for (const [descr, shape, values, reading] of forms) {
    const images = npyBytes(descr, shape, values, { version: 2 });
    const labels = npyBytes("<u2", [2], bytesOf(Uint16Array.of(0, 1)));
    const arrays = {
      "train_images.npy": images,
      "test_images.npy": images,
      "train_labels.npy": labels,
      "test_labels.npy": labels,
      "val_images.npy": images,
    };
    const said = await read(archive(arrays)).then(
      ({ found }) => found!,
      (error: unknown) => (error as Error).message,
    );
    assert.ok(said.includes(reading), said);
  }
  const { train } = await changed({
    "x_train.npy": npyBytes("<f4", [2, 3, 4], bytesOf(unit)),
  });
  assert.equal([...train!.images.pixels], [...PIXELS]);
});

test("big-endian numbers, and columns before rows, are the same images", async () => {
  const turned = Uint8Array.from({ length: 2 * 24 }, (_, i) => (i % 2 === 0 ? 0 : PIXELS[i >> 1]!));
  const big = await changed({ "x_train.npy": npyBytes(">u2", [2, 3, 4], turned) });
  assert.equal([...big.train!.images.pixels], [...PIXELS]);
  // x[n, h, w] is at n + 2·(h + 3·w) in Fortran's order
  const columns = new Uint8Array(2 * 24);
  for (let n = 0; n < 2; n++)
    for (let h = 0; h < 3; h++)
      for (let w = 0; w < 4; w++)
        columns[2 * (n + 2 * (h + 3 * w)) + 1] = PIXELS[(n * 3 + h) * 4 + w]!;
  const fortran = npyBytes(">u2", [2, 3, 4], columns, { order: "True" });
  const { train } = await changed({ "x_train.npy": fortran });
  assert.equal([...train!.images.pixels], [...PIXELS]);
});

test("images of 0 and 1 in bytes are warned of", async () => {
  const { "x_test.npy": _, ...others } = ARRAYS;
  const small = npyBytes("|u1", [1, 1, 3], new Uint8Array(3));
  const binary = (...values: number[]) =>
    read(
      archive({
        ...others,
        "x_test.npy": small,
        "x_train.npy": npyBytes("|u1", [2, 1, 3], Uint8Array.from(values)),
      }),
    );
  assert.equal((await binary(0, 1, 0, 1, 2, 0)).warnings, []);
  assert.match((await binary(0, 1, 0, 1, 1, 0)).warnings[0]!, /no pixel is brighter than 1 of 255/);
});

test("more than 256 classes, and labels that are none", async () => {
  const many = Uint16Array.from({ length: 300 }, (_, n) => n);
  const { classes, train } = await changed({
    "x_train.npy": npyBytes("|u1", [300, 3, 4], new Uint8Array(3600)),
    "y_train.npy": npyBytes("<u2", [300], bytesOf(many)),
  });
  assert.equal([classes, train!.labels[299]], [300, 299]);
  assert.equal([...(train!.batch([299]).target as Int32Array)], [299]);
  const labels = (descr: string, shape: number[], values: Uint8Array) =>
    changed({ "y_train.npy": npyBytes(descr, shape, values) });
  await assertRejects(
    () => labels("<f4", [2], bytesOf(Float32Array.of(1, 0.5))),
    "d.npz: y_train: expected labels from 0 to 65535, got 0.5 for image 1",
  );
  await assertRejects(() => labels("|i1", [2], Uint8Array.of(0, 255)), "got -1 for image 1");
  await assertRejects(
    () => labels("|u1", [2, 2], Uint8Array.of(0, 1, 1, 0)),
    "y_train: expected a label for each image, [N], got [2, 2]",
    "np.argmax",
  );
  await assertRejects(
    () => labels("|u1", [3], Uint8Array.of(0, 1, 1)),
    "expected a label for each of 2 images, got 3 labels",
  );
});

test("arrays that are missing, twice there, no images or no numbers", async () => {
  const { "x_test.npy": x, "y_test.npy": y, ...others } = ARRAYS;
  const WHERE = "d.npz: x_train";
  await assertRejects(
    () => read(archive(others)),
    "d.npz: expected an array of test images, got x_train, y_train",
    "name the arrays x_train",
  );
  await assertRejects(
    () => changed({ "train_images.npy": x! }),
    "expected one array of train images, got x_train, train_images",
  );
  await assertRejects(() => read(archive({ "a\x1b[31m.npy": y! })), "got a?[31m");
  const images = (descr: string, shape: number[], values: Uint8Array, options = {}) =>
    changed({ "x_train.npy": npyBytes(descr, shape, values, options) });
  await assertRejects(() => images("|O", [2], PIXELS), WHERE, "got Python objects");
  await assertRejects(() => images("<c8", [1], PIXELS), WHERE, "got <c8");
  await assertRejects(() => images("|u2", [2], PIXELS), WHERE, "got |u2");
  await assertRejects(
    () =>
      images(
        "|u1",
        Array.from({ length: 65 }, () => 1),
        Uint8Array.of(1),
      ),
    WHERE,
    "expected an array of at most 64 axes, got 65",
  );
  await assertRejects(() => images("|u1", [2, 12], PIXELS), WHERE, "got [2, 12]");
  await assertRejects(() => images("|u1", [0, 3, 4], Uint8Array.of()), WHERE, "got [0, 3, 4]");
  await assertRejects(
    () => images("|u1", [60_000, 60_000, 60_000], PIXELS),
    WHERE,
    "expected 216000000000000 bytes for 60000×60000×60000 of uint8, got 24",
  );
  const floats = (...values: number[]) =>
    images("<f4", [2, 1, 2], bytesOf(Float32Array.from(values)));
  await assertRejects(() => floats(-0.5, 0, 1, 1), "got -0.5 to 1", "before they are normalised");
  await assertRejects(() => floats(0, 0, 1, 256), "got 0 to 256");
  await assertRejects(() => floats(0, NaN, 1, 1), "finite pixels, got NaN at position 1");
  await assertRejects(
    () => changed({ "x_test.npy": npyBytes("|u1", [1, 4, 3], PIXELS.subarray(12)) }),
    "test images of 3×4 pixels, like the training images, got 4×3",
  );
  await assertRejects(
    () => changed({ "x_train.npy": strToU8("no array") }),
    WHERE,
    "a NumPy array, which starts with",
  );
  await assertRejects(
    () => changed({ "x_train.npy": ARRAYS["x_train.npy"]!.subarray(0, 40) }),
    WHERE,
    "the file is cut short",
  );
});

test("an entry that unpacks to more than it says, or than a gigabyte, is refused", async () => {
  const bytes = archive({ ...ARRAYS, "x_train.npy": npyBytes("|u1", [2, 3, 4], PIXELS) });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const entry = bytes.length - 22; // the end of the directory
  const from = view.getUint32(entry + 16, true);
  const size = view.getUint32(from + 24, true);
  view.setUint32(from + 24, size - 10, true);
  await assertRejects(() => read(bytes), "d.npz: x_train.npy: expected a whole entry");
  view.setUint32(from + 24, 2 ** 31, true);
  await assertRejects(() => read(bytes), "expected at most 1073741824 bytes, packed into");
});

test("an archive that is garbled anywhere is refused in one line, or read as it was", async () => {
  const whole = archive(ARRAYS);
  const { train: expected } = await read(whole);
  const seen = { read: 0, refused: 0 };
  const place = fc.nat(whole.length - 1);
  await fc.assert(
    fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, by, cut) => {
      const bytes = cut ? whole.slice(0, at) : whole.slice();
      if (!cut) bytes[at]! ^= by;
      try {
        const { train } = await read(bytes);
        seen.read++;
        assert.equal([...train!.images.pixels], [...expected!.images.pixels]);
        assert.equal([...train!.labels], [...expected!.labels]);
      } catch (error) {
        if ((error as Error).name !== "InputError") throw error;
        assert.match((error as Error).message, /^(?:d\.npz|data).*: expected .+, got .+$/);
        seen.refused++;
      }
    }),
    { seed: 30, numRuns: 1000 },
  );
  assert.ok(seen.read > 50 && seen.refused > 400, JSON.stringify(seen));
});

test.run();
