import { test } from "uvu";
import * as assert from "uvu/assert";
import { ImageDataset, numberedAs, numbersAsNames } from "leibniz/data";
import { assertRejects } from "../../helpers/assert-close.js";

const dataset = (...labels: number[]): ImageDataset =>
  new ImageDataset({
    images: {
      count: labels.length,
      height: 1,
      width: 2,
      pixels: new Uint8Array(2 * labels.length),
    },
    labels: Uint8Array.from(labels),
  });
const numbered = (
  data: ImageDataset,
  names: readonly string[] | null,
  known: readonly string[],
) => [...numberedAs(data, names, known, "d").labels];

test("classes are matched by their names, in whatever order they are", async () => {
  assert.equal(numbered(dataset(0, 1, 0), ["dog", "cat"], ["cat", "cow", "dog"]), [2, 0, 2]);
  assert.equal(numbered(dataset(0, 1), ["3", "7"], numbersAsNames(10)), [3, 7]);
  await assertRejects(
    () => numbered(dataset(0, 1), ["dog", "emu"], ["cat", "cow", "dog"]),
    "d: expected images of the network's 3 classes (cat, cow, dog), got emu for image 1",
  );
});

test("numbers that are the names are matched as such, others are the classes' own", async () => {
  assert.equal(numbered(dataset(1, 3, 2), null, ["1", "2", "3"]), [0, 2, 1]);
  assert.equal(numbered(dataset(0, 2, 1), null, ["cat", "cow", "dog"]), [0, 2, 1]);
  // a label that is none of the names does not make places of the others
  await assertRejects(
    () => numbered(dataset(1, 2, 0), null, ["1", "2", "3"]),
    "d: expected images of the network's 3 classes (1, 2, 3), got 0 for image 2",
  );
  const data = dataset(0, 9, 4);
  assert.is(numberedAs(data, null, numbersAsNames(10), "d"), data);
  await assertRejects(
    () => numbered(dataset(0, 12), null, numbersAsNames(10)),
    "d: expected images of the network's 10 classes (0, 1, 2, 3, 4, 5, 6, 7, …)",
    "got 12 for image 1",
  );
});

test.run();
