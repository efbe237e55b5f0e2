/** The laboratory of filters reads a picture's size before anything is decoded. */
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { encode as encodePng } from "fast-png";
import jpeg from "jpeg-js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { root } from "../helpers/cli.js";

const test = suite("site: picture header");

interface Header {
  sizeOf(bytes: Uint8Array): { width: number; height: number } | null;
}

const place = pathToFileURL(join(root, "site", "build", "import-ts.mjs")).href;
const { importTs } = (await import(place)) as { importTs: (file: string) => Promise<Header> };
const { sizeOf } = await importTs("site/labs/filters/picture-header.ts");

const [width, height] = [37, 11];

const text = (letters: string): number[] => [...letters].map((letter) => letter.charCodeAt(0));
const little = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, at) => (value >> (8 * at)) & 255);

/** With an APP1 segment of a camera in front, whose bytes look like a frame. */
function photograph(): Uint8Array {
  const data = Buffer.alloc(4 * width * height, 128);
  const plain = jpeg.encode({ data, width, height }, 80).data;
  const camera = [0xff, 0xe1, 0, 12, 0xff, 0xc0, 0, 17, 8, 0, 9, 0, 9, 3];
  return Uint8Array.from([...plain.subarray(0, 2), ...camera, ...plain.subarray(2)]);
}

const FILES: Readonly<Record<string, Uint8Array>> = {
  PNG: encodePng({ width, height, data: new Uint8Array(width * height), channels: 1 }),
  JPEG: photograph(),
  GIF: Uint8Array.from([...text("GIF89a"), ...little(width, 2), ...little(height, 2), 0, 0, 0]),
  "lossy WebP": Uint8Array.from([
    ...text("RIFF\0\0\0\0WEBPVP8 \0\0\0\0"),
    ...[0, 0, 0, 0x9d, 0x01, 0x2a],
    ...[...little(width, 2), ...little(height, 2)],
  ]),
  "lossless WebP": Uint8Array.from([
    ...text("RIFF\0\0\0\0WEBPVP8L\0\0\0\0"),
    0x2f,
    ...little(((height - 1) << 14) | (width - 1), 4),
  ]),
  "extended WebP": Uint8Array.from([
    ...text("RIFF\0\0\0\0WEBPVP8X\0\0\0\0"),
    ...[0, 0, 0, 0],
    ...[...little(width - 1, 3), ...little(height - 1, 3)],
  ]),
};

for (const [kind, bytes] of Object.entries(FILES))
  test(`of a ${kind} it is read, and of its first 20 bytes nothing throws`, () => {
    assert.equal(sizeOf(bytes), { width, height });
    for (let end = 0; end <= 20; end++) sizeOf(bytes.subarray(0, end));
  });

test("what is no picture has no size", () => {
  for (const other of ["", "GIF", "a text that is longer than a header is", "<svg width='9'/>"])
    assert.is(sizeOf(Uint8Array.from(text(other))), null);
  assert.is(sizeOf(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1])), null);
  const endless = Uint8Array.from([0xff, 0xd8, ...new Array<number>(50).fill(0xff)]);
  assert.is(sizeOf(endless), null);
});

test("a JPEG whose segments say that they are empty ends", () => {
  const stuck = Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, 0, 0xff, 0xe1, 0, 0]);
  assert.is(sizeOf(stuck), null);
});

test.run();
