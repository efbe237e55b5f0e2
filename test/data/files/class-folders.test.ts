import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Picture, readImages } from "leibniz/data";
import { assertRejects } from "../../helpers/assert-close.js";
import { pngOf } from "../../helpers/draw-digit.js";
import { memoryTree } from "../../helpers/memory-tree.js";

type Files = Readonly<Record<string, Uint8Array | null>>;

/** A picture whose first byte tells it from the others. */
function picture(mark: number, channels: Picture["channels"] = 1, height = 2, width = 3): Picture {
  const pixels = Uint8Array.from({ length: height * width * channels }, (_, i) => 200 - i);
  pixels[0] = mark;
  return { channels, height, width, pixels };
}
const png = (...given: Parameters<typeof picture>): Uint8Array => pngOf(picture(...given));
const read = (files: Files, wanted: "both" | "test" = "both") =>
  readImages(memoryTree(files), "d", {}, wanted);

const PARTED: Files = {
  "d/train/cat/1.png": png(1),
  "d/train/cat/2.PNG": png(2),
  "d/train/dog/1.png": png(3),
  "d/test/dog/1.png": png(4),
  "d/test/dog/notes.txt": Uint8Array.of(1),
  "d/README.md": Uint8Array.of(1),
};

test("train and test folders: classes are called as their folders, the same in both", async () => {
  const { train, test, classes, classNames, found } = await read(PARTED);
  assert.equal([classes, classNames], [2, ["cat", "dog"]]);
  const firsts = (data: typeof test) =>
    Array.from({ length: data.count }, (_, n) => data.images.pixels[6 * n]);
  assert.equal(
    [firsts(train!), [...train!.labels]],
    [
      [1, 2, 3],
      [0, 0, 1],
    ],
  );
  assert.equal([firsts(test), [...test.labels]], [[4], [1]]);
  assert.is(
    found,
    "pictures in 2 folders in d/train, one for each class: 3 training and 1 test images of 2×3 " +
      "pixels (height × width), gray; 2 classes (cat, dog)",
  );
  const only = await read({ "d/test/dog/1.png": png(4) }, "test");
  assert.equal([only.test.count, only.classNames], [1, ["dog"]]);
  await assertRejects(
    () => read({ ...PARTED, "d/test/emu/1.png": png(9) }),
    "d/test: expected folders that are in train too, got emu",
  );
});

test("classes alone: a fifth of each is for the test, the same every time", async () => {
  const files: Record<string, Uint8Array> = {};
  for (const [c, name] of ["10", "9", "0"].entries())
    for (let n = 0; n < 10; n++) files[`d/${name}/${n}.png`] = png(10 * c + n, 3);
  const { train, test, classNames, found } = await read(files);
  assert.equal(classNames, ["0", "9", "10"]);
  assert.equal([...test.labels], [0, 0, 1, 1, 2, 2]);
  assert.is(train!.count, 24);
  const marks = (data: typeof test) =>
    Array.from({ length: data.count }, (_, n) => data.images.pixels[18 * n]!);
  assert.equal(
    [...marks(train!), ...marks(test)].sort((a, b) => a - b),
    Array.from({ length: 30 }, (_, i) => i),
  );
  assert.match(found!, /a fifth of each, chosen by the files' names, is for the test: 24 training/);
  const again = await read(files, "test");
  assert.equal(marks(again.test), marks(test));
  assert.is(again.train, null);
  await assertRejects(
    () => read({ "d/cat/1.png": png(1) }),
    "cat: expected at least two pictures of each class",
  );
});

test("colours are planes, and what is transparent is white", async () => {
  const { test, train } = await read({
    "d/test/a/1.png": png(7, 3),
    "d/train/a/1.png": pngOf({
      ...picture(0, 4),
      pixels: Uint8Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? (i < 12 ? 0 : 255) : i)),
    }),
  });
  const { pixels } = picture(7, 3);
  assert.equal(test.images.channels, 3);
  for (let c = 0; c < 3; c++)
    for (let p = 0; p < 6; p++) assert.is(test.images.pixels[6 * c + p], pixels[3 * p + c]);
  assert.equal([...train!.images.pixels.subarray(0, 6)], [255, 255, 255, 12, 16, 20]);
});

test("pictures of different sizes or colours are named, and what is no picture", async () => {
  const odd = (bytes: Uint8Array | null) => read({ ...PARTED, "d/train/dog/2.png": bytes });
  const WHERE = "d/train/dog/2.png: expected";
  await assertRejects(
    () => odd(png(1, 1, 3, 2)),
    `${WHERE} a picture of 2×3 pixels in gray like the first test image, got 3×2 pixels in gray`,
  );
  await assertRejects(() => odd(png(1, 3)), WHERE, "got 2×3 pixels in colour");
  await assertRejects(() => odd(Uint8Array.of()), WHERE, "a PNG or JPEG file, got an empty file");
  await assertRejects(() => odd(null), WHERE, "got a device, a pipe or a link to nothing");
  await assertRejects(
    () => read({ ...PARTED, "d/train/dog/2.jpg/x": png(1) }),
    "d/train/dog/2.jpg: expected a PNG or JPEG file, got a folder",
  );
  await assertRejects(
    () => read({ ...PARTED, "d/train/\x1b[2J/\u202e\n.png": Uint8Array.of(1, 2) }),
    "d/train/?[2J/?.png: expected a PNG or JPEG file, got one that starts with 01 02",
  );
});

test("names that a terminal would obey are not those of classes", async () => {
  const { classNames, found } = await read({
    "d/a\x1b[31m\u202eb/1.png": png(1),
    "d/a\x1b[31m\u202eb/2.png": png(2),
    "d/c/1.png": png(3),
    "d/c/2.png": png(4),
  });
  assert.equal(classNames, ["a?[31m?b", "c"]);
  assert.match(found!, /2 classes \(a\?\[31m\?b, c\)$/);
});

test("names that are alike as far as they are shown stay apart", async () => {
  const long = "x".repeat(60);
  const files = Object.fromEntries(
    [`${long}1`, `${long}2`, `${long}3`].flatMap((name, c) =>
      [1, 2].map((n) => [`d/${name}/${n}.png`, png(10 * c + n)]),
    ),
  );
  const { classNames } = await read(files);
  assert.equal(classNames, [`${long}…`, `${long}… (1)`, `${long}… (2)`]);
});

test.run();
