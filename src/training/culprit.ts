/** Where numbers that are not finite come from. */
import type { PassOptions } from "../backprop/index.js";
import type { Tensor } from "../tensor/index.js";

const INPUT = "the input itself is not finite";

/** Is the input to blame, by the words of {@link whereNotFinite}? No learning rate mends that. */
export function isInputAtFault(blame: string): boolean {
  return blame.startsWith(INPUT);
}

function notFiniteIn(x: Tensor): { readonly n: number; readonly value: number } | null {
  const { data } = x.contiguous();
  const at = data.findIndex((value) => !Number.isFinite(value));
  return at < 0 ? null : { n: Math.floor(at / (data.length / x.shape[0]!)), value: data[at]! };
}

/**
 * Runs a pass once more, layer by layer, without recording it.
 *
 * @param x [N, …], on the heap or read
 * @param indices of the examples in x
 * @returns in words, the first layer whose output is not finite, or that none is
 */
export async function whereNotFinite(
  network: { readonly forward: (x: Tensor, pass: PassOptions) => Promise<unknown> },
  x: Tensor,
  pass: PassOptions,
  indices: ArrayLike<number>,
): Promise<string> {
  const wrong = notFiniteIn(x);
  if (wrong !== null) return `${INPUT}: x of example ${indices[wrong.n]} holds ${wrong.value}`;
  let culprit: string | null = null;
  const observe = (name: string, out: Tensor): void => {
    if (culprit === null && !out.data.every(Number.isFinite)) culprit = name;
  };
  await network.forward(x, { ...pass, record: false, observe });
  return culprit === null
    ? "every layer's output is finite, the loss itself is not"
    : `the first layer whose output is not finite is ${culprit}`;
}
