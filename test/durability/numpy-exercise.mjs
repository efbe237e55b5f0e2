/**
 * The exercises in NumPy as a student does them, with the python3 that is here: right solutions,
 * one with its filter turned, losses with their 1/N forgotten, and answers in float32, in Fortran's
 * order and big-endian; and every layer's file as it was given. Prints what the check says of each;
 * fails where that is not as expected.
 *
 *     apt-get install -y --no-install-recommends python3-numpy
 *     node test/durability/numpy-exercise.mjs
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { catalog } from "../../dist/gradcheck/index.js";
import { main, scratch } from "./common.mjs";

const CONV2D = `
    dX, dWeight = np.zeros((N, C, H + 2 * padH, W + 2 * padW)), np.zeros_like(weight)
    padded = np.pad(x, ((0, 0), (0, 0), (padH, padH), (padW, padW)))
    for g in range(G):
        c, k = slice(g * C // G, (g + 1) * C // G), slice(g * K // G, (g + 1) * K // G)
        for i in range(kH):
            for j in range(kW):
                h = slice(i * dilationH, i * dilationH + (outH - 1) * strideH + 1, strideH)
                w = slice(j * dilationW, j * dilationW + (outW - 1) * strideW + 1, strideW)
                dWeight[k, :, i, j] = np.einsum("nkpq,ncpq->kc", dOut[:, k], padded[:, c, h, w])
                dX[:, c, h, w] += np.einsum("nkpq,kc->ncpq", dOut[:, k], weight[k, :, i, j])
    dX = dX[:, :, padH : padH + H, padW : padW + W]
    dBias = dOut.sum(axis=(0, 2, 3)) if hasBias else None
`;
const SOFTMAX = `
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    t = np.full((N, C), labelSmoothing / C)
    t[np.arange(N), labels] += 1 - labelSmoothing
    dLogits = dOut * (p - t) / N
`;
const SQUARES = `
    dPrediction = dOut * 2 * (prediction - target) / M
`;
const NORM = `
    train = mode == "train"
    mean = x.mean(axis=(0, 2, 3)) if train else runningMean
    variance = x.var(axis=(0, 2, 3)) if train else runningVariance
    column = lambda v: v[None, :, None, None]
    s = 1 / np.sqrt(variance + epsilon)
    xHat = (x - column(mean)) * column(s)
    dBias = dOut.sum(axis=(0, 2, 3))
    dWeight = (dOut * xHat).sum(axis=(0, 2, 3))
    M = N * H * W
    terms = column(dBias / M) + xHat * column(dWeight / M) if train else 0
    dX = column(weight * s) * (dOut - terms)
`;
const RESIDUAL = `
    dX = throughBody + (dOut if throughShortcut is None else throughShortcut)
`;

const RIGHT = /^all of \w+ is right$/m;
const tries = [
  { layer: "conv2d", body: CONV2D, says: [RIGHT] },
  { layer: "conv2d", body: CONV2D, seed: "Ada Lovelace", says: [RIGHT] },
  {
    layer: "conv2d",
    what: "the filter turned",
    body: CONV2D.replace("weight[k, :, i, j])", "weight[k, :, kH - 1 - i, kW - 1 - j])"),
    says: [/^dX +wrong/m, /180|turn|rotat/i, /^dWeight +right/m, /^dBias +right/m],
  },
  { layer: "meanSquaredError", body: SQUARES, says: [RIGHT] },
  {
    layer: "meanSquaredError",
    what: "1/M forgotten",
    body: SQUARES.replace(" / M", ""),
    says: [/^dPrediction +wrong/m, /times/],
  },
  { layer: "softmaxCrossEntropy", body: SOFTMAX, says: [RIGHT] },
  {
    layer: "softmaxCrossEntropy",
    what: "1/N forgotten",
    body: SOFTMAX.replace(" / N", ""),
    says: [/^dLogits +wrong/m, /times/],
  },
  { layer: "batchNorm2d", body: NORM, says: [RIGHT] },
  { layer: "residual", body: RESIDUAL, says: [RIGHT] },
  {
    layer: "conv2d",
    what: "big-endian, in Fortran's order, and float32",
    body: `${CONV2D}
    dX, dWeight = np.asfortranarray(dX, ">f8"), dWeight.astype("f4")
`,
    says: [RIGHT],
  },
  {
    layer: "conv2d",
    what: "whole numbers, a NaN, Python's objects",
    body: `${CONV2D}
    dX, dWeight, dBias = dX.astype("i8"), dWeight / 0, np.array([None, "b"])
`,
    says: [/^dX +wrong: .*float64 or float32/m, /^dWeight +wrong: .*finite/m, /^dBias.*objects/m],
  },
  ...catalog.map(({ layer }) => ({
    layer,
    what: "as it was given",
    body: null,
    says: [/^(?:d\w+ +not written yet\n)+\n0 of \d gradients are right$/m],
  })),
];

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error !== undefined) throw error;
  return { status, text: `${stdout}${stderr}` };
}

for (const [i, { layer, what = "right", body, seed, says }] of tries.entries()) {
  const folder = join(scratch, String(i));
  const seeds = seed === undefined ? [] : ["--seed", seed];
  const { file } = JSON.parse(
    run(process.execPath, [
      main,
      "exercise",
      layer,
      "--python",
      "--json",
      "--out",
      folder,
      ...seeds,
    ]).text,
  );
  const stub = readFileSync(file, "utf8");
  const yours = stub.replace(/^ +# Yours[\s\S]*?(?= {4}return)/m, (none) => body?.slice(1) ?? none);
  writeFileSync(file, yours);
  const python = run("python3", [file]);
  if (python.status !== 0) throw new Error(python.text);
  const { text } = run(process.execPath, [main, "check", layer, folder]);
  const isAsExpected =
    (yours === stub) === (body === null) && says.every((line) => line.test(text));
  console.log(`--- ${layer}, ${what}: ${isAsExpected ? "as expected" : "NOT as expected"}`);
  console.log(text.trimEnd().replaceAll(folder, "."));
  if (!isAsExpected) process.exitCode = 1;
}
