/** The values that training starts from. Derived in `derivations/initialisation.md`. */
import type { Parameter } from "../backprop/index.js";
import type { Random } from "../tensor/index.js";
import type { Sequential } from "./sequential.js";

/** Fills one parameter with its initial values. */
export type Initialiser = (parameter: Parameter, random: Random) => void;

/**
 * What PyTorch's layers start from, weights and biases alike: evenly spread, the narrower the more
 * inputs are added up.
 */
export const pytorchDefault: Initialiser = (parameter, random) => {
  // (initialisation.16) value ~ U(−1/√fanIn, 1/√fanIn)
  const limit = 1 / Math.sqrt(parameter.fanIn);
  fill(parameter, random.uniform(parameter.value.shape, -limit, limit, parameter.value.dtype).data);
};

/** Keeps the variance of what flows forward through ReLUs (He et al., 2015); biases start at 0. */
export const he: Initialiser = (parameter, random) => {
  if (parameter.name === "bias") return fill(parameter, [0]);
  // (initialisation.9) value ~ N(0, 2/fanIn)
  fill(
    parameter,
    random.normal(parameter.value.shape, 0, Math.sqrt(2 / parameter.fanIn), parameter.value.dtype)
      .data,
  );
};

/**
 * A compromise between the variance forward and backward (Glorot and Bengio, 2010); biases start at
 * 0.
 */
export const xavier: Initialiser = (parameter, random) => {
  if (parameter.name === "bias") return fill(parameter, [0]);
  // (initialisation.14) value ~ U(−a, a), a = √(6 / (fanIn + fanOut))
  const limit = Math.sqrt(6 / (parameter.fanIn + parameter.fanOut));
  fill(parameter, random.uniform(parameter.value.shape, -limit, limit, parameter.value.dtype).data);
};

/**
 * Initialises every parameter of a network. Each draws from a generator split off by its own name,
 * so that adding a layer leaves the others' numbers as they were. Parameters with a start of their
 * own, and buffers, take that instead.
 */
export function initialise(
  network: Sequential,
  random: Random,
  initialiser: Initialiser = pytorchDefault,
): void {
  for (const { name, parameter } of network.parameters) {
    if (parameter.start === null) initialiser(parameter, random.split(name));
    else fill(parameter, [parameter.start]);
  }
  for (const { buffer } of network.buffers) buffer.value.data.fill(buffer.start);
}

function fill(parameter: Parameter, values: ArrayLike<number>): void {
  if (values.length === 1) parameter.value.data.fill(values[0]!);
  else parameter.value.data.set(values);
}
