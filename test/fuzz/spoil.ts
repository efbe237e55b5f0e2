/** Bytes that look like a file of a kind, and are not quite one. */
import * as fc from "fast-check";

/** One change of a file. */
const change = fc.oneof(
  fc.record({
    what: fc.constant("flip" as const),
    at: fc.nat(),
    bits: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({ what: fc.constant("cut" as const), at: fc.nat() }),
  fc.record({ what: fc.constant("remove" as const), at: fc.nat(), count: fc.nat({ max: 40 }) }),
  fc.record({ what: fc.constant("repeat" as const), at: fc.nat(), count: fc.nat({ max: 40 }) }),
  fc.record({
    what: fc.constant("insert" as const),
    at: fc.nat(),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.constantFrom(
        ...[
          "0",
          "-",
          "9e99",
          '"',
          "]",
          "{}",
          "null",
          "\u001b[31m",
          "\u2028",
          "\\u0000",
          "__proto__",
        ].map((text) => Buffer.from(text)),
      ),
    ),
  }),
  // a number of the text becomes another, and so does a word of a binary header
  fc.record({
    what: fc.constant("number" as const),
    at: fc.nat(),
    by: fc.constantFrom("0", "-1", "1.5", "1e999", "4294967296", "9007199254740993", "NaN", "[]"),
  }),
  fc.record({
    what: fc.constant("word" as const),
    at: fc.nat(),
    by: fc.constantFrom(0, 1, 0x7f, 0xff, 0x7fffffff, 0x80000000, 0xffffffff),
  }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(bytes: Buffer, one: Change): Buffer {
  const at = bytes.length === 0 ? 0 : one.at % bytes.length;
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (one.what) {
    case "flip": {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at]! ^= one.bits;
      return copy;
    }
    case "cut":
      return before;
    case "remove":
      return Buffer.concat([before, after.subarray(one.count)]);
    case "repeat":
      return Buffer.concat([before, after.subarray(0, one.count), after]);
    case "insert":
      return Buffer.concat([before, one.bytes, after]);
    case "number": {
      const numbers = [...bytes.toString("latin1").matchAll(/-?\d+(\.\d+)?/g)];
      if (numbers.length === 0) return bytes;
      const { index, 0: digits } = numbers[one.at % numbers.length]!;
      const rest = bytes.subarray(index + digits.length);
      return Buffer.concat([bytes.subarray(0, index), Buffer.from(one.by), rest]);
    }
    case "word": {
      const copy = Buffer.from(bytes);
      if (at + 4 <= copy.length) copy.writeUInt32BE(one.by, at);
      return copy;
    }
  }
}

/** Some right files with a few changes each, at times whole; now and then any bytes at all. */
export function spoiled(examples: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const start = fc.constantFrom(...examples.map((bytes) => Buffer.from(bytes)));
  return fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(start, fc.array(change, { maxLength: 3 }))
        .map(([bytes, changes]) => changes.reduce(changed, bytes)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  );
}
