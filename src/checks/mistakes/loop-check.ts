/**
 * Checks what is done with a network: a softmax regression on eleven small images, once by the
 * shipped training loop and once here by hand, number by number. A spy in front of the layers tells
 * which images they are shown.
 */
import {
  Affine,
  Flatten,
  type Layer,
  type Mode,
  type Pass,
  type PassOptions,
} from "../../backprop/index.js";
import type { LabelledImages } from "../../data/index.js";
import { reference } from "../../kernels/index.js";
import { initialise, Sequential } from "../../network/index.js";
import { exp, log, Random, tensor, type Tensor } from "../../tensor/index.js";
import { evaluate, findRecipe, sgd, train, type Training } from "../../training/index.js";
import type { Check } from "./check.js";

const [HEIGHT, WIDTH, CLASSES] = [3, 4, 10];
const PIXELS = HEIGHT * WIDTH;
const TRAINING_IMAGES = 11;
const TEST_IMAGES = 300;
const [EPOCHS, BATCH, LEARNING_RATE] = [2, 4, 0.5];
const STEPS = Math.ceil(TRAINING_IMAGES / BATCH);
/** float32 against float64 over six steps. */
const CLOSE = 1e-4;

/** Images of noise; the first pixel is the image's own number, by which it is recognised. */
function noise(count: number, random: Random): LabelledImages {
  const pixels = Uint8Array.from({ length: count * PIXELS }, (_, i) =>
    i % PIXELS === 0 ? (i / PIXELS) % 256 : random.integer(256),
  );
  return {
    images: { count, height: HEIGHT, width: WIDTH, pixels },
    labels: Uint8Array.from({ length: count }, () => random.integer(CLASSES)),
  };
}

/** Hands on what it is given, and remembers it. */
class Spy implements Layer {
  readonly kind = "spy";
  readonly parameters = [];
  readonly shown: { readonly images: readonly number[]; readonly mode: Mode }[] = [];

  outputShape(inputShape: readonly number[]): number[] {
    return [...inputShape];
  }

  async forward(x: Tensor, { mode }: PassOptions): Promise<Pass> {
    const first = Array.from({ length: x.shape[0]! }, (_, n) =>
      Math.round(x.get(n, 0, 0, 0) * 255),
    );
    this.shown.push({ images: first, mode });
    return { out: x, backward: async (dOut) => dOut };
  }
}

/** Softmax regression in plain numbers. */
class ByHand {
  readonly weight: number[][];
  readonly bias: number[];

  constructor(weight: Tensor, bias: Tensor) {
    this.weight = weight.toNested() as number[][];
    this.bias = bias.toNested() as number[];
  }

  probabilities({ images }: LabelledImages, n: number): number[] {
    const x = pixelsOf(images.pixels, n);
    const scores = exp(
      tensor(
        this.weight.map((row, c) => row.reduce((total, w, p) => total + w * x[p]!, this.bias[c]!)),
      ),
    );
    const all = Array.from(scores.data);
    const total = all.reduce((sum, score) => sum + score, 0);
    return all.map((score) => score / total);
  }

  /** The mean loss of some images in nats, and how many are guessed right. */
  judge(dataset: LabelledImages, chosen: readonly number[]): { loss: number; correct: number } {
    const all = chosen.map((n) => ({
      p: this.probabilities(dataset, n),
      label: dataset.labels[n]!,
    }));
    const losses = all.map(({ p, label }) => -log(tensor([p[label]!])).get(0));
    return {
      loss: mean(losses),
      correct: all.filter(({ p, label }) => p[label] === Math.max(...p)).length,
    };
  }

  step(dataset: LabelledImages, chosen: readonly number[]): void {
    const all = chosen.map((n) => ({
      x: pixelsOf(dataset.images.pixels, n),
      p: this.probabilities(dataset, n),
      label: dataset.labels[n]!,
    }));
    for (const { x, p, label } of all) {
      p.forEach((probability, c) => {
        const dLogit = (probability - (c === label ? 1 : 0)) / chosen.length;
        this.bias[c]! -= LEARNING_RATE * dLogit;
        x.forEach((pixel, i) => (this.weight[c]![i]! -= LEARNING_RATE * dLogit * pixel));
      });
    }
  }
}

function pixelsOf(pixels: Uint8Array, n: number): number[] {
  return Array.from(pixels.subarray(n * PIXELS, (n + 1) * PIXELS), (byte) => byte / 255);
}

async function whatIsWrongWithTheLoop(): Promise<string | null> {
  const random = new Random("bugs").split("loop");
  const [trainSet, testSet] = [noise(TRAINING_IMAGES, random), noise(TEST_IMAGES, random)];
  const spy = new Spy();
  const affine = new Affine({ inFeatures: PIXELS, outFeatures: CLASSES });
  const network = new Sequential({ spy, flatten: new Flatten(), affine });
  initialise(network, random);
  affine.bias!.value.data.set(random.normal([CLASSES], 0, 0.1).data);
  const own = new ByHand(affine.weight.value, affine.bias!.value);
  const recipe: Training = {
    ...findRecipe("default"),
    optimizer: sgd({ learningRate: LEARNING_RATE }),
    batchSize: BATCH,
  };
  const losses: number[] = [];
  for await (const event of train({
    recipe,
    network,
    train: trainSet,
    test: testSet,
    backend: reference,
    random,
    epochs: EPOCHS,
  })) {
    if (event.type === "step") {
      const { images } = spy.shown.at(-1)!;
      const strange = images.find((n) => n >= TRAINING_IMAGES);
      if (strange !== undefined)
        return (
          `step ${losses.length + 1}: an image whose first pixel is ${strange}/255, ` +
          `which is none of the ${TRAINING_IMAGES}`
        );
      const { loss } = own.judge(trainSet, images);
      if (!isClose(event.loss, loss))
        return (
          `step ${losses.length + 1}: a loss of ${event.loss.toFixed(4)}, ` +
          `by hand ${loss.toFixed(4)}`
        );
      own.step(trainSet, images);
      losses.push(loss);
      const moved =
        affine.weight.value.data.every((w, i) =>
          isClose(w, own.weight[Math.floor(i / PIXELS)]![i % PIXELS]!),
        ) && affine.bias!.value.data.every((b, c) => isClose(b, own.bias[c]!));
      if (!moved)
        return `step ${losses.length}: the weights are not those that one step by hand leads to`;
    }
    if (event.type === "epoch") {
      const whole = own.judge(testSet, range(TEST_IMAGES));
      if (event.result.testAccuracy !== whole.correct / TEST_IMAGES)
        return (
          `a test accuracy of ${event.result.testAccuracy.toFixed(4)}, by hand ` +
          `${(whole.correct / TEST_IMAGES).toFixed(4)}`
        );
    }
  }
  const shown = spy.shown.filter(({ mode }) => mode === "train").map(({ images }) => images);
  if (shown.length !== EPOCHS * STEPS)
    return (
      `${shown.length} passes in training mode for ${EPOCHS * STEPS} steps, ` +
      `so the evaluation is one, too`
    );
  const epochs = [shown.slice(0, STEPS).flat(), shown.slice(STEPS).flat()];
  if (
    epochs.some(
      (images) => [...images].sort((a, b) => a - b).join() !== range(TRAINING_IMAGES).join(),
    )
  )
    return "an epoch does not show every image once";
  if (epochs[0]!.join() === epochs[1]!.join())
    return "both epochs show the images in the same order";
  const [small, large] = [
    await evaluate({ network, dataset: testSet, backend: reference, batchSize: 7 }),
    await evaluate({ network, dataset: testSet, backend: reference, batchSize: TEST_IMAGES }),
  ];
  return small.accuracy === large.accuracy
    ? null
    : `an accuracy of ${small.accuracy.toFixed(4)} in batches of 7, ` +
        `${large.accuracy.toFixed(4)} in one`;
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= CLOSE;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

export const loopCheck: Check<"loop"> = {
  name: "loop",
  description:
    "the training loop on a softmax regression, every step and the test accuracy computed by hand",
  run: whatIsWrongWithTheLoop,
};
