/** What laboratories share: states in links, and answers as text. */
import { isDeepStrictEqual } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "leibniz/tensor";
import { importTs } from "../../site/build/import-ts.mjs";

interface ReadState {
  readonly state: Readonly<Record<string, unknown>>;
  readonly problem: string | null;
}
interface FieldsModule {
  whole(initial: number, least: number, most: number): unknown;
  flag(initial: boolean): unknown;
  numbers(initial: readonly number[], least: number, most: number, count?: unknown): unknown;
  wholes(initial: readonly number[], least: number, most: number, count?: unknown): unknown;
  oneOf(initial: string, names: readonly string[]): unknown;
  writeState(fields: unknown, version: number, state: unknown): string;
  readState(fields: unknown, version: number, text: string): ReadState | null;
}
interface PlainTextModule {
  plainText(value: unknown): string;
  fromPlainText(text: string): unknown;
}

const test = suite("the frame of the laboratories");
const { flag, numbers, oneOf, readState, whole, wholes, writeState } = await importTs<FieldsModule>(
  "site/labs/frame/fields.ts",
);
const { fromPlainText, plainText } = await importTs<PlainTextModule>(
  "site/labs/frame/plain-text.ts",
);

const fields = {
  stride: whole(1, 1, 4),
  isOn: flag(false),
  image: numbers([1, 2], -10, 10, [0, 6]),
  size: wholes([3, 4], 1, 8),
  view: oneOf("columns", ["columns", "drip"]),
};
const start = { stride: 1, isOn: false, image: [1, 2], size: [3, 4], view: "columns" };

test("a state comes back from its link, field by field", () => {
  const random = new Random("states");
  const upTo = (count: number): number => Math.floor(random.next() * count);
  for (let trial = 0; trial < 200; trial++) {
    const state = {
      stride: 1 + upTo(4),
      isOn: random.next() < 0.5,
      image: Array.from({ length: upTo(7) }, () => 20 * random.next() - 10),
      size: [1 + upTo(8), 1 + upTo(8)],
      view: random.next() < 0.5 ? "columns" : "drip",
    };
    const read = readState(fields, 1, writeState(fields, 1, state));
    assert.equal(read, { state, problem: null });
  }
  assert.is(writeState(fields, 1, start), "v1", "only what differs from the start");
});

test("what is wrong with a link is told in one line, and is as at the start", () => {
  const wrong = [
    "stride=0",
    "stride=1.5",
    "stride=1e9",
    "stride=",
    "isOn=maybe",
    "image=1,two",
    "image=1,2,3,4,5,6,7",
    "image=NaN",
    "image=11",
    "size=3",
    "size=3x9",
    "view=Columns",
    "view=%E0%A4%A",
    "other=1",
    "__proto__=1",
    "toString=1",
    "=",
  ];
  for (const part of wrong) {
    const read = readState(fields, 1, `v1&${part}`);
    assert.equal(read?.state, start, part);
    assert.match(
      read?.problem ?? "",
      /^The link has a (?:wrong field|field that is not)[^\n]*start\.$/,
    );
  }
  const all = readState(fields, 1, `v1&${wrong.join("&")}`);
  assert.match(all?.problem ?? "", /, and 16 others; what is wrong is as at the start\.$/);
  assert.match(readState(fields, 2, "v1&stride=2")?.problem ?? "", /version 1 .* version 2/);
  for (const place of ["", "text", "v", "vitesse", "v1x"])
    assert.is(readState(fields, 1, place), null);
});

test("an answer comes back from its text to the last bit", () => {
  const value = {
    numbers: [
      0.1 + 0.2,
      -0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      5e-324,
    ],
    arrays: [Float64Array.of(1 / 3, -0, Number.NaN), Float32Array.of(0.1), Int32Array.of(-7)],
    bytes: Uint8ClampedArray.of(0, 255),
    nothing: [null, undefined],
    words: "</script><!--",
    isTrue: true,
  };
  const text = plainText(value);
  assert.not.match(text, /</);
  assert.ok(isDeepStrictEqual(fromPlainText(text), value), text); // tells -0 from 0
  for (const wrong of [new Map(), () => 1, 1n, new Date()])
    assert.throws(() => plainText({ wrong }), /plain-text: expected plain values/);
});

test.run();
