/** How much of the images reaches a network's end, and how large its weights are. */
import type { Dataset } from "../../data/index.js";
import type { Sequential } from "../../network/index.js";
import type { Backend } from "../../kernels/index.js";

/** At one moment of a training. */
export interface Signal {
  /** Root mean square of each layer's weight, in the layers' order. */
  readonly weights: readonly number[];
  /**
   * How far the outputs differ from image to image: the standard deviation of each over the images,
   * as a root mean square over the outputs. 0 where all images look alike.
   */
  readonly spread: number;
}

/** @param images are looked at all at once */
export async function signalOf(
  network: Sequential,
  images: Dataset,
  backend: Backend,
): Promise<Signal> {
  const weights = network.parameters
    .filter(({ name }) => name.endsWith(".weight"))
    .map(({ parameter }) => rootMeanSquare(parameter.value.contiguous().data));
  const spread = await backend.step(async () => {
    const { x } = images.batch(Array.from({ length: images.count }, (_, i) => i));
    const { out } = await network.forward(x, { backend, mode: "evaluate", record: false });
    const [N, K] = out.shape as [number, number];
    const columns = Array.from({ length: K }, (_, k) =>
      Array.from({ length: N }, (__, n) => out.get(n, k)),
    );
    return rootMeanSquare(columns.flatMap(fromTheirMean));
  });
  return { weights, spread };
}

function fromTheirMean(values: readonly number[]): number[] {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function rootMeanSquare(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]! * values[i]!;
  return Math.sqrt(total / values.length);
}
