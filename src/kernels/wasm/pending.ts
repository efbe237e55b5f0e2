import type { Deferred, Tensor } from "../../tensor/index.js";

/** What a map knows of the computation that a tensor waits for; `null` once it is done, or when the tensor is a part or a view of another. */
export function pending<T>(map: WeakMap<Deferred, T>, tensor: Tensor): T | null {
  const { deferred } = tensor;
  return deferred === null || deferred.isSettled || !tensor.isContiguous ? null : (map.get(deferred) ?? null);
}
