/** Where numbers that are not finite come from. */
import type { PassOptions } from "../backprop/index.js";
import type { Tensor } from "../tensor/index.js";

/**
 * Runs a pass once more, layer by layer, without recording it.
 *
 * @param x [N, …], on the heap or read
 * @returns in words, the first layer whose output is not finite, or that none is
 */
export async function whereNotFinite(
  network: { readonly forward: (x: Tensor, pass: PassOptions) => Promise<unknown> },
  x: Tensor,
  pass: PassOptions,
): Promise<string> {
  if (!x.contiguous().data.every(Number.isFinite)) return "the input itself is not finite";
  let culprit: string | null = null;
  const observe = (name: string, out: Tensor): void => {
    if (culprit === null && !out.data.every(Number.isFinite)) culprit = name;
  };
  await network.forward(x, { ...pass, record: false, observe });
  return culprit === null
    ? "every layer's output is finite, the loss itself is not"
    : `the first layer whose output is not finite is ${culprit}`;
}
