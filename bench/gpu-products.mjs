/**
 * How fast does gpu.js multiply on each mode that this machine has, and from which size on does calling it make sense?
 * The second answer is `SMALLEST_PRODUCT` in `src/kernels/gpu/index.ts`.
 *
 *     npm run build && node bench/gpu-products.mjs
 *
 * Prints the best of several runs, without the first, in which a kernel is compiled.
 */
import { cpus } from "node:os";
import { availableGpuModes, gpuBackend, reference } from "leibniz/kernels";
import { Random } from "leibniz/tensor";

const SECONDS_EACH = 1;
const random = new Random("gpu products");

async function bestSeconds(run) {
  let best = Infinity;
  await run();
  for (let round = 0, started = performance.now(); round < 3 || performance.now() - started < SECONDS_EACH * 1000; round++) {
    const before = performance.now();
    await run();
    best = Math.min(best, (performance.now() - before) / 1000);
  }
  return best;
}

const speed = (multiplications, seconds) => `${((2 * multiplications) / seconds / 1e9).toFixed(2)} GFLOP/s`;

console.log(`Node ${process.version}, ${cpus()[0].model}`);
const backends = [reference];
for (const mode of await availableGpuModes()) backends.push(await gpuBackend({ mode, smallestProduct: 0 }));
for (const backend of backends) {
  console.log(`\n${backend.name} ${backend.mode ?? ""}`);
  const [x, weight] = [random.normal([256, 800]), random.normal([800, 120])];
  console.log(`  [256, 800] · [800, 120]          ${speed(256 * 800 * 120, await bestSeconds(() => backend.matmul(x, weight)))}`);
  const [filters, cols, dOut] = [random.normal([1, 32, 144]), random.normal([256, 1, 144, 121]), random.normal([256, 1, 32, 121])];
  console.log(`  [32, 144] · 256 of [144, 121]    ${speed(256 * 32 * 144 * 121, await bestSeconds(() => backend.matmul(filters, cols)))}`);
  console.log(`  Σ 256 of [32, 121] · [121, 144]  ${speed(256 * 32 * 144 * 121, await bestSeconds(() => backend.matmulSum(dOut, cols, { transposeB: true })))}`);
  for (const side of [2, 8, 16, 20, 24, 32, 64]) {
    const [a, b] = [random.normal([side, side]), random.normal([side, side])];
    const seconds = await bestSeconds(() => backend.matmul(a, b));
    console.log(`  ${`${side}×${side}×${side}, ${side ** 3} multiplications`.padEnd(33)}${(seconds * 1e6).toFixed(0)} µs`);
  }
  await backend.dispose();
}
