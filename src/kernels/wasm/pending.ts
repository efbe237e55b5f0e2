/**
 * What tensors that wait for their numbers are waiting for, so that whoever is given one may do
 * without the numbers.
 */
import type { WindowGeometry } from "../../im2col/index.js";
import type { Deferred, Tensor } from "../../tensor/index.js";

/** Images that columns are added onto. */
export interface Images {
  readonly out: Tensor;
  readonly channels: number;
  readonly geometry: WindowGeometry;
}

/** im2col(x). */
interface Columns {
  readonly kind: "columns";
  readonly x: Tensor;
  readonly geometry: WindowGeometry;
}

/** A batch of so many products; `onto` adds each, as columns, onto an image. */
interface Product {
  readonly kind: "product";
  readonly count: number;
  readonly onto: (images: Images) => void;
}

/**
 * W · im2col(x) + bias, with copies of the weights and the bias, which an optimizer may change in
 * the meantime.
 */
export interface Convolution {
  readonly kind: "convolution";
  readonly x: Tensor;
  readonly geometry: WindowGeometry;
  /** [K, C·kH·kW] */
  readonly weight: Tensor;
  /** [K] */
  readonly bias: Tensor;
}

/** max(x, 0). */
interface Relu {
  readonly kind: "relu";
  readonly x: Tensor;
}

/** What flows back out of a max pooling: dOut on the windows' winners, zeros elsewhere. */
interface PoolGradient {
  readonly kind: "poolGradient";
  readonly dOut: Tensor;
  readonly argmax: Int32Array;
  readonly geometry: WindowGeometry;
}

/**
 * The same behind a rectifier: dOut on the winners of the windows whose maximum, `pooled`, is
 * positive.
 */
export interface WinnersGradient {
  readonly kind: "winnersGradient";
  readonly dOut: Tensor;
  readonly argmax: Int32Array;
  readonly pooled: Tensor;
  readonly geometry: WindowGeometry;
}

type Pending = Columns | Product | Convolution | Relu | PoolGradient | WinnersGradient;

const known = new WeakMap<Deferred, Pending>();

/** Notes what a computation is that has not been done yet. */
export function describe(deferred: Deferred, what: Pending): void {
  known.set(deferred, what);
}

/**
 * What a tensor waits for, if it is of this kind; `null` once it is done, or when the tensor is a
 * part or a view of another.
 */
export function pending<K extends Pending["kind"]>(
  kind: K,
  tensor: Tensor,
): Extract<Pending, { kind: K }> | null {
  const { deferred } = tensor;
  if (deferred === null || deferred.isSettled || !tensor.isContiguous) return null;
  const what = known.get(deferred);
  return what?.kind === kind ? (what as Extract<Pending, { kind: K }>) : null;
}
