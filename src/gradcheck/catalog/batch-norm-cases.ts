/**
 * What the two batch normalisations share in the catalog: running statistics as options, and the
 * cases.
 */
import type { BatchNormOptions, RunningStatistics } from "../../backprop/index.js";
import type { Backend } from "../../kernels/index.js";
import {
  type Data,
  formatShape,
  type Random,
  reject,
  sameShape,
  Tensor,
} from "../../tensor/index.js";
import {
  between,
  type CatalogCase,
  type LayerOptions,
  type LayerPasses,
  uniform,
} from "./entry.js";

/** The forward pass of either batch normalisation. */
type Forward<Cache> = (
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  running: RunningStatistics,
  options: BatchNormOptions,
  backend?: Backend,
) => Promise<{ out: Tensor; cache: Cache; running: RunningStatistics }>;

/** The same for the catalog: running statistics come as options, and go out as states after it. */
export function batchNormForward<Cache>(
  layer: string,
  forward: Forward<Cache>,
): LayerPasses<Cache, LayerOptions>["forward"] {
  return async ({ x, weight, bias }, options, backend) => {
    const before = runningStatistics(layer, options, weight!);
    const { running, ...result } = await forward(
      x!,
      weight!,
      bias!,
      before,
      batchNormOptions(options),
      backend,
    );
    return { ...result, after: { runningMean: running.mean, runningVariance: running.variance } };
  };
}

/** The running statistics of a case: what a layer starts from where they are left out. */
export function runningStatistics(
  layer: string,
  options: LayerOptions,
  weight: Tensor,
): RunningStatistics {
  return {
    mean: statistic(layer, options, "runningMean", 0, weight),
    variance: statistic(layer, options, "runningVariance", 1, weight),
  };
}

/** Recorded cases say `training` where the layer says `mode`, as PyTorch's layers do. */
export function batchNormOptions({
  training = true,
  mode,
  runningMean: _mean,
  runningVariance: _variance,
  ...rest
}: LayerOptions): BatchNormOptions {
  return { ...rest, mode: mode ?? (training === true ? "train" : "evaluate") } as BatchNormOptions;
}

/**
 * A running statistic as it stands in a file, `{shape, data}`, in the weight's element type; what a
 * layer starts from where it is left out.
 */
function statistic(
  layer: string,
  options: LayerOptions,
  name: string,
  start: number,
  weight: Tensor,
): Tensor {
  const given = options[name];
  if (given === undefined) return Tensor.full(weight.shape, start, weight.dtype);
  const { shape, data } = (given ?? {}) as { shape?: unknown; data?: unknown };
  const areNumbers = (values: unknown): values is number[] =>
    Array.isArray(values) && values.every((value) => typeof value === "number");
  if (!areNumbers(shape) || !areNumbers(data))
    reject(
      layer,
      `the option ${name} to have a shape and data, arrays of numbers`,
      JSON.stringify(given).slice(0, 60),
    );
  // Before a tensor is made of it, since one of thousands of axes takes minutes.
  if (!sameShape(shape as number[], weight.shape))
    reject(
      layer,
      `the option ${name} of shape ${formatShape(weight.shape)}`,
      (shape as number[]).length > 8
        ? `${(shape as number[]).length} axes`
        : formatShape(shape as number[]),
    );
  return Tensor.from(data as number[], weight.shape, weight.dtype);
}

/**
 * A case in which no channel is close to constant and no weight close to 0, so that the gradient of
 * x stays well above rounding.
 */
export function batchNormCase(
  random: Random,
  x: readonly number[],
  options: BatchNormOptions,
): CatalogCase {
  const C = x[1]!;
  const running: RunningStatistics = {
    mean: uniform(random, [C]),
    variance: random.uniform([C], 0.5, 2, "float64"),
  };
  const recorded = ({ shape, data }: { shape: readonly number[]; data: Data }): object => ({
    shape: [...shape],
    data: [...data],
  });
  return {
    options: {
      ...options,
      runningMean: recorded(running.mean),
      runningVariance: recorded(running.variance),
    },
    inputs: {
      x: random.normal(x, 0.5, 0.7, "float64"),
      weight: random.uniform([C], 0.5, 1.5, "float64"),
      bias: uniform(random, [C]),
    },
  };
}

export function sampleBatchNormOptions(random: Random): BatchNormOptions {
  return {
    epsilon: [1e-5, 1e-3, 0.1][between(random, 0, 2)]!,
    momentum: random.next(),
    mode: random.integer(3) > 0 ? "train" : "evaluate",
  };
}
