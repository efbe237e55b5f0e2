/** Mistakes in softmax, in its loss, and in the mean squared error. */
import { test } from "uvu";
import {
  meanSquaredError,
  squaredErrorGradient,
} from "../../../dist/gradcheck/mistaken/mean-squared-error.js";
import {
  crossEntropyGradient,
  softmaxCrossEntropy,
} from "../../../dist/gradcheck/mistaken/softmax-cross-entropy.js";
import { softmax, softmaxGradient } from "../../../dist/gradcheck/mistaken/softmax.js";
import { expectRight, expectToldApart, knownPoints } from "./told-apart.js";

test("with nothing wrong, the loops return the layers' gradients", async () => {
  expectRight(await knownPoints("softmax"), "x", (point) =>
    softmaxGradient(point, ({ p, d }, n, j) => {
      const along = p[n]!.reduce((total, one, c) => total + one * d[n]![c]!, 0);
      return p[n]![j]! * (d[n]![j]! - along);
    }),
  );
  expectRight(await knownPoints("softmaxCrossEntropy"), "logits", (point) =>
    crossEntropyGradient(point, (at) => at.p - at.t),
  );
  expectRight(await knownPoints("meanSquaredError"), "prediction", (point) =>
    squaredErrorGradient(point, ({ difference, M }) => (2 / M) * difference),
  );
});

test("softmax: every mistake is one, and no two are told alike", async () => {
  expectToldApart(await knownPoints("softmax"), softmax);
});

test("softmaxCrossEntropy: every mistake is one, and no two are told alike", async () => {
  expectToldApart(await knownPoints("softmaxCrossEntropy"), softmaxCrossEntropy);
});

test("meanSquaredError: every mistake is one, and no two are told alike", async () => {
  expectToldApart(await knownPoints("meanSquaredError"), meanSquaredError);
});

test.run();
