/** Passes over rows [N, M] with a few numbers for each row and for each place. */
import type { Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { rowExtents } from "../reference/rows.js";
import type { JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { constants } from "./table.js";

type Rows = Pick<Backend, "rowAffine" | "rowSums" | "rowResidual">;

/** The passes on the kernels; on `base` for float64. */
export function rowsOn(memory: WasmMemory, jobs: JobRunner, base: Rows): Rows {
  const at = (tensor: Tensor): number => memory.address(tensor);
  return {
    rowAffine: async (x, numbers) => {
      if (x.dtype === "float64") return base.rowAffine(x, numbers);
      const { scale, centre, weight, bias } = numbers;
      const { N, M } = rowExtents("rowAffine", x, {}, { scale, centre }, { weight, bias });
      const [inner, out] = memory.producePair(x.shape, (inner, out) =>
        jobs.run("rowAffine", {
          items: N,
          M,
          ...{ x: at(x), scale: at(scale), centre: at(centre) },
          ...{ weight: at(weight), bias: at(bias), inner, out },
        }),
      );
      return { inner, out };
    },
    rowSums: async (y, x, weight) => {
      if (y.dtype === "float64") return base.rowSums(y, x, weight);
      const { N, M } = rowExtents("rowSums", y, { x }, {}, { weight });
      return sumsOf(memory, jobs, { y, x, weight }, N, M);
    },
    rowResidual: async (y, x, line) => {
      if (y.dtype === "float64") return base.rowResidual(y, x, line);
      const { weight, intercept, slope, scale } = line;
      const ofRows = { intercept, slope, scale };
      const { N, M } = rowExtents("rowResidual", y, { x }, ofRows, { weight });
      return memory.produce(y.shape, (out) =>
        jobs.run("rowResidual", {
          items: N,
          M,
          ...{ y: at(y), x: at(x), weight: at(weight), out },
          ...{ intercept: at(intercept), slope: at(slope), scale: at(scale) },
        }),
      );
    },
  };
}

/**
 * Sums of tiles first, which threads share: of each tile's places over its rows, and of its rows
 * over its places. Then those of tiles one below the other, or side by side, in their order.
 */
function sumsOf(
  memory: WasmMemory,
  jobs: JobRunner,
  { y, x, weight }: Readonly<Record<"y" | "x" | "weight", Tensor>>,
  N: number,
  M: number,
) {
  const { TILE_ROWS, TILE_PLACES } = constants;
  const [high, wide] = [Math.ceil(N / TILE_ROWS), Math.ceil(M / TILE_PLACES)];
  const width = wide * TILE_PLACES;
  const at = (tensor: Tensor): number => memory.address(tensor);
  const shapes = [[M], [M], [N], [N]];
  const sums = memory.produceAll(shapes, (...[ofRows, rowsProduct, ofPlaces, placesProduct]) => {
    const columns = memory.doubles(2 * high * width).fill(0);
    const rows = memory.doubles(2 * wide * N);
    jobs.run("rowSums", {
      items: high * wide,
      ...{ y: at(y), x: at(x), weight: at(weight) },
      ...{ columnParts: columns.byteOffset, rowParts: rows.byteOffset },
      ...{ rows: N, M, high },
    });
    addUp(columns, high, width, memory.floatsAt(ofRows!, M), memory.floatsAt(rowsProduct!, M));
    addUp(rows, wide, N, memory.floatsAt(ofPlaces!, N), memory.floatsAt(placesProduct!, N));
  });
  const named = (first: number) => ({ sum: sums[first]!, product: sums[first + 1]! });
  return { overRows: named(0), overPlaces: named(2) };
}

/** Adds up `count` arrays of `step` sums, and as many of products behind them. */
function addUp(
  parts: Float64Array,
  count: number,
  step: number,
  sum: Float32Array,
  product: Float32Array,
): void {
  for (const [half, totals] of [sum, product].entries())
    for (let i = 0; i < totals.length; i++) {
      let total = 0;
      for (let part = 0; part < count; part++) total += parts[(half * count + part) * step + i]!;
      totals[i] = total;
    }
}
