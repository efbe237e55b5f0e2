/** Fifty images cut into sixteen chunks, and how their sums are added. */
import { arrow, cells, diagram, label } from "leibniz/figures";
import { openBackend, reference } from "leibniz/kernels";
import { Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/kernels/reference/gemm-loops.ts",
  find: "total +=",
  replace: "total +=  2 *",
};

const [ITEMS, CHUNKS] = [50, 16];
const [SIZE, LEFT] = [22, 14];

/** @returns {Promise<string>} */
export default async function draw() {
  const ones = (shape) => Tensor.full(shape, 1, "float32");
  const first = Array.from({ length: CHUNKS + 1 }, (_, c) => Math.floor((c * ITEMS) / CHUNKS));
  const sizes = first.slice(1).map((end, c) => end - first[c]);
  // a dWeight of ones counts its images, with each number of threads
  const counts = [];
  for (const threads of [1, 2]) {
    const backend = await openBackend({ name: "wasm", threads });
    const sum = await backend.matmulSum(ones([ITEMS, 1, 1]), ones([ITEMS, 1, 1]));
    counts.push(sum.item());
    await backend.dispose();
  }
  const parts = [];
  for (const size of sizes)
    parts.push((await reference.matmulSum(ones([size, 1, 1]), ones([size, 1, 1]))).item());
  const hands = [
    ["2 threads, one run", (c) => ((c * 7) % 5) % 2],
    ["2 threads, another run", (c) => (c < 3 || c % 3 === 0 ? 0 : 1)],
  ];
  const strip = (y, threadOf) =>
    cells({ at: [LEFT, y], size: SIZE, values: [parts], seriesOf: (_, c) => threadOf(c) });
  return diagram({
    title: "Chunks that do not depend on the threads",
    description:
      "Fifty images are cut into sixteen chunks of three or four, always alike. In two runs the two " +
      "threads, shown as two colours, take different chunks. The partial sums are added from left " +
      "to right in both.",
    width: 2 * LEFT + CHUNKS * SIZE,
    height: 258,
    content: [
      label([LEFT, 20], `${ITEMS} images in ${CHUNKS} chunks: images in each`),
      ...hands.flatMap(([name, threadOf], h) => [
        label([LEFT, 52 + 66 * h], name, { soft: true, size: 12 }),
        strip(60 + 66 * h, threadOf),
      ]),
      ...Array.from({ length: CHUNKS - 1 }, (_, c) =>
        arrow([LEFT + (c + 0.5) * SIZE, 170], [LEFT + (c + 1.5) * SIZE, 170], {
          bend: -8,
          series: 2,
        }),
      ),
      label([LEFT, 212], "Their sums are added from left to right,"),
      label([LEFT, 230], "whichever thread made them."),
      label([LEFT, 248], `${counts[0]} images with 1 thread, ${counts[1]} with 2.`),
    ],
  });
}
