import { exp, log } from "../../tensor/index.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";
import { fromEach, type Rows, rowsOf, softmaxOf, sumOver, turned } from "./softmax-rows.js";

/** What an entry of dLogits may be made of. */
interface At {
  readonly p: number;
  /** targets[n, c] */
  readonly t: number;
  readonly logit: number;
  /** 1 for the right class, else 0. */
  readonly label: number;
  /** ε */
  readonly smoothing: number;
  readonly C: number;
  readonly n: number;
  readonly c: number;
  /** All of them. */
  readonly rows: { readonly p: Rows; readonly t: Rows; readonly logits: Rows };
}

/** dLogits = dOut/N · what `entry` says, which is p − targets where nothing is wrong. */
export function crossEntropyGradient(
  { inputs, options, dOut }: MistakenPoint,
  entry: (at: At) => number,
): number[] {
  const [N, C] = inputs["logits"]!.shape as [number, number];
  const smoothing = (options["labelSmoothing"] ?? 0) as number;
  const labels = options["target"] as readonly number[];
  const logits = rowsOf(inputs["logits"]!.contiguous().data, C);
  const p = softmaxOf(logits);
  // (softmax-cross-entropy.13)
  const t = logits.map((row, n) =>
    row.map((_, c) => (1 - smoothing) * (labels[n] === c ? 1 : 0) + smoothing / C),
  );
  return fromEach(logits, (n, c) => {
    const [logit, label] = [logits[n]![c]!, labels[n] === c ? 1 : 0];
    const of = {
      p: p[n]![c]!,
      t: t[n]![c]!,
      logit,
      label,
      smoothing,
      C,
      n,
      c,
      rows: { p, t, logits },
    };
    return (dOut.item() / N) * entry(of);
  });
}

function wrong(tag: string, entries: Readonly<Record<string, (at: At) => number>>): Mistaken[] {
  return Object.entries(entries).map(([says, entry]) => ({
    argument: "logits",
    says,
    tag: `softmax-cross-entropy.${tag}`,
    gradient: (point) => crossEntropyGradient(point, entry),
  }));
}

/** The way back through softmax for a row, as in (softmax-cross-entropy.11). */
function throughSoftmax({ rows: { p }, n, c, C }: At, dP: (k: number) => number): number {
  const along = sumOver(C, (k) => dP(k) * p[n]![k]!);
  return p[n]![c]! * (dP(c) - along);
}

export const softmaxCrossEntropy: readonly Mistaken[] = [
  ...wrong("22", {
    "the targets are not subtracted: it has to be p − targets, not p": ({ p }) => p,
    "p is missing: it has to be p − targets, not −targets": ({ t }) => -t,
    "the targets are added: it has to be p − targets, not p + targets": ({ p, t }) => p + t,
    "p and targets are multiplied: it has to be p − targets": ({ p, t }) => p * t,
    "it has to be p − targets, not p · (1 − targets)": ({ p, t }) => p * (1 - t),
    "p − targets is squared": ({ p, t }) => (p - t) * (p - t),
    "the logits stand in for p = softmax(logits)": ({ logit, t }) => logit - t,
    "log p stands in for p": ({ p, t }) => log(p) - t,
    "exp(logits) stands in for p: it is not divided by its sum": ({ logit, t }) => exp(logit) - t,
    "p is the softmax over the rows of a class instead of the classes of a row": ({
      t,
      rows,
      n,
      c,
    }) => softmaxOf(turned(rows.logits))[c]![n]! - t,
    "p − targets is multiplied by p · (1 − p), though it holds the slope of softmax already": ({
      p,
      t,
    }) => (p - t) * p * (1 - p),
    "p − targets goes back through softmax again, though it holds that already": (at) =>
      throughSoftmax(at, (k) => at.rows.p[at.n]![k]! - at.rows.t[at.n]![k]!),
    "only the right class gets p − targets; all classes have to": ({ p, t, label }) =>
      label * (p - t),
    "only the wrong classes get p − targets; the right one has to as well": ({ p, t, label }) =>
      (1 - label) * (p - t),
    "the signs are lost: it has to be p − targets, not |p − targets|": ({ p, t }) =>
      Math.abs(p - t),
  }),
  ...wrong("15", {
    "the mean is taken over the C classes instead of the N rows": ({ p, t, C, rows }) =>
      ((p - t) * rows.p.length) / C,
    "the mean is taken over all N · C entries instead of the N rows": ({ p, t, C }) => (p - t) / C,
  }),
  ...wrong("18", {
    "the slope of softmax is missing: −targets/p is the gradient by p, not by the logits": ({
      p,
      t,
    }) => -t / p,
    "only the diagonal of softmax's Jacobian is there: −targets/p · p · (1 − p)": ({ p, t }) =>
      -t * (1 - p),
    "the slope of log is missing: −targets instead of −targets/p goes back through softmax": (at) =>
      throughSoftmax(at, (k) => -at.rows.t[at.n]![k]!),
    "−targets · log p is a term of the loss itself, not its slope": ({ p, t }) => -t * log(p),
  }),
  ...wrong("13", {
    "the right class is one too low: labels count from 0, not from 1": ({ p, n, c, rows }) =>
      p - (rows.t[n]![c + 1] ?? 0),
    "the right class is one too high": ({ p, n, c, rows }) => p - (rows.t[n]![c - 1] ?? 0),
    "label smoothing is left out: the targets are taken to be 1 and 0": ({ p, label }) => p - label,
    "the factor 1 − ε of label smoothing is missing at the right class": ({
      p,
      label,
      smoothing,
      C,
    }) => p - label - smoothing / C,
    "ε/C of label smoothing is missing at all classes": ({ p, label, smoothing }) =>
      p - (1 - smoothing) * label,
    "ε/C is missing at the right class: all classes get it": ({ p, label, smoothing, C }) =>
      p - (label === 1 ? 1 - smoothing : smoothing / C),
    "ε is shared by the C − 1 wrong classes instead of by all C": ({ p, label, smoothing, C }) =>
      p - (label === 1 ? 1 - smoothing : smoothing / (C - 1)),
    "ε is not divided by C: each class has to get ε/C": ({ p, label, smoothing }) =>
      p - (1 - smoothing) * label - smoothing,
  }),
];
