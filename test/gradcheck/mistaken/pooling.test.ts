/** Mistakes in the poolings. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tensor } from "leibniz/tensor";
import { averagePool2d, spreadEvenly } from "../../../dist/gradcheck/mistaken/average-pool2d.js";
import {
  globalAveragePool2d,
  toEachPixel,
} from "../../../dist/gradcheck/mistaken/global-average-pool2d.js";
import { handToWinners, maxPool2d } from "../../../dist/gradcheck/mistaken/max-pool2d.js";
import type { MistakenPoint } from "../../../dist/gradcheck/mistaken/mistaken.js";
import { windowsOf } from "../../../dist/gradcheck/mistaken/pool-windows.js";
import { expectRight, expectToldApart, isSame, knownPoints } from "./told-apart.js";

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

/** dX as a learner's loops make it, who starts the search afresh for each of these only. */
function searchedWithin(
  point: MistakenPoint,
  scope: "window" | "row" | "plane" | "batch",
  from: number,
) {
  const { x, dOut } = { x: point.inputs["x"]!, dOut: point.dOut };
  const [N, C, H, W] = x.shape as [number, number, number, number];
  const { kH, kW, outH, outW, ...at } = windowsOf(point);
  const dX = Tensor.zeros(x.shape, "float64");
  let [largest, row, column] = [from, 0, 0];
  const restart = (is: typeof scope): void => {
    if (is === scope) [largest, row, column] = [from, 0, 0];
  };
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++) {
      restart("plane");
      for (let p = 0; p < outH; p++) {
        restart("row");
        for (let q = 0; q < outW; q++) {
          restart("window");
          for (let i = 0; i < kH; i++)
            for (let j = 0; j < kW; j++) {
              const h = p * at.strideH + i * at.dilationH - at.padH;
              const w = q * at.strideW + j * at.dilationW - at.padW;
              if (h < 0 || h >= H || w < 0 || w >= W || x.get(n, c, h, w) <= largest) continue;
              [largest, row, column] = [x.get(n, c, h, w), h, w];
            }
          dX.set([n, c, row, column], dX.get(n, c, row, column) + dOut.get(n, c, p, q));
        }
      }
    }
  return dX.data;
}

test("maxPool2d: a search that is not started afresh, or not from −∞, is told", async () => {
  const points = await knownPoints("maxPool2d");
  const isTold = (says: RegExp, learners: (point: MistakenPoint) => ArrayLike<number>): boolean =>
    maxPool2d.some(
      (one) =>
        says.test(one.says) &&
        points.every((point) => isSame(one.gradient(point)!, learners(point))),
    );
  for (const scope of ["row", "plane", "batch"] as const)
    assert.ok(
      isTold(/kept from window to window/, (point) => searchedWithin(point, scope, -Infinity)),
      scope,
    );
  assert.ok(isTold(/starts from 0/, (point) => searchedWithin(point, "window", 0)));
});

test("averagePool2d: every mistake is one, and no two are told alike", async () => {
  expectToldApart(await knownPoints("averagePool2d"), averagePool2d);
});

test("globalAveragePool2d: every mistake is one, and no two are told alike", async () => {
  expectToldApart(await knownPoints("globalAveragePool2d"), globalAveragePool2d);
});

test.run();
