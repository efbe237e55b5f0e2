import {
  classicalFilters,
  cosineOf,
  mostAlike,
  turnsAndFlips,
} from "leibniz/experiments/parts/classical-filters";
import { meanStep } from "leibniz/experiments/parts/filtered-pictures";
import { meanLikeness } from "leibniz/experiments/parts/likeness";
import { packPicture, unpackPicture } from "leibniz/experiments/parts/packed-picture";
import { Random, Tensor } from "leibniz/tensor";
import { test } from "uvu";
import * as assert from "uvu/assert";

test("a filter has eight positions: four turns, each flipped", () => {
  const positions = turnsAndFlips([1, 2, 3, 4, 5, 6, 7, 8, 9]).map((one) => one.join(""));
  assert.equal([...positions].sort(), [
    "123456789",
    "147258369",
    "321654987",
    "369258147",
    "741852963",
    "789456123",
    "963852741",
    "987654321",
  ]);
});

test("a classical filter is most like itself, turned, flipped and with any factor", () => {
  for (const [name, filter] of Object.entries(classicalFilters))
    for (const position of turnsAndFlips(filter))
      for (const factor of [3, -0.5]) {
        const found = mostAlike(position.map((entry) => factor * entry));
        assert.ok(Math.abs(found.cosine - 1) < 1e-12, name);
        // Sobel's two filters are turns of each other
        assert.is(found.name.replace(" y", " x"), name.replace(" y", " x"));
      }
  assert.is(mostAlike([0, 0, 0, 0, 0, 0, 0, 0, 0]).cosine, 0);
});

test("cosines are those of the definition", () => {
  assert.ok(Math.abs(cosineOf([1, 2, 2], [2, -1, 4]) - 8 / (3 * Math.sqrt(21))) < 1e-15);
  assert.is(cosineOf([1, 0], [0, 3]), 0);
  const [first, second] = [classicalFilters.box, classicalFilters.sharpen];
  assert.ok(Math.abs(meanLikeness([first, second].map((one) => [...one])) - 1) < 1e-12);
});

test("the likeness of random directions is that of the sums written out", () => {
  // the largest of |cosines| with Sobel x, Sobel y, box, and the nearer of two nearly equal filters
  const random = new Random("directions");
  const groups = Array.from({ length: 4000 }, () =>
    Array.from({ length: 9 }, () => random.nextNormal()),
  );
  const expected = groups.reduce((sum, [a, b, c, d, e, f, g, h, i]) => {
    const size = Math.sqrt([a, b, c, d, e, f, g, h, i].reduce((all, v) => all! + v! * v!, 0)!);
    const [x, y] = [c! + 2 * f! + i! - a! - 2 * d! - g!, g! + 2 * h! + i! - a! - 2 * b! - c!];
    const [cross, corners] = [b! + d! + f! + h!, a! + c! + g! + i!];
    const sums = [
      Math.abs(x) / Math.sqrt(12),
      Math.abs(y) / Math.sqrt(12),
      Math.abs(cross + corners + e!) / 3,
      Math.abs(5 * e! - cross) / Math.sqrt(29),
      Math.abs(4 * e! - cross) / Math.sqrt(20),
    ];
    return sum + Math.max(...sums) / size;
  }, 0);
  assert.ok(Math.abs(meanLikeness(groups) - expected / groups.length) < 1e-12);
});

test("a packed picture comes back to within half a step of 255", () => {
  const random = new Random("picture");
  const values = Array.from({ length: 2 * 3 * 4 }, () => random.nextNormal());
  const packed = packPicture(values, [2, 3, 4]);
  const back = unpackPicture(packed);
  const step = (packed.high - packed.low) / 255;
  values.forEach((value, i) => assert.ok(Math.abs(back[i]! - value) <= step / 2 + 1e-12, `${i}`));
  assert.is(Math.min(...back), Math.min(...values));
  assert.ok(Math.abs(Math.max(...back) - Math.max(...values)) < 1e-12);
  assert.equal([...unpackPicture(packPicture([7, 7], [1, 2]))], [7, 7]);
});

test("the mean step is that of neighbours beside and below, in no other image", () => {
  // differences beside: 1, 3, 0, 2; below: 4, 2, 1 | the second image: all 0
  const x = Tensor.from([0, 1, 4, 4, 3, 5, 9, 9, 9, 9, 9, 9], [2, 1, 2, 3], "float64");
  const beside = [1, 3, 1, 2];
  const below = [4, 2, 1];
  const sum = [...beside, ...below].reduce((all, one) => all + one, 0);
  assert.is(meanStep(x), sum / 14);
});

test.run();
