/** What changes parameters and gradients in place. */
import { integerPower, sameShape, type Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import type { JobFields, JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";
import { blocks } from "./passes.js";

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
  /** `changed` are the tensors that the kernel writes to. */
  const run = (
    kernel: keyof Updates,
    fields: Omit<JobFields, "items">,
    numbers: readonly number[],
    changed: readonly (Tensor | null)[],
  ): void => {
    jobs.run(kernel, { ...blocks(changed[0]!.size), ...fields }, numbers);
    for (const tensor of changed) tensor?.storage.touch();
  };
  return {
    accumulate: async (target, source) => {
      const fits = source.dtype === "float32" && sameShape(target.shape, source.shape);
      if (!fits || !holds(target)) return base.accumulate(target, source);
      memory.scratch(() => run("accumulate", { x: at(source), out: at(target) }, [], [target]));
    },
    sgdUpdate: async (state, hyperparameters) => {
      const { value, grad, velocity } = state;
      if (!holds(value, grad, velocity)) return base.sgdUpdate(state, hyperparameters);
      const { learningRate, momentum, nesterov, weightDecay } = hyperparameters;
      const numbers = [learningRate, momentum, Number(nesterov), 0, weightDecay];
      const fields = { x: at(value), y: at(grad), extra: at(velocity) };
      run("sgdUpdate", fields, numbers, [value, velocity]);
    },
    adagradUpdate: async (state, hyperparameters) => {
      const { value, grad, squareSum } = state;
      if (!holds(value, grad, squareSum)) return base.adagradUpdate(state, hyperparameters);
      const { learningRate, epsilon, weightDecay } = hyperparameters;
      const fields = { x: at(value), y: at(grad), extra: at(squareSum) };
      run("adagradUpdate", fields, [learningRate, 0, 0, epsilon, weightDecay], [value, squareSum]);
    },
    rmspropUpdate: async (state, hyperparameters) => {
      const { value, grad, meanSquare } = state;
      if (!holds(value, grad, meanSquare)) return base.rmspropUpdate(state, hyperparameters);
      const { learningRate, alpha, epsilon, weightDecay } = hyperparameters;
      const numbers = [learningRate, alpha, 0, epsilon, weightDecay];
      const fields = { x: at(value), y: at(grad), extra: at(meanSquare) };
      run("rmspropUpdate", fields, numbers, [value, meanSquare]);
    },
    adamUpdate: async (state, hyperparameters) => {
      const { value, grad, firstMoment, secondMoment } = state;
      if (!holds(value, grad, firstMoment, secondMoment))
        return base.adamUpdate(state, hyperparameters);
      const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step } = hyperparameters;
      const [decay, shrink] = decoupled ? [0, learningRate * weightDecay] : [weightDecay, 0];
      const [c1, c2] = [1 - integerPower(beta1, step), 1 - integerPower(beta2, step)];
      const numbers = [learningRate, beta1, beta2, epsilon, decay, c1, c2, shrink];
      const fields = { x: at(value), y: at(grad), extra: at(firstMoment), out: at(secondMoment) };
      run("adamUpdate", fields, numbers, [value, firstMoment, secondMoment]);
    },
  };
}
