/** Passes over [N, C, ...] with a few numbers for each channel. */
import type { Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { channelExtents } from "../reference/channels.js";
import type { JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";

type Channels = Pick<
  Backend,
  "channelMoments" | "channelAffine" | "channelSums" | "channelResidual"
>;

/** The passes on the kernels; on `base` for float64. */
export function channelsOn(memory: WasmMemory, jobs: JobRunner, base: Channels): Channels {
  const at = (tensor: Tensor): number => memory.address(tensor);
  /** Channels are added up one by one, in rows by fours. */
  const sums = ({ N: I, C: M, P: N }: Extents) => ({
    I,
    M,
    N,
    items: N === 1 ? Math.ceil(M / 4) : M,
  });
  /** All planes, or all rows. */
  const planes = ({ N: I, C: M, P: N }: Extents) => ({ M, N, items: N === 1 ? I : I * M });
  return {
    channelMoments: async (x) => {
      if (x.dtype === "float64") return base.channelMoments(x);
      const extents = channelExtents("channelMoments", x);
      const [mean, variance] = memory.producePair([extents.C], (out, extra) =>
        jobs.run("channelMoments", { ...sums(extents), x: at(x), out, extra }),
      );
      return { mean, variance };
    },
    channelSums: async (x, y) => {
      if (x.dtype === "float64") return base.channelSums(x, y);
      const extents = channelExtents("channelSums", x, { y });
      const [sum, product] = memory.producePair([extents.C], (out, extra) =>
        jobs.run("channelSums", { ...sums(extents), x: at(x), y: at(y), out, extra }),
      );
      return { sum, product };
    },
    channelAffine: async (x, numbers) => {
      if (x.dtype === "float64") return base.channelAffine(x, numbers);
      const extents = channelExtents("channelAffine", x, {}, numbers);
      const { scale, centre, shift } = numbers;
      return memory.produce(x.shape, (out) => {
        const zeros = memory.floats(extents.C).fill(0).byteOffset;
        const [extra, rowBias] = [centre, shift].map((values) => (values ? at(values) : zeros));
        const where = { x: at(x), y: at(scale), extra: extra!, rowBias: rowBias!, out };
        jobs.run("channelAffine", { ...planes(extents), ...where });
      });
    },
    channelResidual: async (y, x, line) => {
      if (y.dtype === "float64") return base.channelResidual(y, x, line);
      const extents = channelExtents("channelResidual", y, { x }, line);
      const { intercept, slope, scale } = line;
      return memory.produce(y.shape, (out) => {
        const numbers = { extra: at(intercept), rowBias: at(slope), columnBias: at(scale) };
        jobs.run("channelResidual", { ...planes(extents), x: at(y), y: at(x), ...numbers, out });
      });
    },
  };
}

type Extents = ReturnType<typeof channelExtents>;
