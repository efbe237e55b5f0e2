import { missing } from "./missing.js";
import type { WrongAnswer } from "./wrong-answer.js";

const dX = { layer: "batchNorm2d", gradient: "dX" } as const;
const dWeight = { layer: "batchNorm2d", gradient: "dWeight" } as const;
const dBias = { layer: "batchNorm2d", gradient: "dBias" } as const;

/** What the mean's way and the variance's way may be cited by. */
const ofDX = /normalisation\.(1[4-9]|16a|25[ab]?|26)\b/;

const residual = "const dX = await backend.channelResidual(dOut, xHat, { ...means, scale });";
const intercept = "intercept: divide(dBias, M)";
const slope = "slope: divide(dWeight, M)";
const count = "const M = dOut.size / weight.size;";
const scale = "const scale = multiply(await backend.read(weight), rho);";
const returned = "return { dX, dWeight, dBias };";

/** Batch normalisation of images. */
export const batchNormAnswers: readonly WrongAnswer[] = [
  {
    ...dX,
    name: "batch-norm-without-the-means-term",
    mistake: "Only the variance's way back is subtracted: the mean of dOut is not.",
    edits: [{ find: intercept, replace: "intercept: multiply(dBias, 0)" }],
    names: [missing("mean(?!\\()|dBias"), ofDX],
  },
  {
    ...dX,
    name: "batch-norm-without-the-variances-term",
    mistake: "The mean of dOut is subtracted, but not x̂ times the mean of dOut ⊙ x̂.",
    edits: [{ find: slope, replace: "slope: multiply(dWeight, 0)" }],
    names: [missing("variance|dWeight|stretch"), ofDX],
  },
  {
    ...dX,
    name: "batch-norm-statistics-held-fixed",
    mistake: "Mean and variance of the batch are taken for constants, as in evaluation.",
    edits: [
      { find: residual, replace: "const dX = await backend.channelAffine(dOut, { scale });" },
    ],
    names: [
      /mean.*variance|variance.*mean|statistics|evaluation/i,
      missing("term|mean|statistics|way|constant|held|fixed|evaluation"),
      /normalisation\.(1[4-9]|16a|25[ab]?|26|28)\b/,
    ],
  },
  {
    ...dX,
    name: "batch-norm-n-for-m",
    mistake: "The means divide by the number of images, not by all N·H·W values of a channel.",
    edits: [{ find: count, replace: "const M = dOut.shape[0]!;" }],
    names: [/\bM\b|N ?· ?H ?· ?W/, /\bN\b(?! ?·)|batch|images/i],
  },
  {
    ...dX,
    name: "batch-norm-pixels-for-m",
    mistake: "The means divide by the pixels of one image, H·W, and not by those of the batch.",
    edits: [{ find: count, replace: "const M = dOut.shape[2]! * dOut.shape[3]!;" }],
    names: [/\bM\b|N ?· ?H ?· ?W/, /(?<!N ?· ?)H ?· ?W|pixels|\bN\b.*(missing|not)/i],
  },
  {
    ...dX,
    name: "batch-norm-sums-for-means",
    mistake: "dBias and dWeight are subtracted as the sums that they are: M is forgotten.",
    edits: [
      { find: intercept, replace: "intercept: dBias" },
      { find: slope, replace: "slope: dWeight" },
    ],
    names: [/\bM\b/, /divi|sum|mean|\/ ?M/i, ofDX],
  },
  {
    ...dX,
    name: "batch-norm-unbiased-means",
    mistake: "The means divide by M − 1, as the running variance does.",
    edits: [{ find: count, replace: "const M = dOut.size / weight.size - 1;" }],
    names: [/M ?[−-] ?1/],
  },
  {
    ...dX,
    name: "batch-norm-without-rho",
    mistake: "dX is that of the distance from the mean: the factor ρ is forgotten.",
    edits: [{ find: scale, replace: "const scale = await backend.read(weight);" }],
    names: [missing("ρ|rho")],
  },
  {
    ...dX,
    name: "batch-norm-rho-twice",
    mistake: "dX is multiplied by ρ², as if 1/(σ² + ε) stood in the formula.",
    edits: [
      {
        find: scale,
        replace: "const scale = multiply(multiply(await backend.read(weight), rho), rho);",
      },
    ],
    names: [/ρ|rho/i, /twice|ρ²|squared?|again|too (?:many|often)|two/i],
  },
  {
    ...dX,
    name: "batch-norm-divided-by-rho",
    mistake: "ρ is taken for the standard deviation, and dX is divided by it.",
    edits: [{ find: scale, replace: "const scale = divide(await backend.read(weight), rho);" }],
    names: [/ρ|rho|deviation/i, /divid|invers|1\/ρ|reciprocal/i],
  },
  {
    ...dX,
    name: "batch-norm-weight-left-out-of-dx",
    mistake: "dOut is taken for the gradient of x̂: the weight in between is forgotten.",
    edits: [{ find: scale, replace: "const scale = rho;" }],
    names: [missing("weight|γ")],
  },
  {
    ...dX,
    name: "batch-norm-variances-term-without-x-hat",
    mistake: "dWeight/M is subtracted from all alike, and not in proportion to x̂.",
    edits: [
      { find: intercept, replace: "intercept: divide(add(dBias, dWeight), M)" },
      { find: slope, replace: "slope: multiply(dWeight, 0)" },
    ],
    names: [missing("x̂|xHat"), ofDX],
  },
  {
    ...dX,
    name: "batch-norm-means-term-added",
    mistake: "The mean of dOut is added, where it has to be subtracted.",
    edits: [{ find: intercept, replace: "intercept: divide(dBias, -M)" }],
    names: [/mean(?!\()|dBias/i, /sign|added|plus|subtract/i],
  },
  {
    ...dX,
    name: "batch-norm-variances-term-added",
    mistake: "The variance's term is added, where it has to be subtracted.",
    edits: [{ find: slope, replace: "slope: divide(dWeight, -M)" }],
    names: [/variance|dWeight/i, /sign|added|plus|subtract/i],
  },
  {
    ...dX,
    name: "batch-norm-half-of-the-root-forgotten",
    mistake: "The slope of (σ² + ε)^(−1/2) lost its 1/2, so the variance's term is twice as large.",
    edits: [{ find: slope, replace: "slope: divide(multiply(dWeight, 2), M)" }],
    names: [/variance|dWeight|ρ/i, /twice|doubled?|two|½|1\/2|\b2\b|half/i],
  },
  {
    ...dX,
    name: "batch-norm-evaluates-as-it-trains",
    mistake: "The mode is not asked for: in evaluation, dX has the terms of training.",
    edits: [{ find: 'if (mode === "train") {', replace: "if (mode !== undefined) {" }],
    names: [/evaluat/i, /normalisation\.2[6-8]\b/],
  },
  {
    ...dX,
    name: "batch-norm-means-over-the-batch-axis",
    mistake: "The two means go over the images only, for each pixel by itself.",
    edits: [
      {
        find: residual,
        replace: `const along = { axes: [0], keepDims: true };
    const N = dOut.shape[0]!;
    const shift = divide(sum(dOut, along), N);
    const stretch = divide(sum(multiply(dOut, xHat), along), N);
    const inner = subtract(subtract(dOut, shift), multiply(xHat, stretch));
    const dX = multiply(inner, scale.reshape([1, scale.size, 1, 1]));`,
      },
    ],
    names: [/mean|statistic|sum/i, /pixel|batch|images|\bN\b|ax[ei]s/i],
  },
  {
    ...dX,
    name: "batch-norm-means-of-each-image",
    mistake: "The two means go over the pixels of one image, as if it were instance normalisation.",
    edits: [
      {
        find: residual,
        replace: `const along = { axes: [2, 3], keepDims: true };
    const pixels = dOut.shape[2]! * dOut.shape[3]!;
    const shift = divide(sum(dOut, along), pixels);
    const stretch = divide(sum(multiply(dOut, xHat), along), pixels);
    const inner = subtract(subtract(dOut, shift), multiply(xHat, stretch));
    const dX = multiply(inner, scale.reshape([1, scale.size, 1, 1]));`,
      },
    ],
    names: [/mean|statistic|sum/i, /image|instance|pixel|H ?· ?W|ax[ei]s|batch/i],
  },
  {
    ...dX,
    name: "batch-norm-not-awaited",
    mistake: "The `await` in front of the call of the backend is missing.",
    edits: [{ find: residual, replace: residual.replace("await ", "") }],
    names: [/promise|await/i],
  },
  {
    ...dBias,
    name: "batch-norm-dbias-over-the-batch-only",
    mistake: "dBias sums over the images, and forgets the pixels.",
    edits: [
      {
        find: "const { sum: dBias, product: dWeight } = await backend.channelSums(dOut, xHat);",
        replace: `const { sum: total, product: dWeight } = await backend.channelSums(dOut, xHat);
  const dBias = sum(dOut, { axes: [0] });`,
      },
      { find: "intercept: divide(dBias, M)", replace: "intercept: divide(total, M)" },
    ],
    names: [/shape|summed|ax[ei]s|pixels/i],
  },
  {
    ...dWeight,
    name: "batch-norm-dweight-without-x-hat",
    mistake: "dWeight is the sum of dOut: the slope x̂ is forgotten.",
    edits: [
      { find: returned, replace: "return { dX, dWeight: dBias, dBias };" },
      {
        find: "return { dX: await backend.channelAffine(dOut, { scale }), dWeight, dBias };",
        replace:
          "return { dX: await backend.channelAffine(dOut, { scale }), dWeight: dBias, dBias };",
      },
    ],
    names: [/x̂|xHat|dBias/i, /normalisation\.24\b/],
  },
  {
    ...dWeight,
    name: "batch-norm-dweight-averaged",
    mistake: "dWeight is the mean over the channel, where the sum belongs.",
    edits: [{ find: returned, replace: "return { dX, dWeight: divide(dWeight, M), dBias };" }],
    names: [/\bM\b|N ?· ?H ?· ?W|mean|averag/i, /divid|mean|averag|factor/i],
  },
  {
    ...dBias,
    name: "batch-norm-dbias-averaged-over-the-batch",
    mistake: "dBias is divided by N once more, though the loss has done that.",
    edits: [
      {
        find: "const { sum: dBias, product: dWeight }",
        replace: "const { sum: total, product: dWeight }",
      },
      { find: scale, replace: `const dBias = divide(total, dOut.shape[0]!);\n  ${scale}` },
      { find: intercept, replace: "intercept: divide(total, M)" },
    ],
    names: [/\bN\b|batch|images/i, /divi|mean|averag|factor|times|1\/N/i],
  },
  {
    ...dWeight,
    name: "batch-norm-dweight-times-rho",
    mistake: "dWeight gets the factor ρ as well, though x̂ holds it already.",
    edits: [
      { find: "const { sum: dBias, product: dWeight }", replace: "const { sum: dBias, product }" },
      { find: scale, replace: `const dWeight = multiply(product, rho);\n  ${scale}` },
      { find: slope, replace: "slope: divide(product, M)" },
    ],
    names: [/ρ|rho/i],
  },
];
