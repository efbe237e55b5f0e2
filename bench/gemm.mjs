/**
 * How fast are the three products of the reference backend, and below which share of non-zeros does
 * the sparse one win? The answer is `SPARSE_BELOW` in `src/kernels/reference/matmul.ts`.
 *
 *     npm run build && node bench/gemm.mjs
 *
 * Prints GFLOP/s, the best of several runs. Each product is counted as 2·M·I·N operations, whether
 * a program performs them or skips them, so that a larger number always means a shorter time.
 */
import { cpus } from "node:os";
import { gemmLoops, gemmSparse, gemmTiled } from "leibniz/kernels";
import { Random } from "leibniz/tensor";

const DENSITIES = [1, 0.75, 0.5, 0.3, 0.1];
/**
 * One image of a convolution [32, 144]·[144, 121], and a whole batch of an affine layer
 * [256, 800]·[800, 120].
 */
const SHAPES = [
  { M: 32, I: 144, N: 121 },
  { M: 256, I: 800, N: 120 },
];
const SECONDS_EACH = 0.4;

const matrix = (data, columns) => ({ data, offset: 0, rowStride: columns, columnStride: 1 });
const transposed = ({ data, offset, rowStride, columnStride }) => ({
  data,
  offset,
  rowStride: columnStride,
  columnStride: rowStride,
});

/** Numbers of which about the given share, scattered at random, is not 0. */
function randomMatrix(random, rows, columns, density) {
  const data = random.normal([rows, columns]).data;
  for (let i = 0; i < data.length; i++) if (random.next() >= density) data[i] = 0;
  return matrix(data, columns);
}

/**
 * The shortest time that `run` took, in seconds, after a warm-up that lets the engine compile it.
 */
function bestSeconds(run) {
  let best = Infinity;
  for (
    let round = 0, started = performance.now();
    round < 3 || performance.now() - started < SECONDS_EACH * 1000;
    round++
  ) {
    const before = performance.now();
    run();
    best = Math.min(best, (performance.now() - before) / 1000);
  }
  return best;
}

console.log(`Node ${process.version}, ${cpus()[0].model}`);
const random = new Random("gemm");
for (const { M, I, N } of SHAPES) {
  console.log(
    `\n[${M}, ${I}] · [${I}, ${N}], GFLOP/s          loops   tiled  sparse  sparse/tiled`,
  );
  for (const side of ["a", "b"]) {
    for (const density of DENSITIES) {
      const A = randomMatrix(random, M, I, side === "a" ? density : 1);
      const B = randomMatrix(random, I, N, side === "b" ? density : 1);
      const C = matrix(new Float32Array(M * N), N);
      const seconds = [
        () => gemmLoops({ M, N, I }, A, B, C),
        () => gemmTiled({ M, N, I }, A, B, C),
        // zeros in b are skipped by computing Cᵀ += Bᵀ · Aᵀ, as the reference backend does
        side === "a"
          ? () => gemmSparse({ M, N, I }, A, B, C)
          : () => gemmSparse({ M: N, N: M, I }, transposed(B), transposed(A), transposed(C)),
      ].map(bestSeconds);
      const speeds = seconds.map((s) => ((2 * M * I * N) / s / 1e9).toFixed(2).padStart(8));
      console.log(
        `  share of non-zeros in ${side} ${density.toFixed(2)} ${speeds.join("")}  ` +
          `${(seconds[1] / seconds[2]).toFixed(2).padStart(12)}`,
      );
    }
  }
}
