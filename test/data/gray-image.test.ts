import { test } from "uvu";
import * as assert from "uvu/assert";
import { type GrayImage, grayOf, resize } from "leibniz/data";
import { Random } from "leibniz/tensor";
import { assertCloseArrays, assertRejects } from "../helpers/assert-close.js";

const random = new Random("gray images");

function noise(height: number, width: number): GrayImage {
  const values = Float64Array.from({ length: height * width }, () => random.integer(256));
  return { height, width, values };
}

const all = ({ height, width }: GrayImage) => ({ top: 0, left: 0, height, width });

/** The mean over an area, from the definition: many points of it, each in one pixel. */
function meanOver(image: GrayImage, top: number, left: number, h: number, w: number): number {
  const points = 60;
  let sum = 0;
  for (let i = 0; i < points; i++)
    for (let j = 0; j < points; j++) {
      const y = Math.floor(top + (h * (i + 0.5)) / points);
      const x = Math.floor(left + (w * (j + 0.5)) / points);
      sum += image.values[y * image.width + x]!;
    }
  return sum / points ** 2;
}

test("a smaller image: every pixel is the mean over the area that it covers", () => {
  const image = noise(9, 14);
  const box = { top: 1, left: 2, height: 8, width: 12 };
  const [height, width] = [3, 5];
  const small = resize(image, box, height, width);
  const expected = Array.from({ length: height * width }, (_, p) => {
    const [h, w] = [Math.floor(p / width), p % width];
    return meanOver(image, 1 + (h * 8) / height, 2 + (w * 12) / width, 8 / height, 12 / width);
  });
  assert.equal([small.height, small.width], [height, width]);
  assertCloseArrays(small.values, expected, { tolerance: 0.02 });
});

test("the same size changes nothing; a larger one is drawn between the centres", async () => {
  const image = noise(4, 7);
  assertCloseArrays(resize(image, all(image), 4, 7).values, image.values, { tolerance: 1e-12 });
  const row = { height: 1, width: 2, values: Float64Array.of(0, 100) };
  const larger = resize(row, all(row), 3, 8);
  for (let h = 0; h < 3; h++)
    assertCloseArrays(
      larger.values.subarray(8 * h, 8 * h + 8),
      [0, 0, 12.5, 37.5, 62.5, 87.5, 100, 100],
      { tolerance: 1e-12 },
    );
  await assertRejects(
    () => resize(row, { top: 0, left: 1, height: 1, width: 2 }, 1, 1),
    "resize: expected a box inside the image",
  );
});

test("gray: as bright as it looks, and behind what is transparent the side without ink", () => {
  const gray = (channels: 1 | 2 | 3 | 4, ...pixels: number[]): number[] => [
    ...grayOf({
      channels,
      height: 1,
      width: pixels.length / channels,
      pixels: Uint8Array.from(pixels),
    }).values,
  ];
  assert.equal(gray(1, 0, 7, 255), [0, 7, 255]);
  assert.equal(gray(3, 9, 9, 9, 255, 255, 255), [9, 255]);
  assertCloseArrays(gray(3, 200, 0, 0, 0, 100, 0, 0, 0, 50), [59.8, 58.7, 5.7], {
    tolerance: 1e-12,
  });
  assert.equal(gray(2, 10, 255, 99, 0), [10, 255]);
  assert.equal(gray(4, 250, 250, 250, 255, 99, 99, 99, 0), [250, 0]);
});

test.run();
