/** Passes over [N, C, ...] with a few numbers for each channel. */
import type { Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { channelExtents } from "../reference/channels.js";
import type { JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { constants } from "./table.js";

type Channels = Pick<
  Backend,
  "channelMoments" | "channelAffine" | "channelSums" | "channelResidual"
>;
type Extents = ReturnType<typeof channelExtents>;

/** The passes on the kernels; on `base` for float64. */
export function channelsOn(memory: WasmMemory, jobs: JobRunner, base: Channels): Channels {
  const at = (tensor: Tensor): number => memory.address(tensor);
  return {
    channelMoments: async (x) => {
      if (x.dtype === "float64") return base.channelMoments(x);
      const extents = channelExtents("channelMoments", x);
      const [mean, variance] = memory.producePair([extents.C], (mean, variance) =>
        jobs.run("channelMoments", { ...addedUp(extents), x: at(x), mean, variance }),
      );
      return { mean, variance };
    },
    channelSums: async (x, y) => {
      if (x.dtype === "float64") return base.channelSums(x, y);
      const extents = channelExtents("channelSums", x, { y });
      const [sum, product] = memory.producePair([extents.C], (sum, product) =>
        jobs.run("channelSums", { ...addedUp(extents), x: at(x), y: at(y), sum, product }),
      );
      return { sum, product };
    },
    channelAffine: async (x, numbers) => {
      if (x.dtype === "float64") return base.channelAffine(x, numbers);
      const extents = channelExtents("channelAffine", x, {}, numbers);
      return memory.produce(x.shape, (out) => {
        const zeros = memory.floats(extents.C).fill(0).byteOffset;
        jobs.run("channelAffine", {
          ...planes(extents),
          x: at(x),
          scale: at(numbers.scale),
          centre: numbers.centre ? at(numbers.centre) : zeros,
          shift: numbers.shift ? at(numbers.shift) : zeros,
          out,
        });
      });
    },
    channelResidual: async (y, x, line) => {
      if (y.dtype === "float64") return base.channelResidual(y, x, line);
      const extents = channelExtents("channelResidual", y, { x }, line);
      return memory.produce(y.shape, (out) =>
        jobs.run("channelResidual", {
          ...planes(extents),
          y: at(y),
          x: at(x),
          intercept: at(line.intercept),
          slope: at(line.slope),
          scale: at(line.scale),
          out,
        }),
      );
    },
  };
}

/** Channels that are added up: one by one, by fours in rows. */
function addedUp({ N: images, C: channels, P: pixels }: Extents) {
  const items = pixels === 1 ? Math.ceil(channels / constants.FOUR_CHANNELS) : channels;
  return { items, images, channels, pixels };
}

/** Entry by entry: all planes, or all rows. */
function planes({ N: images, C: channels, P: pixels }: Extents) {
  return { items: pixels === 1 ? images : images * channels, channels, pixels };
}
