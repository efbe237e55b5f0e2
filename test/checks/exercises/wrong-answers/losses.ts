import { missing } from "./missing.js";
import type { WrongAnswer } from "./wrong-answer.js";

const ofSoftmax = { layer: "softmax", gradient: "dX" } as const;
const entry = "dX.data[i] = p[i]! * round(d[i]! - sum);";
const term = "total += round(d[i]! * p[i]!);";

/** Softmax on its own. */
export const softmaxAnswers: readonly WrongAnswer[] = [
  {
    ...ofSoftmax,
    name: "softmax-mean-forgotten",
    mistake: "dX is p ⊙ dOut: the weighted mean of dOut is not subtracted.",
    edits: [{ find: entry, replace: "dX.data[i] = p[i]! * d[i]!;" }],
    names: [missing("mean|Σ|sum|second term|others"), /softmax-cross-entropy\.(8|9|10|11|12)\b/],
  },
  {
    ...ofSoftmax,
    name: "softmax-slope-of-a-sigmoid",
    mistake: "Only the diagonal p(1 − p) of the Jacobian is used.",
    edits: [{ find: entry, replace: "dX.data[i] = d[i]! * p[i]! * (1 - p[i]!);" }],
    names: [
      /sigmoid|diagonal|p ?·? ?\(1 [−-] p\)|other (?:classes|outputs|scores|probab)/i,
      /softmax-cross-entropy\.(8|9|10|11)\b/,
    ],
  },
  {
    ...ofSoftmax,
    name: "softmax-sum-of-dout-unweighted",
    mistake: "The sum of dOut is subtracted; p is forgotten in it.",
    edits: [{ find: term, replace: "total += d[i]!;" }],
    names: [missing("\\bp\\b|weight|probabilit"), /sum|Σ|mean/i],
  },
  {
    ...ofSoftmax,
    name: "softmax-plain-mean-of-dout",
    mistake: "The mean over the classes is subtracted, each weighted with 1/C and not with its p.",
    edits: [{ find: term, replace: "total += d[i]! / C;" }],
    names: [/mean|averag|1\/C/i, /\bp\b|weight|plain|\bC\b/i],
  },
  {
    ...ofSoftmax,
    name: "softmax-factor-p-forgotten",
    mistake: "dX is dOut − Σ dOut ⊙ p: the factor p in front is forgotten.",
    edits: [{ find: entry, replace: "dX.data[i] = d[i]! - sum;" }],
    names: [missing("\\bp\\b|probabilit")],
  },
  {
    ...ofSoftmax,
    name: "softmax-sum-without-the-factor-p",
    mistake: "dX is p ⊙ dOut − Σ dOut ⊙ p: the second term lost its p.",
    edits: [{ find: entry, replace: "dX.data[i] = p[i]! * d[i]! - sum;" }],
    names: [/\bp\b|probabilit/i, /second|sum|Σ|mean|both/i],
  },
  {
    ...ofSoftmax,
    name: "softmax-sum-added",
    mistake: "The weighted mean is added, where it has to be subtracted.",
    edits: [{ find: entry, replace: "dX.data[i] = p[i]! * (d[i]! + sum);" }],
    names: [/sign|added|plus|subtract/i, /sum|mean|Σ|second/i],
  },
  {
    ...ofSoftmax,
    name: "softmax-sum-of-everything",
    mistake: "The sum goes on over all rows: it is not set back to 0 for each.",
    edits: [
      {
        find: "for (let start = 0; start < d.length; start += C) {\n    let total = 0;",
        replace: "let total = 0;\n  for (let start = 0; start < d.length; start += C) {",
      },
    ],
    names: [/row/i, /sum|Σ|mean|total/i],
  },
  {
    ...ofSoftmax,
    name: "softmax-sum-divided-by-c",
    mistake: "Called a mean, the weighted sum is divided by C once more.",
    edits: [{ find: "const sum = round(total);", replace: "const sum = round(total) / C;" }],
    names: [/\bC\b|classes/, /divi|mean|averag|1\/C/i],
  },
  {
    ...ofSoftmax,
    name: "softmax-as-log-softmax",
    mistake: "dOut − p · Σ dOut, which is the gradient of the logarithm of softmax.",
    edits: [
      { find: term, replace: "total += d[i]!;" },
      { find: entry, replace: "dX.data[i] = d[i]! - p[i]! * sum;" },
    ],
    names: [/\blog/i],
  },
  {
    ...ofSoftmax,
    name: "softmax-dout-changed-in-place",
    mistake: "The sum is subtracted in dOut's own memory, which belongs to whoever passed it.",
    edits: [{ find: entry, replace: "dX.data[i] = p[i]! * (d[i]! -= sum);" }],
    names: [/dOut/, /changed|place|overwr|modif|written/i],
  },
];

const ofCrossEntropy = { layer: "softmaxCrossEntropy", gradient: "dLogits" } as const;
const difference = "dLogits.data[i] = round(p[i]! - t[i]!) * factor;";

/** Softmax and cross-entropy as one loss. */
export const crossEntropyAnswers: readonly WrongAnswer[] = [
  {
    ...ofCrossEntropy,
    name: "cross-entropy-not-averaged",
    mistake: "The loss is a mean over the batch, but its gradient is not divided by N.",
    edits: [{ find: difference, replace: "dLogits.data[i] = (p[i]! - t[i]!) * dOut.item();" }],
    names: [/\bN\b|batch/i, missing("divi|1\\/N|mean|averag|by N|factor|\\bN\\b")],
  },
  {
    ...ofCrossEntropy,
    name: "cross-entropy-divided-by-classes",
    mistake: "The mean is taken over the classes instead of over the rows.",
    edits: [
      {
        find: difference,
        replace: "dLogits.data[i] = (p[i]! - t[i]!) * (dOut.item() / targets.shape[1]!);",
      },
    ],
    names: [/\bC\b|classes/, /\bN\b|rows|batch/],
  },
  {
    ...ofCrossEntropy,
    name: "cross-entropy-divided-by-all-entries",
    mistake: "The mean is taken over all N·C entries.",
    edits: [
      {
        find: difference,
        replace: "dLogits.data[i] = (p[i]! - t[i]!) * (dOut.item() / p.length);",
      },
    ],
    names: [/\bC\b|classes|entries/],
  },
  {
    ...ofCrossEntropy,
    name: "cross-entropy-targets-forgotten",
    mistake: "The gradient is p/N: nothing says which class is right.",
    edits: [{ find: difference, replace: "dLogits.data[i] = p[i]! * factor;" }],
    names: [missing("targets?"), /softmax-cross-entropy\.(19|2[0-2])\b/],
  },
  {
    ...ofCrossEntropy,
    name: "cross-entropy-uphill",
    mistake: "targets − p, the sign of books that maximise a likelihood.",
    edits: [{ find: difference, replace: "dLogits.data[i] = round(t[i]! - p[i]!) * factor;" }],
    names: [/sign|targets [−-] p|minus/i],
  },
  {
    ...ofCrossEntropy,
    name: "cross-entropy-dout-left-out",
    mistake: "dOut is taken for 1.",
    edits: [{ find: difference, replace: "dLogits.data[i] = (p[i]! - t[i]!) * (1 / N);" }],
    names: [missing("dOut|upstream")],
  },
  {
    ...ofCrossEntropy,
    name: "cross-entropy-softmax-twice",
    mistake: "p − targets is multiplied by the slope p(1 − p) as if softmax were yet to come.",
    edits: [
      {
        find: difference,
        replace: "dLogits.data[i] = round(p[i]! - t[i]!) * p[i]! * (1 - p[i]!) * factor;",
      },
    ],
    names: [
      /softmax|p ?·? ?\(1 [−-] p\)|sigmoid|slope/i,
      /twice|again|already|too|once more|p ?·? ?\(1/i,
    ],
  },
  {
    ...ofCrossEntropy,
    name: "cross-entropy-by-the-probabilities",
    mistake: "−targets/p, the gradient by p: the way back through softmax is forgotten.",
    edits: [{ find: difference, replace: "dLogits.data[i] = (-t[i]! / p[i]!) * factor;" }],
    names: [
      /softmax|logits/i,
      /targets? ?\/ ?\(?(?:N ?·? ?)?p|by p\b|(?:with respect to|of) p\b|probabilit/i,
    ],
  },
  {
    ...ofCrossEntropy,
    name: "cross-entropy-right-class-only",
    mistake: "Only the right class gets p − 1; the other logits get nothing.",
    edits: [
      {
        find: difference,
        replace:
          "dLogits.data[i] = round(p[i]! - t[i]!) * (t[i]! > 1 / (p.length / N) ? factor : 0);",
      },
    ],
    names: [/right class|class of the label|other (?:classes|logits)|only/i],
  },
  {
    ...ofCrossEntropy,
    name: "cross-entropy-smoothing-forgotten",
    mistake: "1 at the right class and 0 elsewhere, as if there were no label smoothing.",
    edits: [
      {
        find: difference,
        replace: `const C = p.length / N;
    const row = Array.from(t.slice(i - (i % C), i - (i % C) + C));
    const hot = t[i] === row.reduce((most, one) => (one > most ? one : most)) ? 1 : 0;
    dLogits.data[i] = (p[i]! - hot) * factor;`,
      },
    ],
    names: [/smooth|ε|epsilon/i],
  },
  {
    ...ofCrossEntropy,
    name: "cross-entropy-targets-times-p",
    mistake: "p · (1 − targets): the two were multiplied where they have to be subtracted.",
    edits: [{ find: difference, replace: "dLogits.data[i] = p[i]! * (1 - t[i]!) * factor;" }],
    names: [/target/i, /\bp\b/],
  },
];

const ofSquares = { layer: "meanSquaredError", gradient: "dPrediction" } as const;
const distance = "dPrediction.data[i] = factor * difference.data[i]!;";

/** The mean of squares. */
export const squaredErrorAnswers: readonly WrongAnswer[] = [
  {
    ...ofSquares,
    name: "squares-two-forgotten",
    mistake: "The 2 of the square is missing, as if the loss were half the mean square.",
    edits: [
      {
        find: distance,
        replace: "dPrediction.data[i] = (dOut.item() / difference.size) * difference.data[i]!;",
      },
    ],
    names: [/\b2\b|half|½|twice|two/i, /mean-squared-error\.[2-4]\b/],
  },
  {
    ...ofSquares,
    name: "squares-not-averaged",
    mistake: "The loss is a mean over all entries, but its gradient is not divided by M.",
    edits: [
      { find: distance, replace: "dPrediction.data[i] = 2 * dOut.item() * difference.data[i]!;" },
    ],
    names: [/\bM\b|entries|size/i, missing("divi|1\\/M|mean|averag|by M|factor|\\bM\\b")],
  },
  {
    ...ofSquares,
    name: "squares-averaged-over-the-batch",
    mistake: "The gradient is divided by the rows of the batch, not by all entries.",
    edits: [
      {
        find: distance,
        replace:
          "dPrediction.data[i] = ((dOut.item() * 2) / difference.shape[0]!) * difference.data[i]!;",
      },
    ],
    names: [/\bN\b|rows|batch/i, /\bM\b|entries|all/i],
  },
  {
    ...ofSquares,
    name: "squares-towards-the-target",
    mistake: "target − prediction: the sign is that of a step, not that of the gradient.",
    edits: [{ find: distance, replace: "dPrediction.data[i] = -factor * difference.data[i]!;" }],
    names: [/sign|target [−-] prediction|minus/i],
  },
  {
    ...ofSquares,
    name: "squares-dout-left-out",
    mistake: "dOut is taken for 1.",
    edits: [
      {
        find: distance,
        replace: "dPrediction.data[i] = (2 / difference.size) * difference.data[i]!;",
      },
    ],
    names: [missing("dOut|upstream")],
  },
  {
    ...ofSquares,
    name: "squares-squared-difference",
    mistake: "The square is still a square: the value of the loss's term, not its slope.",
    edits: [
      {
        find: distance,
        replace: "dPrediction.data[i] = factor * difference.data[i]! * difference.data[i]!;",
      },
    ],
    names: [/squar|\^2|²/i],
  },
  {
    ...ofSquares,
    name: "squares-sign-of-the-difference",
    mistake:
      "Only the sign of the difference comes back, which is the slope of its absolute value.",
    edits: [
      { find: distance, replace: "dPrediction.data[i] = factor * Math.sign(difference.data[i]!);" },
    ],
    names: [/absolute|\|.*\||sign of/i],
  },
];
