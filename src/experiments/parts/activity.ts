/** What a network's layers put out for some images. */
import type { Dataset } from "../../data/index.js";
import type { Sequential } from "../../network/index.js";
import type { Backend } from "../../kernels/index.js";

/**
 * The share of a layer's outputs that are above 0, for each layer that is named: 0 for a rectifier
 * that lets nothing through, behind which nothing learns any more.
 *
 * @param images are looked at all at once
 */
export async function activeShares(
  network: Sequential,
  layers: readonly string[],
  images: Dataset,
  backend: Backend,
): Promise<number[]> {
  const shares = new Map<string, number>();
  await backend.step(async () => {
    const { x } = images.batch(Array.from({ length: images.count }, (_, i) => i));
    await network.forward(x, {
      ...{ backend, mode: "evaluate", record: false },
      observe: (name, out) => {
        if (!layers.includes(name)) return;
        let active = 0;
        for (const value of out.contiguous().data) active += Number(value > 0);
        shares.set(name, active / out.size);
      },
    });
  });
  return layers.map((name) => shares.get(name)!);
}
