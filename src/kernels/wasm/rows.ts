/** Passes over rows [N, M] with a few numbers for each row and for each place. */
import type { Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { rowExtents } from "../reference/rows.js";
import { blocks, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { constants } from "./table.js";

type Rows = Pick<Backend, "rowMoments" | "rowAffine" | "rowSums" | "rowResidual">;

/** The passes on the kernels; on `base` for float64. */
export function rowsOn(memory: WasmMemory, jobs: JobRunner, base: Rows): Rows {
  const at = (tensor: Tensor): number => memory.address(tensor);
  return {
    rowMoments: async (x) => {
      if (x.dtype === "float64") return base.rowMoments(x);
      const { N, M } = rowExtents("rowMoments", x);
      const [mean, variance] = memory.producePair([N], (mean, variance) =>
        jobs.run("rowMoments", { items: N, M, x: at(x), mean, variance }),
      );
      return { mean, variance };
    },
    rowAffine: async (x, numbers) => {
      if (x.dtype === "float64") return base.rowAffine(x, numbers);
      const { scale, centre, weight, bias } = numbers;
      const ofRows = { scale, centre };
      const { N, M } = rowExtents("rowAffine", x, { ofRows, ofPlaces: { weight, bias } });
      return memory.produce(x.shape, (out) =>
        jobs.run("rowAffine", {
          items: N,
          M,
          ...{ x: at(x), scale: at(scale), centre: at(centre) },
          ...{ weight: at(weight), bias: at(bias), out },
        }),
      );
    },
    rowSums: async (y, x, numbers) => {
      if (y.dtype === "float64") return base.rowSums(y, x, numbers);
      const { scale, centre, weight } = numbers;
      const operands = { alike: { x }, ofRows: { scale, centre }, ofPlaces: { weight } };
      const { N, M } = rowExtents("rowSums", y, operands);
      return sumsOf(memory, jobs, { y, x, scale, centre, weight }, N, M);
    },
    rowResidual: async (y, x, line) => {
      if (y.dtype === "float64") return base.rowResidual(y, x, line);
      const { weight, intercept, slope, scale, centre } = line;
      const ofRows = { intercept, slope, scale, centre };
      const operands = { alike: { x }, ofRows, ofPlaces: { weight } };
      const { N, M } = rowExtents("rowResidual", y, operands);
      return memory.produce(y.shape, (out) =>
        jobs.run("rowResidual", {
          items: N,
          M,
          ...{ y: at(y), x: at(x), weight: at(weight), out },
          ...{ intercept: at(intercept), slope: at(slope), scale: at(scale), centre: at(centre) },
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
  operands: Readonly<Record<"y" | "x" | "scale" | "centre" | "weight", Tensor>>,
  N: number,
  M: number,
) {
  const { y, x, scale, centre, weight } = operands;
  const { TILE_ROWS, TILE_PLACES } = constants;
  const [high, wide] = [Math.ceil(N / TILE_ROWS), Math.ceil(M / TILE_PLACES)];
  const width = 4 * Math.ceil(M / 4);
  const at = (tensor: Tensor): number => memory.address(tensor);
  const shapes = [[M], [M], [N], [N]];
  const sums = memory.produceAll(shapes, (...[ofRows, rowsProduct, ofPlaces, placesProduct]) => {
    const columns = memory.doubles(2 * high * width).fill(0);
    const rows = memory.doubles(2 * wide * N);
    jobs.run("rowSums", {
      items: high * wide,
      ...{ y: at(y), x: at(x), scale: at(scale), centre: at(centre), weight: at(weight) },
      ...{ columnParts: columns.byteOffset, rowParts: rows.byteOffset },
      ...{ rows: N, M, high },
    });
    const addUp = (
      { byteOffset: x }: Float64Array,
      { count, step }: { readonly count: number; readonly step: number },
      [length, sum, product]: readonly [number, number, number],
    ): void => {
      const parts = { ...blocks(length), parts: count, step: 8 * step };
      jobs.run("addDoubles", { ...parts, x, out: sum });
      jobs.run("addDoubles", { ...parts, x: x + 8 * count * step, out: product });
    };
    addUp(columns, { count: high, step: width }, [M, ofRows!, rowsProduct!]);
    addUp(rows, { count: wide, step: N }, [N, ofPlaces!, placesProduct!]);
  });
  const named = (first: number) => ({ sum: sums[first]!, product: sums[first + 1]! });
  return { overRows: named(0), overPlaces: named(2) };
}
