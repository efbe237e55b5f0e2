/** Small layers of random sizes. */
import type { Random } from "leibniz/tensor";
import { type CheckSetting, fittingSizes } from "leibniz/tracing";

/** A layer whose sizes are drawn, and made to fit; H and W differ where they can. */
export function drawnSetting(
  layer: CheckSetting["layer"],
  random: Random,
  x: readonly number[] = [],
): CheckSetting {
  const from = (least: number, most: number): number => least + random.integer(most - least + 1);
  const pair = (least: number, most: number): readonly [number, number] => [
    from(least, most),
    from(least, most),
  ];
  const drawn = {
    ...{ layer, images: from(1, 2), channels: from(1, 2), filters: from(1, 3) },
    ...{ features: from(1, 6), outputs: from(2, 5), size: pair(1, 5), kernel: pair(1, 3) },
    ...{ stride: pair(1, 3), padding: pair(0, 1), dilation: pair(1, 2) },
  };
  return { ...fittingSizes(drawn).sizes, seed: random.integer(1000), x };
}
