import { test } from "uvu";
import * as assert from "uvu/assert";
import { broadcastShape, type Nested, sameShape, sizeOf, Tensor, tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

test("tensor reads nested arrays of every rank, as float64 unless told otherwise", () => {
  const cases: [Nested, number[], number[]][] = [
    [7, [], [7]],
    [[1, 2, 3], [3], [1, 2, 3]],
    [
      [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      [1, 2, 3],
      [1, 2, 3, 4, 5, 6],
    ],
    [
      [
        [[1], [2]],
        [[3], [4]],
        [[5], [6]],
      ],
      [3, 2, 1],
      [1, 2, 3, 4, 5, 6],
    ],
    [[], [0], []],
    [[[], []], [2, 0], []],
  ];
  for (const [nested, shape, values] of cases) {
    for (const dtype of ["float32", "float64"] as const) {
      const x = tensor(nested, dtype);
      assert.is(x.dtype, dtype);
      assertClose(x, Tensor.from(values, shape, dtype), { tolerance: 0 });
      assert.equal(x.toNested(), nested);
      assert.is(x.rank, shape.length);
      assert.is(x.size, values.length);
    }
  }
  assert.is(tensor([0.1]).dtype, "float64");
  assert.is(tensor([0.1], "float32").get(0), Math.fround(0.1));
});

test("toNested follows the view, not the memory", () => {
  assert.equal(
    tensor([
      [1, 2, 3],
      [4, 5, 6],
    ])
      .transpose()
      .slice([1, 3])
      .toNested(),
    [
      [2, 5],
      [3, 6],
    ],
  );
});

test("tensor refuses rows of different lengths", async () => {
  const cases: [Nested, string, string][] = [
    [[[1, 2], [3]], "[2, 2]", "a row of 1"],
    [[[1], [2, 3]], "[2, 1]", "a row of 2"],
    [[[1], 2], "[2, 1]", "a number among rows"],
    [[1, [2]], "[2]", "a row of 1"],
    [[[], [1]], "[2, 0]", "a row of 1"],
    [[[], 1], "[2, 0]", "a number among rows"],
    [[[[1]], [[]]], "[2, 1, 1]", "a row of 0"],
  ];
  for (const [nested, shape, got] of cases)
    await assertRejects(
      () => tensor(nested),
      `tensor: expected rows of equal length, shape ${shape}, got ${got}`,
    );
});

test("tensor refuses what is not a number, wherever it stands", async () => {
  for (const [json, got] of [
    ["null", "null"],
    ['"12"', '"12"'],
    ['["12"]', '"12"'],
    ["[[1, 2], [3, null]]", "null"],
    ["[1, true]", "true"],
    ['[[1], {"length": 1}]', "an object with length"],
  ] as const) {
    await assertRejects(
      () => tensor(JSON.parse(json) as Nested),
      `tensor: expected numbers in nested arrays, got ${got}`,
    );
  }
  const holes: number[] = [1, 2];
  holes[3] = 4;
  await assertRejects(
    () => tensor(holes),
    "tensor: expected numbers in nested arrays, got undefined",
  );
});

test("zeros, full and from own their memory; wrap looks at the memory it is given", () => {
  assertClose(
    Tensor.zeros([2, 3], "float64"),
    tensor([
      [0, 0, 0],
      [0, 0, 0],
    ]),
    { tolerance: 0 },
  );
  assertClose(Tensor.full([3, 1], 2.5, "float64"), tensor([[2.5], [2.5], [2.5]]), { tolerance: 0 });
  assert.is(Tensor.zeros([1]).dtype, "float32");
  assert.is(Tensor.full([1], 1).dtype, "float32");
  assert.is(Tensor.from([1], [1]).dtype, "float32");
  assert.is(Tensor.full([], 4).item(), 4);

  const values = new Float64Array([1, 2, 3, 4, 5, 6]);
  const copied = Tensor.from(values, [3, 2], "float64");
  const wrapped = Tensor.wrap(values, [3, 2]);
  values[3] = 40;
  assert.is(copied.get(1, 1), 4);
  assert.is(wrapped.get(1, 1), 40);
  wrapped.set([2, 0], 50);
  assert.is(values[4], 50);
  assert.ok(wrapped.data === values && wrapped.dtype === "float64");
  assert.is(Tensor.wrap(new Float32Array(2), [2]).dtype, "float32");
});

test("wrap of a part of a buffer reads that part", () => {
  const buffer = new Float32Array([0, 1, 2, 3, 4, 5, 6, 7]);
  const x = Tensor.wrap(buffer.subarray(2, 8), [2, 3]);
  assert.is(x.isContiguous, true);
  assertClose(
    x.transpose(),
    tensor(
      [
        [2, 5],
        [3, 6],
        [4, 7],
      ],
      "float32",
    ),
    { tolerance: 0 },
  );
});

test("a shape is whole numbers ≥ 0, at most 2³¹ elements, as many as there are", async () => {
  for (const [where, make] of [
    ["Tensor.zeros", (shape: number[]) => Tensor.zeros(shape)],
    ["Tensor.wrap", (shape: number[]) => Tensor.wrap(new Float32Array(6), shape)],
    ["Tensor.from", (shape: number[]) => Tensor.from([1, 2, 3, 4, 5, 6], shape)],
  ] as const) {
    for (const bad of [[2, -3], [1.5, 4], [NaN], [Infinity]]) {
      await assertRejects(
        () => make(bad),
        `${where}: expected extents that are whole numbers ≥ 0, got shape [${bad.join(", ")}]`,
      );
    }
    await assertRejects(
      () => make([65536, 65536]),
      `${where}: expected at most 2³¹ elements, got shape [65536, 65536] with 4294967296`,
    );
    if (where !== "Tensor.zeros")
      await assertRejects(
        () => make([2, 4]),
        `${where}: expected 8 elements for shape [2, 4], got 6`,
      );
  }
  await assertRejects(
    () => Tensor.full([-1], 0),
    "Tensor.zeros: expected extents",
    "got shape [-1]",
  );
  await assertRejects(
    () => tensor([1, 2]).reshape([2 ** 16, 2 ** 16]),
    "Tensor.reshape: expected at most 2³¹ elements",
  );
});

test("sizeOf, sameShape, broadcastShape", async () => {
  assert.is(sizeOf([]), 1);
  assert.is(sizeOf([2, 3, 5]), 30);
  assert.is(sizeOf([4, 0, 3]), 0);
  assert.ok(
    sameShape([2, 3], [2, 3]) &&
      !sameShape([2, 3], [3, 2]) &&
      !sameShape([2], [2, 1]) &&
      !sameShape([1, 2], [1]) &&
      sameShape([], []),
  );
  const cases: [number[], number[], number[]][] = [
    [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    [[2, 1], [3], [2, 3]],
    [
      [5, 1, 4],
      [3, 1],
      [5, 3, 4],
    ],
    [[], [2, 3], [2, 3]],
    [[1], [0], [0]],
    [
      [2, 0],
      [1, 1],
      [2, 0],
    ],
  ];
  for (const [a, b, shape] of cases) {
    assert.equal(broadcastShape("test", a, b), shape);
    assert.equal(broadcastShape("test", b, a), shape);
  }
  for (const [a, b] of [
    [[2, 3], [2]],
    [
      [2, 3],
      [3, 3],
    ],
    [[0], [2]],
    [[4, 2, 3], [3, 1, 3], [0]],
  ] as number[][][]) {
    await assertRejects(
      () => broadcastShape("here", a!, b!),
      `here: expected shapes that broadcast (extents equal or 1, aligned at the last axis), ` +
        `got [${a!.join(", ")}] and [${b!.join(", ")}]`,
    );
  }
});

test.run();
