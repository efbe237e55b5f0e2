import { exp } from "../../tensor/index.js";
import type { Mistaken } from "./mistaken.js";
import { wrongSlopes } from "./slopes.js";

const bent = (x: number): number => (x > 0 ? x : exp(x) - 1);
const eluSlope = (x: number): number => exp(Math.min(x, 0));

export const elu: readonly Mistaken[] = wrongSlopes("activations.38", {
  "the slope is left out: dX is dOut where x ≤ 0 too": () => 1,
  "where x ≤ 0 nothing passes: the slope there is eˣ, not 0": (x) => (x > 0 ? 1 : 0),
  "where x ≤ 0 the slope has to be eˣ, not the output eˣ − 1": (x) => (x > 0 ? 1 : exp(x) - 1),
  "the min is missing: where x > 0 the slope has to be 1, not eˣ": exp,
  "the sides are exchanged: the slope is eˣ where x > 0, and 1 elsewhere": (x) =>
    exp(Math.max(x, 0)),
  "where x > 0 the slope has to be 1, not x": (x) => (x > 0 ? x : exp(x)),
  "where x > 0 the slope has to be 1, not out + 1 = x + 1": (x) => bent(x) + 1,
  "where x > 0 the slope has to be 1, not 0": (x) => (x > 0 ? 0 : exp(x)),
  "the exponent has to be min(x, 0), not min(x, 1)": (x) => exp(Math.min(x, 1)),
  "the exponent has to be min(x, 0), not −|x|": (x) => exp(-Math.abs(x)),
  "where x ≤ 0 the slope has to be eˣ, not e⁻ˣ (or dOut is divided by it)": (x) =>
    x > 0 ? 1 : exp(-x),
  "where x ≤ 0 the slope has to be eˣ, not −eˣ": (x) => (x > 0 ? 1 : -exp(x)),
  "where x ≤ 0 the slope is out + 1 = eˣ, not x + 1": (x) => (x > 0 ? 1 : x + 1),
  "the slope is taken at dOut instead of at x": (_, dOut) => eluSlope(dOut),
  "where x ≤ 0 the slope has to be eˣ, not x · eˣ": (x) => (x > 0 ? 1 : x * exp(x)),
  "where x ≤ 0 the slope has to be eˣ, not the 0.01 of the leaky rectifier": (x) =>
    x > 0 ? 1 : 0.01,
  "the sides are chosen by the sign of dOut instead of that of x": (x, dOut) =>
    dOut > 0 ? 1 : exp(x),
  "dOut is multiplied by the value f(x) instead of the slope f′(x)": bent,
  "dOut is multiplied by x instead of the slope f′(x)": (x) => x,
  "dOut is multiplied by the slope twice": (x) => eluSlope(x) * eluSlope(x),
  "dOut and the slope are added instead of multiplied": (x, dOut) => 1 + eluSlope(x) / dOut,
  "the slope is taken at the output, f′(f(x)), instead of at x": (x) => eluSlope(bent(x)),
});
