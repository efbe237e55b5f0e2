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
      const { N: items, C, P } = channelExtents("channelMoments", x);
      const means = (centre: number): Float64Array =>
        totalled(memory, { items, count: C }, (totals) =>
          jobs.run("channelTotals", { items, C, P, x: at(x), centre, totals }),
        ).map((total) => total / (items * P));
      const [mean, variance] = memory.producePair([C], (mean, variance) => {
        const mu = memory.doubles(C);
        mu.set(means(0));
        memory.floatsAt(mean, C).set(mu);
        // around the mean, in a second pass: nothing is lost where numbers are far from 0
        memory.floatsAt(variance, C).set(means(mu.byteOffset));
      });
      return { mean, variance };
    },
    channelSums: async (x, y) => {
      if (x.dtype === "float64") return base.channelSums(x, y);
      const { N: items, C, P } = channelExtents("channelSums", x, { y });
      // zeros are left out, so long as their products are 0
      const operand = x instanceof Tensor || allFinite(memory, jobs, y) ? x : asImages(x);
      const [sum, product] = memory.producePair([C], (sum, product) => {
        const both = totalled(memory, { items, count: 2 * C }, (totals) => {
          const { values, argmax, S } = placed(memory, operand, P);
          const operands = { x: values, argmax, S, y: at(y) };
          jobs.run("channelSums", { items, C, P, ...operands, totals });
        });
        memory.floatsAt(sum, C).set(both.subarray(0, C));
        memory.floatsAt(product, C).set(both.subarray(C));
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
        const cut = planes(extents);
        const { values, argmax, S } = placed(memory, operand, cut.P);
        jobs.run("channelResidual", {
          ...cut,
          y: values,
          argmax,
          S,
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

/** Where an operand is, all of it or its winners, and how many there are of P numbers. */
function placed(memory: WasmMemory, operand: Tensor | WinnersGradient, P: number) {
  if (operand instanceof Tensor) return { values: memory.address(operand), argmax: 0, S: P };
  const { values, argmax, geometry } = operand;
  return {
    values: memory.address(values),
    argmax: memory.addressOfIntegers(argmax),
    S: geometry.outH * geometry.outW,
  };
}

/** Entry by entry: all planes, or, where these have one pixel, all rows of C. */
function planes({ N, C, P }: Extents) {
  return P === 1 ? { items: N, C, P: C, rows: true } : { items: N * C, C, P, rows: false };
}
