/** How much of what a network's layers put out changes when its input does. */
import type { Backend } from "../../kernels/index.js";
import type { Sequential } from "../../network/index.js";
import type { Tensor } from "../../tensor/index.js";

/** Of the input, and of every layer in its order. */
export interface LayerChanges {
  readonly layers: readonly string[];
  /** √(Σ‖f(x′) − f(x)‖² / Σ‖f(x)‖²), over all examples and all x′. */
  readonly changes: readonly number[];
}

/**
 * @param x examples [N, …]
 * @param others the same examples, each time changed in another way
 */
export async function layerChanges(
  network: Sequential,
  x: Tensor,
  others: readonly Tensor[],
  backend: Backend,
): Promise<LayerChanges> {
  const before = await layerOutputs(network, x, backend);
  const layers = [...before.keys()];
  const sums = layers.map(() => 0);
  for (const other of others) {
    const after = await layerOutputs(network, other, backend);
    layers.forEach((layer, l) => {
      sums[l]! += squaredDistance(after.get(layer)!, before.get(layer)!);
    });
  }
  const changes = layers.map((layer, l) => {
    const values = before.get(layer)!;
    const squares = squaredDistance(values, new Float32Array(values.length));
    return Math.sqrt(sums[l]! / (others.length * squares));
  });
  return { layers, changes };
}

async function layerOutputs(
  network: Sequential,
  x: Tensor,
  backend: Backend,
): Promise<Map<string, ArrayLike<number>>> {
  const outputs = new Map<string, ArrayLike<number>>([["input", x.contiguous().data]]);
  await backend.step(async () => {
    const observe = (name: string, out: Tensor): void => {
      outputs.set(name, out.contiguous().data.slice());
    };
    await network.forward(x, { backend, mode: "evaluate", record: false, observe });
  });
  return outputs;
}

function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) * (a[i]! - b[i]!);
  return sum;
}
