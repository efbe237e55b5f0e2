import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeSafetensors, encodeSafetensors, type Safetensors } from "leibniz/network";
import { type DType, InputError, Random, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const FILE = "some/file.safetensors";
/** No message is longer, whatever the file holds. */
const LONGEST_MESSAGE = 600;

/**
 * The bytes of a file with this header, as text or as what JSON makes of a value, and this data.
 */
function fileOf(header: unknown, data: ArrayLike<number> = [], headerLength?: bigint): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, headerLength ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

/**
 * Decodes; null for an InputError, whose message must be one short line that starts with the file's
 * name. Any other error passes through.
 */
function tryDecode(bytes: Uint8Array): Safetensors | null {
  try {
    return decodeSafetensors(bytes, FILE);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    assert.ok(error.message.startsWith(`${FILE}: expected `), error.message);
    assert.not.match(error.message, /[\n\r\u2028\u2029]/);
    assert.ok(
      error.message.length <= LONGEST_MESSAGE,
      `a message of ${error.message.length} characters`,
    );
    return null;
  }
}

const rawBytes = (x: Tensor): Buffer => {
  const { buffer, byteOffset, byteLength } = x.contiguous().data;
  return Buffer.from(buffer, byteOffset, byteLength);
};

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** A file with both types, a scalar, an empty tensor and metadata. */
function sample(): Safetensors {
  const random = new Random("sample");
  const tensors = new Map([
    ["conv.weight", random.normal([3, 1, 2, 4])],
    ["conv.bias", random.normal([3], 0, 1, "float64")],
    ["scale", Tensor.full([], 0.1)],
    ["nothing", Tensor.zeros([2, 0, 3], "float64")],
  ]);
  return { tensors, metadata: { format: "a test", naïve: "žluťoučký 🐎\n" } };
}

function assertSame(actual: Safetensors, expected: Safetensors): void {
  assert.equal([...actual.tensors.keys()], [...expected.tensors.keys()]);
  for (const [name, given] of expected.tensors) {
    const read = actual.tensors.get(name)!;
    assert.equal([read.shape, read.dtype], [given.shape, given.dtype], name);
    assert.ok(sameBytes(rawBytes(read), rawBytes(given)), `${name}: other bits`);
  }
  assert.equal({ ...actual.metadata }, { ...expected.metadata });
}

test("what is written is read back: both types, scalars, empty tensors, metadata", () => {
  assertSame(decodeSafetensors(encodeSafetensors(sample()), FILE), sample());
  const empty = { tensors: new Map<string, Tensor>(), metadata: {} };
  assertSame(decodeSafetensors(encodeSafetensors(empty), FILE), empty);
});

test("random tensors come back bit by bit, NaN, infinities and −0 included", () => {
  const entry = fc.tuple(
    fc
      .string({ unit: "grapheme" })
      .filter((name) => name !== "__metadata__" && !/^\d+$/.test(name)),
    fc.oneof(
      fc.tuple(fc.constant<DType>("float32"), fc.float32Array({ maxLength: 12 })),
      fc.tuple(fc.constant<DType>("float64"), fc.float64Array({ maxLength: 12 })),
    ),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(entry, { selector: ([name]) => name, maxLength: 5 }),
      fc.dictionary(fc.string(), fc.string()),
      (entries, metadata) => {
        const tensors = new Map(
          entries.map(([name, [, data]]) => [
            name,
            Tensor.wrap(data, data.length % 2 === 0 ? [2, data.length / 2, 1] : [data.length]),
          ]),
        );
        assertSame(decodeSafetensors(encodeSafetensors({ tensors, metadata }), FILE), {
          tensors,
          metadata,
        });
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

/** Two tensors and a line of metadata, byte by byte. */
const HANDMADE_HEADER =
  '{"__metadata__":{"by":"hand"},' +
  '"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},' +
  '"b":{"dtype":"F64","shape":[],"data_offsets":[8,16]}}';
const HANDMADE = new Uint8Array([
  ...[0x90, 0, 0, 0, 0, 0, 0, 0], // 144 = the header's 138 bytes, and 6 spaces
  ...new TextEncoder().encode(HANDMADE_HEADER.padEnd(144)),
  ...[0x00, 0x00, 0xc0, 0x3f], // 1.5 in float32
  ...[0x00, 0x00, 0x00, 0xc0], // −2 in float32
  ...[0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f], // 0.1 in float64
]);

test("the layout of the bytes is the one of a file built by hand", () => {
  assert.is(HANDMADE_HEADER.length, 138);
  const tensors = new Map([
    ["a", tensor([[1.5, -2]], "float32")],
    ["b", tensor(0.1)],
  ]);
  const encoded = encodeSafetensors({ tensors, metadata: { by: "hand" } });
  assert.is(Buffer.from(encoded).toString("latin1"), Buffer.from(HANDMADE).toString("latin1"));
  const { tensors: read, metadata } = decodeSafetensors(HANDMADE, FILE);
  assertClose(read.get("a")!, tensor([[1.5, -2]], "float32"), { tolerance: 0 });
  assertClose(read.get("b")!, tensor(0.1), { tolerance: 0 });
  assert.equal({ ...metadata }, { by: "hand" });
});

test("the data starts at a multiple of 8 whatever the names are long", () => {
  for (let length = 1; length <= 9; length++) {
    const bytes = encodeSafetensors({
      tensors: new Map([["n".repeat(length), Tensor.zeros([3])]]),
      metadata: {},
    });
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    assert.is(headerLength % 8, 0);
    assert.is(bytes.length, 8 + headerLength + 12);
  }
});

test("a view is written row by row, as it reads", () => {
  const view = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]).transpose();
  assertClose(
    decodeSafetensors(
      encodeSafetensors({ tensors: new Map([["view", view]]), metadata: {} }),
      FILE,
    ).tensors.get("view")!,
    view.clone(),
    { tolerance: 0 },
  );
});

test("tensors are copies: the file's bytes and their place no longer matter", () => {
  const shifted = new Uint8Array(HANDMADE.length + 3);
  shifted.set(HANDMADE, 3);
  const bytes = shifted.subarray(3);
  const { tensors } = decodeSafetensors(bytes, FILE);
  bytes.fill(0);
  assertClose(tensors.get("b")!, tensor(0.1), { tolerance: 0 });
});

test("tensors in any order in the data, a header of any length, and spaces after it", () => {
  const header = {
    late: { dtype: "F32", shape: [1], data_offsets: [4, 8] },
    early: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
  };
  const { tensors } = decodeSafetensors(
    fileOf(`${JSON.stringify(header)}   `, [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0]),
    FILE,
  );
  assert.equal(
    [...tensors].map(([name, x]) => [name, x.item()]),
    [
      ["late", -2],
      ["early", 1.5],
    ],
  );
});

test("a file that PyTorch's weights were recorded in: names, shapes, order, numbers", () => {
  const bytes = new Uint8Array(
    readFileSync(
      new URL("../../test/fixtures/notebook-seed0/initial.safetensors", import.meta.url),
    ),
  );
  const { tensors, metadata } = decodeSafetensors(bytes, "initial.safetensors");
  assert.equal(
    [...tensors].map(([name, { shape, dtype }]) => [name, shape, dtype]),
    [
      ["conv1.weight", [16, 1, 3, 3], "float32"],
      ["conv1.bias", [16], "float32"],
      ["conv2.weight", [32, 16, 3, 3], "float32"],
      ["conv2.bias", [32], "float32"],
      ["affine1.weight", [120, 800], "float32"],
      ["affine1.bias", [120], "float32"],
      ["affine2.weight", [10, 120], "float32"],
      ["affine2.bias", [10], "float32"],
    ],
  );
  assert.equal({ ...metadata }, {});
  const view = new DataView(bytes.buffer);
  const start = bytes.length - 102_130 * 4;
  let at = start;
  for (const { data } of tensors.values())
    for (const value of data) {
      if (value !== view.getFloat32(at, true))
        assert.unreachable(`byte ${at}: expected ${view.getFloat32(at, true)}, got ${value}`);
      at += 4;
    }
  assert.is(at, bytes.length);
  const limit = 1 / Math.sqrt(800); // PyTorch's initial weights of affine1 lie below it
  const largest = Math.max(...Array.from(tensors.get("affine1.weight")!.data, Math.abs));
  assert.ok(
    largest <= Math.fround(limit) && largest > 0.999 * limit,
    `largest of affine1.weight: ${largest}`,
  );
});

test("a file cut short anywhere is refused, and so is one with anything after its end", () => {
  const bytes = encodeSafetensors(sample());
  for (let length = 0; length < bytes.length; length++) {
    if (tryDecode(bytes.subarray(0, length)) !== null)
      assert.unreachable(`the first ${length} of ${bytes.length} bytes were read as a file`);
  }
  for (const extra of [1, 4, 8])
    assert.is(tryDecode(new Uint8Array([...bytes, ...new Uint8Array(extra)])), null);
});

test("bytes changed anywhere: a refusal in one line, or tensors that fit the data", () => {
  const bytes = encodeSafetensors(sample());
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const outcome = { refused: 0, read: 0 };
  const flip = fc.tuple(
    fc.oneof(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: start - 1 })),
    fc.integer({ min: 1, max: 255 }),
  );
  fc.assert(
    fc.property(fc.array(flip, { minLength: 1, maxLength: 2 }), (flips) => {
      const changed = bytes.slice();
      for (const [at, mask] of flips) changed[at]! ^= mask;
      const read = tryDecode(changed);
      outcome[read === null ? "refused" : "read"]++;
      if (read !== null) assertCovers(read, changed);
    }),
    { seed: 2, numRuns: 3000 },
  );
  assert.ok(outcome.refused > 300 && outcome.read > 300, JSON.stringify(outcome));
});

/** Requires that the tensors together are exactly as large as the data. */
function assertCovers({ tensors }: Safetensors, bytes: Uint8Array): void {
  const dataLength =
    bytes.length - 8 - Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  assert.is(
    [...tensors.values()].reduce((total, x) => total + x.data.byteLength, 0),
    dataLength,
  );
}

test("random headers: a refusal in one line, or tensors that the data has room for", () => {
  const outcome = { refused: 0, read: 0 };
  const whole = fc.oneof(
    { weight: 4, arbitrary: fc.nat({ max: 3 }) },
    { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.maxSafeNat(), fc.double(), fc.jsonValue()) },
  );
  const plausible = fc.tuple(
    fc.constantFrom("F32", "F64", "F32", "I8", 32),
    fc.oneof(fc.constantFrom([], [1], [2], [0], [1, 2]), fc.array(whole, { maxLength: 4 })),
    fc.nat({ max: 3 }).map((words) => 4 * words),
  );
  const entry = fc.oneof(
    {
      weight: 6,
      arbitrary: plausible.map(([dtype, shape, begin]) => ({
        dtype,
        shape,
        data_offsets: [
          begin,
          begin + shape.reduce<number>((n, e) => n * Number(e), dtype === "F64" ? 8 : 4),
        ],
      })),
    },
    {
      weight: 1,
      arbitrary: fc.record(
        { dtype: fc.jsonValue(), shape: fc.jsonValue(), data_offsets: fc.jsonValue() },
        { requiredKeys: [] },
      ),
    },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "a",
      "b",
      "__metadata__",
      "__proto__",
      "constructor",
      "new\nline",
      "n".repeat(1000),
    ),
  );
  const header = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.dictionary(name, entry, { maxKeys: 3 }).map((value) => JSON.stringify(value)),
    },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  );
  fc.assert(
    fc.property(header, fc.nat({ max: 4 }), (text, words) => {
      const bytes = fileOf(text, new Uint8Array(4 * words));
      const read = tryDecode(bytes);
      outcome[read === null ? "refused" : "read"]++;
      if (read !== null) assertCovers(read, bytes);
    }),
    { seed: 3, numRuns: 5000 },
  );
  assert.ok(outcome.refused > 1000 && outcome.read > 100, JSON.stringify(outcome));
});

test("random bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void tryDecode(bytes)),
    { seed: 4, numRuns: 500 },
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      (bytes) => void tryDecode(fileOf("", bytes, BigInt(Math.floor(bytes.length / 2)))),
    ),
    { seed: 5, numRuns: 500 },
  );
});

test("a header as long as its field can say is refused before anything is read", async () => {
  for (const length of [2n ** 64n - 1n, 2n ** 63n, 2n ** 53n, 100_000_001n, 145n + 17n]) {
    const bytes = HANDMADE.slice();
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    await assertRejects(
      () => decodeSafetensors(bytes, FILE),
      FILE,
      `a header of ${length} bytes`,
      "cut short",
    );
  }
});

const f32 = (begin: number, end: number, shape: unknown = [(end - begin) / 4]): object => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

for (const [what, header, ...pieces] of [
  [
    "tensors that overlap",
    { a: f32(0, 8), b: f32(4, 12) },
    "the next tensor at data byte 8",
    "one at 4",
  ],
  [
    "a tensor inside another",
    { a: f32(0, 12), b: f32(4, 8) },
    "the next tensor at data byte 12",
    "one at 4",
  ],
  [
    "the same place twice",
    { a: f32(0, 12), b: f32(0, 12) },
    "the next tensor at data byte 12",
    "one at 0",
  ],
  ["a hole", { a: f32(0, 4), b: f32(8, 12) }, "the next tensor at data byte 4", "one at 8"],
  ["a hole at the start", { a: f32(4, 12) }, "the next tensor at data byte 0", "one at 4"],
  ["bytes after the last tensor", { a: f32(0, 8) }, "8 data bytes", "got 12"],
  ["data without any tensor", {}, "0 data bytes", "got 12"],
  [
    "a tensor that ends after the data",
    { a: f32(0, 16) },
    "tensor a",
    "[4]",
    "12 data bytes",
    "[0, 16]",
  ],
  ["offsets in the wrong order", { a: f32(12, 0, [3]) }, "tensor a", "[12, 0]"],
  [
    "negative offsets",
    { a: { dtype: "F32", shape: [3], data_offsets: [-12, 0] } },
    "tensor a",
    "data_offsets",
    "[-12,0]",
  ],
  [
    "three offsets",
    { a: { dtype: "F32", shape: [3], data_offsets: [0, 12, 12] } },
    "tensor a",
    "data_offsets",
  ],
  ["no offsets", { a: { dtype: "F32", shape: [3] } }, "tensor a", "data_offsets", "none"],
  [
    "offsets that are text",
    { a: { dtype: "F32", shape: [3], data_offsets: ["0", "12"] } },
    "tensor a",
    "data_offsets",
  ],
  [
    "a shape that needs more than its offsets",
    { a: f32(0, 12, [2, 2]) },
    "tensor a",
    "[2, 2]",
    "to take 16",
  ],
  ["a shape that needs less", { a: f32(0, 12, [2]) }, "tensor a", "[2]", "to take 8"],
  ["a shape with a fraction", { a: f32(0, 12, [1.5, 2]) }, "tensor a", "[1.5,2]"],
  ["a negative extent", { a: f32(0, 12, [-3]) }, "tensor a", "[-3]"],
  ["two negative extents", { a: f32(0, 12, [-3, -1]) }, "tensor a", "[-3,-1]"],
  ["a shape whose size overflows", { a: f32(0, 12, [2 ** 52, 2 ** 52, 0, 3]) }, "tensor a"],
  ["a shape that is no array", { a: f32(0, 12, 3) }, "tensor a", "shape", "3"],
  ["no shape", { a: { dtype: "F32", data_offsets: [0, 12] } }, "tensor a", "shape", "none"],
  [
    "more axes than anybody has",
    { a: f32(0, 12, [3, ...new Array<number>(3000).fill(1)]) },
    "tensor a",
    "axes",
    "3001",
  ],
  [
    "eight bits with a fraction",
    { a: { dtype: "F8_E4M3", shape: [12], data_offsets: [0, 12] } },
    "tensor a of type F32, F64, F16, BF16, I64",
    "F8_E4M3",
  ],
  ["no type", { a: { shape: [3], data_offsets: [0, 12] } }, "tensor a of type", "none"],
  [
    "a field that is not of the format",
    { a: { ...f32(0, 12), strides: [1] } },
    "tensor a with dtype, shape, data_offsets, got strides",
  ],
  [
    "a name twice",
    '{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},' +
      '"\\u0061":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}',
    "each name once in the header, got a twice",
  ],
  [
    "a field twice",
    '{"a":{"dtype":"F32","shape":[9],"shape":[3],"data_offsets":[0,12]}}',
    "shape twice",
  ],
  [
    "metadata twice",
    '{"__metadata__":{"k":"1","k":"2"},"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}',
    "k twice",
  ],
  ["spaces in front", ` ${JSON.stringify({ a: f32(0, 12) })}`, "begins with {", "byte 32"],
  ["a byte order mark", `\ufeff${JSON.stringify({ a: f32(0, 12) })}`, "a safetensors header"],
  ["an entry that is null", { a: null }, "tensor a"],
  ["an entry that is text", { a: "F32" }, "tensor a"],
  [
    "metadata that is no text",
    { __metadata__: { epochs: 3 }, a: f32(0, 12) },
    "__metadata__",
    '{"epochs":3}',
  ],
  ["metadata that is a list", { __metadata__: ["x"], a: f32(0, 12) }, "__metadata__", '["x"]'],
  ["metadata that is null", { __metadata__: null, a: f32(0, 12) }, "__metadata__", "null"],
  ["a header that is a list", [f32(0, 12)], "a JSON object"],
  ["a header that is a number", 3, "a JSON object", "3"],
  ["a header that is null", "null", "a JSON object", "null"],
  ["a header that is no JSON", "{'a': 1}", "JSON"],
  ["lists in lists in lists", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, "a JSON object"],
  [
    "a type of lists in lists in lists",
    `{"a":{"dtype":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
    "tensor a of type",
  ],
] as const) {
  test(`refused: ${what}`, async () => {
    const bytes = fileOf(header, new Uint8Array(12));
    assert.is(tryDecode(bytes), null);
    await assertRejects(() => decodeSafetensors(bytes, FILE), `${FILE}: expected `, ...pieces);
  });
}

test("a header that is not UTF-8 is refused", async () => {
  const bytes = fileOf('{"??":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}');
  bytes.fill(0xff, 10, 12);
  await assertRejects(() => decodeSafetensors(bytes, FILE), FILE, "JSON");
});

test("a name with a line break leaves the message on one line", async () => {
  await assertRejects(
    () => decodeSafetensors(fileOf({ "two\nlines\r\u2028": f32(0, 4) }), FILE),
    FILE,
    "two lines",
  );
});

test("names that JavaScript's objects give a meaning are only names here", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", ""];
  const tensors = new Map(names.map((name, i) => [name, Tensor.full([1], i + 1)]));
  const metadata = JSON.parse('{"__proto__": "text", "valueOf": "text"}') as Record<string, string>;
  const read = decodeSafetensors(encodeSafetensors({ tensors, metadata }), FILE);
  assert.equal(
    [...read.tensors].map(([name, x]) => [name, x.item()]),
    names.map((name, i) => [name, i + 1]),
  );
  assert.equal(Object.entries(read.metadata), [
    ["__proto__", "text"],
    ["valueOf", "text"],
  ]);
  assert.is(Object.getPrototypeOf(read.metadata), Object.prototype);
  assert.equal(Object.keys(Object.prototype), []);
});

test("a tensor cannot be called as the metadata are", async () => {
  await assertRejects(
    () =>
      encodeSafetensors({ tensors: new Map([["__metadata__", Tensor.zeros([1])]]), metadata: {} }),
    "encodeSafetensors",
    "__metadata__",
  );
});

test("a Node Buffer is read like any other bytes, and the tensors are copies of it", () => {
  const bytes = Buffer.from(
    encodeSafetensors({
      tensors: new Map([
        ["a", tensor([1, 2], "float32")],
        ["b", tensor([3], "float32")],
      ]),
      metadata: {},
    }),
  );
  const { tensors } = decodeSafetensors(bytes, "buffer");
  bytes.fill(0);
  assert.equal(
    [...tensors.values()].map((value) => value.toNested()),
    [[1, 2], [3]],
  );
});

/** A file of one tensor, of a type that is not float32. */
function fileOfType(dtype: string, data: Uint8Array, shape: readonly number[]): Uint8Array {
  return fileOf({ a: { dtype, shape, data_offsets: [0, data.length] } }, data);
}

test("numbers of 16 bits become the float32 numbers that they are", () => {
  for (const [dtype, numbers] of [
    [
      "F16",
      [
        [0x0000, 0],
        [0x8000, -0],
        [0x3c00, 1],
        [0xc400, -4],
        [0x3555, 0.333251953125],
        [0x7bff, 65504],
        [0x0001, 2 ** -24],
        [0x83ff, -1023 * 2 ** -24],
        [0x0400, 2 ** -14],
        [0x7c00, Infinity],
        [0xfc00, -Infinity],
        [0x7e00, NaN],
      ],
    ],
    [
      "BF16",
      [
        [0x3f80, 1],
        [0xc020, -2.5],
        [0x8000, -0],
        [0x7f7f, 3.3895313892515355e38],
        [0x0001, 2 ** -133],
        [0xff80, -Infinity],
        [0x7fc0, NaN],
      ],
    ],
  ] as const) {
    const data = new Uint8Array(2 * numbers.length);
    numbers.forEach(([bits], i) => new DataView(data.buffer).setUint16(2 * i, bits, true));
    const read = decodeSafetensors(fileOfType(dtype, data, [numbers.length, 1]), FILE);
    const a = read.tensors.get("a")!;
    assert.equal([a.dtype, a.shape], ["float32", [numbers.length, 1]]);
    numbers.forEach(([, right], i) =>
      assert.ok(Object.is(a.data[i], right), `${dtype}: expected ${right}, got ${a.data[i]}`),
    );
  }
});

test("whole numbers of every size become float64, as long as it has them", async () => {
  for (const [dtype, array] of [
    ["I64", BigInt64Array.of(-5n, 2n ** 53n - 1n)],
    ["U64", BigUint64Array.of(5n, 2n ** 53n - 1n)],
    ["I32", Int32Array.of(-5, 2 ** 31 - 1)],
    ["U32", Uint32Array.of(5, 2 ** 32 - 1)],
    ["I16", Int16Array.of(-5, 2 ** 15 - 1)],
    ["U16", Uint16Array.of(5, 2 ** 16 - 1)],
    ["I8", Int8Array.of(-5, 127)],
    ["U8", Uint8Array.of(5, 255)],
    ["BOOL", Uint8Array.of(0, 1)],
  ] as const) {
    const bytes = new Uint8Array(array.buffer);
    const a = decodeSafetensors(fileOfType(dtype, bytes, [2]), FILE).tensors.get("a")!;
    assert.equal([a.dtype, ...a.data], ["float64", ...Array.from(array, Number)], dtype);
  }
  for (const [dtype, array] of [
    ["I64", BigInt64Array.of(-(2n ** 53n))],
    ["U64", BigUint64Array.of(2n ** 64n - 1n)],
  ] as const)
    await assertRejects(
      () => decodeSafetensors(fileOfType(dtype, new Uint8Array(array.buffer), [1]), FILE),
      "tensor a of whole numbers up to 2^53, got larger ones",
    );
});

test("files of other formats are named, with a way out", async () => {
  for (const [start, name, hint] of [
    ["PK\x03\x04", "a zip archive, as PyTorch's .pt and .pth and NumPy's .npz are", "save_file("],
    ["\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", "a pickle, as old .pt", "save_file("],
    ["\x89HDF\r\n\x1a\n", "an HDF5 file", "safetensors"],
    ["\x93NUMPY\x01\x00v\x00", "a NumPy .npy file", "safetensors.numpy"],
    ["\x1f\x8b\x08\x00\x00\x00\x00\x00", "a gzip file", "unzip"],
  ] as const) {
    const bytes = Buffer.alloc(200, 1);
    bytes.write(start, "latin1");
    await assertRejects(
      () => decodeSafetensors(bytes, FILE),
      `${FILE}: expected a safetensors file, got ${name}`,
      hint,
    );
  }
  // the length of a header may begin as a pickle does
  const tensors = new Map([["a".repeat(640 - 56), Tensor.zeros([1])]]);
  const bytes = encodeSafetensors({ tensors, metadata: {} });
  assert.equal([...bytes.subarray(0, 2)], [0x80, 0x02]);
  assert.is(decodeSafetensors(bytes, FILE).tensors.size, 1);
});

test.run();
