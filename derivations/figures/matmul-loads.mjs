/** How many numbers three kernels move for each multiplication: counted while they run. */
import { barChart } from "leibniz/figures";
import { gemmLoops, gemmRows, gemmTiled } from "leibniz/kernels";

export const breaks = {
  file: "src/kernels/reference/gemm-tiled.ts",
  find: "const right = b[b1]!",
  replace: "const right = b[b1]! + 0 * b[b0]!",
};

const [M, N, I] = [8, 16, 144];

/** @returns {Promise<string>} */
export default async function draw() {
  const kernels = [
    ["three loops", gemmLoops],
    ["along rows", gemmRows],
    ["4 × 2 tile", gemmTiled],
  ];
  const bars = kernels.map(([name, gemm]) => {
    const counts = { A: 0, B: 0, C: 0 };
    const watched = (letter, rows, columns) => ({
      data: new Proxy(new Float64Array(rows * columns), {
        get: (numbers, at) => (counts[letter]++, numbers[Number(at)]),
        set: (numbers, at, value) => (counts[letter]++, (numbers[Number(at)] = value), true),
      }),
      offset: 0,
      rowStride: columns,
      columnStride: 1,
    });
    gemm({ M, N, I }, watched("A", M, I), watched("B", I, N), watched("C", M, N));
    const values = ["A", "B", "C"].map((letter) => counts[letter] / (M * N * I));
    return { name, values, text: values.reduce((sum, value) => sum + value, 0).toFixed(2) };
  });
  return barChart({
    title: "Numbers that are loaded and stored for each multiplication",
    description:
      "Three loops move two numbers for each multiplication. Going along rows it is three, since " +
      "the sum is loaded and stored each time. A tile of 4 by 2 sums moves three quarters of a number.",
    width: 400,
    x: { label: "numbers moved for each multiplication" },
    parts: ["loaded from A", "loaded from B", "sums in C loaded and stored"],
    bars,
  });
}
