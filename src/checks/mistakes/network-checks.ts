/** Checks of a whole network: its gradient, and how its training begins. */
import {
  meanSquaredErrorBackward,
  meanSquaredErrorForward,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
} from "../../backprop/index.js";
import {
  type Differentiable,
  gradientCheck,
  type NamedTensors,
  NETWORK_TOLERANCE,
} from "../../gradcheck/index.js";
import { reference } from "../../kernels/index.js";
import type { Sequential } from "../../network/index.js";
import { Random, Tensor } from "../../tensor/index.js";
import type { Check, CheckContext, CheckName, PopularCheckName } from "./check.js";
import { numericGradient, short, worstOf } from "./layer-checks.js";
import { openMixedBackend, runEpoch } from "./one-epoch.js";
import { type Setup, SMALL_CLASSES, SMALL_IMAGE } from "./setups.js";

const IMAGES = 3;
/** Weights so large that all gradients are, too. */
const DEVIATION = 0.5;
/** So small that next to no rectifier and no pooling window switches within it. */
const STEP = 1e-5;
/** Entries of each parameter. */
const SAMPLE = 16;

/** A small network in float64 with its loss, as a function of its parameters. */
interface SmallNetwork {
  readonly network: Sequential;
  readonly parameters: NamedTensors;
  readonly f: Differentiable;
}

/** @param deviation of its weights and biases, which are normally distributed */
function smallNetwork(setup: Setup, random: Random, deviation: number): SmallNetwork {
  const network = setup.small({ dtype: "float64" });
  for (const { parameter } of network.parameters)
    parameter.value.data.set(random.normal(parameter.value.shape, 0, deviation, "float64").data);
  const x = random.uniform([IMAGES, 1, ...SMALL_IMAGE], 0, 1, "float64");
  const labels = Array.from({ length: IMAGES }, (_, n) => (2 * n + 1) % SMALL_CLASSES);
  const target = random.uniform([IMAGES, SMALL_CLASSES], 0, 1, "float64");
  const loss = async (
    out: Tensor,
  ): Promise<{ out: Tensor; backward: (dOut: Tensor) => Promise<Tensor> }> => {
    if (setup.loss === "squared error") {
      const { out: value, cache } = await meanSquaredErrorForward(out, target);
      return {
        out: value,
        backward: async (dOut) => (await meanSquaredErrorBackward(dOut, cache)).dPrediction,
      };
    }
    const { out: value, cache } = await softmaxCrossEntropyForward(out, labels);
    return {
      out: value,
      backward: async (dOut) => (await softmaxCrossEntropyBackward(dOut, cache)).dLogits,
    };
  };
  const f: Differentiable = async () => {
    const pass = await network.forward(x, {
      backend: reference,
      mode: "train",
      random: new Random("the same mask every time"),
    });
    const { out, backward } = await loss(pass.out);
    return {
      out,
      backward: async (dOut) => {
        await pass.backward(await backward(dOut));
        return Object.fromEntries(
          network.parameters.map(({ name, parameter }) => [name, parameter.grad]),
        );
      },
    };
  };
  return {
    network,
    parameters: Object.fromEntries(
      network.parameters.map(({ name, parameter }) => [name, parameter.value]),
    ),
    f,
  };
}

async function wrongNetworkGradient({ setups }: CheckContext): Promise<string | null | undefined> {
  for (const setup of setups) {
    const { network, parameters, f } = smallNetwork(
      setup,
      new Random("bugs").split("network"),
      DEVIATION,
    );
    const wrong = worstOf(
      await gradientCheck(f, parameters, {
        random: new Random("bugs"),
        step: STEP,
        tolerance: NETWORK_TOLERANCE,
        sample: SAMPLE,
        hints: false,
      }),
    );
    if (wrong !== null) return wrong;
    const unlike = await notAdded(network, f);
    if (unlike !== null) return unlike;
  }
  return setups.length === 0 ? undefined : null;
}

/**
 * Two passes without setting the gradients to 0 in between give their sum, (backpropagation.10).
 */
async function notAdded(network: Sequential, f: Differentiable): Promise<string | null> {
  const pass = async (): Promise<void> =>
    void (await (await f({})).backward(Tensor.full([], 1, "float64")));
  network.zeroGrad();
  await pass();
  const once = network.parameters.map(({ parameter }) => parameter.grad.clone().data);
  await pass();
  const unlike = network.parameters.find(({ parameter }, i) =>
    once[i]!.some((value, j) => Math.abs(parameter.grad.data[j]! - 2 * value) > 1e-12),
  );
  return unlike === undefined
    ? null
    : `${unlike.name}: the gradients of two passes are not added up`;
}

/**
 * Small weights and a tolerance for the mean, as in many a book's `gradient_check`: on a mean that
 * small, much passes.
 */
const MEAN_DEVIATION = 0.01;
const MEAN_STEP = 1e-4;
const MEAN_TOLERANCE = 1e-4;

async function largeMeanDifference({
  layers,
  setups,
}: CheckContext): Promise<string | null | undefined> {
  if (layers.length === 0 || setups.length === 0) return undefined;
  const { network, parameters, f } = smallNetwork(
    setups.at(-1)!,
    new Random("bugs").split("mean"),
    MEAN_DEVIATION,
  );
  const one = Tensor.full([], 1, "float64");
  await (await f(parameters)).backward(one);
  for (const { name, parameter } of network.parameters) {
    const analytic = parameter.grad.clone().data;
    const { numeric } = await numericGradient(() => f(parameters), parameter.value, one, MEAN_STEP);
    const mean =
      numeric.reduce((total, value, i) => total + Math.abs(value - analytic[i]!), 0) /
      numeric.length;
    if (!(mean <= MEAN_TOLERANCE)) return `${name}: a mean difference of ${short(mean)}`;
  }
  return null;
}

/** As many steps as bring the right engine far below the bound, on every setup. */
const OVERFIT_IMAGES = 8;
const OVERFIT_STEPS = 100;
const LN_10 = Math.LN10;
/** Initial logits are small, but not 0. */
const CHANCE_TOLERANCE = 0.1;

/** How a short training went. */
interface FewOutcome {
  readonly firstLoss: number;
  readonly lastLoss: number;
  /** Why it came to an end by itself. */
  readonly stopped: string | null;
}

const trained = new WeakMap<CheckContext, Promise<FewOutcome>>();

/** The first images as batch after batch, and the loss on them; once for both checks. */
function trainOnFew(context: CheckContext, setup: Setup): Promise<FewOutcome> {
  const known = trained.get(context);
  if (known !== undefined) return known;
  const run = async (): Promise<FewOutcome> => {
    const { images, labels } = context.data.train;
    const few = {
      images: {
        ...images,
        count: OVERFIT_IMAGES,
        pixels: images.pixels.subarray(0, OVERFIT_IMAGES * images.height * images.width),
      },
      labels: labels.subarray(0, OVERFIT_IMAGES),
    };
    const backend = await openMixedBackend(context.primitives);
    let [firstLoss, lastLoss] = [NaN, NaN];
    const onStep = async (loss: number): Promise<void | "stop"> => {
      if (Number.isNaN(firstLoss)) firstLoss = loss;
      lastLoss = loss;
      if (loss <= setup.fewLoss) return "stop";
    };
    try {
      const subset = Uint32Array.from(
        { length: OVERFIT_STEPS * OVERFIT_IMAGES },
        (_, i) => i % OVERFIT_IMAGES,
      );
      await runEpoch({
        setup: { ...setup, recipe: { ...setup.recipe, batchSize: OVERFIT_IMAGES, shuffle: false } },
        backend,
        data: { train: few, test: few },
        seed: 0,
        subset,
        onStep,
      });
      return { firstLoss, lastLoss, stopped: null };
    } catch (error) {
      return {
        firstLoss,
        lastLoss,
        stopped: error instanceof Error ? error.message : String(error),
      };
    } finally {
      await backend.dispose();
    }
  };
  const outcome = run();
  trained.set(context, outcome);
  return outcome;
}

async function doesNotOverfit(context: CheckContext): Promise<string | null | undefined> {
  const setup = context.setups.at(-1);
  if (setup === undefined) return undefined;
  const { lastLoss, stopped } = await trainOnFew(context, setup);
  if (stopped !== null) return `stops: ${stopped}`;
  return lastLoss <= setup.fewLoss
    ? null
    : `a loss of ${short(lastLoss)} after ${OVERFIT_STEPS} steps on ${OVERFIT_IMAGES} images`;
}

async function isNotAtChance(context: CheckContext): Promise<string | null | undefined> {
  const setup = context.setups.at(-1);
  if (setup === undefined || setup.loss === "squared error") return undefined;
  const { firstLoss } = await trainOnFew(context, setup);
  return Math.abs(firstLoss - LN_10) <= CHANCE_TOLERANCE
    ? null
    : `a first loss of ${short(firstLoss)}, not log 10 = 2.30`;
}

export const networkChecks: readonly Check<CheckName>[] = [
  {
    name: "network",
    description:
      "16 entries of every gradient of a small network against central differences, and " +
      "whether two passes add up",
    run: wrongNetworkGradient,
  },
  {
    name: "overfit",
    description:
      `${OVERFIT_STEPS} steps on ${OVERFIT_IMAGES} images bring the loss near 0, in ` +
      `nats below 0.1, with weight decay, dropout or a global average below 0.5`,
    run: doesNotOverfit,
  },
  {
    name: "first loss",
    description: `the first loss is that of guessing, log 10 ± ${CHANCE_TOLERANCE}`,
    run: isNotAtChance,
  },
];

export const popularNetworkChecks: readonly Check<PopularCheckName>[] = [
  {
    name: "mean difference",
    description:
      "the mean |difference| over each gradient of a small network is " +
      `at most ${MEAN_TOLERANCE}`,
    run: largeMeanDifference,
  },
];
