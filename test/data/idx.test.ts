import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeDataset, parseIdxImages, parseIdxLabels } from "leibniz/data";
import { assertRejects } from "../helpers/assert-close.js";
import { idxBytes } from "../helpers/cli.js";

const PIXELS = Uint8Array.from({ length: 2 * 3 * 5 }, (_, i) => (37 * i + 255) % 256);
const IMAGES = idxBytes([2, 3, 5], PIXELS);
const LABELS = idxBytes([6], [9, 0, 3, 3, 1, 8]);

/** A header with nothing behind it. */
const header = (...extents: number[]): Uint8Array => idxBytes(extents, []);

const withByte = (bytes: Uint8Array, at: number, value: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? value : byte));

const withOneMore = (bytes: Uint8Array): Uint8Array => Uint8Array.from([...bytes, 0]);

test("images: count, height and width in this order, then the pixels", () => {
  const { count, height, width, pixels } = parseIdxImages(IMAGES, "x.idx");
  assert.equal([count, height, width], [2, 3, 5]);
  assert.equal([...pixels], [...PIXELS]);
  assert.equal([pixels[0], pixels[1], pixels[29]], [255, 36, 48], "the bytes are unsigned");
});

test("labels: one a byte", () => {
  assert.equal([...parseIdxLabels(LABELS, "y.idx")], [9, 0, 3, 3, 1, 8]);
});

test("extents are big-endian and use all four bytes", () => {
  assert.equal(parseIdxImages(idxBytes([258, 1, 2], new Uint8Array(516)), "x.idx").count, 258);
  assert.is(
    parseIdxImages(idxBytes([1, 66051, 1], new Uint8Array(66051)), "x.idx").height,
    0x010203,
  );
});

test("pixels and labels share memory with the file, wherever it lies in a larger buffer", () => {
  const buffer = new Uint8Array(7 + IMAGES.length + LABELS.length + 3).fill(0xee);
  buffer.set(IMAGES, 7);
  buffer.set(LABELS, 7 + IMAGES.length);
  const images = parseIdxImages(buffer.subarray(7, 7 + IMAGES.length), "x.idx");
  const labels = parseIdxLabels(
    buffer.subarray(7 + IMAGES.length, 7 + IMAGES.length + LABELS.length),
    "y.idx",
  );
  assert.equal([...images.pixels], [...PIXELS]);
  assert.equal([...labels], [9, 0, 3, 3, 1, 8]);
  assert.is(images.pixels.buffer, buffer.buffer);
  assert.is(labels.buffer, buffer.buffer);
  buffer[7 + 16] = 123;
  assert.is(images.pixels[0], 123);
});

test("a file without a complete header", async () => {
  const images = (length: number) =>
    assertRejects(
      () => parseIdxImages(IMAGES.slice(0, length), "x.idx"),
      "x.idx: expected",
      "images",
      "16 bytes",
      `got ${length} bytes`,
    );
  const labels = (length: number) =>
    assertRejects(
      () => parseIdxLabels(LABELS.slice(0, length), "y.idx"),
      "y.idx: expected",
      "labels",
      "8 bytes",
      `got ${length} bytes`,
    );
  for (const length of [0, 1, 4, 15]) await images(length);
  for (const length of [0, 1, 4, 7]) await labels(length);
});

test("a gzip file says that it must be unzipped, however short it is", async () => {
  for (const length of [2, 10, 400]) {
    const zipped = Uint8Array.from({ length }, (_, i) => [0x1f, 0x8b, 8][i] ?? i % 256);
    await assertRejects(
      () => parseIdxImages(zipped, "x.gz"),
      "x.gz: expected an idx file of images",
      "got a gzip file",
      "unzip",
    );
    await assertRejects(
      () => parseIdxLabels(zipped, "y.gz"),
      "y.gz: expected an idx file of labels",
      "got a gzip file",
      "unzip",
    );
  }
});

test("one byte of gzip's two does not make a gzip file", async () => {
  await assertRejects(() => parseIdxImages(withByte(IMAGES, 0, 0x1f), "x.idx"), "got 0x1f000803");
  await assertRejects(() => parseIdxLabels(withByte(LABELS, 1, 0x8b), "y.idx"), "got 0x008b0801");
});

test("images and labels in each other's place", async () => {
  await assertRejects(
    () => parseIdxImages(idxBytes([20], new Uint8Array(20)), "x.idx"),
    "x.idx: expected an idx file of images",
    "0x00000803",
    "got 0x00000801",
    "swapped",
  );
  await assertRejects(
    () => parseIdxLabels(IMAGES, "y.idx"),
    "y.idx: expected an idx file of labels",
    "0x00000801",
    "got 0x00000803",
    "swapped",
  );
});

test("another magic number, in any of its four bytes", async () => {
  await assertRejects(
    () => parseIdxImages(withByte(IMAGES, 0, 1), "x.idx"),
    "x.idx: expected",
    "0x00000803",
    "got 0x01000803",
    "another format",
  );
  await assertRejects(
    () => parseIdxImages(withByte(IMAGES, 1, 0xab), "x.idx"),
    "got 0x00ab0803",
    "another format",
  );
  await assertRejects(
    () => parseIdxImages(withByte(IMAGES, 2, 0x0a), "x.idx"),
    "got 0x00000a03",
    "another format",
  );
  await assertRejects(
    () => parseIdxImages(withByte(IMAGES, 3, 2), "x.idx"),
    "got 0x00000802",
    "another format",
  );
  await assertRejects(
    () => parseIdxLabels(withByte(LABELS, 0, 0xff), "y.idx"),
    "y.idx: expected",
    "0x00000801",
    "got 0xff000801",
    "another format",
  );
});

test("a file that is cut short", async () => {
  await assertRejects(
    () => parseIdxImages(IMAGES.slice(0, -1), "x.idx"),
    "x.idx: expected 46 bytes",
    "2×3×5",
    "got 45",
    "cut short",
  );
  await assertRejects(
    () => parseIdxImages(header(2, 3, 5), "x.idx"),
    "x.idx: expected 46 bytes",
    "got 16",
    "cut short",
  );
  await assertRejects(
    () => parseIdxLabels(LABELS.slice(0, -2), "y.idx"),
    "y.idx: expected 14 bytes",
    "got 12",
    "cut short",
  );
});

test("a file that goes on after its values", async () => {
  await assertRejects(
    () => parseIdxImages(withOneMore(IMAGES), "x.idx"),
    "x.idx: expected 46 bytes",
    "2×3×5",
    "got 47",
    "longer",
  );
  await assertRejects(
    () => parseIdxLabels(withOneMore(LABELS), "y.idx"),
    "y.idx: expected 14 bytes",
    "got 15",
    "longer",
  );
});

test("no images, no pixels, no labels", async () => {
  for (const extents of [
    [0, 3, 5],
    [2, 0, 5],
    [2, 3, 0],
    [0, 0, 0],
  ]) {
    await assertRejects(
      () => parseIdxImages(header(...extents), "x.idx"),
      "x.idx: expected at least one",
      "images",
      `got extents ${extents.join("×")}`,
    );
  }
  await assertRejects(
    () => parseIdxLabels(header(0), "y.idx"),
    "y.idx: expected at least one",
    "labels",
    "got extents 0",
  );
});

test("absurd extents: nothing overflows and nothing is allocated", async () => {
  const most = 2 ** 32 - 1;
  await assertRejects(
    () => parseIdxImages(header(most, most, most), "x.idx"),
    "x.idx: expected",
    `${most}×${most}×${most}`,
    "got 16",
    "cut short",
  );
  // In 32-bit arithmetic both products wrap to 0, and the header alone would be the whole file.
  await assertRejects(
    () => parseIdxImages(header(65536, 65536, 3), "x.idx"),
    "x.idx: expected 12884901904 bytes",
    "got 16",
    "cut short",
  );
  await assertRejects(
    () => parseIdxImages(header(2 ** 31, 2, 1), "x.idx"),
    "x.idx: expected 4294967312 bytes",
    "got 16",
    "cut short",
  );
  // As signed numbers, −1·−1·30 = 30 would fit.
  await assertRejects(
    () => parseIdxImages(idxBytes([most, most, 30], PIXELS), "x.idx"),
    `${most}×${most}×30`,
    "got 46",
    "cut short",
  );
  await assertRejects(
    () => parseIdxLabels(header(most), "y.idx"),
    "y.idx: expected 4294967303 bytes",
    "got 8",
    "cut short",
  );
});

test("numbers of another type are named, and images with channels told apart", async () => {
  const types: [byte: number, name: string][] = [
    [9, "signed bytes"],
    [11, "16-bit integers"],
    [12, "32-bit integers"],
    [13, "32-bit floats"],
    [14, "64-bit floats"],
  ];
  for (const [byte, name] of types) {
    await assertRejects(
      () => parseIdxImages(withByte(IMAGES, 2, byte), "x.idx"),
      "x.idx: expected an idx file of images in unsigned bytes",
      `got ${name} (0x0000${byte.toString(16).padStart(2, "0")}03)`,
    );
    await assertRejects(
      () => parseIdxLabels(withByte(LABELS, 2, byte), "y.idx"),
      "y.idx: expected an idx file of labels in unsigned bytes",
      `got ${name}`,
    );
  }
});

test("a fourth axis is that of 3 channels, before or after height and width", async () => {
  const values = Uint8Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => i);
  const first = parseIdxImages(idxBytes([2, 3, 4, 5], values), "x.idx");
  assert.equal(
    [first.count, first.channels, first.height, first.width, ...first.pixels],
    [2, 3, 4, 5, ...values],
  );
  const last = parseIdxImages(idxBytes([2, 4, 5, 3], values), "x.idx");
  assert.equal([last.count, last.channels, last.height, last.width], [2, 3, 4, 5]);
  for (const [n, c, h, w] of [
    [0, 0, 0, 0],
    [0, 2, 1, 3],
    [1, 1, 3, 4],
  ] as const)
    assert.is(last.pixels[((n * 3 + c) * 4 + h) * 5 + w], values[((n * 4 + h) * 5 + w) * 3 + c]);
  await assertRejects(
    () => parseIdxImages(idxBytes([2, 3, 20, 1], new Uint8Array(120)), "x.idx"),
    "x.idx: expected images [N, H, W], [N, H, W, C] or [N, C, H, W], got [2, 3, 20, 1]",
    "either axis could be that of the channels",
  );
  await assertRejects(
    () => parseIdxImages(idxBytes([2, 4, 5, 2], new Uint8Array(80)), "x.idx"),
    "with 1 or 3 channels, got [2, 4, 5, 2]",
  );
  await assertRejects(
    () => parseIdxImages(idxBytes([2, 3, 4, 5], values.subarray(1)), "x.idx"),
    "expected 140 bytes for 2×3×4×5 values, got 139",
  );
});

test("a label that is none of the classes is named with its place", async () => {
  await assertRejects(
    () => parseIdxLabels(withByte(LABELS, 8 + 4, 10), "y.idx", 10),
    "y.idx: expected labels from 0 to 9",
    "got 10 for image 4",
  );
  await assertRejects(
    () => parseIdxLabels(idxBytes([4], [1, 12, 2, 11]), "y.idx", 10),
    "got 12 for image 1",
  );
  assert.equal([...parseIdxLabels(idxBytes([3], [1, 255, 2]), "y.idx")], [1, 255, 2]);
});

/**
 * Runs a parser on garbled bytes: `null` for an InputError of one line that names the file. Any
 * other error escapes.
 */
function parsed<T>(parse: (bytes: Uint8Array, where: string) => T, bytes: Uint8Array): T | null {
  try {
    return parse(bytes, "garbled.idx");
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "InputError") throw error;
    assert.match(error.message, /^garbled\.idx: expected .+, got .+$/);
    assert.not.match(error.message, /\n|NaN|undefined/);
    return null;
  }
}

/** A valid file, then some bytes overwritten, then cut or lengthened. */
function garbled(valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const overwritten = fc.array(
    fc.record({ at: fc.nat(), value: fc.oneof(fc.constantFrom(0, 1, 3, 8, 255), fc.nat(255)) }),
    { maxLength: 4 },
  );
  // Half of the bytes hit the header, where they matter most.
  const inHeader = fc.boolean();
  const keep = fc.oneof(
    { weight: 3, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  );
  const tail = fc.oneof(
    { weight: 3, arbitrary: fc.constant(new Uint8Array()) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 3 }) },
  );
  const change = fc.record({ bytes: valid, overwritten, inHeader, keep, tail });
  return change.map(({ bytes, overwritten, inHeader, keep, tail }) => {
    const result = bytes.slice();
    for (const { at, value } of overwritten)
      result[at % (inHeader ? Math.min(16, result.length) : result.length)] = value;
    return Uint8Array.from([...result.subarray(0, Math.round(keep * result.length)), ...tail]);
  });
}

const imageFiles = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 6 }),
  )
  .chain((extents) =>
    fc
      .uint8Array({
        minLength: extents[0] * extents[1] * extents[2],
        maxLength: extents[0] * extents[1] * extents[2],
      })
      .map((values) => idxBytes(extents, values)),
  );

const labelFiles = fc
  .array(fc.nat(9), { minLength: 1, maxLength: 9 })
  .map((values) => idxBytes([values.length], values));

test("any garbled file of images gives a consistent set or an InputError, and both happen", () => {
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(garbled(imageFiles), (bytes) => {
      const images = parsed(parseIdxImages, bytes);
      if (images === null) return void seen.refused++;
      seen.accepted++;
      const { count, height, width, pixels } = images;
      assert.ok(count >= 1 && height >= 1 && width >= 1, `${count} images of ${height}×${width}`);
      assert.is(pixels.length, count * height * width);
      assert.equal(
        [...idxBytes([count, height, width], pixels)],
        [...bytes],
        "written again, the set is the file",
      );
    }),
    { seed: 20, numRuns: 2000 },
  );
  assert.ok(seen.accepted > 100 && seen.refused > 100, JSON.stringify(seen));
});

test("any garbled file of labels gives digits or an InputError, and both happen", () => {
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(garbled(labelFiles), (bytes) => {
      const labels = parsed((given, where) => parseIdxLabels(given, where, 10), bytes);
      if (labels === null) return void seen.refused++;
      seen.accepted++;
      assert.ok(
        labels.length >= 1 && labels.every((label) => label <= 9),
        `labels ${labels.join(", ")}`,
      );
      assert.equal(
        [...idxBytes([labels.length], labels)],
        [...bytes],
        "written again, the labels are the file",
      );
    }),
    { seed: 21, numRuns: 2000 },
  );
  assert.ok(seen.accepted > 100 && seen.refused > 100, JSON.stringify(seen));
});

test("bytes at random are refused by both parsers, and never crash them", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assert.is(parsed(parseIdxImages, bytes), null);
      assert.is(parsed(parseIdxLabels, bytes), null);
    }),
    { seed: 22, numRuns: 500 },
  );
});

test("every truncation of a valid pair of files is refused; the whole pair is a data set", () => {
  for (let length = 0; length < IMAGES.length; length++)
    assert.is(parsed(parseIdxImages, IMAGES.slice(0, length)), null, `${length} bytes of images`);
  for (let length = 0; length < LABELS.length; length++)
    assert.is(parsed(parseIdxLabels, LABELS.slice(0, length)), null, `${length} bytes of labels`);
  const dataset = makeDataset(
    parseIdxImages(IMAGES, "x.idx"),
    parseIdxLabels(idxBytes([2], [7, 4]), "y.idx"),
    "y.idx",
  );
  assert.equal([dataset.images.count, ...dataset.labels], [2, 7, 4]);
});

test.run();
