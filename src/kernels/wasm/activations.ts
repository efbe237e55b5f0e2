/** Functions of each entry alone, and their slopes, where a kernel knows them. */
import type { Tensor } from "../../tensor/index.js";
import type { KnownActivation } from "../activations.js";
import type { Backend } from "../backend.js";
import { checkSlopes } from "../reference/activations.js";
import { blocks, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { constants } from "./table.js";

type Activations = Pick<Backend, "activation" | "activationBackward">;

const numbers: Readonly<Record<KnownActivation["name"], number>> = {
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
  known: KnownActivation | undefined,
): { readonly which: number; readonly negativeSlope: number } | null {
  if (known === undefined || !Object.hasOwn(numbers, known.name)) return null;
  const { negativeSlope } = { negativeSlope: 0, ...known };
  return { which: numbers[known.name], negativeSlope };
}
