import type { Backend } from "../kernels/index.js";
import type { NamedParameter } from "../network/index.js";
import type { Tensor } from "../tensor/index.js";
import type { Optimizer } from "./optimizers/index.js";

/**
 * Brings a network's parameters with their gradients, and an optimizer's running values, to where
 * programs can look at them: see {@link Backend.read}. A loop that keeps its numbers on a device
 * leaves them there between its steps.
 *
 * @param optimizer none if left out
 */
export async function readState(
  backend: Backend,
  { parameters }: { readonly parameters: readonly NamedParameter[] },
  optimizer: Optimizer | null = null,
): Promise<void> {
  const tensors: Tensor[] = [
    ...parameters.flatMap(({ parameter: { value, grad } }) => [value, grad]),
    ...(optimizer?.state().values() ?? []),
  ];
  for (const tensor of tensors) await backend.read(tensor);
}
