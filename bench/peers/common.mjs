/**
 * What the scripts of this folder share: the images and the first weights of the notes' experiment,
 * what is timed and how, and the line of JSON that tells of it. `pytorch.py` does the same in
 * Python.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { loadMnist } from "../../dist/data/index.js";
import { decodeSafetensors } from "../../dist/network/index.js";

export const BATCH = 256;
export const PIXELS = 28 * 28;
export const CLASSES = 10;
/**
 * As many of the 20,000 and the 10,000 images as fill batches: an engine that compiles for a shape
 * does it once.
 */
const TRAINING_BATCHES = 78;
const TEST_BATCHES = 39;
/**
 * Batches before the clock starts, in which engines compile. Their losses are compared with
 * recorded ones.
 */
const WARM_UP = 10;

const EXPERIMENT = new URL("../../test/fixtures/notebook-seed0/", import.meta.url);

/** The values of `conv1.weight` [16, 1, 3, 3] and so on before the first step, by name. */
export async function initialWeights() {
  const { tensors } = decodeSafetensors(
    await readFile(new URL("initial.safetensors", EXPERIMENT)),
    "initial.safetensors",
  );
  return Object.fromEntries([...tensors].map(([name, tensor]) => [name, tensor.data]));
}

/** Turns a matrix [rows, columns] on its side. */
export function transpose(values, rows, columns) {
  return Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);
}

/** A filter [K, C, 3, 3] as [3, 3, C, K], for libraries that keep an image's channels last. */
export function channelsLast(filter, K, C) {
  return transpose(
    filter.map(
      (_, i) => filter[Math.floor(i / (9 * C)) * 9 * C + (i % C) * 9 + (Math.floor(i / C) % 9)],
    ),
    K,
    9 * C,
  );
}

/** The weight [120, 800] of `affine1`, whose inputs are [32, 5, 5], for inputs [5, 5, 32]. */
export function channelsLastInputs(weight) {
  return weight.map(
    (_, i) => weight[Math.floor(i / 800) * 800 + (i % 32) * 25 + Math.floor((i % 800) / 32)],
  );
}

/** All images as numbers, before anything is timed. */
async function loadImages() {
  const { train, test } = await loadMnist();
  const subset = JSON.parse(await readFile(new URL("subset.json", EXPERIMENT), "utf8"));
  const pick = ({ images, labels }, indices) => ({
    x: Float32Array.from(
      { length: indices.length * PIXELS },
      (_, i) => images.pixels[indices[Math.floor(i / PIXELS)] * PIXELS + (i % PIXELS)] / 255,
    ),
    labels: Int32Array.from(indices, (index) => labels[index]),
  });
  return {
    train: pick(train, subset.slice(0, TRAINING_BATCHES * BATCH)),
    test: pick(
      test,
      Array.from({ length: TEST_BATCHES * BATCH }, (_, i) => i),
    ),
  };
}

const batchOf = ({ x, labels }, i) => [
  x.subarray(i * BATCH * PIXELS, (i + 1) * BATCH * PIXELS),
  labels.subarray(i * BATCH, (i + 1) * BATCH),
];

function countCorrect(logits, labels) {
  let correct = 0;
  for (let n = 0; n < labels.length; n++) {
    const row = logits.subarray(n * CLASSES, (n + 1) * CLASSES);
    if (row.indexOf(Math.max(...row)) === labels[n]) correct++;
  }
  return correct;
}

/**
 * Trains and classifies, and prints one line of JSON. Both clocks run from pixels as float32 in
 * memory to a number in JavaScript: the loss of each training batch after its update, the count of
 * correct images of each test batch.
 *
 * @param about `library`, `version`, `threads` and `optimizer`
 * @param trainBatch given x [256·784] and labels [256], does one step and returns the loss before
 *   it
 * @param classify given x [256·784], returns logits [256·10]
 * @param batches how many batches to do, for a library that would take minutes for all; a third of
 *   them warm it up
 */
export async function measure({ about, trainBatch, classify, batches = Infinity }) {
  const { train, test } = await loadImages();
  const [trainingBatches, testBatches, warmUp] = [TRAINING_BATCHES, TEST_BATCHES, WARM_UP].map(
    (usual, i) => Math.min(usual, i < 2 ? batches : Math.ceil(batches / 3)),
  );
  const firstLosses = [];
  for (let i = 0; i < warmUp; i++) firstLosses.push(await trainBatch(...batchOf(train, i)));
  const losses = [];
  const trainSeconds = await seconds(async () => {
    for (let i = 0; i < trainingBatches; i++) losses.push(await trainBatch(...batchOf(train, i)));
  });
  for (let i = 0; i < warmUp; i++) await classify(batchOf(test, i)[0]);
  let correct = 0;
  const classifySeconds = await seconds(async () => {
    for (let i = 0; i < testBatches; i++) {
      const [x, labels] = batchOf(test, i);
      correct += countCorrect(await classify(x), labels);
    }
  });
  const lastLosses = losses.slice(-10);
  const record = {
    ...about,
    firstLosses,
    lastLoss: lastLosses.reduce((sum, loss) => sum + loss) / lastLosses.length,
    accuracy: correct / (testBatches * BATCH),
    trainImages: trainingBatches * BATCH,
    trainSeconds,
    classifyImages: testBatches * BATCH,
    classifySeconds,
  };
  console.log(JSON.stringify(record));
}

async function seconds(run) {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1000;
}

/** The version of an installed package. */
export async function versionOf(name) {
  const entry = createRequire(import.meta.url).resolve(name);
  const folder = entry.slice(
    0,
    entry.lastIndexOf(`node_modules/${name}`) + `node_modules/${name}`.length,
  );
  return JSON.parse(await readFile(`${folder}/package.json`, "utf8")).version;
}
