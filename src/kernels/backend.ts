import type { WindowGeometry } from "../im2col/index.js";
import type { Allocator, Tensor } from "../tensor/index.js";

/** Which operands of a product are transposed, and a bias that its sums start from instead of 0. */
export interface MatmulOptions {
  /** The first operand is given as [..., I, M]. */
  readonly transposeA?: boolean;
  /** The second operand is given as [..., N, I]. */
  readonly transposeB?: boolean;
  /** [M], or [..., M] with the batch axes of the first operand: added to every entry of row m. */
  readonly rowBias?: Tensor | null;
  /** [N]: added to every entry of column n. */
  readonly columnBias?: Tensor | null;
}

/** What max pooling returns: the largest entries, and where they were found. */
export interface MaxPool2dResult {
  /** [N, C, outH, outW] */
  readonly out: Tensor;
  /**
   * For each entry of `out`, the position h·W + w of the winner in its plane; ties go to the first
   * in row-major order.
   */
  readonly argmax: Int32Array;
}

/**
 * One parameter tensor under an optimizer, with the running values that belong to it. All of one
 * shape; the update changes them in place.
 */
export interface SgdState {
  readonly value: Tensor;
  readonly grad: Tensor;
  /** Absent without momentum. */
  readonly velocity: Tensor | null;
}

export interface SgdHyperparameters {
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
  /** 1 for the first step. */
  readonly step: number;
}

/** As {@link SgdState}, for Adam. */
export interface AdamState {
  readonly value: Tensor;
  readonly grad: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
}

export interface AdamHyperparameters {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /**
   * Whether the decay shrinks the weights themselves, as in AdamW, instead of joining the gradient.
   */
  readonly decoupled: boolean;
  /** 1 for the first step; the bias correction depends on it. */
  readonly step: number;
}

/** As {@link SgdState}, for AdaGrad. */
export interface AdagradState {
  readonly value: Tensor;
  readonly grad: Tensor;
  readonly squareSum: Tensor;
}

export interface AdagradHyperparameters {
  readonly learningRate: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** As {@link SgdState}, for RMSProp. */
export interface RmsPropState {
  readonly value: Tensor;
  readonly grad: Tensor;
  readonly meanSquare: Tensor;
}

export interface RmsPropHyperparameters {
  readonly learningRate: number;
  readonly alpha: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/**
 * The operations that cost time. Layers are written in terms of these and know no more of a
 * backend, so that each runs unchanged on every one. All are asynchronous, because a GPU is.
 *
 * Tensors come in contiguous or not and go out contiguous and new; only `accumulate` and the
 * optimizers' updates change what they are given. Operands of one call have one element type.
 *
 * A result may not be computed before somebody looks at it. So whoever changes a tensor in place
 * looks first at what was computed from it, if it is still wanted; only the weights and biases of
 * products may change at any time.
 */
export interface Backend {
  readonly name: string;
  /** What the backend really runs on, where it has a choice; `null` where it has none. */
  readonly mode: string | null;
  readonly threads: number;
  /**
   * What whoever waits for results should know, in one line: such as why there is only one thread.
   * `null` when there is nothing to say.
   */
  readonly note: string | null;
  /** Where tensors should live that this backend will work on. */
  readonly allocator: Allocator;

  /**
   * `c[…, m, n] = bias + Σᵢ a[…, m, i] · b[…, i, n]`
   *
   * @param a [..., M, I]
   * @param b [..., I, N]; the leading batch axes of both broadcast
   * @returns [..., M, N]
   */
  matmul(a: Tensor, b: Tensor, options?: MatmulOptions): Promise<Tensor>;

  /**
   * The same products, summed over the first batch axis:
   * `c[…, m, n] = Σₖ Σᵢ a[k, …, m, i] · b[k, …, i, n]`
   *
   * @param a [K, ..., M, I]
   * @param b [K, ..., I, N] with the same batch axes
   * @returns [..., M, N]
   */
  matmulSum(
    a: Tensor,
    b: Tensor,
    options?: Pick<MatmulOptions, "transposeA" | "transposeB">,
  ): Promise<Tensor>;

  /** Windows as columns: x [N, C, H, W] → [N, C·kH·kW, outH·outW]. */
  im2col(x: Tensor, geometry: WindowGeometry): Promise<Tensor>;
  /** Its adjoint: cols [N, C·kH·kW, outH·outW] → [N, C, H, W]. */
  col2im(cols: Tensor, channels: number, geometry: WindowGeometry): Promise<Tensor>;

  /** `out[k] = Σ x[n, k, …]` over all axes but the second: [N, K, ...] → [K]. */
  sumPerChannel(x: Tensor): Promise<Tensor>;

  /** `out = max(x, 0)`, any shape. */
  relu(x: Tensor): Promise<Tensor>;
  /** `dX = dOut` where x > 0, else 0. */
  reluBackward(dOut: Tensor, x: Tensor): Promise<Tensor>;

  /**
   * The largest entry of each window; padding counts as −∞. x [N, C, H, W] → [N, C, outH, outW].
   */
  maxPool2d(x: Tensor, geometry: WindowGeometry): Promise<MaxPool2dResult>;
  /** Adds each dOut [N, C, outH, outW] onto the pixel that won: → [N, C, H, W]. */
  maxPool2dBackward(dOut: Tensor, argmax: Int32Array, geometry: WindowGeometry): Promise<Tensor>;
  /** The mean of each window; padded zeros are counted. x [N, C, H, W] → [N, C, outH, outW]. */
  averagePool2d(x: Tensor, geometry: WindowGeometry): Promise<Tensor>;
  /** Spreads each dOut [N, C, outH, outW] evenly over its window: → [N, C, H, W]. */
  averagePool2dBackward(dOut: Tensor, geometry: WindowGeometry): Promise<Tensor>;

  /** `target += source`, in place, for two tensors of one shape: how gradients accumulate. */
  accumulate(target: Tensor, source: Tensor): Promise<void>;
  /** One step of stochastic gradient descent, in place. */
  sgdUpdate(state: SgdState, hyperparameters: SgdHyperparameters): Promise<void>;
  /** One step of AdaGrad, in place. */
  adagradUpdate(state: AdagradState, hyperparameters: AdagradHyperparameters): Promise<void>;
  /** One step of RMSProp, in place. */
  rmspropUpdate(state: RmsPropState, hyperparameters: RmsPropHyperparameters): Promise<void>;
  /** One step of Adam or AdamW, in place. */
  adamUpdate(state: AdamState, hyperparameters: AdamHyperparameters): Promise<void>;

  /**
   * Runs one step of a computation. Tensors that are made meanwhile may lose their memory when it
   * ends, so what outlives the step is cloned. Steps may be nested, but not interleaved.
   */
  scope<T>(run: () => Promise<T>): Promise<T>;

  /** Gives back what the backend holds outside JavaScript's heap. It cannot be used afterwards. */
  dispose(): Promise<void>;
}
