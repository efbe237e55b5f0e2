import type { DropoutOptions } from "../../backprop/index.js";
import { randomBits } from "../../tensor/index.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";

/** What an entry of dX may be made of. */
interface At {
  readonly dOut: number;
  readonly x: number;
  /** The number from 0 to 1 that was drawn. */
  readonly u: number;
  /** The share that is left out. */
  readonly p: number;
  /** 1[u ≥ p] */
  readonly stays: number;
}

/** dX, entry by entry; dOut · stays/(1 − p) is right. */
export function maskedGradient(
  { inputs, options, dOut }: MistakenPoint,
  entry: (at: At) => number,
): ArrayLike<number> {
  const { probability: p, seed } = options as unknown as DropoutOptions;
  const x = inputs["x"]!.contiguous().data;
  const bits = randomBits(seed, x.length);
  return Float64Array.from(dOut.contiguous().data, (upstream, i) => {
    const u = bits[i]! / 2 ** 32;
    return entry({ dOut: upstream, x: x[i]!, u, p, stays: u >= p ? 1 : 0 });
  });
}

function wrong(tag: string, entries: Readonly<Record<string, (at: At) => number>>): Mistaken[] {
  return Object.entries(entries).map(([says, entry]) => ({
    argument: "x",
    says,
    tag,
    gradient: (point) => maskedGradient(point, entry),
  }));
}

export const dropout: readonly Mistaken[] = [
  ...wrong("dropout.12", {
    "the mask is left out: dX is dOut itself": ({ dOut }) => dOut,
    "nothing is left out: 1/(1 − p) alone is no mask": ({ dOut, p }) => dOut / (1 - p),
    "the mask is multiplied in twice": ({ dOut, p, stays }) => (dOut * stays) / ((1 - p) * (1 - p)),
    "the mask is the wrong way round: what was left out gets the gradient": ({ dOut, p, stays }) =>
      (dOut * (1 - stays)) / (1 - p),
    "the mask is the wrong way round, and without 1/(1 − p)": ({ dOut, stays }) =>
      dOut * (1 - stays),
    "dOut is multiplied by out, not by the mask": ({ dOut, x, p, stays }) =>
      (dOut * x * stays) / (1 - p),
    "dOut is multiplied by x, not by the mask": ({ dOut, x }) => dOut * x,
    "the mask comes back, multiplied by x, not by dOut: that is out": ({ x, p, stays }) =>
      (x * stays) / (1 - p),
    "dOut and the mask are added, not multiplied": ({ dOut, p, stays }) => dOut + stays / (1 - p),
    "dOut passes where x is positive; it has to where the entry stayed": ({ dOut, x, p }) =>
      x > 0 ? dOut / (1 - p) : 0,
  }),
  ...wrong("dropout.1", {
    "1/(1 − p) is missing: the mask is 1/(1 − p) where an entry stays, not 1": ({ dOut, stays }) =>
      dOut * stays,
    "what stays is multiplied by 1 − p; it has to be divided by it": ({ dOut, p, stays }) =>
      dOut * stays * (1 - p),
    "p stands in for 1 − p in the factor: 1/(1 − p), not 1/p": ({ dOut, p, stays }) =>
      (dOut * stays) / p,
    "what stays is multiplied by p; the factor is 1/(1 − p)": ({ dOut, p, stays }) =>
      dOut * stays * p,
    "p stands in for 1 − p: entries stay where u ≥ p, and then grow by 1/(1 − p)": ({
      dOut,
      p,
      stays,
    }) => (dOut * (1 - stays)) / p,
    "entries stay where u ≥ p, not where u ≥ 1 − p": ({ dOut, p, u }) =>
      u >= 1 - p ? dOut / (1 - p) : 0,
    "entries stay where u ≥ p, not where u ≥ 1 − p; the factor is 1/(1 − p), not 1/p": ({
      dOut,
      p,
      u,
    }) => (u >= 1 - p ? dOut / p : 0),
  }),
];
