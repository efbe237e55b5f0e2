/**
 * The gradient check of a whole network: of the loss, through all layers at once, by each parameter
 * and by the images. What the layers passed one by one can still go wrong between them. Derived in
 * `derivations/gradient-check.md`.
 */
import {
  type Parameter,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
} from "../backprop/index.js";
import { referenceBackend } from "../kernels/index.js";
import type { Sequential } from "../network/index.js";
import { add, type Random, type Tensor } from "../tensor/index.js";
import type { Differentiable, NamedTensors } from "./differentiable.js";
import { gradientCheck, type GradientCheckOptions } from "./gradient-check.js";
import type { GradientCheckResult } from "./verdicts.js";

/** Options of {@link checkNetwork}. The tolerance is {@link NETWORK_TOLERANCE} if left out. */
export interface CheckNetworkOptions
  extends Pick<GradientCheckOptions, "tolerance" | "curves" | "onProgress"> {
  /** Draws the entries, the upstream gradient and what dropout leaves out. */
  readonly random: Random;
  /** How many entries of each parameter, and of the images, are checked; 20 if left out. */
  readonly entries?: number;
}

const ENTRIES = 20;
/**
 * Up to here the relative error of a network's gradient passes: its steps must be smaller than a
 * layer's, and its entries differ more in size.
 */
export const NETWORK_TOLERANCE = 1e-6;
/**
 * Behind every parameter of an early layer there are thousands of rectifiers and windows, of which
 * some flip within almost any step.
 * (gradient-check.27) flips = Σₘ 2·ρ·sₘ·h: so the step shrinks until there is none
 */
const STEPS = { step: 1e-3, smallestStep: 1e-6 };
/** The name under which the gradient of the images is reported. */
const IMAGES = "images";

/**
 * Compares random entries of every gradient of a network with numeric differentiation of its loss,
 * the mean softmax cross-entropy in training. Runs on the reference backend. See
 * `derivations/gradient-check.md`.
 *
 * @param network in float64; its parameters and buffers are changed during the check and restored,
 *   its gradients are overwritten. Parameters that still start from one number everywhere, such as
 *   the weight of a normalisation, are moved at random: a factor of 1 could be missing
 * @param images [N, ...], float64; they are changed and restored as well
 * @param labels N classes
 * @returns one result per parameter under its full name, and one for the images
 * @throws InputError when the network or the images are not float64, or as {@link gradientCheck}
 */
export async function checkNetwork(
  network: Sequential,
  images: Tensor,
  labels: ArrayLike<number>,
  { random, entries = ENTRIES, tolerance = NETWORK_TOLERANCE, ...rest }: CheckNetworkOptions,
): Promise<GradientCheckResult[]> {
  const parameters = Object.fromEntries(
    network.parameters.map(({ name, parameter }) => [name, parameter.value]),
  );
  const changed = [...network.buffers.map(({ buffer }) => buffer), ...fixedStarts(network)];
  const restored = changed.map(({ value }) => ({ value, before: value.clone() }));
  try {
    moveStarts(network, random.split("fixed starts"));
    return await gradientCheck(
      lossOf(network, labels, random.split("pass")),
      { ...parameters, [IMAGES]: images },
      { ...STEPS, random, tolerance, sample: entries, batch: IMAGES, ...rest },
    );
  } finally {
    for (const { value, before } of restored) value.copyFrom(before);
  }
}

/** Parameters that start from the same number everywhere, such as a normalisation's weight. */
function fixedStarts(network: Sequential): Parameter[] {
  return network.parameters
    .map(({ parameter }) => parameter)
    .filter(({ start, value }) => value.contiguous().data.every((entry) => entry === start));
}

/** A factor of 1, or a summand of 0, could be forgotten and not be missed. */
function moveStarts(network: Sequential, random: Random): void {
  for (const { value } of fixedStarts(network)) {
    const moved = random.uniform(value.shape, 0.1, 0.5, "float64");
    value.copyFrom(add(value, moved));
  }
}

/**
 * The loss as a function of the parameters, which are the network's own tensors, and of the images.
 *
 * @param random the same for every pass, so that dropout leaves out the same entries each time
 */
function lossOf(network: Sequential, labels: ArrayLike<number>, random: Random): Differentiable {
  const backend = referenceBackend(undefined, { check: true });
  return async (inputs) => {
    const pass = await network.forward(inputs[IMAGES]!, {
      backend,
      mode: "train",
      random,
    });
    const { out, cache } = await softmaxCrossEntropyForward(pass.out, labels);
    return {
      out,
      choices: pass.choices?.() ?? [],
      backward: async (dOut): Promise<NamedTensors> => {
        network.zeroGrad();
        const { dLogits } = await softmaxCrossEntropyBackward(dOut, cache);
        const dX = await pass.backward(dLogits, true);
        const gradients = network.parameters.map(
          ({ name, parameter }) => [name, parameter.grad.clone()] as const,
        );
        return { ...Object.fromEntries(gradients), [IMAGES]: dX! };
      },
    };
  };
}
