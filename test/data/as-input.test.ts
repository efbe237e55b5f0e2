import { test } from "uvu";
import * as assert from "uvu/assert";
import { asItIs, asPhoto, type Picture } from "leibniz/data";
import { assertRejects } from "../helpers/assert-close.js";

const picture = (channels: Picture["channels"], height: number, width: number): Picture => ({
  channels,
  height,
  width,
  pixels: Uint8Array.from({ length: channels * height * width }, (_, i) => i),
});

test("as it is: the network's size and colours, planes one after the other", async () => {
  const { pixels, steps } = asItIs(picture(3, 2, 4), [3, 2, 4], "x");
  const expected = [0, 1, 2].flatMap((c) => Array.from({ length: 8 }, (_, p) => 3 * p + c));
  assert.equal([...pixels], expected);
  assert.is(steps, "taken as it is");
  const gray = picture(1, 2, 4);
  assert.equal([...asItIs(gray, [1, 2, 4], "x").pixels], [...gray.pixels]);
  const three = [...gray.pixels, ...gray.pixels, ...gray.pixels];
  assert.equal([...asItIs(gray, [3, 2, 4], "x").pixels], three);
  const inColour = Uint8Array.from(gray.pixels.length === 8 ? three.keys() : [], (i) => i / 3);
  const asRgb: Picture = { channels: 3, height: 2, width: 4, pixels: inColour };
  assert.equal([...asItIs(asRgb, [1, 2, 4], "x").pixels], [...gray.pixels]);
  await assertRejects(
    () => asItIs(picture(3, 2, 4), [1, 2, 4], "x"),
    "x: expected a picture of 2×4 pixels (height × width) in gray, as the network takes, " +
      "got 2×4 pixels in colour",
    "without --raw it is prepared",
  );
  await assertRejects(() => asItIs(picture(1, 4, 2), [1, 2, 4], "x"), "got 4×2 pixels in gray");
});

test("as a photo: the middle in the network's proportions, at its size", () => {
  const { pixels, steps } = asPhoto(picture(1, 4, 10), [1, 2, 3]);
  assert.is(steps, "4×10 pixels (height × width); the middle 4×6; scaled to 2×3 in gray");
  // the means of four pixels, from the third column on: 7.5, 9.5, … are rounded
  assert.equal([...pixels], [8, 10, 12, 28, 30, 32]);
  const same = asPhoto(picture(3, 2, 4), [3, 2, 4]);
  assert.equal([...same.pixels], [...asItIs(picture(3, 2, 4), [3, 2, 4], "x").pixels]);
  assert.is(same.steps, "2×4 pixels (height × width); scaled to 2×4");
});

test.run();
