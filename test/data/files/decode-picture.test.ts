import { deflateSync } from "node:zlib";
import { decode } from "fast-png";
import jpeg from "jpeg-js";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodePicture, type Picture } from "leibniz/data";
import { Random } from "leibniz/tensor";
import { assertRejects } from "../../helpers/assert-close.js";
import { drawDigit, DRAWINGS, pngOf } from "../../helpers/draw-digit.js";

const [HEIGHT, WIDTH] = [3, 5];
const LAYOUTS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

const number = (value: number): number[] => [value >>> 24, value >>> 16, value >>> 8, value];

function chunk(type: string, data: ArrayLike<number>): number[] {
  const named = Uint8Array.from([...new TextEncoder().encode(type), ...Array.from(data)]);
  return [...number(data.length), ...named, ...number(crc32(named))];
}

/** A PNG from its rows of bytes, which are not filtered. */
function png(
  { type, depth, height = HEIGHT, width = WIDTH }: Record<string, number>,
  rows: ArrayLike<number>,
  ...others: number[][]
): Uint8Array {
  const bits = LAYOUTS[type!]! * depth!;
  const length = Math.ceil((WIDTH * bits) / 8);
  const filtered = Array.from({ length: HEIGHT }, (_, h) => [
    0,
    ...Array.from(rows).slice(h * length, (h + 1) * length),
  ]).flat();
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10],
    ...chunk("IHDR", [...number(width!), ...number(height!), depth!, type!, 0, 0, 0]),
    ...others.flat(),
    ...chunk("IDAT", deflateSync(Uint8Array.from(filtered))),
    ...chunk("IEND", []),
  ]);
}

test("PNG: every number of channels, in 8 and in 16 bits", async () => {
  for (const [type, channels] of Object.entries(LAYOUTS)) {
    if (type === "3") continue;
    const bytes = Array.from({ length: HEIGHT * WIDTH * channels }, (_, i) => 4 * i);
    const narrow = await decodePicture(png({ type: Number(type), depth: 8 }, bytes), "x.png");
    assert.equal([narrow.channels, narrow.height, narrow.width], [channels, HEIGHT, WIDTH]);
    assert.equal([...narrow.pixels], bytes);
    const wide = png(
      { type: Number(type), depth: 16 },
      bytes.flatMap((byte) => [byte, byte]),
    );
    assert.equal([...(await decodePicture(wide, "x.png")).pixels], bytes);
  }
});

test("PNG: gray of 1, 2 and 4 bits, palettes, and colours that stand for transparent", async () => {
  const ones = await decodePicture(
    png({ type: 0, depth: 1 }, [0b10110000, 0b01000000, 0b11111000]),
    "x.png",
  );
  const bits = "101100100011111".split("").map((bit) => 255 * Number(bit));
  assert.equal([ones.channels, ...ones.pixels], [1, ...bits]);
  const fours = await decodePicture(
    png({ type: 0, depth: 4 }, [0x01, 0x23, 0x40, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xe0]),
    "x.png",
  );
  assert.equal(
    [...fours.pixels],
    Array.from({ length: 15 }, (_, i) => 17 * i),
  );
  const indices = Array.from({ length: HEIGHT * WIDTH }, (_, i) => i % 2);
  const palette = chunk("PLTE", [1, 2, 3, 40, 50, 60]);
  const indexed = await decodePicture(png({ type: 3, depth: 8 }, indices, palette), "x.png");
  assert.equal([indexed.channels, ...indexed.pixels.subarray(0, 6)], [3, 1, 2, 3, 40, 50, 60]);
  const clear = await decodePicture(
    png({ type: 3, depth: 8 }, indices, palette, chunk("tRNS", [0])),
    "x.png",
  );
  assert.equal([clear.channels, ...clear.pixels.subarray(0, 8)], [4, 1, 2, 3, 0, 40, 50, 60, 255]);
  const key = await decodePicture(
    png({ type: 0, depth: 8 }, [9, 8, ...new Uint8Array(13)], chunk("tRNS", [0, 8])),
    "x.png",
  );
  assert.equal([key.channels, ...key.pixels.subarray(0, 4)], [2, 9, 255, 8, 0]);
});

test("PNG: texts and profiles are not looked at, and checksums are", async () => {
  const profile = chunk("iCCP", [97, 0, 0, 1, 2, 3]); // nothing that could be unpacked
  const bytes = Array.from({ length: HEIGHT * WIDTH }, (_, i) => i);
  const file = png({ type: 0, depth: 8 }, bytes, profile);
  assert.equal([...(await decodePicture(file, "x.png")).pixels], bytes);
  for (const fromEnd of [13, 1]) {
    const flipped = file.slice(); // the last byte of the checksum of IDAT, and of IEND
    flipped[file.length - fromEnd]! ^= 1;
    await assertRejects(() => decodePicture(flipped, "x.png"), "x.png: expected a whole PNG");
  }
});

test("too many pixels, or more unpacked than they need, are refused", async () => {
  const huge = png({ type: 0, depth: 8, height: 60_000, width: 60_000 }, [0]);
  await assertRejects(
    () => decodePicture(huge, "x.png"),
    "x.png: expected a picture of 1 to 67108864 pixels, got 60000×60000 of them",
  );
  const none = png({ type: 0, depth: 8, height: 0 }, [0]);
  await assertRejects(() => decodePicture(none, "x.png"), "got 0×5 of them");
  const bomb = deflateSync(new Uint8Array(2 ** 25), { level: 1 });
  assert.ok(bomb.length > 2 ** 16);
  const header = png({ type: 0, depth: 8 }, [0]).subarray(0, 33);
  const file = Uint8Array.from([...header, ...chunk("IDAT", bomb), ...chunk("IEND", [])]);
  await assertRejects(() => decodePicture(file, "x.png"), "x.png: expected at most", "got more");
  const photo = new Uint8Array(jpegOf(picture()));
  const frame = photo.findIndex((byte, at) => byte === 0xff && photo[at + 1] === 0xc0);
  photo.set([0xff, 0xff, 0xff, 0xff], frame + 5);
  await assertRejects(() => decodePicture(photo, "x.jpg"), "got 65535×65535 of them");
});

/** Bright on the left, dark on the right, and brighter above. */
function picture(): { width: number; height: number; data: Uint8Array } {
  const [height, width] = [16, 24];
  const data = new Uint8Array(4 * height * width);
  for (let p = 0; p < height * width; p++) {
    const value = 230 - 6 * (p % width) - 3 * Math.floor(p / width);
    data.set([value, value, value, 255], 4 * p);
  }
  return { width, height, data };
}

const jpegOf = (given: { width: number; height: number; data: Uint8Array }): Uint8Array =>
  new Uint8Array(jpeg.encode(given, 95).data);

/** The same JPEG with a camera's note of how it was held. */
function held(bytes: Uint8Array, orientation: number, isLittle: boolean): Uint8Array {
  const two = (value: number): number[] => (isLittle ? [value, 0] : [0, value]);
  const four = (value: number): number[] => (isLittle ? [value, 0, 0, 0] : [0, 0, 0, value]);
  const tiff = [
    ...new TextEncoder().encode(isLittle ? "II" : "MM"),
    ...two(42),
    ...four(8),
    ...two(1),
    ...(isLittle ? [0x12, 0x01] : [0x01, 0x12]),
    ...two(3),
    ...four(1),
    ...two(orientation),
    ...two(0),
    ...four(0),
  ];
  const exif = [...new TextEncoder().encode("Exif"), 0, 0, ...tiff];
  const segment = [0xff, 0xe1, 0, exif.length + 2, ...exif];
  return Uint8Array.from([...bytes.subarray(0, 2), ...segment, ...bytes.subarray(2)]);
}

test("JPEG: near the picture it was, and upright however the camera was held", async () => {
  const original = picture();
  const bytes = jpegOf(original);
  const upright = await decodePicture(bytes, "x.jpg");
  assert.equal([upright.channels, upright.height, upright.width], [3, 16, 24]);
  for (let p = 0; p < 16 * 24; p++)
    assert.ok(Math.abs(upright.pixels[3 * p]! - original.data[4 * p]!) < 8);
  const at = ({ pixels, width, height }: Picture, h: number, w: number): number =>
    pixels[3 * ((h < 0 ? height + h : h) * width + (w < 0 ? width + w : w))]!;
  // where the picture's first row and first column are to be seen, as EXIF's table says
  const corners: readonly (readonly [h: number, w: number])[] = [
    [0, 0],
    [0, -1],
    [-1, -1],
    [-1, 0],
    [0, 0],
    [0, -1],
    [-1, -1],
    [-1, 0],
  ];
  for (const [i, [h, w]] of corners.entries())
    for (const isLittle of [true, false]) {
      const turned = await decodePicture(held(bytes, i + 1, isLittle), "x.jpg");
      assert.equal(
        [turned.height, turned.width],
        i < 4 ? [16, 24] : [24, 16],
        `orientation ${i + 1}`,
      );
      assert.is(at(turned, h, w), at(upright, 0, 0), `orientation ${i + 1}`);
      const [endH, endW] = i < 4 ? [h, -1 - w] : [-1 - h, w]; // the other end of the first row
      assert.is(at(turned, endH, endW), at(upright, 0, -1), `orientation ${i + 1}`);
    }
});

test("other kinds of pictures are named, and garbled ones refused in one line", async () => {
  const text = (start: string): Uint8Array => new TextEncoder().encode(`${start} and more of it`);
  for (const [start, name] of [
    ["GIF89a", "a GIF"],
    ["BM", "a BMP"],
    ["RIFF", "a WebP"],
    ["<svg", "an SVG"],
  ] as const)
    await assertRejects(
      () => decodePicture(text(start), "x\x1b[1m.png"),
      `x?[1m.png: expected a PNG or JPEG file, got ${name}`,
      "save it as PNG",
    );
  await assertRejects(() => decodePicture(Uint8Array.of(), "x"), "got an empty file");
  const drawn = pngOf(drawDigit(3, DRAWINGS[4]!));
  assert.is(decode(drawn).width, 28);
  const photo = jpegOf(picture());
  const seen = { read: 0, refused: 0 };
  const random = new Random("garbled pictures");
  for (const whole of [drawn, photo])
    for (let i = 0; i < 150; i++) {
      const bytes = whole.slice(0, i % 3 === 0 ? random.integer(whole.length) : whole.length);
      if (i % 3 !== 0) bytes[2 + random.integer(bytes.length - 2)]! ^= 1 << random.integer(8);
      try {
        await decodePicture(bytes, "x");
        seen.read++;
      } catch (error) {
        if ((error as Error).name !== "InputError") throw error;
        assert.match((error as Error).message, /^x: expected [^\n]+, got [^\n]+$/);
        seen.refused++;
      }
    }
  assert.ok(seen.read > 20 && seen.refused > 100, JSON.stringify(seen));
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (rest) => {
      for (const start of [
        [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10],
        [0xff, 0xd8],
      ])
        await assertRejects(() => decodePicture(Uint8Array.from([...start, ...rest]), "x"), "x: ");
    }),
    { seed: 31, numRuns: 200 },
  );
});

test("a small JPEG that claims to be huge is refused before it is decoded", async () => {
  const photo = jpegOf(picture());
  const frame = photo.findIndex((byte, i) => byte === 0xff && photo[i + 1] === 0xc0);
  new DataView(photo.buffer).setUint32(frame + 5, (8000 << 16) | 7000);
  await assertRejects(
    () => decodePicture(photo, "x.jpg"),
    `x.jpg: expected a whole JPEG, got ${photo.length} bytes, too few for 8000×7000 pixels`,
  );
});

test.run();
