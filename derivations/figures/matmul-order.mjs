/** In which order two kernels read the numbers of B, as recorded while they run. */
import { cells, diagram, label } from "leibniz/figures";
import { gemmLoops, gemmRows } from "leibniz/kernels";

export const breaks = {
  file: "src/kernels/ladder/loop-order.ts",
  find: "let from = (B.offset + i * B.rowStride) | 0;",
  replace: "let from = (B.offset + (I - 1 - i) * B.rowStride) | 0;",
};

const [N, I] = [4, 3];
const [SIZE, LEFT, TOP, STEP] = [26, 14, 74, 286];

/** For a single row of A: when each number of B is read first, and how often each sum is stored. */
function recorded(gemm) {
  const [order, stores] = [Array(I * N).fill(0), Array(N).fill(0)];
  let reads = 0;
  const B = new Proxy(new Float64Array(I * N), {
    get: (numbers, at) => ((order[at] ||= ++reads), numbers[Number(at)]),
  });
  const C = new Proxy(new Float64Array(N), {
    get: (numbers, at) => numbers[Number(at)],
    set: (numbers, at, value) => (stores[at]++, (numbers[Number(at)] = value), true),
  });
  const view = (data, columns) => ({ data, offset: 0, rowStride: columns, columnStride: 1 });
  gemm({ M: 1, N, I }, view(new Float64Array(I), I), view(B, N), view(C, N));
  return { order, stores };
}

/** @returns {Promise<string>} */
export default async function draw() {
  const blocks = [
    ["m, n, i: an entry of C at a time", gemmLoops, { row: 0, column: 0, size: [I, 1], series: 1 }],
    ["m, i, n: a row of B at a time", gemmRows, { row: 0, column: 0, size: [1, N], series: 1 }],
  ];
  const right = LEFT + I * SIZE + 14;
  const content = blocks.flatMap(([name, gemm, first], b) => {
    const { order, stores } = recorded(gemm);
    const top = TOP + b * STEP;
    const below = top + I * SIZE + 14;
    const rows = Array.from({ length: I }, (_, i) => order.slice(i * N, (i + 1) * N));
    const memory = Array(I * N).fill(0);
    order.forEach((when, at) => (memory[at] = when));
    return [
      label([LEFT, top - 48], name),
      label([right, top - 26], "B: when each number is read", { soft: true, size: 12 }),
      cells({ at: [right, top - 18], size: SIZE, values: rows, windows: [first] }),
      cells({
        at: [LEFT, below - 18],
        size: SIZE,
        values: [Array(I).fill(null)],
        seriesOf: () => 0,
      }),
      label([LEFT, below + 26], "a row of A", { soft: true, size: 12 }),
      cells({ at: [right, below - 18], size: SIZE, values: [stores], seriesOf: () => 2 }),
      label([right, below + 26], "C: how often each sum is stored", { soft: true, size: 12 }),
      label([LEFT, below + 62], "B as it is in memory, row after row:", { soft: true, size: 12 }),
      cells({
        at: [LEFT, below + 70],
        size: SIZE,
        values: [memory],
        seriesOf: (_, c) => (memory[c] <= (b === 0 ? I : N) ? 1 : null),
      }),
    ];
  });
  return diagram({
    title: "The order of the loops and what is read",
    description:
      "With the loops in the order m, n, i the numbers of B are read down its columns, so in memory " +
      "the reads jump by a row each time, and each sum is stored once. In the order m, i, n they " +
      "are read one after the other, and each sum is stored three times.",
    width: 344,
    height: TOP + STEP + I * SIZE + 126,
    content,
  });
}
