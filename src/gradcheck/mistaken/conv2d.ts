/** What goes wrong in the backward pass of a convolution: `derivations/conv2d-gradients.md`. */
import type { Conv2dOptions } from "../../backprop/index.js";
import { conv2dGeometry } from "../../im2col/index.js";
import type { Convolution } from "./convolution-loops.js";
import { convolutionMistakes } from "./convolution-mistakes.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";
import { exchangedAxes, wrongDilations, wrongPlaces, wrongStrides } from "./mistaken-windows.js";

/** The convolution of a case of the catalog. */
export function convolutionOf({ options, inputs, dOut }: MistakenPoint): Convolution {
  const { groups: G = 1, ...windows } = options as Conv2dOptions;
  const [x, weight] = [inputs["x"]!, inputs["weight"]!];
  const [N, C, H, W] = x.shape as [number, number, number, number];
  const [K, , ...kernelSize] = weight.shape as [number, number, number, number];
  return {
    ...conv2dGeometry("conv2d", H, W, { ...windows, kernelSize }),
    ...{ N, C, K, G },
    x: x.contiguous().data,
    weight: weight.contiguous().data,
    bias: inputs["bias"]?.contiguous().data ?? null,
    dOut: dOut.contiguous().data,
  };
}

export const conv2d: readonly Mistaken[] = convolutionMistakes({
  of: convolutionOf,
  tags: {
    bias: "conv2d.6",
    weight: "conv2d.7",
    columns: "conv2d.8",
    image: "conv2d.9",
    padding: "conv2d.10",
  },
  sizes: [...wrongStrides, ...wrongDilations, ...wrongPlaces, ...exchangedAxes],
  upstream: "dOut",
  hasGroups: true,
});
