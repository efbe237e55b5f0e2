import { exp, tanh as tangent } from "../../tensor/index.js";
import type { Mistaken } from "./mistaken.js";
import { sigmaSlope } from "./sigmoid.js";
import { ofAnyFunction, wrongSlopes } from "./slopes.js";

/** 1 − t² with t = tanh x */
const tangentSlope = (x: number): number => 1 - tangent(x) * tangent(x);
const cosh = (x: number): number => (exp(x) + exp(-x)) / 2;

export const tanh: readonly Mistaken[] = [
  ...ofAnyFunction("activations.15", tangent, tangentSlope),
  ...wrongSlopes("activations.15", {
    "the square is missing: the slope has to be 1 − t², not 1 − t": (x) => 1 - tangent(x),
    "the slope has to be 1 − t², not 1 + t²": (x) => 1 + tangent(x) * tangent(x),
    "the slope has to be 1 − t², not 2 − t²": (x) => 2 - tangent(x) * tangent(x),
    "the slope has to be 1 − t², not 1 − 2 · t²": (x) => 1 - 2 * tangent(x) * tangent(x),
    "the 1 is missing: the slope has to be 1 − t², not −t²": (x) => -tangent(x) * tangent(x),
    "the slope has to be 1 − t², not t²": (x) => tangent(x) * tangent(x),
    "x stands in for t: the slope has to be 1 − t², not 1 − x²": (x) => 1 - x * x,
    "the slope has to be 1 − t², not the sigmoid's t · (1 − t)": (x) =>
      tangent(x) * (1 - tangent(x)),
    "the square is missing: the slope has to be 1 / cosh² x, not 1 / cosh x": (x) => 1 / cosh(x),
  }),
  ...wrongSlopes("activations.14", {
    "p has to be σ(2x), not σ(x), in the slope 4 · p · (1 − p)": (x) => 4 * sigmaSlope(x),
    "the slope is that of the sigmoid instead of that of tanh": sigmaSlope,
  }),
];
