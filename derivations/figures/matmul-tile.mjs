/** One step of a tile of 4 × 2 sums, and one of a tile of 4 × 8 in vectors of four. */
import { cells, diagram, label } from "leibniz/figures";
import { gemmTiled } from "leibniz/kernels";
import { matmul, tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/kernels/reference/gemm-tiled.ts",
  find: "c31 += row * right",
  replace: "c31 += row",
};

const A = [
  [1, 0, 2],
  [2, 1, 1],
  [0, 3, 1],
  [1, 2, 0],
];
const B = [
  [1, 2, 0, 1, 3, 1, 2, 0],
  [3, 1, 1, 2, 0, 1, 1, 2],
  [2, 0, 1, 1, 1, 3, 0, 1],
];
/** The step that is shown: the second of three. */
const STEP = 1;
const [SIZE, LEFT, FIRST, SECOND] = [26, 14, 50, 348];

/** The sums of the first two columns after some steps, by the engine's kernel. */
function tiled(steps) {
  const C = new Float64Array(8);
  const [a, b] = [A.flat(), B.flatMap((row) => row.slice(0, 2))].map((all) =>
    Float64Array.from(all),
  );
  const view = (data, rowStride) => ({ data, offset: 0, rowStride, columnStride: 1 });
  gemmTiled({ M: 4, N: 2, I: steps }, view(a, 3), view(b, 2), view(C, 2));
  return [0, 1, 2, 3].map((m) => [...C.slice(2 * m, 2 * m + 2)]);
}

/** @returns {Promise<string>} */
export default async function draw() {
  const taken = (rows) => rows.map((row) => row.slice(0, STEP + 1));
  const { data } = matmul(tensor(taken(A)), tensor(B.slice(0, STEP + 1))).contiguous();
  const wide = [0, 1, 2, 3].map((m) => [...data.slice(8 * m, 8 * m + 8)]);
  const right = LEFT + 3 * SIZE + 16;
  const block = (top, columns, sums, vectors, lines) => {
    const below = top + 3 * SIZE + 16;
    const isNow = (row, column) => (row === STEP && column < columns ? 0 : null);
    return [
      label([LEFT, top - 26], lines[0]),
      cells({
        at: [right, top],
        size: SIZE,
        values: B.map((row) => row.slice(0, columns)),
        seriesOf: isNow,
        windows: vectors.map(([column, width]) => ({
          row: STEP,
          column,
          size: [1, width],
          series: 0,
        })),
      }),
      label([right - 14, top + 1.5 * SIZE + 5], "B", { anchor: "middle", italic: true }),
      cells({
        at: [LEFT, below],
        size: SIZE,
        values: A,
        seriesOf: (_, c) => (c === STEP ? 1 : null),
        windows: [{ row: 0, column: STEP, size: [4, 1], series: 1 }],
      }),
      label([LEFT + 1.5 * SIZE, below - 6], "A", { anchor: "middle", italic: true }),
      cells({
        at: [right, below],
        size: SIZE,
        values: sums,
        seriesOf: () => 2,
        windows: vectors.flatMap(([column, width]) =>
          [0, 1, 2, 3].map((row) => ({ row, column, size: [1, width], series: 2 })),
        ),
      }),
      ...lines
        .slice(1)
        .map((line, l) =>
          label([LEFT, below + 4 * SIZE + 20 + 17 * l], line, { soft: true, size: 12 }),
        ),
    ];
  };
  const counts = (columns) => [A.length + columns, A.length * columns];
  const [loads, products] = counts(2);
  const [moreLoads, moreProducts] = counts(8);
  return diagram({
    title: "A step of a tile",
    description:
      "In a step, a tile of 4 by 2 sums loads four numbers of a column of A and two of a row of B, " +
      "and multiplies each with each. A tile of 4 by 8 sums loads four and eight, in vectors of four.",
    width: 340,
    height: SECOND + 7 * SIZE + 78,
    content: [
      ...block(
        FIRST,
        2,
        tiled(STEP + 1),
        [],
        [
          "4 × 2: step i = 1",
          `${A.length} + 2 = ${loads} numbers, ${products} products: ${loads / products} each.`,
          "The eight sums stay in registers.",
        ],
      ),
      ...block(
        SECOND,
        8,
        wide,
        [
          [0, 4],
          [4, 4],
        ],
        [
          "4 × 8: four numbers in a vector",
          `${A.length} + 8 = ${moreLoads} numbers, ${moreProducts} products: ${moreLoads / moreProducts} each.`,
          "Thick lines: one instruction for all four.",
        ],
      ),
    ],
  });
}
