import { exp } from "../../tensor/index.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";
import { fromEach, type Rows, rowsOf, softmaxOf, sumOver } from "./softmax-rows.js";

/** An entry of dX, from row n of all rows. */
type Entry = (
  all: { readonly x: Rows; readonly p: Rows; readonly d: Rows },
  n: number,
  j: number,
) => number;

/** dX, entry by entry, from x, p and dOut as rows. */
export function softmaxGradient({ inputs, dOut }: MistakenPoint, entry: Entry): number[] {
  const C = dOut.shape.at(-1)!;
  const x = rowsOf(inputs["x"]!.contiguous().data, C);
  const all = { x, p: softmaxOf(x), d: rowsOf(dOut.contiguous().data, C) };
  return fromEach(x, (n, j) => entry(all, n, j));
}

/** Σ_c dOut[c] · p[c] of row n */
const along: Entry = ({ p, d }, n) => sumOver(p[n]!.length, (c) => d[n]![c]! * p[n]![c]!);

function wrong(tag: string, entries: Readonly<Record<string, Entry>>): Mistaken[] {
  return Object.entries(entries).map(([says, entry]) => ({
    argument: "x",
    says,
    tag: `softmax-cross-entropy.${tag}`,
    gradient: (point) => softmaxGradient(point, entry),
  }));
}

const wholeSum = (values: Rows): number =>
  sumOver(values.length, (n) => sumOver(values[n]!.length, (c) => values[n]![c]!));
const products = (p: Rows, d: Rows): Rows => p.map((row, n) => row.map((v, c) => v * d[n]![c]!));

export const softmax: readonly Mistaken[] = [
  ...wrong("11", {
    "the mean Σ dOut ⊙ p is not subtracted: p ⊙ (dOut − Σ dOut ⊙ p)": ({ p, d }, n, j) =>
      p[n]![j]! * d[n]![j]!,
    "the factor p in front is missing: p ⊙ (dOut − Σ dOut ⊙ p)": (all, n, j) =>
      all.d[n]![j]! - along(all, n, j),
    "the factor p is missing at the sum: p ⊙ dOut − p · Σ dOut ⊙ p": (all, n, j) =>
      all.p[n]![j]! * all.d[n]![j]! - along(all, n, j),
    "dOut is missing in the bracket: p ⊙ (dOut − Σ dOut ⊙ p)": (all, n, j) =>
      -all.p[n]![j]! * along(all, n, j),
    "the sum is added; it has to be subtracted: p ⊙ (dOut − Σ dOut ⊙ p)": (all, n, j) =>
      all.p[n]![j]! * (all.d[n]![j]! + along(all, n, j)),
    "p is missing in the sum: it has to be Σ dOut ⊙ p, not Σ dOut": ({ p, d }, n, j) =>
      p[n]![j]! * (d[n]![j]! - sumOver(p[n]!.length, (c) => d[n]![c]!)),
    "the plain mean of dOut is subtracted instead of the one weighted with p, Σ dOut ⊙ p": (
      { p, d },
      n,
      j,
    ) => p[n]![j]! * (d[n]![j]! - sumOver(p[n]!.length, (c) => d[n]![c]!) / p[n]!.length),
    "Σ dOut ⊙ p is subtracted twice": (all, n, j) =>
      all.p[n]![j]! * (all.d[n]![j]! - 2 * along(all, n, j)),
    "the sum Σ dOut ⊙ p has to start from 0, not from 1": (all, n, j) =>
      all.p[n]![j]! * (all.d[n]![j]! - (1 + along(all, n, j))),
    "Σ dOut ⊙ p is divided by C, though it is a mean already: Σ p = 1": (all, n, j) =>
      all.p[n]![j]! * (all.d[n]![j]! - along(all, n, j) / all.p[n]!.length),
    "dOut is missing in the sum: it has to be Σ dOut ⊙ p, not Σ p": ({ p, d }, n, j) =>
      p[n]![j]! * (d[n]![j]! - 1),
    "the sum leaves class j out; it has to go over all classes": (all, n, j) => {
      const own = all.d[n]![j]! * all.p[n]![j]!;
      return all.p[n]![j]! * (all.d[n]![j]! - (along(all, n, j) - own));
    },
    "x stands in for p = softmax(x)": ({ x, d }, n, j) =>
      x[n]![j]! * (d[n]![j]! - sumOver(x[n]!.length, (c) => d[n]![c]! * x[n]![c]!)),
    "eˣ stands in for p: it is not divided by its sum": ({ x, d }, n, j) =>
      exp(x[n]![j]!) * (d[n]![j]! - sumOver(x[n]!.length, (c) => d[n]![c]! * exp(x[n]![c]!))),
    "dOut − p · Σ dOut is the gradient of the logarithm of softmax": ({ p, d }, n, j) =>
      d[n]![j]! - p[n]![j]! * sumOver(p[n]!.length, (c) => d[n]![c]!),
    "p is multiplied in twice: p ⊙ (dOut − Σ dOut ⊙ p)": (all, n, j) =>
      all.p[n]![j]! * all.p[n]![j]! * (all.d[n]![j]! - along(all, n, j)),
    "p is squared in the sum: it has to be Σ dOut ⊙ p": ({ p, d }, n, j) =>
      p[n]![j]! * (d[n]![j]! - sumOver(p[n]!.length, (c) => d[n]![c]! * p[n]![c]! * p[n]![c]!)),
    "the sum goes over all rows together; each row has its own": ({ p, d }, n, j) =>
      p[n]![j]! * (d[n]![j]! - wholeSum(products(p, d))),
    "the sum is not set back to 0 for each row: it holds those of the rows before": (
      { p, d },
      n,
      j,
    ) => p[n]![j]! * (d[n]![j]! - wholeSum(products(p, d).slice(0, n + 1))),
    "the sum goes over the rows of a class; it has to go over the classes of a row": (
      { p, d },
      n,
      j,
    ) => p[n]![j]! * (d[n]![j]! - sumOver(p.length, (m) => d[m]![j]! * p[m]![j]!)),
  }),
  ...wrong("8", {
    "only the diagonal p · (1 − p) of the Jacobian is there, as of a sigmoid": ({ p, d }, n, j) =>
      d[n]![j]! * p[n]![j]! * (1 - p[n]![j]!),
    "the diagonal p · (1 − p) of the Jacobian is missing: only −p[c] · p[j] is there": (
      all,
      n,
      j,
    ) => {
      const own = all.d[n]![j]! * all.p[n]![j]!;
      return -all.p[n]![j]! * (along(all, n, j) - own);
    },
    "the slopes −p[c] · p[j] of the other classes have the wrong sign": (all, n, j) => {
      const own = all.d[n]![j]! * all.p[n]![j]!;
      return all.p[n]![j]! * (all.d[n]![j]! - own + (along(all, n, j) - own));
    },
  }),
];
