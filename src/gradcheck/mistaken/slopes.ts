/**
 * Mistakes of functions that are applied to each entry alone: dX = dOut ⊙ f′(x), with something
 * else in place of f′.
 */
import type { LayerOptions } from "../catalog/entry.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";

/** What dOut is multiplied by at an entry of x; wrong ones may look at dOut and the options too. */
export type Slope = (x: number, dOut: number, options: LayerOptions) => number;

/** dX[i] = dOut[i] · f′(x[i]) */
export function timesSlope(
  { inputs, dOut, options }: MistakenPoint,
  slope: Slope,
): ArrayLike<number> {
  const [x, d] = [inputs["x"]!.contiguous().data, dOut.contiguous().data];
  return Float64Array.from(d, (upstream, i) => upstream * slope(x[i]!, upstream, options));
}

/** Wrong slopes by the words for them; all are mistakes in one equation. */
export function wrongSlopes(tag: string, slopes: Readonly<Record<string, Slope>>): Mistaken[] {
  return Object.entries(slopes).map(([says, slope]) => ({
    argument: "x",
    says,
    tag,
    gradient: (point) => timesSlope(point, slope),
  }));
}

/**
 * What may go wrong with any function without a corner.
 *
 * @param tag of its slope's equation
 * @param ofValue what is to be said where f(x) stands for f′(x)
 */
export function ofAnyFunction(
  tag: string,
  f: (x: number) => number,
  slope: (x: number) => number,
  ofValue = "dOut is multiplied by the value f(x) instead of the slope f′(x)",
): Mistaken[] {
  return [
    ...wrongSlopes("activations.4", {
      "the slope is left out: dX is dOut itself": () => 1,
      "dOut is multiplied by the slope twice": (x) => slope(x) * slope(x),
      "dOut is divided by the slope": (x) => 1 / slope(x),
      "dOut and the slope are added instead of multiplied": (x, dOut) => 1 + slope(x) / dOut,
    }),
    ...wrongSlopes(tag, {
      [ofValue]: f,
      "dOut is multiplied by x instead of the slope f′(x)": (x) => x,
      "the slope is taken at the output, f′(f(x)), instead of at x": (x) => slope(f(x)),
      "the slope is taken once more, at the slope: f′(f′(x)) instead of f′(x)": (x) =>
        slope(slope(x)),
      "the slope is taken at dOut instead of at x": (_, dOut) => slope(dOut),
    }),
  ];
}
