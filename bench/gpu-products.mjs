/**
 * How fast does gpu.js multiply on each mode that this machine has, and from which size on does
 * calling it make sense? The second answer is `SMALLEST_PRODUCT` in `src/kernels/gpu/index.ts`.
 *
 *     npm run build && node bench/gpu-products.mjs
 *
 * Mode webgpu needs a driver. For Chromium's, which computes on the processor, set
 * LD_LIBRARY_PATH=/usr/lib/chromium VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json
 *
 * Prints the best of several runs, and for the small products also the first, in which a kernel is
 * compiled.
 */
import { cpus } from "node:os";
import { conv2dGeometry } from "leibniz/im2col";
import { availableGpuModes, gpuBackend, reference } from "leibniz/kernels";
import { Random } from "leibniz/tensor";

const SECONDS_EACH = 1;
const random = new Random("gpu products");

/** How long `run` took the first time, and how long at best, in seconds. */
async function measure(run) {
  const seconds = [];
  for (
    const started = performance.now();
    seconds.length < 4 || performance.now() - started < SECONDS_EACH * 1000;
  ) {
    const before = performance.now();
    await run();
    seconds.push((performance.now() - before) / 1000);
  }
  return { first: seconds[0], best: seconds.reduce((least, s) => Math.min(least, s)) };
}

/** How many multiplications the reference does in a microsecond. */
const REFERENCE_SIDE = 128;
const [referenceA, referenceB] = [
  random.normal([REFERENCE_SIDE, REFERENCE_SIDE]),
  random.normal([REFERENCE_SIDE, REFERENCE_SIDE]),
];
const { best: referenceSeconds } = await measure(() => reference.matmul(referenceA, referenceB));
const referenceRate = REFERENCE_SIDE ** 3 / (referenceSeconds * 1e6);

/** Prints the speed of a large product. */
async function printSpeed(what, multiplications, run) {
  const { best } = await measure(run);
  console.log(`  ${what.padEnd(33)}${((2 * multiplications) / best / 1e9).toFixed(2)} GFLOP/s`);
}

console.log(`Node ${process.version}, ${cpus()[0].model}`);
const backends = [reference];
for (const mode of await availableGpuModes())
  backends.push(await gpuBackend({ mode, smallestProduct: 0 }));
for (const backend of backends) {
  console.log(`\n${backend.name} ${backend.mode ?? ""}`);
  const [x, weight] = [random.normal([256, 800]), random.normal([800, 120])];
  await printSpeed("[256, 800] · [800, 120]", 256 * 800 * 120, () => backend.matmul(x, weight));
  const geometry = conv2dGeometry("bench", 13, 13, { kernelSize: 3 });
  const [filters, images, dOut] = [
    random.normal([1, 32, 144]),
    random.normal([64, 16, 13, 13]),
    random.normal([64, 1, 32, 121]),
  ];
  const multiplications = 64 * 32 * 144 * 121;
  await printSpeed("conv 16 → 32, 3×3, 64 of 13×13", multiplications, async () =>
    backend.matmul(filters, await backend.im2col(images, geometry)),
  );
  await printSpeed("its dWeight", multiplications, async () =>
    backend.matmulSum(dOut, await backend.im2col(images, geometry), { transposeB: true }),
  );
  await printSpeed("its dX", multiplications, () =>
    backend.productOntoImages(filters, dOut, 16, geometry),
  );
  for (const side of [2, 8, 16, 20, 24, 32, 64]) {
    const [a, b] = [random.normal([side, side]), random.normal([side, side])];
    const { first, best } = await measure(() => backend.matmul(a, b));
    const size = `${side}×${side}×${side}, ${side ** 3} multiplications`.padEnd(33);
    const times = `${(best * 1e6).toFixed(0)} µs, the first time ${(first * 1e3).toFixed(1)} ms`;
    console.log(`  ${size}${times}`);
    if (side === 8 && backend !== reference)
      console.log(
        `  the reference does ${Math.round(referenceRate * best * 1e6)} multiplications meanwhile`,
      );
  }
  await backend.dispose();
}
