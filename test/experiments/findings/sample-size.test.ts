import { imagesForSameError, slope } from "leibniz/experiments/findings/sample-size";
import { test } from "uvu";
import * as assert from "uvu/assert";

/** Errors that fall as the root of the number of images does: 2 / √n and, for the mlp, 4 / √n. */
const measured = [100, 400, 2500, 10_000].flatMap((images) =>
  [2, 4].map((factor) => {
    const network = factor === 2 ? "cnn" : "mlp";
    return {
      setting: `${network}, ${images.toLocaleString("en-US")} images`,
      seed: 0,
      options: { network, images, steps: 1 },
      values: {
        ...{ trainLoss: 0, trainAccuracy: 0, testLoss: 0 },
        testAccuracy: 1 - factor / Math.sqrt(images),
      },
    };
  }),
);

test("the slope is the exponent of a power law", () => {
  for (const network of ["cnn", "mlp"])
    assert.ok(Math.abs(slope(measured, network) + 0.5) < 1e-9, network);
});

test("half the error takes four times the images, also between those that were measured", () => {
  assert.is(imagesForSameError(measured, 10_000), 2500);
  assert.is(imagesForSameError(measured, 2500), 625);
  assert.is(imagesForSameError(measured, 400), null); // as many as the fewest, or fewer
});

test.run();
