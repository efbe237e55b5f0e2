/** How large the numbers are that flow through a network, and the gradients that come back. */
import { buildLoss, type Pass, softmaxCrossEntropy } from "../../backprop/index.js";
import type { Dataset } from "../../data/index.js";
import type { Backend } from "../../kernels/index.js";
import type { Sequential } from "../../network/index.js";
import type { Tensor } from "../../tensor/index.js";
import { medianOf } from "./many-runs.js";

/** Root mean squares, one for each layer that is named; null where they are not finite. */
export interface LayerSizes {
  readonly outputs: readonly (number | null)[];
  /** Of the loss's gradient by the layer's outputs. */
  readonly gradients: readonly (number | null)[];
}

/**
 * One pass forward and back in training mode. The network is left as it was, but for its
 * gradients, which are 0.
 *
 * @param layers names of those at the network's top level, in their order
 * @param images are looked at all at once
 */
export async function layerSizes(
  network: Sequential,
  layers: readonly string[],
  images: Dataset,
  backend: Backend,
): Promise<LayerSizes> {
  const [outputs, gradients] = [new Map<string, number>(), new Map<string, number>()];
  const kept = network.buffers.map(({ buffer }) => buffer.value.clone());
  await backend.step(async () => {
    const { x, target } = images.batch(Array.from({ length: images.count }, (_, i) => i));
    const passes: { readonly name: string; readonly pass: Pass }[] = [];
    let out: Tensor = x;
    for (const { name, layer } of network.layers) {
      const pass = await layer.forward(out, { backend, mode: "train" });
      passes.push({ name, pass });
      out = pass.out;
      outputs.set(name, rootMeanSquare(out));
    }
    const loss = await buildLoss(softmaxCrossEntropy())(out, target);
    let dOut: Tensor | null = await loss.backward();
    for (const { name, pass } of passes.reverse()) {
      gradients.set(name, rootMeanSquare(dOut!));
      dOut = await pass.backward(dOut!);
    }
  });
  for (const [i, { buffer }] of network.buffers.entries()) buffer.value.copyFrom(kept[i]!);
  network.zeroGrad();
  const sizes = (found: ReadonlyMap<string, number>) =>
    layers.map((name) => (Number.isFinite(found.get(name)) ? found.get(name)! : null));
  return { outputs: sizes(outputs), gradients: sizes(gradients) };
}

function rootMeanSquare(tensor: Tensor): number {
  let total = 0;
  for (const value of tensor.contiguous().data) total += value * value;
  return Math.sqrt(total / tensor.size);
}

/** A layer's size as a multiple of the next one's: the median over layers and seeds. */
export function toTheNext(sizes: readonly (readonly (number | null)[])[]): number {
  const ratios = sizes.flatMap((ofLayers) =>
    ofLayers.slice(1).flatMap((next, i) => (next && ofLayers[i] ? [ofLayers[i] / next] : [])),
  );
  return ratios.length === 0 ? Number.NaN : medianOf(ratios);
}
