import { test } from "uvu";
import * as assert from "uvu/assert";
import { asMnist, type Picture } from "leibniz/data";
import { Random } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";
import { drawDigit, type Drawing, DRAWINGS } from "../helpers/draw-digit.js";

const prepare = (picture: Picture): Uint8Array => asMnist(picture, 28, 28, "x").pixels;

/** The box of what is brighter than `floor`, and the centre of mass. */
function measure(pixels: Uint8Array, floor = 40) {
  let [top, left, bottom, right, mass, y, x] = [28, 28, -1, -1, 0, 0, 0];
  for (const [p, value] of pixels.entries()) {
    const [h, w] = [Math.floor(p / 28), p % 28];
    mass += value;
    y += (h + 0.5) * value;
    x += (w + 0.5) * value;
    if (value < floor) continue;
    [top, bottom, left, right] = [
      Math.min(top, h),
      Math.max(bottom, h),
      Math.min(left, w),
      Math.max(right, w),
    ];
  }
  return { height: bottom - top + 1, width: right - left + 1, y: y / mass, x: x / mass };
}

/**
 * The mean difference of two images, as a share of the whole range; where one is a pixel off, as a
 * centre is rounded, that of what lies above each other.
 */
function difference(a: Uint8Array, b: Uint8Array): number {
  const shifts = [-1, 0, 1].flatMap((dh) => [-1, 0, 1].map((dw) => 28 * dh + dw));
  const sums = shifts.map((by) =>
    a.reduce((sum, value, p) => sum + Math.abs(value - (b[p + by] ?? 0)), 0),
  );
  return Math.min(...sums) / (255 * a.length);
}

test("every drawing fills a box of 20 × 20, and its centre of mass is in the middle", () => {
  for (const [i, drawing] of DRAWINGS.entries())
    for (const digit of [i, i + 5]) {
      const pixels = prepare(drawDigit(digit, drawing));
      const { height, width, y, x } = measure(pixels);
      assert.is(Math.max(height, width), 20, `${digit}: ${height}×${width}`);
      assert.ok(Math.abs(y - 14) <= 0.51 && Math.abs(x - 14) <= 0.51, `${digit}: ${y}, ${x}`);
      assert.is(Math.max(...pixels), 255);
    }
});

test("place, size, polarity, contrast and uneven light make no difference", () => {
  const base: Drawing = { ...DRAWINGS[0]!, ink: 0, paper: 255 };
  for (const digit of [1, 4, 6]) {
    const expected = prepare(drawDigit(digit, base));
    const same = (what: string, most: number, change: Partial<Drawing>): void => {
      const found = difference(expected, prepare(drawDigit(digit, { ...base, ...change })));
      assert.ok(found <= most, `${digit}, ${what}: ${found}`);
    };
    same("elsewhere", 0.02, { left: 80, top: 25 });
    same("bright on dark", 0.02, { ink: 255, paper: 0 });
    same("less contrast", 0.02, { ink: 120, paper: 160 });
    same("twice as large", 0.02, { height: 230, width: 300, side: 180, pen: 16, left: 80 });
    // paper of 120 on the left and 250 on the right, and ink that is darker by 60 everywhere
    const { pixels, ...size } = drawDigit(digit, base);
    const lit = pixels.map((value, p) => {
      const paper = 120 + (130 * (p % size.width)) / size.width;
      return Math.round(paper - 60 * (1 - value / 255));
    });
    const found = difference(expected, prepare({ ...size, pixels: lit }));
    assert.ok(found <= 0.02, `${digit}, lit: ${found}`);
  }
});

test("colours, noise and specks make no difference either", () => {
  const random = new Random("noise");
  const drawing = DRAWINGS[0]!;
  const { pixels, ...size } = drawDigit(6, drawing);
  const expected = prepare({ pixels, ...size });
  const coloured = new Uint8Array(3 * pixels.length);
  for (const [p, value] of pixels.entries()) coloured.set([value / 2, value, value], 3 * p);
  assert.ok(difference(expected, prepare({ ...size, channels: 3, pixels: coloured })) < 0.02);
  const noisy = pixels.map((value) =>
    Math.min(255, Math.max(0, value + random.integer(161) - 130)),
  );
  const found = difference(expected, prepare({ ...size, pixels: noisy }));
  assert.ok(found < 0.02, `noisy: ${found}`);
  const specks = pixels.slice();
  for (const at of [3 * 180 + 170, 110 * 180 + 4]) specks.fill(0, at, at + 4);
  assert.ok(difference(expected, prepare({ ...size, pixels: specks })) < 0.001);
});

test("an image as MNIST's are is left as it is, but for a shift", () => {
  const pixels = prepare(drawDigit(3, DRAWINGS[0]!));
  const again = prepare({ channels: 1, height: 28, width: 28, pixels });
  assert.ok(difference(pixels, again) < 0.02, String(difference(pixels, again)));
});

test("thin strokes are widened, which is said", () => {
  const thin = drawDigit(8, { ...DRAWINGS[0]!, pen: 2 });
  const { pixels, steps } = asMnist(thin, 28, 28, "x");
  assert.is(
    steps,
    "120×180 pixels (height × width); dark on bright, inverted; " +
      "the digit scaled to 20×12; its thin strokes " +
      "widened; its centre of mass in the middle of 28×28",
  );
  const usual = prepare(drawDigit(8, DRAWINGS[0]!));
  const ink = (image: Uint8Array) => image.reduce((sum, value) => sum + value, 0);
  assert.ok(ink(pixels) > 0.7 * ink(usual), `${ink(pixels)} of ${ink(usual)}`);
  assert.match(asMnist(drawDigit(8, DRAWINGS[1]!), 28, 28, "x").steps, /; bright on dark; /);
});

test("other sizes of image keep the proportions", () => {
  const { pixels, steps } = asMnist(drawDigit(0, DRAWINGS[0]!), 14, 42, "x");
  assert.is(pixels.length, 14 * 42);
  assert.match(steps, /scaled to 10×7;.* of 14×42$/);
  assert.match(asMnist(drawDigit(0, DRAWINGS[0]!), 42, 14, "x").steps, /scaled to 14×10;/);
});

test("an even picture has no digit, and the smallest ones do no harm", async () => {
  const even = (value: number, height = 9, width = 5): Picture => ({
    channels: 1,
    height,
    width,
    pixels: new Uint8Array(height * width).fill(value),
  });
  const expected = "x: expected a digit that stands out from its background, got an even picture";
  for (const value of [0, 128, 255]) await assertRejects(() => prepare(even(value)), expected);
  await assertRejects(() => prepare(even(7, 1, 1)), expected);
  const dot = even(255, 3, 4);
  dot.pixels[5] = 0;
  assert.is(prepare(dot).length, 784);
});

test.run();
