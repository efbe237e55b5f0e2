import type { Mistaken } from "./mistaken.js";
import { sigma, sigmaSlope } from "./sigmoid.js";
import { ofAnyFunction, wrongSlopes } from "./slopes.js";

const siluSlope = (x: number): number => sigma(x) * (1 + x * (1 - sigma(x)));

export const silu: readonly Mistaken[] = [
  ...ofAnyFunction("activations.24", (x) => x * sigma(x), siluSlope),
  ...wrongSlopes("activations.23", {
    "the second term of the product rule is missing: x · p · (1 − p)": sigma,
    "the first term of the product rule is missing: 1 · p": (x) => x * sigmaSlope(x),
    "the slopes of x and σ are multiplied, 1 · p · (1 − p): the product rule has two terms":
      sigmaSlope,
    "the factor x is missing in x · p · (1 − p)": (x) => sigma(x) + sigmaSlope(x),
    "the factor p is missing in x · p · (1 − p)": (x) => sigma(x) + x * (1 - sigma(x)),
    "the factor 1 − p is missing in x · p · (1 − p)": (x) => sigma(x) + x * sigma(x),
    "x · p · (1 − p) has to be added to p, not subtracted": (x) => sigma(x) - x * sigmaSlope(x),
    "the slope of σ has to be p · (1 − p), not p · (1 + p)": (x) =>
      sigma(x) * (1 + x * (1 + sigma(x))),
    "the slope of σ has to be p · (1 − p), not p · (2 − p)": (x) =>
      sigma(x) * (1 + x * (2 - sigma(x))),
    "the second term, x · p · (1 − p), counts twice": (x) => sigma(x) + 2 * x * sigmaSlope(x),
    "the first term, 1 · p, counts twice": (x) => 2 * sigma(x) + x * sigmaSlope(x),
    "the slope of σ has to be p · (1 − p), not p²": (x) => sigma(x) * (1 + x * sigma(x)),
    "the slope of x has to be 1, not x: the first term is 1 · p": (x) =>
      x * sigma(x) + x * sigmaSlope(x),
  }),
  ...wrongSlopes("activations.24", {
    "the p in front of the bracket is missing: p · (1 + x · (1 − p))": (x) =>
      1 + x * (1 - sigma(x)),
    "out stands in for x in p · (1 + x · (1 − p))": (x) =>
      sigma(x) * (1 + x * sigma(x) * (1 - sigma(x))),
    "x stands in for p = σ(x) in p · (1 + x · (1 − p))": (x) => x * (1 + x * (1 - x)),
  }),
];
