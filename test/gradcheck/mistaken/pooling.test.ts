/** Mistakes in the poolings. */
import { test } from "uvu";
import { Tensor } from "leibniz/tensor";
import { averagePool2d, spreadEvenly } from "../../../dist/gradcheck/mistaken/average-pool2d.js";
import {
  globalAveragePool2d,
  toEachPixel,
} from "../../../dist/gradcheck/mistaken/global-average-pool2d.js";
import { handToWinners, maxPool2d } from "../../../dist/gradcheck/mistaken/max-pool2d.js";
import { expectRight, expectToldApart, knownPoints } from "./told-apart.js";

/** Windows with ties, as an image has that was rectified: a case that the catalog has to have. */
const ties = {
  options: { kernelSize: [2, 3], stride: [2, 1] },
  inputs: {
    x: Tensor.from(
      Array.from({ length: 40 }, (_, i) => [0, 0.3, 0, 0, 0.3, 0.7, 0][(i * i) % 7]!),
      [1, 2, 4, 5],
      "float64",
    ),
  },
};

test("with nothing wrong, the loops return the layers' gradients", async () => {
  expectRight(await knownPoints("maxPool2d", [ties]), "x", (point) => handToWinners(point));
  expectRight(await knownPoints("averagePool2d"), "x", (point) => spreadEvenly(point));
  expectRight(await knownPoints("globalAveragePool2d"), "x", (point) =>
    toEachPixel(point, ({ n, c, H, W }, of) => of(n, c) / (H * W)),
  );
});

test("maxPool2d: every mistake is one, and no two are told alike", async () => {
  expectToldApart(await knownPoints("maxPool2d", [ties]), maxPool2d);
});

test("averagePool2d: every mistake is one, and no two are told alike", async () => {
  expectToldApart(await knownPoints("averagePool2d"), averagePool2d);
});

test("globalAveragePool2d: every mistake is one, and no two are told alike", async () => {
  expectToldApart(await knownPoints("globalAveragePool2d"), globalAveragePool2d);
});

test.run();
