import { suite } from "uvu";
import * as assert from "uvu/assert";
import { gaussian, latticeSpacing, SmoothNoise } from "leibniz/data";
import { Random } from "leibniz/tensor";
import { assertCloseArrays } from "../../helpers/assert-close.js";

const test = suite("smooth noise");

test("the Gaussian is cut off at 3σ, and its integral is 1 but for that", () => {
  for (const sigma of [1, 1.7, 4]) {
    const step = 1 / 64;
    let area = 0;
    for (let d = -4 * sigma; d <= 4 * sigma; d += step) area += gaussian(d, sigma) * step;
    assert.ok(Math.abs(area - 0.9973) < 1e-3, `${sigma}: ${area}`);
    const peak = 1 / (sigma * Math.sqrt(2 * Math.PI));
    assertCloseArrays(
      [0, sigma, -2 * sigma, 3 * sigma].map((d) => gaussian(d, sigma) / peak),
      [1, Math.exp(-0.5), Math.exp(-2), Math.exp(-4.5)],
      { tolerance: 1e-15 },
    );
    assert.is(gaussian(3.001 * sigma, sigma), 0);
  }
  assert.equal([1, 1.99, 2, 4, 4.7].map(latticeSpacing), [1, 1, 2, 4, 4]);
});

for (const [H, W, sigma] of [
  [7, 12, 1],
  [12, 7, 1.6],
  [9, 5, 2.5],
  [5, 14, 4],
  [1, 2, 3.3],
]) {
  test(`a field of ${H}×${W} at σ = ${sigma} is the sum over all points`, () => {
    const smooth = new SmoothNoise(H!, W!, sigma!);
    const [rows, columns] = smooth.latticeShape;
    const s = latticeSpacing(sigma!);
    const before = Math.ceil((3 * sigma!) / s);
    // every point that counts anywhere is there
    assert.ok((rows - before) * s > H! - 1 + 3 * sigma! - s);
    const noise = new Random("noise").normal([rows, columns], 0, 1, "float64").data as Float64Array;
    const field = new Float64Array(H! * W!);
    smooth.spread(noise, 1.5, field);
    const expected = field.map((_, p) => {
      const [h, w] = [Math.floor(p / W!), p % W!];
      let sum = 0;
      for (let q = 0; q < rows; q++)
        for (let r = 0; r < columns; r++)
          sum +=
            gaussian(h - (q - before) * s, sigma!) *
            gaussian(w - (r - before) * s, sigma!) *
            noise[q * columns + r]!;
      return 1.5 * s * sum;
    });
    assertCloseArrays(field, expected, { tolerance: 1e-13 });
  });
}

test("there are as many points as count anywhere, and one number is drawn for each", () => {
  assert.equal(new SmoothNoise(28, 28, 4).latticeShape, [14, 14]);
  assert.equal(new SmoothNoise(7, 12, 1).latticeShape, [13, 18]);
  const smooth = new SmoothNoise(5, 9, 1.5);
  const [rows, columns] = smooth.latticeShape;
  let drawn = 0;
  const always = (bits: number): Float64Array => {
    const random = Object.assign(new Random(0), { bits: () => (drawn++, bits) });
    const field = new Float64Array(45);
    smooth.draw(random, 3, field);
    return field;
  };
  const least = always(0);
  assert.is(drawn, rows * columns);
  // the least and the largest numbers that can be drawn are opposites
  assert.equal(
    always(2 ** 32 - 1),
    least.map((value) => -value),
  );
  assert.ok(least.every((value) => value < 0));
});

test("displacements are about 0.163·α/σ at every pixel, also at the border", () => {
  const [H, W, alpha, sigma] = [11, 17, 34, 4];
  const smooth = new SmoothNoise(H, W, sigma);
  const random = new Random("fields");
  const field = new Float64Array(H * W);
  const [mean, square] = [new Float64Array(H * W), new Float64Array(H * W)];
  const count = 3000;
  for (let i = 0; i < count; i++) {
    smooth.draw(random, alpha, field);
    for (const [p, value] of field.entries()) {
      mean[p]! += value / count;
      square[p]! += value ** 2 / count;
    }
  }
  const expected = alpha / (2 * Math.sqrt(3 * Math.PI) * sigma); // 1.38 pixels
  for (const p of field.keys()) {
    assert.ok(Math.abs(mean[p]!) < 0.15, `mean at ${p}: ${mean[p]}`);
    assert.ok(Math.abs(Math.sqrt(square[p]!) / expected - 1) < 0.08, `at ${p}: ${square[p]}`);
  }
});

test.run();
