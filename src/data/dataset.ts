/** Examples by their numbers, of any kind: images, points, measurements; classes or numbers. */
import { type Allocator, heapAllocator, Random, reject } from "../tensor/index.js";
import { type Batch, checkBatch, checkIndices, type ReadyExamples } from "./examples.js";
import { type Columns, fromColumns } from "./from-columns.js";
import { type Example, stack } from "./stack.js";

/** A data set, and others made from it. None of them copies the examples. */
export class Dataset implements ReadyExamples {
  /** How many examples there are, at least 1. */
  readonly count: number;
  readonly #source: ReadyExamples;

  /**
   * Examples from any source; its batches are checked whenever they are made.
   *
   * @throws InputError when the count is no whole number ≥ 1
   */
  constructor(source: ReadyExamples) {
    if (!(Number.isSafeInteger(source?.count) && source.count >= 1))
      reject("Dataset", "a count that is a whole number ≥ 1", String(source?.count));
    this.count = source.count;
    this.#source = source;
  }

  /**
   * A data set from tensors or arrays. It shares memory with the tensors.
   *
   * @param columns `x`, a tensor [count, …] or nested arrays; `target`, as many class numbers, or a
   *   tensor or nested arrays of numbers [count, …]; if wanted, `weights` of the examples, and the
   *   number of `classes`
   * @throws InputError when their counts differ, a class number is none, a target is not finite, or
   *   a weight is no finite number ≥ 0
   */
  static from(columns: Columns): Dataset {
    return new Dataset(fromColumns(columns));
  }

  /**
   * A data set whose examples are made when they are asked for. Their batches throw an InputError
   * when the shapes of examples differ, or a class number is not whole and ≥ 0.
   *
   * @param example the example of an index, always the same one: x, and the target where it is no
   *   class number, are without the axis of the batch and all of one shape
   * @throws InputError when the count is no whole number ≥ 1
   */
  static generate(count: number, example: (index: number) => Example): Dataset {
    return new Dataset({
      count,
      batch: (indices, allocator) =>
        stack(
          Array.from(indices, (index) => example(index)),
          allocator,
        ),
    });
  }

  /**
   * Some of the examples, in the order of the indices.
   *
   * @param allocator where x lives
   * @throws InputError when there is no index, one is out of range, or the source gives another
   *   number of examples
   */
  batch(indices: ArrayLike<number>, allocator: Allocator = heapAllocator): Batch {
    checkIndices("batch", indices, this.count);
    const batch = this.#source.batch(indices, allocator);
    checkBatch("batch", batch, indices.length);
    return batch;
  }

  /**
   * The examples with the given indices, in this order; one may come several times.
   *
   * @throws InputError when there is none, or an index is out of range
   */
  gather(indices: ArrayLike<number>): Dataset {
    checkIndices("gather", indices, this.count);
    const chosen = Uint32Array.from(indices);
    return new Dataset({
      count: chosen.length,
      batch: (some, allocator) =>
        this.batch(
          Uint32Array.from(some, (index) => chosen[index]!),
          allocator,
        ),
    });
  }

  /**
   * The first examples, and the rest.
   *
   * @param first how many: a share between 0 and 1, rounded to a whole number, or a whole number
   * @throws InputError when one of the parts would be empty
   */
  split(first: number): [first: Dataset, rest: Dataset] {
    const size = first < 1 ? Math.round(first * this.count) : first;
    if (!(Number.isInteger(size) && size >= 1 && size < this.count))
      reject(
        "split",
        `a share or a number that leaves both parts some of ${this.count} examples`,
        String(first),
      );
    return [this.#range(0, size), this.#range(size, this.count)];
  }

  /**
   * The same examples in random order, drawn once.
   *
   * @param random a source, from which this draws, or a seed
   */
  shuffle(random: Random | number | string): Dataset {
    const source = random instanceof Random ? random : new Random(random);
    return this.gather(source.permutation(this.count));
  }

  /**
   * The same data set, but for what `change` makes of its batches, of each anew.
   *
   * @param change must keep the number of examples, or the batch throws an InputError
   */
  map(change: (batch: Batch) => Batch): Dataset {
    return new Dataset({
      count: this.count,
      batch: (indices, allocator) => change(this.batch(indices, allocator)),
    });
  }

  /**
   * Without the last examples where they do not fill a batch.
   *
   * @throws InputError when there are not enough for one batch
   */
  dropLast(batchSize: number): Dataset {
    if (!(Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= this.count))
      reject("dropLast", `a batch size from 1 to ${this.count}`, String(batchSize));
    return this.#range(0, this.count - (this.count % batchSize));
  }

  #range(from: number, to: number): Dataset {
    return this.gather(Uint32Array.from({ length: to - from }, (_, i) => from + i));
  }
}
