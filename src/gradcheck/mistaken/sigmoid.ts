import { exp } from "../../tensor/index.js";
import type { Mistaken } from "./mistaken.js";
import { ofAnyFunction, wrongSlopes } from "./slopes.js";

/** p = σ(x) */
export const sigma = (x: number): number => 1 / (1 + exp(-x));
/** p · (1 − p) */
export const sigmaSlope = (x: number): number => sigma(x) * (1 - sigma(x));

export const sigmoid: readonly Mistaken[] = [
  ...ofAnyFunction(
    "activations.9",
    sigma,
    sigmaSlope,
    "the factor 1 − p is missing: the slope has to be p · (1 − p), not the value p",
  ),
  ...wrongSlopes("activations.9", {
    "the factor p is missing: the slope has to be p · (1 − p), not 1 − p": (x) => 1 - sigma(x),
    "x stands in for p: the slope has to be p · (1 − p), not x · (1 − x)": (x) => x * (1 - x),
    "dOut stands in for p: the slope has to be p · (1 − p), not dOut · (1 − dOut)": (_, dOut) =>
      dOut * (1 - dOut),
    "the slope has to be p · (1 − p), not p · (1 + p)": (x) => sigma(x) * (1 + sigma(x)),
    "the slope has to be p · (1 − p), not p · (2 − p)": (x) => sigma(x) * (2 - sigma(x)),
    "the slope has to be p · (1 − p), not tanh's 1 − p²": (x) => 1 - sigma(x) * sigma(x),
    "the slope has to be p · (1 − p), not p · (1 − p²)": (x) =>
      sigma(x) * (1 - sigma(x) * sigma(x)),
  }),
  ...wrongSlopes("activations.8", {
    "the inner slope e⁻ˣ is missing: it has to be e⁻ˣ/(1 + e⁻ˣ)², not 1/(1 + e⁻ˣ)²": (x) =>
      sigma(x) * sigma(x),
    "a sign is lost: the slope has to be e⁻ˣ/(1 + e⁻ˣ)², not eˣ/(1 + e⁻ˣ)²": (x) =>
      exp(x) * sigma(x) * sigma(x),
  }),
];
