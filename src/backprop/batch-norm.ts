/**
 * What both batch normalisations share: their options, the statistics that evaluation uses, and the
 * layer around the two passes.
 */
import type { Backend, ChannelMoments } from "../kernels/index.js";
import {
  add,
  anything,
  checkOptions,
  formatShape,
  multiply,
  positive,
  reject,
  required,
  type Rules,
  sameShape,
  share,
  type Tensor,
  wholeNumber,
} from "../tensor/index.js";
import {
  checkMode,
  type ForwardResult,
  type Mode,
  type PassOptions,
  TwoPassLayer,
  type WeightGradients,
} from "./layer.js";
import { type LayerBuffer, makeBuffer, Parameter, type StorageOptions } from "./parameter.js";

/**
 * What evaluation normalises with: mean and unbiased variance of each channel, [C], averaged over
 * the batches of training.
 */
export interface RunningStatistics {
  /** Of each channel, [C]. */
  readonly mean: Tensor;
  /** Of each channel, [C]; unbiased, that is divided by M − 1. */
  readonly variance: Tensor;
}

/** How a batch normalisation is done. */
export interface BatchNormOptions {
  /** ε, added to the variance; above 0, 1e-5 if left out. */
  readonly epsilon?: number;
  /**
   * m, the share of the newest batch in the running statistics, from 0 to 1 (PyTorch's meaning);
   * 0.1 if left out.
   */
  readonly momentum?: number;
  /** "train" takes the batch's own statistics, "evaluate" the running ones. */
  readonly mode: Mode;
}

const passRules: Rules<BatchNormOptions> = {
  epsilon: positive,
  momentum: share,
  mode: anything("a mode"),
};

/** Which shapes a batch normalisation takes, and its name for messages. */
export interface BatchNormForm {
  /** `batchNorm2d`, for messages, and as the layer's kind. */
  readonly name: string;
  /** The shape of x in letters, `[N, C, H, W]`. */
  readonly x: string;
  /** How many axes x may have. */
  readonly ranks: readonly number[];
}

/** @throws InputError when x does not have as many channels as the weight */
export function checkChannels(
  { name, x: expected, ranks }: BatchNormForm,
  x: readonly number[],
  weight: readonly number[],
): void {
  if (weight.length !== 1) reject(name, "weight of shape [C]", formatShape(weight));
  if (!ranks.includes(x.length) || x[1] !== weight[0])
    reject(name, `x of shape ${expected.replaceAll("C", String(weight[0]))}`, formatShape(x));
}

/** Checks everything that a forward pass is given. @returns the options, with defaults filled in */
export function checkBatchNorm(
  form: BatchNormForm,
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  running: RunningStatistics,
  options: BatchNormOptions,
): Required<BatchNormOptions> {
  checkChannels(form, x.shape, weight.shape);
  checkMode(form.name, options?.mode);
  const { epsilon = 1e-5, momentum = 0.1, mode } = checkOptions(form.name, options, passRules);
  const training = mode === "train";
  for (const [what, tensor] of [
    ["bias", bias],
    ["running mean", running.mean],
    ["running variance", running.variance],
  ] as const) {
    if (!sameShape(tensor.shape, weight.shape))
      reject(
        form.name,
        `${what} of shape ${formatShape(weight.shape)}, as the weight's`,
        formatShape(tensor.shape),
      );
  }
  const perChannel = x.size / weight.size;
  if (training && !(perChannel > 1)) {
    reject(
      form.name,
      "more than one value per channel in training",
      `x of shape ${formatShape(x.shape)}`,
      "a single value is its own mean, and nothing of it is left",
    );
  }
  const negative = running.variance.contiguous().data.find((value) => !(value >= 0));
  if (!training && negative !== undefined)
    reject(form.name, "running variances ≥ 0", String(negative));
  return { epsilon, momentum, mode };
}

/**
 * The running statistics after one more batch.
 *
 * @param batch its mean and variance, [C]
 * @param M how many values of each channel the batch holds
 */
export function advance(
  { mean, variance }: RunningStatistics,
  batch: ChannelMoments,
  momentum: number,
  M: number,
): RunningStatistics {
  // (normalisation.35) unbiased = M/(M − 1) · σ²
  const unbiased = multiply(batch.variance, M / (M - 1));
  // (normalisation.30) running ← (1 − m) · running + m · batch
  const towards = (running: Tensor, now: Tensor): Tensor =>
    add(multiply(running, 1 - momentum), multiply(now, momentum));
  return { mean: towards(mean, batch.mean), variance: towards(variance, unbiased) };
}

/** The two passes of a batch normalisation, and the shapes that they take. */
export interface BatchNormPasses<Cache> {
  readonly form: BatchNormForm;
  readonly forward: (
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    running: RunningStatistics,
    options: BatchNormOptions,
    backend: Backend,
  ) => Promise<BatchNormResult<Cache>>;
  readonly backward: (dOut: Tensor, cache: Cache, backend: Backend) => Promise<WeightGradients>;
}

/** What a batch normalisation returns. */
export interface BatchNormResult<Cache> extends ForwardResult<Cache> {
  /** The running statistics after this batch; in evaluation, those that were given. */
  readonly running: RunningStatistics;
}

/** What a batch normalisation layer gives its forward pass. */
export interface HeldByBatchNorm {
  /** [C] */
  readonly weight: Tensor;
  /** [C] */
  readonly bias: Tensor;
  /** As the batches before have left them, [C] each. */
  readonly running: RunningStatistics;
  /** Those of the layer, and the mode of the pass. */
  readonly options: BatchNormOptions;
}

/** How many channels there are, and how they are normalised. */
export interface BatchNormLayerOptions extends Omit<BatchNormOptions, "mode"> {
  /** C, at least 1. */
  readonly channels: number;
}

/** What the options of a batch normalisation layer may be. */
export const batchNormRules: Rules<BatchNormLayerOptions> = {
  channels: required(wholeNumber(1)),
  epsilon: passRules.epsilon,
  momentum: passRules.momentum,
};

/**
 * Around the passes: weight and bias, and running statistics that each forward pass in training
 * moves on.
 */
export class BatchNorm<Cache extends object> extends TwoPassLayer<Cache> {
  /** See {@link Layer.kind}. */
  readonly kind: string;
  override readonly differentiate: BatchNormPasses<Cache>["backward"];
  /** γ, [C], by which standardised channels are multiplied; starts from 1. */
  readonly weight: Parameter;
  /** β, [C], which is added to them then; starts from 0. */
  readonly bias: Parameter;
  /** [C], what evaluation takes for the mean; starts from 0. */
  readonly runningMean: LayerBuffer;
  /** [C], what evaluation takes for the variance; starts from 1. */
  readonly runningVariance: LayerBuffer;
  /** Mean and variance, in this order. */
  readonly buffers: readonly LayerBuffer[];
  readonly #passes: BatchNormPasses<Cache>;
  readonly #options: Omit<BatchNormOptions, "mode">;

  constructor(
    passes: BatchNormPasses<Cache>,
    given: BatchNormLayerOptions,
    storage: StorageOptions,
  ) {
    const where = passes.form.name.replace("batch", "Batch");
    const { channels, ...options } = checkOptions(where, given, batchNormRules);
    const weight = new Parameter("weight", [channels], 1, 1, storage, 1);
    const bias = new Parameter("bias", [channels], 1, 1, storage, 0);
    super([weight, bias]);
    this.kind = passes.form.name;
    this.differentiate = passes.backward;
    this.weight = weight;
    this.bias = bias;
    this.runningMean = makeBuffer("runningMean", [channels], 0, storage);
    this.runningVariance = makeBuffer("runningVariance", [channels], 1, storage);
    this.buffers = [this.runningMean, this.runningVariance];
    this.#passes = passes;
    this.#options = options;
  }

  override outputShape(x: readonly number[]): number[] {
    checkChannels(this.#passes.form, x, this.weight.value.shape);
    return [...x];
  }

  override compute(x: Tensor, { mode, backend }: PassOptions) {
    return this.run(mode, ({ weight, bias, running, options }) =>
      this.#passes.forward(x, weight, bias, running, options, backend),
    );
  }

  /** Does a forward pass with what the layer holds; its running statistics move on in training. */
  async run<Result extends Pick<BatchNormResult<object>, "running">>(
    mode: Mode,
    forward: (held: HeldByBatchNorm) => Promise<Result>,
  ): Promise<Result> {
    const running = { mean: this.runningMean.value, variance: this.runningVariance.value };
    const options = { ...this.#options, mode };
    const [weight, bias] = [this.weight.value, this.bias.value];
    const result = await forward({ weight, bias, running, options });
    if (mode === "train") {
      running.mean.copyFrom(result.running.mean);
      running.variance.copyFrom(result.running.variance);
    }
    return result;
  }
}
