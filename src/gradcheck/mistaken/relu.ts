import type { Mistaken } from "./mistaken.js";
import { wrongSlopes } from "./slopes.js";

/** The sides are x > 0 and the rest: what is wrong is what lies on one of them, or the question. */
export const relu: readonly Mistaken[] = wrongSlopes("relu.8", {
  "the mask 1[x > 0] is left out: dX is dOut where x ≤ 0 too": () => 1,
  "the mask asks whether dOut is positive; it has to ask x": (_, dOut) => (dOut > 0 ? 1 : 0),
  "what is negative in dOut is dropped too; the mask asks x alone": (x, dOut) =>
    x > 0 && dOut > 0 ? 1 : 0,
  "at the kink x = 0 the slope is 0 (relu.5): the mask has to be x > 0, not x ≥ 0": (x) =>
    x >= 0 ? 1 : 0,
  "the mask is turned round: dOut passes where x ≤ 0": (x) => (x <= 0 ? 1 : 0),
  "the mask is turned round: dOut passes where x < 0": (x) => (x < 0 ? 1 : 0),
  "dOut is multiplied by the output max(x, 0) instead of the mask 1[x > 0]": (x) => Math.max(x, 0),
  "dOut is multiplied by x instead of the mask 1[x > 0]": (x) => x,
  "where x ≤ 0 the slope has to be 0, not −1, which is that of |x|": (x) => (x > 0 ? 1 : -1),
  "where x ≤ 0 the slope has to be 0, not the 0.01 of the leaky rectifier": (x) =>
    x > 0 ? 1 : 0.01,
  "the mask has to be x > 0, not x > 1": (x) => (x > 1 ? 1 : 0),
  "dOut and the mask are added instead of multiplied": (x, dOut) => 1 + (x > 0 ? 1 : 0) / dOut,
});
