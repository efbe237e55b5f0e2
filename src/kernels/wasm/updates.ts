/** What changes parameters and gradients in place. */
import { integerPower, sameShape, type Tensor } from "../../tensor/index.js";
import type { Backend } from "../backend.js";
import { checkUpdate, touchChanged } from "../reference/optimizer-updates.js";
import type { UpdateKind, UpdateNumbers, UpdateTensors } from "../updates.js";
import { blocks, type JobRunner } from "./jobs.js";
import type { WasmMemory } from "./memory.js";

type InPlace = Pick<Backend, "accumulate" | "update">;

/** How the kernels do each update. */
type Updates = {
  readonly [Kind in UpdateKind]: (
    tensors: UpdateTensors<Kind>,
    numbers: UpdateNumbers<Kind>,
  ) => void;
};

/**
 * On the kernels; on `base` for tensors that the kernels cannot change where they are.
 */
export function updatesOn(memory: WasmMemory, jobs: JobRunner, base: InPlace): InPlace {
  const updates = updatesBy(memory, jobs);
  return {
    accumulate: async (target, source) => {
      const fits = source.dtype === "float32" && sameShape(target.shape, source.shape);
      if (!fits || !memory.holds(target)) return base.accumulate(target, source);
      memory.scratch(() => {
        const addresses = { source: memory.address(source), target: memory.address(target) };
        jobs.run("accumulate", { ...blocks(target.size), ...addresses });
      });
      target.storage.touch();
    },
    update: async (kind, tensors, numbers) => {
      checkUpdate(kind, tensors);
      const all = Object.values<Tensor | null>({ ...tensors });
      if (!all.every((tensor) => tensor === null || memory.holds(tensor)))
        return base.update(kind, tensors, numbers);
      updates[kind](tensors, numbers);
      touchChanged(tensors);
    },
  };
}

function updatesBy(memory: WasmMemory, jobs: JobRunner): Updates {
  const at = (tensor: Tensor | null): number => (tensor === null ? 0 : memory.address(tensor));
  /** What all of them are given. */
  const weights = ({ value, grad }: UpdateTensors<UpdateKind>) => ({
    ...blocks(value.size),
    value: at(value),
    grad: at(grad),
  });
  return {
    sgd: (tensors, { learningRate, momentum, nesterov, weightDecay }) => {
      const numbers = { learningRate, momentum, nesterov, weightDecay };
      jobs.run("sgdUpdate", { ...weights(tensors), velocity: at(tensors.velocity), ...numbers });
    },
    adagrad: (tensors, { learningRate, epsilon, weightDecay }) => {
      const squareSum = at(tensors.squareSum);
      const numbers = { learningRate, epsilon, weightDecay };
      jobs.run("adagradUpdate", { ...weights(tensors), squareSum, ...numbers });
    },
    rmsprop: (tensors, { learningRate, alpha, epsilon, weightDecay }) => {
      const meanSquare = at(tensors.meanSquare);
      const numbers = { learningRate, alpha, epsilon, weightDecay };
      jobs.run("rmspropUpdate", { ...weights(tensors), meanSquare, ...numbers });
    },
    adam: (tensors, { decoupled, step, learningRate, beta1, beta2, epsilon, weightDecay }) => {
      jobs.run("adamUpdate", {
        ...weights(tensors),
        firstMoment: at(tensors.firstMoment),
        secondMoment: at(tensors.secondMoment),
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay: decoupled ? 0 : weightDecay,
        correction1: 1 - integerPower(beta1, step),
        correction2: 1 - integerPower(beta2, step),
        shrink: decoupled ? learningRate * weightDecay : 0,
      });
    },
  };
}
