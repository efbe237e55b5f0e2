/** Initial weights of a chosen size, for what happens when it is the wrong one. */
import { he, type Initialiser } from "../../network/index.js";
import { multiply } from "../../tensor/index.js";

/** Normally distributed weights with one standard deviation in all layers; biases start at 0. */
export function deviation(size: number): Initialiser {
  return (parameter, random) => {
    if (parameter.name === "bias") return parameter.value.fill(0);
    const { shape, dtype } = parameter.value;
    parameter.value.copyFrom(random.normal(shape, 0, size, dtype));
  };
}

/** The weights that {@link he} draws, times a factor. */
export function heTimes(factor: number): Initialiser {
  return (parameter, random) => {
    he(parameter, random);
    parameter.value.copyFrom(multiply(parameter.value, factor));
  };
}
