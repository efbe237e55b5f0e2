import type { LayerOptions } from "../catalog/entry.js";
import type { Mistaken } from "./mistaken.js";
import { wrongSlopes } from "./slopes.js";

/** a, negativeSlope */
const share = ({ negativeSlope }: LayerOptions): number => (negativeSlope ?? 0.01) as number;

/** The sides are x > 0 and the rest: what is wrong is what lies on one of them, or the question. */
export const leakyRelu: readonly Mistaken[] = wrongSlopes("activations.17", {
  "the slope is left out: dX is dOut where x ≤ 0 too": () => 1,
  "where x ≤ 0 the slope has to be negativeSlope, not 0": (x) => (x > 0 ? 1 : 0),
  "the sides are chosen by the sign of dOut instead of that of x": (_, dOut, options) =>
    dOut > 0 ? 1 : share(options),
  "the sides are exchanged: the slope is 1 where x ≤ 0": (x, _, options) =>
    x > 0 ? share(options) : 1,
  "at the kink x = 0 the slope is negativeSlope: it has to be x > 0, not x ≥ 0": (x, _, options) =>
    x >= 0 ? 1 : share(options),
  "the slope is negativeSlope on both sides; where x > 0 it has to be 1": (_x, _, options) =>
    share(options),
  "where x ≤ 0 the slope has to be negativeSlope, not negativeSlope · x": (x, _, options) =>
    x > 0 ? 1 : share(options) * x,
  "dOut is multiplied by the value f(x) instead of the slope f′(x)": (x, _, options) =>
    x > 0 ? x : share(options) * x,
  "dOut is multiplied by x instead of the slope f′(x)": (x) => x,
  "negativeSlope is taken to be 0.01, whatever the layer was given": (x) => (x > 0 ? 1 : 0.01),
  "negativeSlope has the wrong sign": (x, _, options) => (x > 0 ? 1 : -share(options)),
  "where x ≤ 0 the slope has to be negativeSlope, not 1 − negativeSlope": (x, _, options) =>
    x > 0 ? 1 : 1 - share(options),
  "where x ≤ 0 dOut is divided by negativeSlope instead of multiplied": (x, _, options) =>
    x > 0 ? 1 : 1 / share(options),
  "where x ≤ 0 negativeSlope is multiplied in twice": (x, _, options) =>
    x > 0 ? 1 : share(options) * share(options),
  "the sides have to part at x = 0, not at x = 1": (x, _, options) => (x > 1 ? 1 : share(options)),
  "where x > 0 the slope has to be 1, not 2": (x, _, options) => (x > 0 ? 2 : share(options)),
  "dOut and the slope are added instead of multiplied": (x, dOut, options) =>
    1 + (x > 0 ? 1 : share(options)) / dOut,
});
