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
    "the mask is missing: all entries get 1/(1 − p), also those that were left out": ({
      dOut,
      p,
    }) => dOut / (1 - p),
    "the mask, or its 1/(1 − p), is multiplied in twice": ({ dOut, p, stays }) =>
      (dOut * stays) / ((1 - p) * (1 - p)),
    "the mask is turned round: what was left out gets the gradient": ({ dOut, p, stays }) =>
      (dOut * (1 - stays)) / (1 - p),
    "the mask is turned round, and without 1/(1 − p)": ({ dOut, stays }) => dOut * (1 - stays),
    "dOut is multiplied by out instead of the mask": ({ dOut, x, p, stays }) =>
      (dOut * x * stays) / (1 - p),
    "dOut is multiplied by x instead of the mask": ({ dOut, x }) => dOut * x,
    "out = x ⊙ mask comes back instead of dOut ⊙ mask": ({ x, p, stays }) => (x * stays) / (1 - p),
    "dOut and the mask are added instead of multiplied": ({ dOut, p, stays }) =>
      dOut + stays / (1 - p),
    "dOut passes where x is positive; it has to where the entry stayed": ({ dOut, x, p }) =>
      x > 0 ? dOut / (1 - p) : 0,
  }),
  ...wrong("dropout.1", {
    "1/(1 − p) is missing: where an entry stays, the mask has to be 1/(1 − p), not 1": ({
      dOut,
      stays,
    }) => dOut * stays,
    "what stays is multiplied by 1 − p; it has to be divided by it": ({ dOut, p, stays }) =>
      dOut * stays * (1 - p),
    "p stands in for 1 − p: the factor has to be 1/(1 − p), not 1/p": ({ dOut, p, stays }) =>
      (dOut * stays) / p,
    "what stays is multiplied by p; the factor has to be 1/(1 − p)": ({ dOut, p, stays }) =>
      dOut * stays * p,
    "the mask is turned round and has 1/p: it has to be 1[u ≥ p]/(1 − p)": ({ dOut, p, stays }) =>
      (dOut * (1 - stays)) / p,
    "p and 1 − p have changed places: entries have to stay where u ≥ p, not u ≥ 1 − p": ({
      dOut,
      p,
      u,
    }) => (u >= 1 - p ? dOut / (1 - p) : 0),
    "p and 1 − p have changed places: it has to be 1[u ≥ p]/(1 − p), not 1[u ≥ 1 − p]/p": ({
      dOut,
      p,
      u,
    }) => (u >= 1 - p ? dOut / p : 0),
  }),
];
