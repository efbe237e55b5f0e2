import type { LayerOptions } from "../catalog/entry.js";
import type { Mistaken } from "./mistaken.js";
import { wrongSlopes } from "./slopes.js";

/** a, negativeSlope */
const share = ({ negativeSlope }: LayerOptions): number => (negativeSlope ?? 0.01) as number;

/** The sides are x > 0 and the rest: what is wrong is what lies on one of them, or the question. */
export const leakyRelu: readonly Mistaken[] = wrongSlopes("activations.17", {
  "the slope is left out: dX is dOut where x ≤ 0 too": () => 1,
  "where x ≤ 0 nothing passes: the slope there is negativeSlope, not 0": (x) => (x > 0 ? 1 : 0),
  "the sides are chosen by the sign of dOut, not by that of x": (_, dOut, options) =>
    dOut > 0 ? 1 : share(options),
  "the sides are the wrong way round: the slope is 1 where x ≤ 0": (x, _, options) =>
    x > 0 ? share(options) : 1,
  "at the kink x = 0 the slope is negativeSlope: 1 where x > 0, not where x ≥ 0": (
    x,
    _,
    options,
  ) => (x >= 0 ? 1 : share(options)),
  "negativeSlope is the slope on both sides; it is 1 where x > 0": (_x, _, options) =>
    share(options),
  "where x ≤ 0 the slope is negativeSlope, not negativeSlope · x": (x, _, options) =>
    x > 0 ? 1 : share(options) * x,
  "dOut is multiplied by the output f(x), not by the slope f′(x)": (x, _, options) =>
    x > 0 ? x : share(options) * x,
  "dOut is multiplied by x, not by the slope f′(x)": (x) => x,
  "negativeSlope is 0.01 whatever the layer was given": (x) => (x > 0 ? 1 : 0.01),
  "negativeSlope has the wrong sign": (x, _, options) => (x > 0 ? 1 : -share(options)),
  "where x ≤ 0 the slope is negativeSlope, not 1 − negativeSlope": (x, _, options) =>
    x > 0 ? 1 : 1 - share(options),
  "where x ≤ 0 dOut is divided by negativeSlope, not multiplied": (x, _, options) =>
    x > 0 ? 1 : 1 / share(options),
  "where x ≤ 0 negativeSlope is multiplied in twice": (x, _, options) =>
    x > 0 ? 1 : share(options) * share(options),
  "dOut and the slope are added, not multiplied": (x, dOut, options) =>
    1 + (x > 0 ? 1 : share(options)) / dOut,
});
