/** The values that training starts from. Derived in `derivations/initialisation.md`. */
import type { Parameter } from "../backprop/index.js";
import type { Random } from "../tensor/index.js";
import type { Sequential } from "./sequential.js";

/** Fills one parameter with its initial values. */
export type Initialiser = (parameter: Parameter, random: Random) => void;

/**
 * What PyTorch's layers start from, weights and biases alike: evenly spread over ±1/√fanIn,
 * (initialisation.16).
 */
export const pytorchDefault: Initialiser = (parameter, random) => {
  // (initialisation.16) value ~ U(−1/√fanIn, 1/√fanIn)
  const limit = 1 / Math.sqrt(parameter.fanIn);
  const { shape, dtype } = parameter.value;
  parameter.value.copyFrom(random.uniform(shape, -limit, limit, dtype));
};

/**
 * Keeps the variance of what flows forward through ReLUs: N(0, 2/fanIn), (initialisation.9); biases
 * start at 0 (He, Zhang, Ren and Sun, 2015).
 */
export const he: Initialiser = (parameter, random) => {
  if (parameter.name === "bias") return parameter.value.fill(0);
  // (initialisation.9) value ~ N(0, 2/fanIn)
  const { shape, dtype } = parameter.value;
  parameter.value.copyFrom(random.normal(shape, 0, Math.sqrt(2 / parameter.fanIn), dtype));
};

/**
 * A compromise between the variance forward and backward: evenly spread over ±√(6/(fanIn +
 * fanOut)), (initialisation.14); biases start at 0 (Glorot and Bengio, 2010).
 */
export const xavier: Initialiser = (parameter, random) => {
  if (parameter.name === "bias") return parameter.value.fill(0);
  // (initialisation.14) value ~ U(−a, a), a = √(6 / (fanIn + fanOut))
  const limit = Math.sqrt(6 / (parameter.fanIn + parameter.fanOut));
  const { shape, dtype } = parameter.value;
  parameter.value.copyFrom(random.uniform(shape, -limit, limit, dtype));
};

/**
 * Initialises every parameter of a network. Each draws from a generator split off by its own name,
 * so that adding a layer leaves the others' numbers as they were. Parameters with a start of their
 * own, and buffers, take that instead.
 *
 * @param random is split, and draws nothing itself: the same one gives the same weights again
 * @param initialiser as PyTorch does if left out
 */
export function initialise(
  network: Sequential,
  random: Random,
  initialiser: Initialiser = pytorchDefault,
): void {
  for (const { name, parameter } of network.parameters) {
    if (parameter.start === null) initialiser(parameter, random.split(name));
    else parameter.value.fill(parameter.start);
  }
  for (const { buffer } of network.buffers) buffer.value.fill(buffer.start);
}
