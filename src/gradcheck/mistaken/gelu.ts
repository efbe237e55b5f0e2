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
    "the slope of Φ is φ, not Φ: x · Φ(x) stands where x · φ(x) belongs": (x) =>
      below(x) + x * below(x),
    "the slope of Φ is φ(x), not the sigmoid's Φ · (1 − Φ)": (x) =>
      below(x) + x * below(x) * (1 - below(x)),
    "the slope of x is 1, not x: the first term is 1 · Φ(x)": (x) => x * below(x) + x * density(x),
    "φ and Φ have changed places: Φ(x) + x · φ(x), not φ(x) + x · Φ(x)": (x) =>
      density(x) + x * below(x),
    "it is the slope of the approximation with tanh; leibniz has the exact form": approximateSlope,
    "it is the slope of the approximation x · σ(1.702 · x); leibniz has the exact form": (x) => {
      const p = sigma(1.702 * x);
      return p * (1 + 1.702 * x * (1 - p));
    },
    "the slope is that of SiLU, with σ where Φ belongs": (x) => sigma(x) * (1 + x * (1 - sigma(x))),
  }),
  ...wrongSlopes("activations.25", {
    "the factor 1/√(2π) of φ is missing": (x) => below(x) + x * bell(x),
    "the factor of φ is 1/√(2π), not 1/(2π)": (x) => below(x) + (x * bell(x)) / (2 * Math.PI),
    "the exponent of φ is −x²/2, not −x²": (x) => below(x) + x * density(Math.SQRT2 * x),
    "the exponent of φ is −x²/2, not +x²/2": (x) =>
      below(x) + (x * exp((x * x) / 2)) / Math.sqrt(2 * Math.PI),
    "the exponent of φ is −x²/2, not −x/2": (x) =>
      below(x) + (x * exp(-x / 2)) / Math.sqrt(2 * Math.PI),
  }),
  ...wrongSlopes("activations.29", {
    "Φ takes erf(x/√2), not erf(x)": (x) => (1 + erf(x)) / 2 + x * density(x),
    "the 1/2 of Φ is missing: (1 + erf(x/√2)) / 2": (x) => 2 * below(x) + x * density(x),
    "the 1 of Φ is missing: (1 + erf(x/√2)) / 2": (x) => erf(x * Math.SQRT1_2) / 2 + x * density(x),
    "the sign of x is lost in Φ: it is Φ(x), not Φ(−x)": (x) => below(-x) + x * density(x),
  }),
  ...wrongSlopes("activations.31", {
    "the 1/2 of Φ is missing in its slope: φ(x) comes out twice as large": (x) =>
      below(x) + 2 * x * density(x),
    "the inner slope 1/√2 is missing in Φ′(x), or φ has the factor 1/√π, not 1/√(2π)": (x) =>
      below(x) + Math.SQRT2 * x * density(x),
  }),
];
