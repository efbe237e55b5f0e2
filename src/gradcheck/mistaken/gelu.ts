import { erf, erfc, exp, tanh } from "../../tensor/index.js";
import type { Mistaken } from "./mistaken.js";
import { sigma } from "./sigmoid.js";
import { ofAnyFunction, wrongSlopes } from "./slopes.js";

/** Φ(x) */
const below = (x: number): number => erfc(-x * Math.SQRT1_2) / 2;
/** e^(−x²/2), φ(x) without its factor */
const bell = (x: number): number => exp((-x * x) / 2);
/** φ(x) */
const density = (x: number): number => bell(x) / Math.sqrt(2 * Math.PI);
const geluSlope = (x: number): number => below(x) + x * density(x);

/** Of x/2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³))), which others call GELU too. */
function approximateSlope(x: number): number {
  const [factor, cubic] = [Math.sqrt(2 / Math.PI), 0.044715];
  const t = tanh(factor * (x + cubic * x * x * x));
  return (1 + t) / 2 + (x / 2) * (1 - t * t) * factor * (1 + 3 * cubic * x * x);
}

export const gelu: readonly Mistaken[] = [
  ...ofAnyFunction("activations.33", (x) => x * below(x), geluSlope),
  ...wrongSlopes("activations.33", {
    "the second term of the product rule is missing: x · φ(x)": below,
    "the first term of the product rule is missing: Φ(x)": (x) => x * density(x),
    "the slopes of x and Φ are multiplied, 1 · φ(x): the product rule has two terms": density,
    "the factor x is missing in x · φ(x)": (x) => below(x) + density(x),
    "x · φ(x) has to be added to Φ(x), not subtracted": (x) => below(x) - x * density(x),
    "Φ(x) comes out twice as large, as without the 1/2 of (1 + erf(x/√2)) / 2": (x) =>
      2 * below(x) + x * density(x),
    "the second term has to be x · φ(x), not x · Φ(x): the slope of Φ is φ": (x) =>
      below(x) + x * below(x),
    "the slope of Φ has to be φ(x), not the sigmoid's Φ · (1 − Φ)": (x) =>
      below(x) + x * below(x) * (1 - below(x)),
    "the slope of x has to be 1, not x: the first term is 1 · Φ(x)": (x) =>
      x * below(x) + x * density(x),
    "φ and Φ have changed places: it has to be Φ(x) + x · φ(x)": (x) => density(x) + x * below(x),
    "the slope is that of the approximation with tanh; out is the exact form (activations.32)":
      approximateSlope,
    "the slope is that of the approximation x · σ(1.702 · x); out is the exact form": (x) => {
      const p = sigma(1.702 * x);
      return p * (1 + 1.702 * x * (1 - p));
    },
    "the slope is that of SiLU, with σ where Φ belongs": (x) => sigma(x) * (1 + x * (1 - sigma(x))),
  }),
  ...wrongSlopes("activations.25", {
    "the factor 1/√(2π) of φ is missing": (x) => below(x) + x * bell(x),
    "the factor of φ has to be 1/√(2π), not 1/(2π)": (x) =>
      below(x) + (x * bell(x)) / (2 * Math.PI),
    "the exponent of φ has to be −x²/2, not −x²": (x) => below(x) + x * density(Math.SQRT2 * x),
    "the exponent of φ has to be −x²/2, not +x²/2": (x) =>
      below(x) + (x * exp((x * x) / 2)) / Math.sqrt(2 * Math.PI),
    "the exponent of φ has to be −x²/2, not −x/2": (x) =>
      below(x) + (x * exp(-x / 2)) / Math.sqrt(2 * Math.PI),
  }),
  ...wrongSlopes("activations.29", {
    "Φ has to take erf(x/√2), not erf(x)": (x) => (1 + erf(x)) / 2 + x * density(x),
    "the 1 of Φ is missing: (1 + erf(x/√2)) / 2": (x) => erf(x * Math.SQRT1_2) / 2 + x * density(x),
    "a sign is lost in Φ: it has to be Φ(x), not Φ(−x)": (x) => below(-x) + x * density(x),
  }),
  ...wrongSlopes("activations.31", {
    "x · φ(x) comes out twice as large, as without the 1/2 of Φ in its slope": (x) =>
      below(x) + 2 * x * density(x),
    "φ(x) is too large by √2: its factor is 1/√(2π), and the inner slope of Φ is 1/√2": (x) =>
      below(x) + Math.SQRT2 * x * density(x),
  }),
];
