import { buildLoss, type Layer, type NamedLayer, softmaxCrossEntropy } from "../backprop/index.js";
import { type LabelledImages, makeBatch } from "../data/index.js";
import type { Backend } from "../kernels/index.js";
import { Sequential } from "../network/index.js";
import { Random } from "../tensor/index.js";
import { buildOptimizer, findRecipe, type Recipe, recipeNetwork } from "../training/index.js";
import { BENCH_BATCH } from "./ladder.js";
import { firstImages } from "./network.js";
import type { Effort } from "./stopwatch.js";

/** Which of its two passes a layer was timed in. */
export type Direction = "forward" | "backward";

/** A training step, cut up, and left alone. */
export interface StepParts {
  /** The parts in which the clock was read, which add up to a step. */
  readonly parts: readonly StepPart[];
  /** A step timed as a whole, in microseconds for one image. */
  readonly wholeMicroseconds: number;
}

/**
 * A part of a training step: a layer in one direction, or what comes before, between and after
 * them.
 */
export interface StepPart {
  /**
   * The layer's, `conv1+relu1+pool1` where one does the work of several; or `batch`, `loss` or
   * `optimizer`.
   */
  readonly name: string;
  /** Null for what is no layer. */
  readonly direction: Direction | null;
  /** Its time in a step, over the images of the batch. */
  readonly microsecondsPerImage: number;
  /**
   * Floating-point operations of its products for one image, zeros included; 0 for a part that has
   * none.
   */
  readonly flopPerImage: number;
}

const WARM_UP_STEPS = 4;

/**
 * Cuts training steps into their parts. The clock is read wherever a part ends, so the parts leave
 * no gaps, and add up to the step.
 *
 * A part is what happens until its call returns. What a backend defers is counted where it is
 * done: `wasm` computes a convolution and its relu in the max pooling after them, and sends
 * gradients through max pooling and relu in the convolution.
 *
 * Every other step is left alone and timed as a whole, so that it shows whether looking at the
 * clock has cost anything.
 *
 * @param dataset of which the first `batch` images are trained on
 * @param recipe whose network, loss and optimizer; the notes' if left out
 * @returns means over the middle half of the steps, ordered by how long they took, for one image of
 *   the batch
 * @throws InputError when there are fewer images than `batch`, or the network does not take them
 */
export async function measureLayers(
  backend: Backend,
  dataset: LabelledImages,
  { seconds, leastRounds }: Effort,
  batch = BENCH_BATCH,
  recipe: Recipe = findRecipe("notebook"),
): Promise<StepParts> {
  const plain = recipeNetwork(recipe, backend);
  const optimizer = buildOptimizer(recipe.optimizer, plain.parameters);
  const lossOf = buildLoss(recipe.loss ?? softmaxCrossEntropy());
  let parts = new Map<string, number>();
  let last = 0;
  let looking = false;
  const mark = (part: string): void => {
    if (!looking) return;
    const now = performance.now();
    parts.set(part, (parts.get(part) ?? 0) + now - last);
    last = now;
  };
  const network = new Sequential(
    Object.fromEntries(
      (backend.fuses ? plain.planned : plain.layers).map((step) => [
        nameOf(step),
        timed(step.layer, (direction) => mark(`${nameOf(step)} ${direction}`)),
      ]),
    ),
  );
  const random = new Random("layers");
  const steps: ReadonlyMap<string, number>[] = [];
  const wholeSteps: number[] = [];
  const until = performance.now() + 2000 * seconds;
  for (let step = 0; wholeSteps.length < leastRounds || performance.now() < until; step++) {
    parts = new Map();
    looking = step % 2 === 0;
    const started = performance.now();
    last = started;
    await backend.step(async () => {
      const { x, labels } = makeBatch(dataset, firstImages(batch), backend.allocator);
      network.zeroGrad();
      mark("batch");
      const pass = { backend, mode: "train", random: random.split(`step ${step}`) } as const;
      const { out, backward } = await network.forward(x, pass);
      const dOut = await (await lossOf(out, labels)).backward();
      mark("loss");
      await backward(dOut);
      await optimizer.step(backend);
    });
    mark("optimizer");
    if (step < WARM_UP_STEPS) continue;
    if (looking) steps.push(parts);
    else wholeSteps.push(performance.now() - started);
  }
  const flop = flopOfLayers(plain, dataset);
  plain.dispose();
  const middle = middleHalf(steps, (step) =>
    [...step.values()].reduce((total, ms) => total + ms, 0),
  );
  const perImage = (ms: readonly number[]): number =>
    (1000 * ms.reduce((total, one) => total + one, 0)) / ms.length / batch;
  return {
    parts: [...middle[0]!.keys()].map((part) => {
      const [name, direction = null] = part.split(" ") as [string, Direction?];
      return {
        name,
        direction,
        microsecondsPerImage: perImage(middle.map((step) => step.get(part)!)),
        flopPerImage: name
          .split("+")
          .reduce(
            (total, one) => total + (flop.get(direction ? `${one} ${direction}` : one) ?? 0),
            0,
          ),
      };
    }),
    wholeMicroseconds: perImage(middleHalf(wholeSteps, (ms) => ms)),
  };
}

/** The layer itself, with somebody who is told when a pass has ended. */
function timed(layer: Layer, ended: (direction: Direction) => void): Layer {
  return {
    kind: layer.kind,
    parameters: layer.parameters,
    outputShape: (shape) => layer.outputShape(shape),
    forward: async (x, pass) => {
      const { out, backward } = await layer.forward(x, pass);
      ended("forward");
      return {
        out,
        backward: async (dOut, wantsDX) => {
          const dX = await backward(dOut, wantsDX);
          ended("backward");
          return dX;
        },
      };
    },
  };
}

/** `conv1+relu1+pool1` for a layer that stands for these. */
function nameOf({ name, parts }: NamedLayer): string {
  return parts?.map((part) => part.name).join("+") ?? name;
}

/**
 * Operations of the products of every layer and direction, for one image: by `conv1 forward` and
 * `conv1 backward`. Layers without weights are left out; see `derivations/speed.md`.
 *
 * @throws InputError when the network does not take images of this size
 */
export function flopOfLayers(
  network: Sequential,
  { images: { channels = 1, height, width } }: Pick<LabelledImages, "images">,
): ReadonlyMap<string, number> {
  const shapes = network.outputShapes([1, channels, height, width]);
  const flop = new Map<string, number>();
  network.layers.forEach(({ name, layer }, l) => {
    const weight = layer.parameters.find((parameter) => parameter.name === "weight");
    if (weight === undefined) return;
    const P = shapes[l]!.slice(2).reduce((product, extent) => product * extent, 1);
    // (speed.1) flop(forward) = 2 · size(weight) · P
    const forward = 2 * weight.value.size * P;
    flop.set(`${name} forward`, forward);
    // (speed.2) flop(backward) = 2 · flop(forward), and half of that for the first layer, which
    //   owes nobody a dX
    flop.set(`${name} backward`, l === 0 ? forward : 2 * forward);
  });
  return flop;
}

/** Those between the quartiles. */
function middleHalf<T>(values: readonly T[], size: (value: T) => number): readonly T[] {
  const sorted = [...values].sort((a, b) => size(a) - size(b));
  const cut = Math.floor(sorted.length / 4);
  return sorted.slice(cut, sorted.length - cut);
}
