import { test } from "uvu";
import * as assert from "uvu/assert";
import fc from "fast-check";
import { type Gemm, gemmLoops, gemmSparse, gemmTiled, type MatrixView } from "leibniz/kernels";
import { type DType, Random } from "leibniz/tensor";
import { assertCloseArrays } from "../helpers/assert-close.js";

/**
 * How a matrix lies in memory: what comes before it, gaps between its rows and entries, and which
 * axis is the outer one.
 */
interface Layout {
  readonly offset: number;
  readonly rowGap: number;
  readonly entryGap: number;
  readonly transposed: boolean;
}

const layouts: fc.Arbitrary<Layout> = fc.record({
  offset: fc.nat(5),
  rowGap: fc.nat(3),
  entryGap: fc.nat(2),
  transposed: fc.boolean(),
});

/**
 * A view of random memory, of whose entries the given share is not 0. The gaps hold random numbers
 * too.
 */
function randomView(
  random: Random,
  rows: number,
  columns: number,
  density: number,
  { offset, rowGap, entryGap, transposed }: Layout,
  dtype: DType,
): MatrixView {
  const [outer, inner] = transposed ? [columns, rows] : [rows, columns];
  const step = 1 + entryGap;
  const outerStep = inner * step + rowGap;
  const data = random.normal([offset + outer * outerStep + 3], 0, 1, dtype).data;
  const [rowStride, columnStride] = transposed ? [step, outerStep] : [outerStep, step];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++)
      if (random.next() >= density) data[offset + r * rowStride + c * columnStride] = 0;
  }
  return { data, offset, rowStride, columnStride };
}

test("gemmLoops adds the product to what is there", () => {
  const view = (values: number[], columns: number): MatrixView => ({
    data: Float32Array.from(values),
    offset: 0,
    rowStride: columns,
    columnStride: 1,
  });
  const C = view([1, 10, 100, 1000], 2);
  gemmLoops({ M: 2, N: 2, I: 3 }, view([1, 2, 3, 4, 5, 6], 3), view([7, 8, 9, 10, 11, 12], 2), C);
  assertCloseArrays(C.data, [59, 74, 239, 1154], { tolerance: 0 });
});

// All three add the same numbers in the same order, in float64, and round once: not a bit may
// differ, in C or beside it.
for (const [name, gemm, densities] of [
  ["gemmTiled", gemmTiled, [1, 0.5]],
  ["gemmSparse", gemmSparse, [1, 0.5, 0.2, 0.05, 0]],
] satisfies [string, Gemm, number[]][]) {
  const agrees = (
    M: number,
    N: number,
    I: number,
    density: number,
    layout: readonly [Layout, Layout, Layout],
    dtype: DType,
    seed: number,
  ): void => {
    const random = new Random(seed);
    const A = randomView(random, M, I, density, layout[0], dtype);
    const B = randomView(random, I, N, 1, layout[1], dtype);
    const C = randomView(random, M, N, 1, layout[2], dtype);
    const expected = { ...C, data: C.data.slice() };
    gemmLoops({ M, N, I }, A, B, expected);
    gemm({ M, N, I }, A, B, C);
    assertCloseArrays(C.data, expected.data, {
      tolerance: 0,
      what: `${name} [${M}, ${I}] · [${I}, ${N}] ${dtype}`,
    });
  };

  test(`${name} equals gemmLoops for any shape, layout and element type`, () => {
    const extents = fc.tuple(
      fc.integer({ min: 1, max: 19 }),
      fc.integer({ min: 1, max: 21 }),
      fc.integer({ min: 1, max: 17 }),
    );
    const types = fc.constantFrom<DType>("float32", "float64");
    fc.assert(
      fc.property(
        extents,
        fc.constantFrom(...densities),
        fc.tuple(layouts, layouts, layouts),
        types,
        fc.nat(),
        ([M, N, I], density, layout, dtype, seed) => agrees(M, N, I, density, layout, dtype, seed),
      ),
      { seed: 11, numRuns: 400 },
    );
  });

  test(`${name} equals gemmLoops where whole tiles end and where an extent is 1 or 0`, () => {
    const plain = { offset: 0, rowGap: 0, entryGap: 0, transposed: false };
    const shifted = { offset: 2, rowGap: 1, entryGap: 0, transposed: true };
    for (const M of [0, 1, 3, 4, 5, 8]) {
      for (const N of [0, 1, 2, 3, 7, 8, 9, 16]) {
        for (const I of [0, 1, 2, 6])
          agrees(M, N, I, 0.5, [plain, shifted, plain], "float32", M + 10 * N + 100 * I);
      }
    }
  });
}

test("gemmSparse leaves out what is multiplied by 0, whatever it is", () => {
  const A: MatrixView = {
    data: Float64Array.of(0, 2, 0, 0, 3, 0),
    offset: 0,
    rowStride: 3,
    columnStride: 1,
  };
  const B: MatrixView = {
    data: Float64Array.of(NaN, Infinity, 5, 7, NaN, -Infinity),
    offset: 0,
    rowStride: 2,
    columnStride: 1,
  };
  const C: MatrixView = { data: new Float64Array(4), offset: 0, rowStride: 2, columnStride: 1 };
  gemmSparse({ M: 2, N: 2, I: 3 }, A, B, C);
  assertCloseArrays(C.data, [10, 14, 15, 21], { tolerance: 0 });
  gemmLoops({ M: 2, N: 2, I: 3 }, A, B, C);
  assert.ok(C.data.every(Number.isNaN), "expected the dense product to be NaN");
});

test.run();
