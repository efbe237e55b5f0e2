/** Mistakes in dropout and in the residual block. */
import { test } from "uvu";
import { dropout, maskedGradient } from "../../../dist/gradcheck/mistaken/dropout.js";
import { residual, waysBack } from "../../../dist/gradcheck/mistaken/residual.js";
import { expectRight, expectToldApart, knownPoints } from "./told-apart.js";

test("with nothing wrong, the loops return the layers' gradients", async () => {
  expectRight(await knownPoints("dropout"), "x", (point) =>
    maskedGradient(point, ({ dOut, stays, p }) => (dOut * stays) / (1 - p)),
  );
  expectRight(await knownPoints("residual"), "x", (point) => {
    const { body, shortcut } = waysBack(point);
    return body.map((one, at) => one + shortcut[at]!);
  });
});

test("dropout: every mistake is one, and no two are told alike", async () => {
  expectToldApart(await knownPoints("dropout"), dropout);
});

test("residual: every mistake is one, and no two are told alike", async () => {
  expectToldApart(await knownPoints("residual"), residual);
});

test.run();
