import { missing } from "./missing.js";
import type { WrongAnswer } from "./wrong-answer.js";

const dX = { layer: "batchNormPool2d", gradient: "dX" } as const;

const ofDX = /fused\.13\b|normalisation\.(1[4-9]|16a|25[ab]?|26)\b/;

const winners = "const dNorm = await backend.winnersGradient(dOut, argmax, pool);";
const sums = "const { sum: dBias, product: dWeight } = await backend.channelSums(dNorm, xHat);";
const count = "const M = xHat.size / weight.size;";
const laidOut = "const laidOut = await backend.maxPool2dBackward(dOut, argmax, pool);";

/** The winners' gradient in loops, put on its pixel by one statement. */
const scattered = (statement: string): WrongAnswer["edits"] => [
  {
    find: winners,
    replace: `const dNorm = Tensor.zeros(xHat.shape, xHat.dtype);
  const [places, flowing] = [(await backend.read(argmax)).data, dOut.contiguous().data];
  const windows = outShape[2]! * outShape[3]!;
  const pixels = pool.H * pool.W;
  for (let i = 0; i < flowing.length; i++) {
    const plane = Math.floor(i / windows) * pixels;
    ${statement}
  }`,
  },
  { find: laidOut, replace: "const laidOut = dNorm;" },
];

/** Batch normalisation and max pooling at once. */
export const batchNormPoolAnswers: readonly WrongAnswer[] = [
  {
    ...dX,
    name: "norm-pool-without-the-means-term",
    mistake: "The mean of dNorm is not subtracted.",
    edits: [{ find: "intercept: divide(dBias, M)", replace: "intercept: multiply(dBias, 0)" }],
    names: [missing("mean(?!\\()|dBias"), ofDX],
  },
  {
    ...dX,
    name: "norm-pool-without-the-variances-term",
    mistake: "x̂ times dWeight/M is not subtracted.",
    edits: [{ find: "slope: divide(dWeight, M)", replace: "slope: multiply(dWeight, 0)" }],
    names: [missing("variance|dWeight|stretch"), ofDX],
  },
  {
    ...dX,
    name: "norm-pool-windows-for-m",
    mistake: "M counts the windows that dOut has, not the pixels that were standardised.",
    edits: [{ find: count, replace: "const M = dOut.size / weight.size;" }],
    names: [/\bM\b/, /outH|outW|windows|pooled|dOut|\bout\b/],
  },
  {
    ...dX,
    name: "norm-pool-n-for-m",
    mistake: "M is taken for the number of images.",
    edits: [{ find: count, replace: "const M = dOut.shape[0]!;" }],
    names: [/\bM\b|N ?· ?H ?· ?W/, /\bN\b(?! ?·)|batch|images/i],
  },
  {
    ...dX,
    name: "norm-pool-statistics-held-fixed",
    mistake: "Only winners receive something: the statistics are taken for constants.",
    edits: [
      {
        find: 'if (mode === "train") {',
        replace: 'if (mode !== "train" && mode !== "evaluate") {',
      },
    ],
    names: [
      /mean.*variance|variance.*mean|statistics|evaluation/i,
      missing("term|mean|statistics|way|constant|held|fixed|evaluation"),
      /fused\.1[34]\b|normalisation\.(1[4-9]|16a|25[ab]?|26|28)\b/,
    ],
  },
  {
    ...dX,
    name: "norm-pool-evaluates-as-it-trains",
    mistake: "The mode is not asked for: in evaluation, dX has the terms of training.",
    edits: [{ find: 'if (mode === "train") {', replace: "if (mode !== undefined) {" }],
    names: [/evaluat/i, /fused\.14\b|normalisation\.2[78]\b/],
  },
  {
    ...dX,
    name: "norm-pool-without-rho",
    mistake: "The factor ρ is forgotten.",
    edits: [
      {
        find: "const scale = multiply(await backend.read(weight), rho);",
        replace: "const scale = await backend.read(weight);",
      },
    ],
    names: [missing("ρ|rho")],
  },
  {
    ...dX,
    name: "norm-pool-weight-left-out-of-dx",
    mistake: "The weight is forgotten on the way back to x.",
    edits: [
      {
        find: "const scale = multiply(await backend.read(weight), rho);",
        replace: "const scale = rho;",
      },
    ],
    names: [missing("weight|γ")],
  },
  {
    ...dX,
    name: "norm-pool-overlap-overwritten",
    mistake: "A pixel that wins in two windows keeps what the last one sends back.",
    edits: scattered("if (places[i]! >= 0) dNorm.data[plane + places[i]!] = flowing[i]!;"),
    names: [/overlap|overwr|replac|share|twice|several|two windows|last/i, /add|sum|overwr|=/i],
  },
  {
    ...dX,
    name: "norm-pool-rectified-windows-on-the-first-pixel",
    mistake: "The place −1 of the rectifier's 0 is taken for pixel 0, which then gets their dOut.",
    edits: scattered("dNorm.data[plane + Math.max(0, places[i]!)]! += flowing[i]!;"),
    names: [/rectif|relu|[−-]1|(?:at|of|is|are) 0|zero/i],
  },
  {
    ...dX,
    gradient: "dBias",
    name: "norm-pool-dbias-of-all-windows",
    mistake: "dBias is the sum of dOut, though nothing flows back where the rectifier gave 0.",
    edits: [
      {
        find: sums,
        replace: `const { sum: won, product: dWeight } = await backend.channelSums(dNorm, xHat);
  const dBias = sum(dOut, { axes: [0, 2, 3] });`,
      },
      { find: "intercept: divide(dBias, M)", replace: "intercept: divide(won, M)" },
    ],
    names: [/rectif|relu|[−-]1|(?:at|of|is|are) 0|zero|winn/i, /fused\.1[01]\b/],
  },
  {
    ...dX,
    gradient: "dWeight",
    name: "norm-pool-dweight-without-x-hat",
    mistake: "dWeight is the sum of dNorm: the slope x̂ is forgotten.",
    edits: [
      {
        find: sums,
        replace: `const { sum: dBias, product } = await backend.channelSums(dNorm, xHat);
  const dWeight = dBias;`,
      },
      { find: "slope: divide(dWeight, M)", replace: "slope: divide(product, M)" },
    ],
    names: [/x̂|xHat|dBias/i, /fused\.12\b|normalisation\.24\b/],
  },
];
