import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { batches, type LabelledImages, drawSubset, makeBatch, shuffledOrder } from "leibniz/data";
import { type Allocator, type DType, Random, Storage } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";

/** Five images of 2×3 pixels; pixel p of image n is 40n + 7p. */
const dataset: LabelledImages = {
  images: {
    count: 5,
    height: 2,
    width: 3,
    pixels: Uint8Array.from({ length: 30 }, (_, i) => 40 * Math.floor(i / 6) + 7 * (i % 6)),
  },
  labels: Uint8Array.of(3, 1, 4, 1, 9),
};

/** Some distinct numbers that are not 0, 1, 2, …, so that positions cannot pass for indices. */
const INDICES = Uint32Array.from({ length: 40 }, (_, i) => 1000 - 17 * i);

const ascending = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);

test("every byte becomes the float32 nearest to byte / 255", () => {
  const everyByte: LabelledImages = {
    images: {
      count: 1,
      height: 8,
      width: 32,
      pixels: Uint8Array.from({ length: 256 }, (_, i) => i),
    },
    labels: Uint8Array.of(0),
  };
  const { x } = makeBatch(everyByte, [0]);
  assert.is(x.dtype, "float32");
  for (let byte = 0; byte < 256; byte++)
    assert.is(x.data[byte], Math.fround(byte / 255), `byte ${byte}`);
  assert.equal([x.data[0], x.data[255]], [0, 1]);
});

test("images and labels come in the order of the indices, repeated ones again", () => {
  const { x, labels } = makeBatch(dataset, [4, 0, 2, 2]);
  assert.equal(x.shape, [4, 1, 2, 3]);
  assert.equal([...labels], [9, 3, 4, 4]);
  assert.ok(labels instanceof Int32Array);
  [4, 0, 2, 2].forEach((index, n) => {
    for (let row = 0; row < 2; row++) {
      for (let column = 0; column < 3; column++) {
        assert.is(
          x.get(n, 0, row, column),
          Math.fround((40 * index + 7 * (3 * row + column)) / 255),
          `image ${n}, row ${row}, column ${column}`,
        );
      }
    }
  });
});

test("indices may be a typed array; the batch is a copy", () => {
  const pixels = dataset.images.pixels.slice();
  const { x, labels } = makeBatch(
    { images: { ...dataset.images, pixels }, labels: dataset.labels },
    Uint32Array.of(1, 3),
  );
  pixels.fill(0);
  assert.equal(
    [x.get(0, 0, 0, 0), x.get(1, 0, 1, 2)],
    [Math.fround(40 / 255), Math.fround(155 / 255)],
  );
  assert.equal([...labels], [1, 1]);
});

test("the pixels lie in memory that the allocator gives", () => {
  const asked: [DType, number][] = [];
  const memory = new Storage(new Float32Array(12));
  const allocator: Allocator = {
    allocate(dtype, length) {
      asked.push([dtype, length]);
      return memory;
    },
  };
  const { x } = makeBatch(dataset, [2, 0], allocator);
  assert.equal(asked, [["float32", 12]]);
  assert.is(x.storage, memory);
  assert.is(memory.data[0], Math.fround(80 / 255));
  assert.is(memory.data[11], Math.fround(35 / 255));
});

test("an index without an image is refused, with its place", async () => {
  await assertRejects(
    () => makeBatch(dataset, [0, 4, 5]),
    "makeBatch: expected indices from 0 to 4",
    "got 5 at position 2",
  );
  await assertRejects(() => makeBatch(dataset, [-1]), "got -1 at position 0");
  await assertRejects(() => makeBatch(dataset, [2, 1.5]), "got 1.5 at position 1");
  await assertRejects(() => makeBatch(dataset, [NaN]), "got NaN at position 0");
});

test("batches cover an order once, in order; only the last one is smaller", () => {
  const sizes = (count: number, batchSize: number) =>
    [...batches(INDICES.subarray(0, count), batchSize)].map((batch) => batch.length);
  assert.equal(sizes(7, 3), [3, 3, 1]);
  assert.equal(sizes(6, 3), [3, 3]);
  assert.equal(sizes(2, 3), [2]);
  assert.equal(sizes(3, 1), [1, 1, 1]);
  assert.equal(sizes(0, 3), []);
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 50 }), (count, batchSize) => {
      const order = INDICES.subarray(0, count);
      const pieces = [...batches(order, batchSize)];
      assert.equal(
        pieces.flatMap((piece) => [...piece]),
        [...order],
      );
      assert.is(pieces.length, Math.ceil(count / batchSize));
      pieces.slice(0, -1).forEach((piece) => assert.is(piece.length, batchSize));
    }),
    { seed: 30 },
  );
});

test("a batch shares memory with the order", () => {
  const order = Uint32Array.of(5, 6, 7);
  const [, last] = [...batches(order, 2)];
  assert.is(last!.buffer, order.buffer);
  order[2] = 9;
  assert.equal([...last!], [9]);
});

test("a batch size that is no whole number ≥ 1 is refused", async () => {
  for (const size of [0, -2, 2.5, NaN, Infinity]) {
    await assertRejects(
      () => [...batches(INDICES, size)],
      "batches: expected a batch size",
      "whole number ≥ 1",
      `got ${size}`,
    );
  }
});

test("a shuffled order holds the same indices, and leaves the original alone", () => {
  const before = [...INDICES];
  const order = shuffledOrder(INDICES, new Random("shuffle"));
  assert.ok(order instanceof Uint32Array);
  assert.equal(ascending(order), ascending(INDICES));
  assert.not.equal([...order], before);
  assert.equal([...INDICES], before);
  assert.equal([...shuffledOrder(Uint32Array.of(8), new Random(0))], [8]);
  assert.equal([...shuffledOrder(new Uint32Array(), new Random(0))], []);
});

test("a shuffled order depends on the seed only, and a second epoch has another one", () => {
  const orders = (seed: string) => {
    const random = new Random(seed);
    return [[...shuffledOrder(INDICES, random)], [...shuffledOrder(INDICES, random)]];
  };
  assert.equal(orders("a"), orders("a"));
  assert.not.equal(orders("a"), orders("b"));
  assert.not.equal(orders("a")[0], orders("a")[1]);
});

test("all six orders of three indices are about equally likely", () => {
  const random = new Random("orders of three");
  const seen = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = shuffledOrder(Uint32Array.of(11, 22, 33), random).join(" ");
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  assert.is(seen.size, 6);
  // Each count has a standard deviation of 29.
  for (const [order, count] of seen)
    assert.ok(Math.abs(count - 1000) < 120, `${order} came ${count} times out of 6000`);
});

test("a drawn subset is of different indices within the total", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), fc.nat(), (total, drawn, seed) => {
      const count = 1 + (drawn % total);
      const subset = drawSubset(total, count, new Random(seed));
      assert.is(subset.length, count);
      assert.is(new Set(subset).size, count);
      assert.ok(
        subset.every((index) => index < total),
        `${subset.join(" ")} out of ${total}`,
      );
    }),
    { seed: 31 },
  );
  assert.equal(ascending(drawSubset(9, 9, new Random(3))), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a drawn subset depends on the seed only, reaches every index, and is shuffled", () => {
  const draw = (seed: number) => [...drawSubset(50, 12, new Random(seed))];
  assert.equal(draw(1), draw(1));
  assert.not.equal(draw(1), draw(2));
  assert.not.equal(draw(1), ascending(draw(1)));
  const reached = new Set(Array.from({ length: 60 }, (_, seed) => draw(seed)).flat());
  assert.is(reached.size, 50);
});

test("a subset larger than the total, empty or fractional is refused", async () => {
  for (const count of [0, -1, 8, 2.5, NaN, Infinity]) {
    await assertRejects(
      () => drawSubset(7, count, new Random(0)),
      "drawSubset: expected a number from 1 to 7",
      `got ${count}`,
    );
  }
});

test.run();
