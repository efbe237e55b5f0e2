import { missing } from "./missing.js";
import type { WrongAnswer } from "./wrong-answer.js";

const dX = { layer: "layerNorm", gradient: "dX" } as const;
const dWeight = { layer: "layerNorm", gradient: "dWeight" } as const;
const dBias = { layer: "layerNorm", gradient: "dBias" } as const;

const ofDX = /normalisation\.(1[4-9]|16a|43|44)\b/;

const intercept = "intercept: divide(overPlaces.sum, M)";
const slope = "slope: divide(overPlaces.product, M)";
const sums = "const { sum: dBias, product: dWeight } = overRows;";
const residual = "const dX = await backend.rowResidual(dOutRows, rows, { ...numbers, ...means });";
const returned = "dX: dX.reshape(x.shape),";

/** dX from x̂ and tensors that are subtracted from another one, all [N, M]. */
const inTensors = (lines: string): string => `const [N] = rows.shape as [number];
  const column = [N, 1];
  const along = { axes: [1], keepDims: true };
  const xHat = multiply(subtract(rows, mean.reshape(column)), rho.reshape(column));
  ${lines.trim()}`;

/** Layer normalisation. */
export const layerNormAnswers: readonly WrongAnswer[] = [
  {
    ...dX,
    name: "layer-norm-without-the-means-term",
    mistake: "The mean of dX̂ is not subtracted.",
    edits: [{ find: intercept, replace: "intercept: multiply(overPlaces.sum, 0)" }],
    names: [missing("mean(?!\\()|mean\\(dX̂\\)"), ofDX],
  },
  {
    ...dX,
    name: "layer-norm-without-the-variances-term",
    mistake: "x̂ times the mean of dX̂ ⊙ x̂ is not subtracted.",
    edits: [{ find: slope, replace: "slope: multiply(overPlaces.product, 0)" }],
    names: [missing("variance|mean\\(dX̂ ⊙"), ofDX],
  },
  {
    ...dX,
    name: "layer-norm-statistics-held-fixed",
    mistake: "Mean and variance of a row are taken for constants: dX is ρ · dX̂.",
    edits: [
      {
        find: residual,
        replace: inTensors(`
  const dXHat = multiply(dOutRows, numbers.weight);
  const dX = multiply(dXHat, rho.reshape(column));`),
      },
    ],
    names: [
      /mean.*variance|variance.*mean|statistics/i,
      missing("term|mean|statistics|way|constant|held|fixed"),
      ofDX,
    ],
  },
  {
    ...dX,
    name: "layer-norm-weight-outside-the-means",
    mistake: "The weight stands in front of the bracket, as batch normalisation may have it.",
    edits: [
      {
        find: residual,
        replace: inTensors(`
  const shift = divide(sum(dOutRows, along), M);
  const stretch = divide(sum(multiply(dOutRows, xHat), along), M);
  const inner = subtract(subtract(dOutRows, shift), multiply(xHat, stretch));
  const dX = multiply(multiply(inner, rho.reshape(column)), numbers.weight);`),
      },
    ],
    names: [/weight|γ|dX̂/i, /bracket|front|outside|inside|before|after|mean|place/i, ofDX],
  },
  {
    ...dX,
    name: "layer-norm-means-of-dout",
    mistake: "The two means are those of dOut, though dX̂ is what they are to be taken of.",
    edits: [
      {
        find: residual,
        replace: inTensors(`
  const shift = divide(sum(dOutRows, along), M);
  const stretch = divide(sum(multiply(dOutRows, xHat), along), M);
  const dXHat = multiply(dOutRows, numbers.weight);
  const inner = subtract(subtract(dXHat, shift), multiply(xHat, stretch));
  const dX = multiply(inner, rho.reshape(column));`),
      },
    ],
    names: [/mean/i, /weight|γ|dX̂|dOut/i, ofDX],
  },
  {
    ...dX,
    name: "layer-norm-weight-left-out-of-dx",
    mistake: "dOut is taken for dX̂ everywhere: the weight is forgotten.",
    edits: [
      {
        find: residual,
        replace: inTensors(`
  const shift = divide(sum(dOutRows, along), M);
  const stretch = divide(sum(multiply(dOutRows, xHat), along), M);
  const inner = subtract(subtract(dOutRows, shift), multiply(xHat, stretch));
  const dX = multiply(inner, rho.reshape(column));`),
      },
    ],
    names: [missing("weight|γ")],
  },
  {
    ...dX,
    name: "layer-norm-means-of-batch-norm",
    mistake: "dBias and dWeight stand in for the means, as in batch normalisation.",
    edits: [
      {
        find: residual,
        replace: inTensors(`
  const shift = divide(multiply(dBias, numbers.weight), N);
  const stretch = divide(multiply(dWeight, numbers.weight), N);
  const dXHat = multiply(dOutRows, numbers.weight);
  const inner = subtract(subtract(dXHat, shift), multiply(xHat, stretch));
  const dX = multiply(inner, rho.reshape(column));`),
      },
    ],
    names: [/mean|sum|statistic|dBias/i, /rows|batch|over n|\bN\b|ax[ei]s|dBias/i],
  },
  {
    ...dX,
    name: "layer-norm-sums-for-means",
    mistake: "The sums over a row are not divided by M.",
    edits: [
      { find: intercept, replace: "intercept: overPlaces.sum" },
      { find: slope, replace: "slope: overPlaces.product" },
    ],
    names: [/\bM\b/, /divi|sum|mean|\/ ?M/i, ofDX],
  },
  {
    ...dX,
    name: "layer-norm-n-for-m",
    mistake: "The means divide by the number of rows, as batch normalisation would.",
    edits: [
      { find: intercept, replace: "intercept: divide(overPlaces.sum, rows.shape[0]!)" },
      { find: slope, replace: "slope: divide(overPlaces.product, rows.shape[0]!)" },
    ],
    names: [/\bM\b/, /\bN\b|rows|batch/],
  },
  {
    ...dX,
    name: "layer-norm-unbiased-means",
    mistake: "The means divide by M − 1.",
    edits: [
      { find: intercept, replace: "intercept: divide(overPlaces.sum, M - 1)" },
      { find: slope, replace: "slope: divide(overPlaces.product, M - 1)" },
    ],
    names: [/M ?[−-] ?1/],
  },
  {
    ...dX,
    name: "layer-norm-without-rho",
    mistake: "The factor ρ in front of the bracket is forgotten.",
    edits: [
      {
        find: returned,
        replace: "dX: divide(dX, rho.reshape([dX.shape[0]!, 1])).reshape(x.shape),",
      },
    ],
    names: [missing("ρ|rho")],
  },
  {
    ...dX,
    name: "layer-norm-rho-twice",
    mistake: "The factor ρ stands there twice.",
    edits: [
      {
        find: returned,
        replace: "dX: multiply(dX, rho.reshape([dX.shape[0]!, 1])).reshape(x.shape),",
      },
    ],
    names: [/ρ|rho/i, /twice|ρ²|squared?|again|too (?:many|often)|two/i],
  },
  {
    ...dX,
    name: "layer-norm-x-for-x-hat-in-dx",
    mistake: "The variance's term has x where x̂ belongs.",
    edits: [
      {
        find: residual,
        replace: inTensors(`
  const dXHat = multiply(dOutRows, numbers.weight);
  const shift = divide(sum(dXHat, along), M);
  const stretch = divide(sum(multiply(dXHat, rows), along), M);
  const inner = subtract(subtract(dXHat, shift), multiply(rows, stretch));
  const dX = multiply(inner, rho.reshape(column));`),
      },
    ],
    names: [/\bx(?!̂)\b/, /x̂|xHat|standardised/i],
  },
  {
    ...dX,
    name: "layer-norm-over-the-last-axis-only",
    mistake: "The two means go over the last axis, whatever axes are normalised together.",
    edits: [
      {
        find: returned,
        replace: `dX: lastAxisOnly().reshape(x.shape),`,
      },
      {
        find: residual,
        replace: inTensors(`
  const lastAxisOnly = () => {
    const last = x.shape[x.rank - 1]!;
    const shape = [x.size / last, last];
    const dXHat = multiply(dOutRows, numbers.weight).reshape(shape);
    const hats = xHat.reshape(shape);
    const shift = divide(sum(dXHat, along), last);
    const stretch = divide(sum(multiply(dXHat, hats), along), last);
    const inner = subtract(subtract(dXHat, shift), multiply(hats, stretch));
    return multiply(inner.reshape(rows.shape), rho.reshape(column));
  };
  const dX = dOutRows;`),
      },
    ],
    names: [/last/i, /ax[ei]s|places|row/i],
  },
  {
    ...dX,
    name: "layer-norm-variances-term-added",
    mistake: "The variance's term is added, where it has to be subtracted.",
    edits: [{ find: slope, replace: "slope: divide(overPlaces.product, -M)" }],
    names: [/variance|mean\(dX̂ ⊙/i, /sign|added|plus|subtract/i],
  },
  {
    ...dWeight,
    name: "layer-norm-x-for-x-hat-in-dweight",
    mistake: "dWeight multiplies dOut by x, where the standardised x̂ belongs.",
    edits: [
      {
        find: sums,
        replace:
          "const { sum: dBias } = overRows;\n  " +
          "const dWeight = sum(multiply(dOutRows, rows), { axes: [0] });",
      },
    ],
    names: [/\bx(?!̂)\b/, /x̂|xHat|standardised/i],
  },
  {
    ...dWeight,
    name: "layer-norm-dweight-without-x-hat",
    mistake: "dWeight is the sum of dOut: the slope x̂ is forgotten.",
    edits: [{ find: sums, replace: "const { sum: dBias } = overRows;\n  const dWeight = dBias;" }],
    names: [/x̂|xHat|dBias/i, /normalisation\.42\b/],
  },
  {
    ...dWeight,
    name: "layer-norm-dweight-times-weight",
    mistake: "dWeight is summed up of dX̂, so the weight is in it.",
    edits: [
      {
        find: "dWeight: dWeight.reshape(weight.shape),",
        replace: "dWeight: multiply(dWeight.reshape(weight.shape), weight),",
      },
    ],
    names: [/weight|γ|dX̂/i, /normalisation\.4[23]\b/],
  },
  {
    ...dBias,
    name: "layer-norm-dbias-averaged",
    mistake: "dBias is the mean over the rows, where the sum belongs.",
    edits: [
      {
        find: "dBias: dBias.reshape(weight.shape),",
        replace: "dBias: divide(dBias.reshape(weight.shape), rows.shape[0]!),",
      },
    ],
    names: [/\bN\b|rows|batch/i, /divi|mean|averag|factor|times|1\/N/i],
  },
];
