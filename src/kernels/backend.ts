import type { Columns, WindowGeometry } from "../im2col/index.js";
import type { Allocator, DType, Storage, Tensor } from "../tensor/index.js";
import type { KnownActivation, KnownPair } from "./activations.js";
import type { UpdateKind, UpdateNumbers, UpdateTensors } from "./updates.js";
import type { WinnersGradient } from "./winners-gradient.js";

/** Which operands of a product are transposed, and a bias that its sums start from instead of 0. */
export interface MatmulOptions {
  /** The first operand is given as [..., I, M]. */
  readonly transposeA?: boolean;
  /** The second operand is given as [..., N, I]. */
  readonly transposeB?: boolean;
  /** [M], or [..., M] with the batch axes of the first operand, added to every entry of row m. */
  readonly rowBias?: Tensor | null;
  /** [N], added to every entry of column n. */
  readonly columnBias?: Tensor | null;
}

/** What is done to the entries of a max pooling on the way, so that it need not be laid out. */
export interface PoolOptions {
  /** Whether max(x, 0) is pooled in place of x: without a positive entry, nobody wins. */
  readonly rectify?: boolean;
  /** What is pooled, after it, in place of x: `scale[c] · x + shift[c]`. */
  readonly affine?: PooledAffine | null;
}

/** What is done to the pixels of a channel before they are pooled; [C] each. */
export type PooledAffine = Required<Pick<ChannelAffine, "scale" | "shift">>;

/** What max pooling returns: the largest entries, and where they were found. */
export interface MaxPool2dResult {
  /** [N, C, outH, outW] */
  readonly out: Tensor;
  /**
   * For each entry of `out`, the position h·W + w of the winner in its plane; ties go to the first
   * in row-major order. −1 where nobody wins: the rectifier's 0 does, or the window is padding.
   */
  readonly argmax: Storage<Int32Array>;
}

/** Mean and variance of each channel, [C], or of each row, [N]. */
export interface ChannelMoments {
  /** μ, the arithmetic mean. */
  readonly mean: Tensor;
  /** σ², the mean of the squared distances from the mean: divided by M, not by M − 1. */
  readonly variance: Tensor;
}

/** Two sums of each channel, [C]; as parts of {@link RowSums}, of each place or each row. */
export interface ChannelSums {
  /** The sum of the values. */
  readonly sum: Tensor;
  /** The sum of their products with those of the other operand. */
  readonly product: Tensor;
}

/** What is done to all values of a channel; [C] each. */
export interface ChannelAffine {
  /** The factor. */
  readonly scale: Tensor;
  /** Subtracted first; 0 if left out. */
  readonly centre?: Tensor;
  /** Added last; 0 if left out. */
  readonly shift?: Tensor;
}

/** A straight line for each channel, and a factor for what it leaves; [C] each. */
export interface ChannelLine {
  /** The line's value at x = 0. */
  readonly intercept: Tensor;
  /** How much the line rises where x rises by 1. */
  readonly slope: Tensor;
  /** The factor for what is left. */
  readonly scale: Tensor;
}

/**
 * How rows [N, M] are standardised, x̂[n, i] = scale[n] · (x[n, i] − centre[n]), by numbers of
 * rows, [N] each; and the weights of places, [M].
 */
export interface RowWeights {
  /** ρ, [N]: 1 / √(σ² + ε) of each row. */
  readonly scale: Tensor;
  /** μ, [N]: the mean of each row. */
  readonly centre: Tensor;
  /** [M], a factor for each place. */
  readonly weight: Tensor;
}

/** The same, and what is added to places, [M]. */
export interface RowAffine extends RowWeights {
  /** [M], a number for each place. */
  readonly bias: Tensor;
}

/** Sums over the rows, [M] each, and over the places, [N] each. */
export interface RowSums {
  /** A sum for each place, [M]: of dOut, the gradients of bias and weight. */
  readonly overRows: ChannelSums;
  /** A sum for each row, [N], once the weights have been multiplied with it. */
  readonly overPlaces: ChannelSums;
}

/** A straight line for each row, [N] each, beside what {@link RowWeights} says. */
export interface RowLine extends RowWeights, ChannelLine {}

/** A function of one number, and its slope. */
export interface FunctionAndSlope {
  /** The function, in float64. */
  readonly f: (x: number) => number;
  /** Its derivative, in float64. */
  readonly slope: (x: number) => number;
}

/** Of x's shape each; the slope is null if it was not wanted. */
export interface WithSlope {
  /** f(x). */
  readonly out: Tensor;
  /** f′(x), or null. */
  readonly slope: Tensor | null;
}

/** Numbers that are drawn, each 0 or `value`. */
export interface RandomMask {
  /** The same seed draws the same, on every backend. */
  readonly seed: number | string;
  /** The chance of a 0, p in [0, 1). */
  readonly zeros: number;
  /** What an entry is where it is not 0. */
  readonly value: number;
}

/**
 * The operations that cost time. Layers are written in terms of these and know no more of a
 * backend, so that each runs unchanged on every one. All are asynchronous, because a GPU is.
 *
 * Tensors come in contiguous or not and go out contiguous and new; only `accumulate` and
 * `update` change what they are given. Operands of one call have one element type. A
 * result is computed when the call has been awaited: what is changed in place later does not change
 * it. {@link Columns} and {@link WinnersGradient} are operands, not results: they are read when a
 * product takes them.
 *
 * Every operation refuses operands that do not fit in shape or element type with an InputError, and
 * throws a MachineError when a thread, a device or the memory fails.
 */
export interface Backend {
  /** `reference`, `wasm` or `gpu`. */
  readonly name: string;
  /** What the backend really runs on, where it has a choice; `null` where it has none. */
  readonly mode: string | null;
  /** How many threads share the work, the calling one included; 1 but on `wasm`. */
  readonly threads: number;
  /**
   * What a user should know, in one line, such as why there is only one thread; `null` if nothing.
   */
  readonly note: string | null;
  /** Whether layers that do the work of several at once are faster here than those one by one. */
  readonly fuses: boolean;
  /** Whether backward passes make sure, by digests, that what they need has not been changed. */
  readonly check: boolean;
  /**
   * Where tensors of a step live: the memory that the kernels work on while a {@link step} runs,
   * JavaScript's heap otherwise.
   */
  readonly allocator: Allocator;
  /** Where tensors live that outlast steps, such as parameters, until they are disposed of. */
  readonly persistent: Allocator;

  /**
   * `c[…, m, n] = bias + Σᵢ a[…, m, i] · b[…, i, n]`
   *
   * @param a [..., M, I]
   * @param b [..., I, N]; the leading batch axes of both broadcast
   * @returns [..., M, N]
   */
  matmul(a: Tensor, b: Tensor | Columns, options?: MatmulOptions): Promise<Tensor>;

  /**
   * The same products, summed over the first batch axis:
   * `c[…, m, n] = Σₖ Σᵢ a[k, …, m, i] · b[k, …, i, n]`
   *
   * @param a [K, ..., M, I]
   * @param b [K, ..., I, N] with the same batch axes
   * @returns [..., M, N]
   */
  matmulSum(
    a: Tensor | WinnersGradient,
    b: Tensor | Columns,
    options?: Pick<MatmulOptions, "transposeA" | "transposeB">,
  ): Promise<Tensor>;

  /** Windows as columns: x [N, C, H, W] → [N, groups, C/groups·kH·kW, outH·outW]. */
  im2col(x: Tensor, geometry: WindowGeometry, groups?: number): Promise<Columns>;

  /**
   * A product whose columns are added onto the pixels that they belong to: `col2im(aᵀ · b)`.
   *
   * @param a [G, K/G, R]
   * @param b [N, G, K/G, P]
   * @param channels C, of which each group has R / (kH·kW)
   * @returns [N, C, H, W]
   */
  productOntoImages(
    a: Tensor,
    b: Tensor | WinnersGradient,
    channels: number,
    geometry: WindowGeometry,
  ): Promise<Tensor>;

  /**
   * `out[k] = Σ x[n, k, …]` over all axes but the second: [N, K, ...] → [K]; [N, 1, K, P] → [K] for
   * the gradient behind a max pooling.
   */
  sumPerChannel(x: Tensor | WinnersGradient): Promise<Tensor>;

  /**
   * Mean and variance over all axes but the second, x [N, C, ...], exact to the element type even
   * far from 0; NaN where there are no values.
   */
  channelMoments(x: Tensor): Promise<ChannelMoments>;
  /** `scale[c] · (x[n, c, …] − centre[c]) + shift[c]`, of x's shape. */
  channelAffine(x: Tensor, numbers: ChannelAffine): Promise<Tensor>;
  /**
   * `Σ x[n, c, …]` and `Σ x[n, c, …] · y[n, c, …]` over all axes but the second. The gradient
   * behind a max pooling stands for the images [N, C, H, W] that it lies on.
   */
  channelSums(x: Tensor | WinnersGradient, y: Tensor): Promise<ChannelSums>;
  /**
   * What a straight line in x leaves of y: `scale[c] · (y − intercept[c] − slope[c] · x)`, of the
   * shape [N, C, ...] that both have.
   */
  channelResidual(y: Tensor | WinnersGradient, x: Tensor, line: ChannelLine): Promise<Tensor>;

  /** Mean and variance of each row of x [N, M], [N] each, as exact as {@link channelMoments}. */
  rowMoments(x: Tensor): Promise<ChannelMoments>;
  /**
   * `weight[i] · x̂[n, i] + bias[i]`, [N, M], where x̂ is x standardised on the way:
   * `x̂[n, i] = scale[n] · (x[n, i] − centre[n])`.
   */
  rowAffine(x: Tensor, numbers: RowAffine): Promise<Tensor>;
  /**
   * Over the rows, `Σₙ y[n, i]` and `Σₙ y[n, i] · x̂[n, i]`. Over the places, of
   * z[n, i] = weight[i] · y[n, i], `Σᵢ z[n, i]` and `Σᵢ z[n, i] · x̂[n, i]`.
   */
  rowSums(y: Tensor, x: Tensor, numbers: RowWeights): Promise<RowSums>;
  /** `scale[n] · (weight[i] · y[n, i] − intercept[n] − slope[n] · x̂[n, i])`, [N, M]. */
  rowResidual(y: Tensor, x: Tensor, line: RowLine): Promise<Tensor>;

  /** `a + b`, for two tensors of one shape. */
  add(a: Tensor, b: Tensor): Promise<Tensor>;
  /** `a ⊙ b`, for two tensors of one shape. */
  multiply(a: Tensor, b: Tensor): Promise<Tensor>;
  /**
   * `value` where u ≥ p, else 0; u of an entry is its `randomBits` / 2³². So the share of zeros is
   * p, rounded up to a multiple of 2⁻³².
   */
  randomMask(shape: readonly number[], dtype: DType, mask: RandomMask): Promise<Tensor>;

  /** `out = max(x, 0)`, any shape. */
  relu(x: Tensor): Promise<Tensor>;
  /** `dX = dOut` where x > 0, else 0. */
  reluBackward(dOut: Tensor, x: Tensor): Promise<Tensor>;
  /**
   * A function of each entry alone: `out = f(x)`, any shape. `f` itself is called for each, in
   * float64, unless it is `known` to a backend that has a kernel for it.
   */
  activation(x: Tensor, f: (value: number) => number, known?: KnownActivation): Promise<Tensor>;
  /**
   * `dX = dOut · slope(at)`, entry by entry; `at` is what the slope is a function of, of dOut's
   * shape: the sigmoid's and the hyperbolic tangent's of out, all others of x.
   */
  activationBackward(
    dOut: Tensor,
    at: Tensor,
    slope: (value: number) => number,
    known?: KnownActivation,
  ): Promise<Tensor>;
  /**
   * A function and its slope at each entry, `out = f(x)` and `slope = f′(x)`; the slope only where
   * it is wanted. `pair` gives both for one number, in float64.
   */
  activationWithSlope(
    x: Tensor,
    pair: FunctionAndSlope,
    wantsSlope: boolean,
    known?: KnownPair,
  ): Promise<WithSlope>;

  /**
   * The largest entry of each window; padding counts as −∞. x [N, C, H, W] → [N, C, outH, outW].
   */
  maxPool2d(x: Tensor, geometry: WindowGeometry, options?: PoolOptions): Promise<MaxPool2dResult>;
  /** Adds each dOut [N, C, outH, outW] onto the pixel that won: → [N, C, H, W]. */
  maxPool2dBackward(
    dOut: Tensor,
    argmax: Storage<Int32Array>,
    geometry: WindowGeometry,
  ): Promise<Tensor>;
  /** The same as an operand of products, which need not be laid out: → [N, 1, C, H·W]. */
  winnersGradient(
    dOut: Tensor,
    argmax: Storage<Int32Array>,
    geometry: WindowGeometry,
  ): Promise<WinnersGradient>;
  /**
   * Max pooling of a convolution, which need not be laid out: `maxPool2d(filters · cols + bias)`.
   *
   * @param filters [1, K, R]
   * @param cols [N, 1, R, P]
   * @param bias [K], or null
   * @returns [N, K, outH, outW] of the pooling
   */
  convolvePool(
    filters: Tensor,
    cols: Columns,
    bias: Tensor | null,
    pool: WindowGeometry,
    options?: PoolOptions,
  ): Promise<MaxPool2dResult>;
  /** The mean of each window; padded zeros are counted. x [N, C, H, W] → [N, C, outH, outW]. */
  averagePool2d(x: Tensor, geometry: WindowGeometry): Promise<Tensor>;
  /** Spreads each dOut [N, C, outH, outW] evenly over its window: → [N, C, H, W]. */
  averagePool2dBackward(dOut: Tensor, geometry: WindowGeometry): Promise<Tensor>;

  /** `target += source`, in place, for two tensors of one shape: how gradients accumulate. */
  accumulate(target: Tensor, source: Tensor): Promise<void>;
  /**
   * One step of an optimizer for one parameter, in place: `sgd`, `adagrad`, `rmsprop`, or `adam`,
   * which is AdamW's too.
   *
   * @throws InputError unless the tensors are of one shape; then nothing has changed
   */
  update<Kind extends UpdateKind>(
    kind: Kind,
    tensors: UpdateTensors<Kind>,
    numbers: UpdateNumbers<Kind>,
  ): Promise<void>;

  /**
   * Brings a tensor's numbers, or the winners of a max pooling, to where programs can look at them.
   * On a backend whose results stay on a device, `data` is refused before, except for the numbers
   * of channels and of rows (moments and sums), with which layers compute on; on the others nothing
   * has to be done. What is changed in place afterwards counts as the newest, until an operation
   * changes the tensor: look at `data` anew then.
   *
   * @returns the same
   */
  read<T extends Tensor | Storage<Int32Array>>(numbers: T): Promise<T>;

  /**
   * Runs one step of a computation, which owns the memory of what is made meanwhile. What `run`
   * returns outlives it: its tensors, also those inside plain arrays and objects, are copied out.
   * Looking at any other tensor of the step afterwards is an error. Steps may be nested.
   *
   * @throws InputError when what is returned belongs to a step that has ended before
   */
  step<T>(run: () => T | Promise<T>): Promise<T>;

  /** Gives back what the backend holds outside JavaScript's heap. It cannot be used afterwards. */
  dispose(): Promise<void>;
}
