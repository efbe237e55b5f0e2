/** Functions of each entry alone, and their slopes, where a kernel knows them. */
import type { Tensor } from "../../tensor/index.js";
import type { KnownActivation, KnownPair } from "../activations.js";
import type { Backend } from "../backend.js";
import { checkSlopes } from "../reference/activations.js";
import { blocks, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { constants } from "./table.js";

type Activations = Pick<Backend, "activation" | "activationBackward" | "activationWithSlope">;
type Known = KnownActivation | KnownPair;

const numbers: Readonly<Record<Known["name"], number>> = {
  sigmoid: constants.SIGMOID,
  tanh: constants.TANH,
  softplus: constants.SOFTPLUS,
  silu: constants.SILU,
  gelu: constants.GELU,
  elu: constants.ELU,
  leakyRelu: constants.LEAKY_RELU,
};

/** On the kernels; on `base` for float64, and for functions that no kernel knows. */
export function activationsOn(memory: WasmMemory, jobs: JobRunner, base: Activations): Activations {
  const at = (tensor: Tensor): number => memory.address(tensor);
  return {
    activation: async (x, f, known) => {
      const kernel = kernelOf(known);
      if (kernel === null || x.dtype === "float64") return base.activation(x, f);
      return memory.produce(x.shape, (out) =>
        jobs.run("activation", { ...blocks(x.size), ...kernel, x: at(x), out }),
      );
    },
    activationWithSlope: async (x, pair, wantsSlope, known) => {
      const kernel = kernelOf(known);
      if (kernel === null || x.dtype === "float64")
        return base.activationWithSlope(x, pair, wantsSlope);
      const job = { ...blocks(x.size), ...kernel, x: at(x) };
      if (!wantsSlope) {
        const out = memory.produce(x.shape, (out) => jobs.run("activation", { ...job, out }));
        return { out, slope: null };
      }
      const [out, slope] = memory.producePair(x.shape, (out, slope) =>
        jobs.run("activationWithSlope", { ...job, out, slope }),
      );
      return { out, slope };
    },
    activationBackward: async (dOut, values, slope, known) => {
      checkSlopes(dOut, values);
      const kernel = kernelOf(known);
      if (kernel === null || values.dtype === "float64")
        return base.activationBackward(dOut, values, slope);
      return memory.produce(values.shape, (dX) => {
        const operands = { dOut: at(dOut), at: at(values), dX };
        jobs.run("activationBackward", { ...blocks(values.size), ...kernel, ...operands });
      });
    },
  };
}

/** Which function it is, and the number that one of them has; null if no kernel knows it. */
function kernelOf(
  known: Known | undefined,
): { readonly which: number; readonly negativeSlope: number } | null {
  if (known === undefined || !Object.hasOwn(numbers, known.name)) return null;
  const { negativeSlope } = { negativeSlope: 0, ...known };
  return { which: numbers[known.name], negativeSlope };
}
