import { test } from "uvu";
import * as assert from "uvu/assert";
import { Dataset } from "leibniz/data";
import { type Allocator, Random, Storage, Tensor, tensor } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";

/** Five examples [2, 3] that are recognised by every number; targets of two columns. */
const X = Tensor.from(
  Float32Array.from({ length: 30 }, (_, i) => i),
  [5, 2, 3],
);
const rows = [0, 1, 2, 3, 4].map((n) => [n, -n]);
const classes = [3, 1, 4, 1, 2];
const withClasses = Dataset.from({ x: X, target: classes });
const withRows = Dataset.from({ x: X, target: rows, weights: [1, 2, 0, 4, 5] });

/** The numbers of the examples in a batch of all, by their first entry. */
const order = (data: Dataset): number[] => {
  const { x } = data.batch(Array.from({ length: data.count }, (_, i) => i));
  return Array.from(
    { length: data.count },
    (_, n) => x.contiguous().data[(n * x.size) / data.count]! / 6,
  );
};
const classesOf = ({ target }: { target: unknown }): number[] => [...(target as Int32Array)];

test("a batch holds the examples of its indices in their order, as copies", () => {
  const { x, target, weights } = withRows.batch([4, 0, 4]);
  assert.equal(
    x.toNested(),
    [4, 0, 4].map((n) =>
      X.slice([n, n + 1])
        .reshape([2, 3])
        .toNested(),
    ),
  );
  assert.is(x.dtype, "float32");
  assert.equal((target as Tensor).toNested(), [
    [4, -4],
    [0, -0],
    [4, -4],
  ]);
  assert.equal(Array.from(weights!), [5, 1, 5]);
  assert.not.ok(x.sharesMemoryWith(X));
  const { target: chosen, weights: none } = withClasses.batch(Uint32Array.of(2, 3));
  assert.equal(classesOf({ target: chosen }), [4, 1]);
  assert.ok(chosen instanceof Int32Array);
  assert.is(none, null);
});

test("x of any rank, from views and nested arrays; targets of any shape", () => {
  const turned = Dataset.from({
    x: tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]).transpose(),
    target: [0, 1],
  });
  assert.equal(turned.batch([1]).x.toNested(), [[2, 4, 6]]);
  const nested = Dataset.from({ x: [7, 8, 9], target: tensor([[[1]], [[2]], [[3]]]) });
  assert.equal(nested.batch([2, 1]).x.toNested(), [9, 8]);
  assert.equal((nested.batch([2]).target as Tensor).toNested(), [[[3]]]);
  assert.equal(Dataset.from({ x: [[1], [2]], target: tensor([1.5, 2]) }).count, 2);
});

test("x lies in the memory that the allocator gives", () => {
  const memory = new Storage(new Float32Array(6));
  const allocator: Allocator = { allocate: () => memory };
  for (const data of [withClasses, withClasses.gather([0, 1]), withClasses.map((batch) => batch)])
    assert.is(data.batch([1], allocator).x.storage, memory);
});

test("examples are made by a function of their number when they are asked for", () => {
  const asked: number[] = [];
  const data = Dataset.generate(1000, (index) => {
    asked.push(index);
    return { x: [index, index + 0.5], target: [index ** 2], weight: index };
  });
  assert.equal(asked, []);
  const { x, target, weights } = data.batch([999, 3]);
  assert.equal(asked, [999, 3]);
  assert.equal(x.toNested(), [
    [999, 999.5],
    [3, 3.5],
  ]);
  assert.equal((target as Tensor).toNested(), [[998001], [9]]);
  assert.equal(Array.from(weights!), [999, 3]);
  const labelled = Dataset.generate(9, (index) => ({
    x: Tensor.full([2, 1], index),
    target: index % 3,
  }));
  assert.equal(labelled.batch([5]).x.shape, [1, 2, 1]);
  assert.equal(classesOf(labelled.batch([5, 6])), [2, 0]);
  assert.is(labelled.batch([5]).weights, null);
});

test("parts, orders and changes of a data set keep x, target and weights together", () => {
  const [first, rest] = withRows.split(0.4);
  assert.equal(
    [order(first), order(rest)],
    [
      [0, 1],
      [2, 3, 4],
    ],
  );
  assert.equal(withRows.split(4).map(order), [[0, 1, 2, 3], [4]]);
  const shuffled = withRows.shuffle(7);
  const seen = order(shuffled);
  assert.equal([...seen].sort(), [0, 1, 2, 3, 4]);
  const whole = shuffled.batch([0, 1, 2, 3, 4]);
  assert.equal(
    (whole.target as Tensor).toNested(),
    seen.map((n) => [n, -n]),
  );
  assert.equal(
    Array.from(whole.weights!),
    seen.map((n) => [1, 2, 0, 4, 5][n]),
  );
  assert.equal(order(withRows.gather([3, 3, 1]).gather([2, 0])), [1, 3]);
  assert.equal(
    [4, 5, 3, 1].map((size) => withRows.dropLast(size).count),
    [4, 5, 3, 5],
  );
  const negative = withClasses.map((batch) => ({ ...batch, x: Tensor.full(batch.x.shape, -1) }));
  assert.equal(
    negative
      .gather([4])
      .batch([0])
      .x.data.every((value) => value === -1),
    true,
  );
  assert.equal(classesOf(negative.gather([2]).batch([0])), [4]);
});

test("the seed alone decides how a data set is shuffled", () => {
  const many = Dataset.from({
    x: Array.from({ length: 40 }, (_, n) => [6 * n]),
    target: new Uint8Array(40),
  });
  assert.equal(order(many.shuffle(3)), order(many.shuffle(new Random("3"))));
  assert.not.equal(order(many.shuffle(3)), order(many.shuffle(4)));
  assert.not.equal(order(many.shuffle(3)), order(many));
});

const refused: [why: string, run: () => unknown, ...pieces: string[]][] = [
  [
    "counts that differ",
    () => Dataset.from({ x: X, target: [0, 1] }),
    "Dataset.from: expected a target for each of 5 examples, got 2 targets",
  ],
  ["rows that differ", () => Dataset.from({ x: X, target: [[1]] }), "each of 5 examples, got 1"],
  [
    "no example",
    () => Dataset.from({ x: Tensor.zeros([0, 3]), target: [] }),
    "at least one example",
  ],
  [
    "no array",
    () => Dataset.from({ x: "abc" as never, target: [1] }),
    'x, a tensor or nested arrays, got "abc"',
  ],
  [
    "no target",
    () => Dataset.from({ x: X, target: undefined as never }),
    "expected target,",
    "none",
  ],
  [
    "a fraction",
    () => Dataset.from({ x: [[1], [2]], target: [0, 0.5] }),
    "class numbers whole and ≥ 0, got 0.5 for example 1",
    "[[0.5], …]",
  ],
  ["below 0", () => Dataset.from({ x: [[1], [2]], target: [-1, 0] }), "got -1 for example 0"],
  [
    "a class too many",
    () => Dataset.from({ x: [[1], [2]], target: [2, 3], classes: 3 }),
    "class numbers from 0 to 2, got 3 for example 1",
  ],
  ["text", () => Dataset.from({ x: [[1]], target: ["2"] as never }), 'got "2" for example 0'],
  [
    "bigints",
    () => Dataset.from({ x: [[1]], target: BigInt64Array.of(2n) as never }),
    "got 2n for example 0",
  ],
  [
    "a NaN target",
    () =>
      Dataset.from({
        x: X,
        target: [
          [0, 0],
          [0, 0],
          [0, NaN],
          [0, 0],
          [0, 0],
        ],
      }),
    "targets that are finite, got NaN for example 2",
  ],
  ["NaN as a class", () => Dataset.from({ x: [[1]], target: [NaN] }), "got NaN for example 0"],
  [
    "weights that differ",
    () => Dataset.from({ x: X, target: classes, weights: [1] }),
    "a weight for each of 5 examples, got 1 weight",
  ],
  [
    "a weight below 0",
    () => Dataset.from({ x: [[1]], target: [0], weights: [-1] }),
    "finite numbers ≥ 0, got -1 for example 0",
  ],
  [
    "an index too large",
    () => withClasses.batch([0, 5]),
    "batch: expected indices from 0 to 4, got 5 at position 1",
  ],
  ["an index between", () => withClasses.batch([1.5]), "got 1.5 at position 0"],
  ["no index", () => withClasses.batch([]), "batch: expected at least one index, got none"],
  ["gathering none", () => withClasses.gather([]), "gather: expected at least one index"],
  ["gathering others", () => withClasses.gather([-1]), "got -1 at position 0"],
  [
    "a part of nothing",
    () => withClasses.split(5),
    "split: expected a share or a number that leaves both parts some of 5 examples, got 5",
  ],
  ["a share of nothing", () => withClasses.split(0.01), "got 0.01"],
  [
    "less than a batch",
    () => withClasses.dropLast(6),
    "dropLast: expected a batch size from 1 to 5, got 6",
  ],
  [
    "a count that is none",
    () => Dataset.generate(0, () => ({ x: [1], target: 0 })),
    "Dataset: expected a count that is a whole number ≥ 1, got 0",
  ],
  [
    "shapes that differ",
    () => Dataset.generate(2, (n) => ({ x: n ? [1] : [1, 2], target: 0 })).batch([0, 1]),
    "x of one shape, [2], got [1] at position 1",
  ],
  [
    "a made class that is none",
    () => Dataset.generate(2, () => ({ x: [1], target: 0.5 })).batch([0]),
    "got 0.5 at position 0",
    "[0.5]",
  ],
  [
    "a change that loses examples",
    () => withClasses.map(({ x }) => ({ x, target: [0] })).batch([0, 1]),
    "map: expected a target for each of 2 examples, got 1 target",
  ],
];

for (const [why, run, ...pieces] of refused)
  test(`refused: ${why}`, () => assertRejects(run, ...pieces));

test.run();
