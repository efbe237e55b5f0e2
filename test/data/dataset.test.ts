import { test } from "uvu";
import * as assert from "uvu/assert";
import { type ImageSet, makeDataset } from "leibniz/data";
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

test.run();
