/** Passes over [N, C, ...] with a few numbers for each channel. */
import { Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { asImages } from "../in-memory.js";
import { channelExtents } from "../reference/channels.js";
import type { WinnersGradient } from "../winners-gradient.js";
import type { JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { allFinite, totalled } from "./passes.js";

type Channels = Pick<
  Backend,
  "channelMoments" | "channelAffine" | "channelSums" | "channelResidual"
>;
type Extents = ReturnType<typeof channelExtents>;

/** The passes on the kernels; on `base` for float64. */
export function channelsOn(memory: WasmMemory, jobs: JobRunner, base: Channels): Channels {
  return { ...sumsOn(memory, jobs, base), ...linesOn(memory, jobs, base) };
}

/** Passes from all entries of a channel to numbers. */
function sumsOn(
  memory: WasmMemory,
  jobs: JobRunner,
  base: Channels,
): Pick<Channels, "channelMoments" | "channelSums"> {
  const at = (tensor: Tensor): number => memory.address(tensor);
  return {
    channelMoments: async (x) => {
      if (x.dtype === "float64") return base.channelMoments(x);
      const { N: items, C: channels, P: pixels } = channelExtents("channelMoments", x);
      const means = (centre: number): Float64Array =>
        totalled(memory, { items, count: channels }, (totals) =>
          jobs.run("channelTotals", { items, channels, pixels, x: at(x), centre, totals }),
        ).map((total) => total / (items * pixels));
      const [mean, variance] = memory.producePair([channels], (mean, variance) => {
        const mu = memory.doubles(channels);
        mu.set(means(0));
        memory.floatsAt(mean, channels).set(mu);
        // around the mean, in a second pass: nothing is lost where numbers are far from 0
        memory.floatsAt(variance, channels).set(means(mu.byteOffset));
      });
      return { mean, variance };
    },
    channelSums: async (x, y) => {
      if (x.dtype === "float64") return base.channelSums(x, y);
      const { N: items, C: channels, P: pixels } = channelExtents("channelSums", x, { y });
      // zeros are left out, so long as their products are 0
      const operand = x instanceof Tensor || allFinite(memory, jobs, y) ? x : asImages(x);
      const [sum, product] = memory.producePair([channels], (sum, product) => {
        const both = totalled(memory, { items, count: 2 * channels }, (totals) => {
          const { values, argmax, windowCount } = placed(memory, operand);
          const operands = { x: values, argmax, windowCount, y: at(y) };
          jobs.run("channelSums", { items, channels, pixels, ...operands, totals });
        });
        memory.floatsAt(sum, channels).set(both.subarray(0, channels));
        memory.floatsAt(product, channels).set(both.subarray(channels));
      });
      return { sum, product };
    },
  };
}

/** Passes from the numbers of a channel to all of its entries. */
function linesOn(
  memory: WasmMemory,
  jobs: JobRunner,
  base: Channels,
): Pick<Channels, "channelAffine" | "channelResidual"> {
  const at = (tensor: Tensor): number => memory.address(tensor);
  return {
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
      const operand = extents.P > 1 ? y : asImages(y);
      return memory.produce(x.shape, (out) => {
        const { values, argmax, windowCount } = placed(memory, operand);
        jobs.run("channelResidual", {
          ...planes(extents),
          y: values,
          argmax,
          windowCount,
          x: at(x),
          intercept: at(line.intercept),
          slope: at(line.slope),
          scale: at(line.scale),
          out,
        });
      });
    },
  };
}

/** Where an operand is: all of it, or its winners. */
function placed(memory: WasmMemory, operand: Tensor | WinnersGradient) {
  if (operand instanceof Tensor)
    return { values: memory.address(operand), argmax: 0, windowCount: 0 };
  const { values, argmax, geometry } = operand;
  return {
    values: memory.address(values),
    argmax: memory.addressOfIntegers(argmax),
    windowCount: geometry.outH * geometry.outW,
  };
}

/** Entry by entry: all planes, or all rows. */
function planes({ N: images, C: channels, P: pixels }: Extents) {
  return { items: pixels === 1 ? images : images * channels, channels, pixels };
}
