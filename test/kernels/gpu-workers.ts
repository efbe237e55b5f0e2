import { GPU } from "../../dist/kernels/gpu/gpujs.js";

/** What gpu.js's types forget. */
interface WithPool {
  readonly _pool: { readonly lastDispatch: { readonly workerCount: number } } | null;
}

/**
 * Lets gpu.js compute in workers, which it starts from source text, as the backend does not.
 *
 * @returns in how many, and how many entries are wrong
 */
export async function computeInWorkers(): Promise<{ workers: number; wrong: number }> {
  const gpu = new GPU({ mode: "webasm" });
  try {
    const [width, height] = [160, 120];
    const kernel = gpu.createKernel("function () { return this.thread.x + 7 * this.thread.y; }", {
      output: [width, height],
      asyncMode: true,
    });
    const rows = (await kernel()) as unknown as Float32Array[];
    const { _pool } = kernel.kernel as unknown as WithPool;
    const wrong = Array.from({ length: width * height }, (_, i) => i).filter((i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return rows[y]![x] !== x + 7 * y;
    }).length;
    return { workers: _pool?.lastDispatch.workerCount ?? 0, wrong };
  } finally {
    await gpu.destroy();
  }
}
