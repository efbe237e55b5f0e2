import { exp, log } from "../../tensor/index.js";
import type { Mistaken } from "./mistaken.js";
import { sigma, sigmaSlope } from "./sigmoid.js";
import { ofAnyFunction, wrongSlopes } from "./slopes.js";

export const softplus: readonly Mistaken[] = [
  ...ofAnyFunction("activations.21", (x) => log(1 + exp(x)), sigma),
  ...wrongSlopes("activations.21", {
    "the inner slope eˣ is missing: it has to be eˣ/(1 + eˣ), not 1/(1 + eˣ) = σ(−x)": (x) =>
      sigma(-x),
    "the denominator is missing: the slope has to be eˣ/(1 + eˣ), not eˣ": exp,
    "the slope has to be σ(x), not that of the sigmoid, p · (1 − p)": sigmaSlope,
    "the slope has to be σ(x), not the rectifier's 1[x > 0]": (x) => (x > 0 ? 1 : 0),
    "the slope has to be σ(x), not 1 + eˣ": (x) => 1 + exp(x),
    "the slope has to be σ(x), not x · σ(x)": (x) => x * sigma(x),
    "the slope has to be σ(x), not σ(2x)": (x) => sigma(2 * x),
  }),
];
