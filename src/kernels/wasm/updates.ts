/** What changes parameters and gradients in place. */
import { integerPower, sameShape, type Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { blocks, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";

type Updates = Pick<
  Backend,
  "accumulate" | "sgdUpdate" | "adagradUpdate" | "rmspropUpdate" | "adamUpdate"
>;

/**
 * The updates on the kernels; on `base` for tensors that the kernels cannot change where they are.
 */
export function updatesOn(memory: WasmMemory, jobs: JobRunner, base: Updates): Updates {
  const holds = (...tensors: (Tensor | null)[]): boolean =>
    tensors.every(
      (tensor) =>
        tensor === null || (memory.holds(tensor) && sameShape(tensor.shape, tensors[0]!.shape)),
    );
  const at = (tensor: Tensor | null): number => (tensor === null ? 0 : memory.address(tensor));
  return {
    accumulate: async (target, source) => {
      const fits = source.dtype === "float32" && sameShape(target.shape, source.shape);
      if (!fits || !holds(target)) return base.accumulate(target, source);
      memory.scratch(() => {
        const addresses = { source: at(source), target: at(target) };
        jobs.run("accumulate", { ...blocks(target.size), ...addresses });
      });
      touch(target);
    },
    sgdUpdate: async (state, hyperparameters) => {
      const { value, grad, velocity } = state;
      if (!holds(value, grad, velocity)) return base.sgdUpdate(state, hyperparameters);
      const { learningRate, momentum, nesterov, weightDecay } = hyperparameters;
      const addresses = { value: at(value), grad: at(grad), velocity: at(velocity) };
      const numbers = { learningRate, momentum, weightDecay };
      jobs.run("sgdUpdate", { ...blocks(value.size), ...addresses, ...numbers, nesterov });
      touch(value, velocity);
    },
    adagradUpdate: async (state, hyperparameters) => {
      const { value, grad, squareSum } = state;
      if (!holds(value, grad, squareSum)) return base.adagradUpdate(state, hyperparameters);
      const { learningRate, epsilon, weightDecay } = hyperparameters;
      const addresses = { value: at(value), grad: at(grad), squareSum: at(squareSum) };
      const numbers = { learningRate, epsilon, weightDecay };
      jobs.run("adagradUpdate", { ...blocks(value.size), ...addresses, ...numbers });
      touch(value, squareSum);
    },
    rmspropUpdate: async (state, hyperparameters) => {
      const { value, grad, meanSquare } = state;
      if (!holds(value, grad, meanSquare)) return base.rmspropUpdate(state, hyperparameters);
      const { learningRate, alpha, epsilon, weightDecay } = hyperparameters;
      const addresses = { value: at(value), grad: at(grad), meanSquare: at(meanSquare) };
      const numbers = { learningRate, alpha, epsilon, weightDecay };
      jobs.run("rmspropUpdate", { ...blocks(value.size), ...addresses, ...numbers });
      touch(value, meanSquare);
    },
    adamUpdate: async (state, hyperparameters) => {
      const { value, grad, firstMoment, secondMoment } = state;
      if (!holds(value, grad, firstMoment, secondMoment))
        return base.adamUpdate(state, hyperparameters);
      const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step } = hyperparameters;
      jobs.run("adamUpdate", {
        ...blocks(value.size),
        value: at(value),
        grad: at(grad),
        firstMoment: at(firstMoment),
        secondMoment: at(secondMoment),
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay: decoupled ? 0 : weightDecay,
        correction1: 1 - integerPower(beta1, step),
        correction2: 1 - integerPower(beta2, step),
        shrink: decoupled ? learningRate * weightDecay : 0,
      });
      touch(value, firstMoment, secondMoment);
    },
  };
}

/** Tells the tensors that they have been changed. */
function touch(...changed: readonly (Tensor | null)[]): void {
  for (const tensor of changed) tensor?.storage.touch();
}
