import { test } from "uvu";
import * as assert from "uvu/assert";
import { examplesOf, ImageDataset, type ImageSet, makeBatch, makeDataset } from "leibniz/data";
import { Tensor } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";

const images: ImageSet = { count: 3, height: 2, width: 4, pixels: new Uint8Array(24) };

test("images and labels are kept as they are, without a copy", () => {
  const labels = Uint8Array.of(4, 0, 9);
  const dataset = makeDataset(images, labels, "labels.idx");
  assert.is(dataset.images, images);
  assert.is(dataset.labels, labels);
});

test("a label too few, a label too many, none at all", async () => {
  for (const count of [2, 4, 0]) {
    await assertRejects(
      () => makeDataset(images, new Uint8Array(count), "labels.idx"),
      "labels.idx: expected",
      "each of 3 images",
      `got ${count} labels`,
      "different data sets",
    );
  }
});

/** Two images of 3 channels and 1 × 2 pixels; every byte is different. */
const coloured: ImageSet = {
  count: 2,
  channels: 3,
  height: 1,
  width: 2,
  pixels: Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
};

test("a batch is what makeBatch makes, with the labels as the target", () => {
  const dataset = makeDataset(
    { ...images, pixels: images.pixels.map((_, i) => i) },
    Uint8Array.of(4, 0, 9),
    "test",
  );
  const { x, target } = dataset.batch([2, 0]);
  const expected = makeBatch(dataset, [2, 0]);
  assert.equal(x.toNested(), expected.x.toNested());
  assert.equal(x.shape, [2, 1, 2, 4]);
  assert.equal([...(target as Int32Array)], [9, 4]);
});

test("images of several channels, and labels above 9", () => {
  const dataset = new ImageDataset({ images: coloured, labels: Uint8Array.of(7, 200) });
  const { x, target } = dataset.batch([1]);
  assert.equal(x.shape, [1, 3, 1, 2]);
  assert.equal(x.toNested(), [
    [[[120, 140]], [[160, 180]], [[200, 220]]].map((channel) =>
      channel.map((row) => row.map((byte) => Math.fround(byte / 255))),
    ),
  ]);
  assert.equal([...(target as Int32Array)], [200]);
  const [first, rest] = dataset.split(1);
  assert.equal(
    [first.count, rest.count, [...(rest.batch([0]).target as Int32Array)]],
    [1, 1, [200]],
  );
});

test("labelled images become examples, examples stay what they are", () => {
  const pair = { images: coloured, labels: Uint8Array.of(1, 0) };
  assert.is(examplesOf(pair).count, 2);
  const own = { count: 1, batch: () => ({ x: Tensor.zeros([1, 2]), target: [0] }) };
  assert.is(examplesOf(own), own);
});

test("pixels that are no bytes are what a message names", () => {
  const labels = Uint8Array.of(1, 0);
  for (const [pixels, got] of [
    [[...coloured.pixels], "an array"],
    [Float32Array.from(coloured.pixels), "a Float32Array"],
  ] as const)
    assert.throws(
      () => examplesOf({ images: { ...coloured, pixels: pixels as never }, labels }, "fit"),
      new RegExp(`^fit: data: expected pixels of images as a Uint8Array, got ${got}$`),
    );
});

test.run();
