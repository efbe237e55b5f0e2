import {
  anything,
  awaitHint,
  checkOptions,
  gather,
  heapAllocator,
  inside,
  type Nested,
  reject,
  required,
  type Rules,
  Tensor,
  tensor,
  whatIs,
  wholeNumber,
} from "../tensor/index.js";
import { counted, type ReadyExamples } from "./examples.js";

/** All examples of a data set at once. */
export interface Columns {
  /** [count, …], a tensor or nested arrays. */
  readonly x: Tensor | readonly Nested[];
  /** `count` class numbers, or a tensor or nested arrays of numbers [count, …]. */
  readonly target: Tensor | ArrayLike<number> | readonly (readonly Nested[])[];
  /** How much each example counts, numbers ≥ 0; all alike if left out. */
  readonly weights?: ArrayLike<number>;
  /** How many classes there are, if the class numbers are to be checked. */
  readonly classes?: number;
}

const WHERE = "Dataset.from";
const rules: Rules<Columns> = {
  x: required(anything("a tensor or nested arrays")),
  target: required(anything("class numbers, or a tensor or nested arrays")),
  weights: anything("a number for each example"),
  classes: wholeNumber(1),
};

/** Examples out of tensors and arrays. See {@link Dataset.from}. */
export function fromColumns(columns: Columns): ReadyExamples {
  const { x: given, target: wanted, weights, classes } = checkOptions(WHERE, columns, rules);
  const x = asTensor("x", given);
  const count = x.shape[0] ?? 0;
  if (count === 0) reject(WHERE, "x with an axis of at least one example", "none");
  const target = hasRows(wanted)
    ? finite(asTensor("target", wanted))
    : checkClasses(wanted, classes);
  const targets = target instanceof Tensor ? target.shape[0] : target.length;
  if (targets !== count)
    reject(WHERE, `a target for each of ${count} examples`, counted(targets, "target", target));
  checkWeights(weights, count);
  return {
    count,
    batch: (indices, allocator = heapAllocator) => ({
      x: gather(x, indices, 0, allocator),
      target:
        target instanceof Tensor
          ? gather(target, indices, 0)
          : Int32Array.from(indices, (index) => target[index]!),
      weights: weights ? Float64Array.from(indices, (index) => weights[index]!) : null,
    }),
  };
}

function asTensor(what: string, given: Tensor | readonly Nested[]): Tensor {
  if (given instanceof Tensor) return given.contiguous();
  if (!Array.isArray(given))
    reject(
      WHERE,
      `${what}, a tensor or nested arrays`,
      whatIs(given),
      awaitHint(given) ?? flatHint(given),
    );
  return inside(`${WHERE}: ${what}`, () => tensor(given));
}

/** How numbers in a row get the shape that they lack. */
function flatHint(given: unknown): string | undefined {
  const isFlat = given instanceof Float32Array || given instanceof Float64Array;
  return isFlat ? "Tensor.from(x, [count, …]) gives it a shape" : undefined;
}

/** Does a target hold numbers of any kind, not class numbers? */
function hasRows(target: Columns["target"]): target is Tensor | readonly (readonly Nested[])[] {
  return target instanceof Tensor || (Array.isArray(target) && Array.isArray(target[0]));
}

function finite(target: Tensor): Tensor {
  const { data } = target;
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const row = Math.floor(wrong / (target.size / target.shape[0]!));
    reject(WHERE, "targets that are finite", `${data[wrong]} for example ${row}`);
  }
  return target;
}

function checkClasses(target: ArrayLike<number>, classes: number | undefined): ArrayLike<number> {
  if (typeof target?.length !== "number" || typeof target === "string")
    reject(WHERE, "a target: class numbers, or numbers in rows", whatIs(target));
  if (classes !== undefined && !(Number.isInteger(classes) && classes >= 1))
    reject(WHERE, "a number of classes ≥ 1", String(classes));
  const range = classes === undefined ? "whole and ≥ 0" : `from 0 to ${classes - 1}`;
  for (let n = 0; n < target.length; n++) {
    const label: unknown = target[n];
    const isClass = Number.isInteger(label) && (label as number) >= 0;
    if (isClass && (label as number) < (classes ?? Infinity)) continue;
    const isFraction = Number.isFinite(label) && (label as number) % 1 !== 0;
    reject(
      WHERE,
      `class numbers ${range}`,
      `${whatIs(label)} for example ${n}`,
      isFraction ? "numbers that are no classes go in rows: [[0.5], …]" : undefined,
    );
  }
  return target;
}

function checkWeights(weights: ArrayLike<number> | undefined, count: number): void {
  if (weights === undefined) return;
  if (weights?.length !== count)
    reject(
      WHERE,
      `a weight for each of ${count} examples`,
      counted(weights?.length, "weight", weights),
    );
  for (let n = 0; n < count; n++)
    if (!(Number.isFinite(weights[n]) && weights[n]! >= 0))
      reject(WHERE, "weights that are finite numbers ≥ 0", `${weights[n]} for example ${n}`);
}
