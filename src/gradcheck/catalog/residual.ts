import {
  conv2dBackward,
  conv2dForward,
  type Conv2dOptions,
  type Pass,
  residualBackward,
  residualForward,
} from "../../backprop/index.js";
import type { Backend } from "../../kernels/index.js";
import type { Random, Tensor } from "../../tensor/index.js";
import { between, type CatalogCase, layerEntry, uniform } from "./entry.js";

/** A convolution as a branch. What its parameters get goes where `keep` says. */
function convolution(
  weight: Tensor,
  bias: Tensor | null,
  options: Conv2dOptions,
  keep: (dWeight: Tensor, dBias: Tensor | null) => void,
  backend?: Backend,
): (x: Tensor) => Promise<Pass> {
  return async (x) => {
    const { out, cache } = await conv2dForward(x, weight, bias, options, backend);
    return {
      out,
      backward: async (dOut) => {
        const { dX, dWeight, dBias } = await conv2dBackward(dOut, cache, backend);
        keep(dWeight, dBias);
        return dX;
      },
    };
  };
}

/**
 * The body is a convolution that keeps the height; the shortcut one with rows for filters, or x
 * itself, which the body's width must then keep too.
 */
function makeCase(
  random: Random,
  [N, C, H, W]: readonly [number, number, number, number],
  [kH, kW]: readonly [number, number],
  projection: { K: number; stride: [number, number] } | null,
): CatalogCase {
  const K = projection?.K ?? C;
  const padding = [(kH - 1) / 2, projection === null ? (kW - 1) / 2 : 0];
  return {
    options: {
      kernelSize: [kH, kW],
      padding,
      ...(projection === null ? {} : { stride: projection.stride }),
    },
    inputs: {
      x: uniform(random, [N, C, H, W]),
      weight: uniform(random, [K, C, kH, kW]),
      bias: uniform(random, [K]),
      ...(projection === null ? {} : { shortcut: uniform(random, [K, C, 1, kW]) }),
    },
  };
}

/**
 * The block with a convolution for its body and, where there is a weight for it, one for its
 * shortcut: both ways back to x are checked at once.
 */
export const residual = layerEntry({
  layer: "residual",
  linear: ["x", "weight", "bias", "shortcut"],
  forward: async ({ x, weight, bias, shortcut }, options: Conv2dOptions, backend) => {
    const { stride = 1, padding = 0 } = options;
    const gradients: Record<string, Tensor | null> = {};
    const body = convolution(
      weight!,
      bias!,
      { stride, padding },
      (dWeight, dBias) => Object.assign(gradients, { dWeight, dBias }),
      backend,
    );
    const projection =
      shortcut === undefined
        ? null
        : convolution(
            shortcut,
            null,
            { stride },
            (dWeight) => Object.assign(gradients, { dShortcut: dWeight }),
            backend,
          );
    const { out, cache } = await residualForward(x!, body, projection, backend);
    return { out, cache: { block: cache, gradients } };
  },
  backward: async (dOut, { block, gradients }, backend) => ({
    ...(await residualBackward(dOut, block, backend)),
    ...gradients,
  }),
  cases: (random) => [
    makeCase(random, [2, 3, 5, 6], [3, 1], null),
    makeCase(random, [1, 2, 4, 7], [3, 5], null),
    makeCase(random, [2, 3, 6, 5], [3, 2], { K: 4, stride: [2, 1] }),
  ],
  sample: (random) => {
    const shape = [between(random, 1, 2), between(random, 1, 2)];
    const H = between(random, 2, 5);
    const W = between(random, 2, 5);
    const x = [...shape, H, W === H ? W + 1 : W] as [number, number, number, number];
    const [kH, kW] = random.integer(2) === 0 ? [1, 3] : [3, 1];
    if (random.integer(2) === 0) return makeCase(random, x, [kH, kW], null);
    return makeCase(random, x, [3, 2], {
      K: between(random, 1, 3),
      stride: random.integer(2) === 0 ? [2, 1] : [1, 2],
    });
  },
});
