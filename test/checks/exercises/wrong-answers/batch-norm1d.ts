import { missing } from "./missing.js";
import type { WrongAnswer } from "./wrong-answer.js";

/** What the mean's way and the variance's way may be cited by. */
const ofDX = /normalisation\.(1[4-9]|16a|25[ab]?|26)\b/;

const ofRows = { layer: "batchNorm1d" } as const;
const delegated = "await batchNorm2dBackward(asImages(dOut), images, backend);";
const reshaped = "return { dX: dX.reshape(shape), dWeight, dBias };";

/** Its own sums over n and l, with another number for M or a factor for each of the two terms. */
const inLoops = (M: string, mean: string, variance: string): string => `
  const { xHat, rho } = images.standardised;
  const [N, C, L = 1] = shape as [number, number, number?];
  const dX = Tensor.zeros([N, C, 1, L], dOut.dtype);
  const [dBias, dWeight] = [Tensor.zeros([C], dOut.dtype), Tensor.zeros([C], dOut.dtype)];
  const d = asImages(dOut);
  const M = ${M};
  const isTraining = images.mode === "train" ? 1 : 0;
  for (let c = 0; c < C; c++) {
    let [b, w] = [0, 0];
    for (let n = 0; n < N; n++)
      for (let l = 0; l < L; l++) {
        b += d.get(n, c, 0, l);
        w += d.get(n, c, 0, l) * xHat.get(n, c, 0, l);
      }
    dBias.set([c], b);
    dWeight.set([c], w);
    for (let n = 0; n < N; n++)
      for (let l = 0; l < L; l++) {
        const away = ${mean} * (b / M) + ${variance} * xHat.get(n, c, 0, l) * (w / M);
        const left = d.get(n, c, 0, l) - isTraining * away;
        dX.set([n, c, 0, l], images.weight.get(c) * rho.get(c) * left);
      }
  }`;

const withLoops = (loops: string): WrongAnswer["edits"] => [
  { find: `const { dX, dWeight, dBias } = ${delegated}`, replace: loops.trim() },
];

/** Batch normalisation of rows and sequences. */
export const batchNorm1dAnswers: readonly WrongAnswer[] = [
  {
    ...ofRows,
    gradient: "dX",
    name: "rows-without-the-means-term",
    mistake: "Written in loops; the mean of dOut is not subtracted.",
    edits: withLoops(inLoops("N * L", "0", "1")),
    names: [missing("mean(?!\\()|dBias"), ofDX],
  },
  {
    ...ofRows,
    gradient: "dX",
    name: "rows-without-the-variances-term",
    mistake: "Written in loops; the part along x̂ is not subtracted.",
    edits: withLoops(inLoops("N * L", "1", "0")),
    names: [missing("variance|dWeight|stretch"), ofDX],
  },
  {
    ...ofRows,
    gradient: "dX",
    name: "rows-n-for-m",
    mistake: "Written in loops; of a sequence's N·L values, the means count only N.",
    edits: withLoops(inLoops("N", "1", "1")),
    names: [/\bM\b|N ?· ?L/, /\bN\b(?! ?·)|rows|batch/i],
  },
  {
    ...ofRows,
    gradient: "dX",
    name: "rows-evaluate-as-they-train",
    mistake: "The mode is fixed to training, so dX in evaluation is wrong.",
    edits: [
      {
        find: delegated,
        replace:
          'await batchNorm2dBackward(asImages(dOut), { ...images, mode: "train" }, backend);',
      },
    ],
    names: [/evaluat/i, /normalisation\.2[6-8]\b/],
  },
  {
    ...ofRows,
    gradient: "dX",
    name: "rows-statistics-held-fixed",
    mistake: "The mode is fixed to evaluation: mean and variance are constants in training too.",
    edits: [
      {
        find: delegated,
        replace:
          'await batchNorm2dBackward(asImages(dOut), { ...images, mode: "evaluate" }, backend);',
      },
    ],
    names: [
      /mean.*variance|variance.*mean|statistics|evaluation/i,
      missing("term|mean|statistics|way|constant|held|fixed|evaluation"),
      /normalisation\.(1[4-9]|16a|25[ab]?|26|28)\b/,
    ],
  },
  {
    ...ofRows,
    gradient: "dWeight",
    name: "rows-dweight-without-x-hat",
    mistake: "dWeight is the sum of dOut: the slope x̂ is forgotten.",
    edits: [
      { find: reshaped, replace: "return { dX: dX.reshape(shape), dWeight: dBias, dBias };" },
    ],
    names: [/x̂|xHat|dBias/i, /normalisation\.24\b/],
  },
];
