import ndarray, { type NdArray } from "ndarray";
import { resolveAxis } from "./axes.js";
import { formatShape, reject } from "./errors.js";
import { flatten, type Nested, nest } from "./nested.js";
import { formatTensor } from "./print.js";
import {
  broadcastShape,
  checkShape,
  forEachRow,
  isRowMajor,
  rowMajorStride,
  rowOf,
  sameShape,
  sizeOf,
} from "./shape.js";
import { type Allocator, type Data, type DType, heapAllocator, Storage } from "./storage.js";

/**
 * One entry per axis of {@link Tensor.slice}: a range `[start, stop]`, or `null` for the whole
 * axis.
 */
export type SliceRange = readonly [start: number, stop: number] | null;

/**
 * An n-dimensional array: flat memory plus the rule that turns an index into a position,
 *
 *     position(i₀, i₁, …) = offset + i₀·stride₀ + i₁·stride₁ + …
 *
 * It is the rule of `ndarray`, whose view {@link Tensor.view} is. Transposing, slicing and
 * broadcasting only rewrite the rule and share the memory. Each method below says whether its
 * result shares memory with this tensor.
 *
 * What looks at the numbers throws an InputError when the memory is gone, as that of a step is once
 * the step has ended, or when they are on a device: see `Backend.read`.
 */
export class Tensor {
  /** Element type of the memory; only {@link astype} gives another. */
  readonly dtype: DType;
  /** The memory, which all views of it share. */
  readonly storage: Storage;
  /** Extents, one for each axis: `[N, C, H, W]` of images, `[]` of a scalar. */
  readonly shape: readonly number[];
  /** Steps, in elements, from one entry to the next along each axis. */
  readonly stride: readonly number[];
  /** Position of the first element in {@link data}. */
  readonly offset: number;
  /** Number of elements. */
  readonly size: number;
  /**
   * Does the tensor cover all of its memory in row-major order, so that a loop may run over `data`
   * itself?
   */
  readonly isContiguous: boolean;
  /** Made when it is asked for: most tensors are only looked at as flat memory. */
  #view: NdArray<Data> | null = null;

  private constructor(
    storage: Storage,
    shape: readonly number[],
    stride: readonly number[],
    offset: number,
  ) {
    storage.checkLifetime();
    this.storage = storage;
    this.shape = [...shape];
    this.stride = [...stride];
    this.offset = offset;
    this.size = sizeOf(shape);
    this.isContiguous =
      offset === 0 && this.size === storage.length && isRowMajor(this.shape, this.stride);
    this.dtype = storage.dtype;
  }

  /**
   * A tensor of zeros.
   *
   * @param allocator where the memory comes from; JavaScript's heap if left out
   * @throws InputError when an extent is not a whole number ≥ 0, or the elements are more than 2³¹
   */
  static zeros(
    shape: readonly number[],
    dtype: DType = "float32",
    allocator: Allocator = heapAllocator,
  ): Tensor {
    checkShape("Tensor.zeros", shape);
    return Tensor.over(allocator.allocate(dtype, sizeOf(shape)), shape);
  }

  /** A tensor whose every element is `value`. @throws InputError as {@link Tensor.zeros} */
  static full(
    shape: readonly number[],
    value: number,
    dtype: DType = "float32",
    allocator: Allocator = heapAllocator,
  ): Tensor {
    const tensor = Tensor.zeros(shape, dtype, allocator);
    tensor.data.fill(value);
    return tensor;
  }

  /**
   * Looks at existing memory, in row-major order, as a tensor. Shares memory with `data`.
   *
   * @throws InputError when the shape does not hold exactly as many elements as `data`
   */
  static wrap(data: Data, shape: readonly number[]): Tensor {
    checkShape("Tensor.wrap", shape);
    return Tensor.over(new Storage(data), shape);
  }

  /**
   * Looks at a whole storage, in row-major order.
   *
   * @throws InputError when the shape does not hold exactly as many elements
   */
  static over(storage: Storage, shape: readonly number[]): Tensor {
    const { length } = storage;
    if (sizeOf(shape) !== length)
      reject(
        "Tensor.wrap",
        `${sizeOf(shape)} elements for shape ${formatShape(shape)}`,
        String(length),
      );
    return new Tensor(storage, shape, rowMajorStride(shape), 0);
  }

  /**
   * Copies flat numbers, in row-major order, into a new tensor.
   *
   * @throws InputError when the shape does not hold exactly as many elements as there are values
   */
  static from(
    values: ArrayLike<number>,
    shape: readonly number[],
    dtype: DType = "float32",
    allocator: Allocator = heapAllocator,
  ): Tensor {
    checkShape("Tensor.from", shape);
    if (sizeOf(shape) !== values.length) {
      reject(
        "Tensor.from",
        `${sizeOf(shape)} elements for shape ${formatShape(shape)}`,
        String(values.length),
      );
    }
    const tensor = Tensor.zeros(shape, dtype, allocator);
    tensor.data.set(values);
    return tensor;
  }

  /** The ndarray view: `data`, `shape`, `stride`, `offset`. */
  get view(): NdArray<Data> {
    this.storage.lifetime?.check("Tensor");
    this.#view ??= ndarray(this.data, [...this.shape], [...this.stride], this.offset);
    return this.#view;
  }

  /**
   * The flat memory, shared by all views of it; an element's place in it is given by offset and
   * stride.
   */
  get data(): Data {
    return this.storage.data;
  }

  /** Number of axes, 0 for a scalar. */
  get rank(): number {
    return this.shape.length;
  }

  /** Do two tensors look at the same memory, so that writing to one may change the other? */
  sharesMemoryWith(other: Tensor): boolean {
    return this.storage.overlaps(other.storage);
  }

  /**
   * One element. Loops over many are faster on {@link data}.
   *
   * @param index a whole number from 0 on for each axis
   * @throws InputError when the index has the wrong rank or lies outside the shape
   */
  get(...index: number[]): number {
    this.checkIndex("Tensor.get", index);
    return this.view.get(...index);
  }

  /**
   * Writes one element, in this tensor and in all that share its memory.
   *
   * @throws InputError as `get`
   */
  set(index: readonly number[], value: number): void {
    this.checkIndex("Tensor.set", index);
    const { data, stride, offset } = this;
    data[index.reduce((position, i, axis) => position + i * stride[axis]!, offset)] = value;
    this.storage.touch();
  }

  /** Writes one value everywhere, in this tensor and in all that share its memory. */
  fill(value: number): void {
    if (this.isContiguous) return this.storage.fill(value);
    const { data } = this;
    const { length, steps } = rowOf(this.shape, this);
    forEachRow(this.shape, [this], (row) => {
      for (let i = 0; i < length; i++) data[row + i * steps[0]!] = value;
    });
    this.storage.touch();
  }

  /**
   * Copies another tensor's elements into this one, in its element type, and so into all that share
   * its memory.
   *
   * @throws InputError when the shapes differ
   */
  copyFrom(source: Tensor): void {
    if (!sameShape(source.shape, this.shape))
      reject(
        "Tensor.copyFrom",
        `a source of shape ${formatShape(this.shape)}`,
        formatShape(source.shape),
      );
    // a copy first, since the two may look at the same memory in another order
    const from = (source.sharesMemoryWith(this) ? source.clone() : source.contiguous()).data;
    const { data } = this;
    if (this.isContiguous) data.set(from);
    else {
      const { length, steps } = rowOf(this.shape, this);
      let position = 0;
      forEachRow(this.shape, [this], (row) => {
        for (let i = 0; i < length; i++) data[row + i * steps[0]!] = from[position++]!;
      });
    }
    this.storage.touch();
  }

  /** The only element of a tensor of size 1, of any rank. @throws InputError for another size */
  item(): number {
    if (this.size !== 1)
      reject("Tensor.item", "a tensor with one element", `shape ${formatShape(this.shape)}`);
    return this.data[this.offset]!;
  }

  /**
   * The same elements in the same order under another shape. Shares memory if contiguous, else
   * copies.
   *
   * @throws InputError when the shape does not hold exactly as many elements
   */
  reshape(shape: readonly number[]): Tensor {
    checkShape("Tensor.reshape", shape);
    if (sizeOf(shape) !== this.size) {
      reject(
        "Tensor.reshape",
        `a shape with ${this.size} elements, as ${formatShape(this.shape)} has`,
        formatShape(shape),
      );
    }
    if (this.isContiguous) return new Tensor(this.storage, shape, rowMajorStride(shape), 0);
    return Tensor.wrap(this.clone().data, shape);
  }

  /**
   * Axes in another order; all reversed if none is given. Always shares memory.
   *
   * @param axes for each axis of the result, which one it was; −1 is the last
   * @throws InputError unless each axis is named once
   */
  transpose(axes: readonly number[] = this.shape.map((_, axis) => this.rank - 1 - axis)): Tensor {
    const order = axes.map((axis) => resolveAxis("Tensor.transpose", axis, this.rank));
    if (order.length !== this.rank || new Set(order).size !== this.rank) {
      reject("Tensor.transpose", `each of the ${this.rank} axes once`, formatShape(axes));
    }
    return this.reviewed(
      order.map((axis) => this.shape[axis]!),
      order.map((axis) => this.stride[axis]!),
      this.offset,
    );
  }

  /**
   * A rectangular part; axes left out at the end are kept whole. Always shares memory.
   *
   * @param ranges whole numbers, 0 ≤ start ≤ stop ≤ extent; the entry at `stop` is not in it
   * @throws InputError when there are more ranges than axes, or one leaves its axis
   */
  slice(...ranges: SliceRange[]): Tensor {
    if (ranges.length > this.rank)
      reject("Tensor.slice", `at most ${this.rank} ranges`, String(ranges.length));
    const shape = [...this.shape];
    let offset = this.offset;
    ranges.forEach((range, axis) => {
      if (range === null) return;
      const [start, stop] = range;
      const extent = this.shape[axis]!;
      if (
        !Number.isInteger(start) ||
        !Number.isInteger(stop) ||
        start < 0 ||
        stop < start ||
        stop > extent
      ) {
        reject(
          "Tensor.slice",
          `0 ≤ start ≤ stop ≤ ${extent} on axis ${axis}`,
          `[${start}, ${stop}]`,
        );
      }
      shape[axis] = stop - start;
      offset += start * this.stride[axis]!;
    });
    return this.reviewed(shape, [...this.stride], offset);
  }

  /**
   * Repeats axes of extent 1, and new axes in front, without copying: their stride is 0. Always
   * shares memory, and one element of memory then stands for many, so the result is for reading
   * only.
   *
   * @throws InputError when the shape is not one that this one broadcasts to
   */
  broadcastTo(shape: readonly number[]): Tensor {
    checkShape("Tensor.broadcastTo", shape);
    if (!sameShape(broadcastShape("Tensor.broadcastTo", this.shape, shape), shape)) {
      reject(
        "Tensor.broadcastTo",
        `a shape that ${formatShape(this.shape)} broadcasts to`,
        formatShape(shape),
      );
    }
    const added = shape.length - this.rank;
    const stride = shape.map((extent, axis) => {
      const own = axis - added;
      return own < 0 || (this.shape[own] === 1 && extent !== 1) ? 0 : this.stride[own]!;
    });
    return this.reviewed([...shape], stride, this.offset);
  }

  /** This tensor if it is contiguous (shares memory), else a row-major copy. */
  contiguous(): Tensor {
    return this.isContiguous ? this : this.clone();
  }

  /** A row-major copy. Never shares memory. */
  clone(allocator: Allocator = heapAllocator): Tensor {
    return this.astype(this.dtype, allocator);
  }

  /** A row-major copy in another element type. Never shares memory. */
  astype(dtype: DType, allocator: Allocator = heapAllocator): Tensor {
    const copy = Tensor.over(allocator.allocate(dtype, this.size, "written over"), this.shape);
    const source = this.data;
    if (this.isContiguous) {
      copy.data.set(source);
    } else {
      const target = copy.data;
      const { length, steps } = rowOf(this.shape, this);
      const step = steps[0]!;
      let position = 0;
      forEachRow(this.shape, [this], (row) => {
        for (let i = 0; i < length; i++) target[position++] = source[row + i * step]!;
      });
    }
    return copy;
  }

  /** All elements as nested arrays, a bare number for rank 0. A copy. */
  toNested(): Nested {
    return nest(this.contiguous().data, this.shape);
  }

  /** Rows and columns as a person would write them; large tensors are abbreviated. */
  toString(): string {
    return formatTensor(this);
  }

  /**
   * Text stands for a tensor in text alone. Where an operator asks for a number, digits rounded to
   * be read would pass for one.
   *
   * @throws InputError when what is asked for is not text
   */
  [Symbol.toPrimitive](asked: string): string {
    if (asked === "string") return this.toString();
    return reject(
      "Tensor",
      "numbers on both sides of an operator",
      `a tensor of shape ${formatShape(this.shape)}`,
      "a.item() is its number where it has but one; add, multiply, … take tensors",
    );
  }

  /** What `console.log` prints in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    const numbers = this.storage.lifetime?.hasEnded === true ? "(its memory is gone)" : `${this}`;
    return `Tensor ${formatShape(this.shape)} ${this.dtype}\n${numbers}`;
  }

  private reviewed(shape: number[], stride: number[], offset: number): Tensor {
    return new Tensor(this.storage, shape, stride, offset);
  }

  private checkIndex(where: string, index: readonly number[]): void {
    const inside =
      index.length === this.rank &&
      index.every((i, axis) => Number.isInteger(i) && i >= 0 && i < this.shape[axis]!);
    if (!inside)
      reject(where, `an index inside shape ${formatShape(this.shape)}`, formatShape(index));
  }
}

/**
 * A tensor from nested arrays: `tensor([[1, 2], [3, 4]])` has shape [2, 2]. Copies, in float64
 * unless told otherwise.
 *
 * @throws InputError when rows of one level have different lengths, or there is something else than
 *   numbers in them
 */
export function tensor(values: Nested, dtype: DType = "float64"): Tensor {
  const { flat, shape } = flatten(values);
  return Tensor.from(flat, shape, dtype);
}
