/** What goes wrong in the backward pass of rectifier and pooling in one: `derivations/fused.md`. */
import { conv2dGeometry, type WindowOptions } from "../../im2col/index.js";
import type { Mistaken, MistakenPoint } from "./mistaken.js";
import { winnerMistakes } from "./winner-mistakes.js";
import type { Pooling } from "./winners.js";

/** The pooling of a case of the catalog; its windows lie side by side unless they are told to. */
export function poolingOf({ options, inputs, dOut }: MistakenPoint): Pooling {
  const windows = options as unknown as WindowOptions;
  const x = inputs["x"]!;
  const [N, C, H, W] = x.shape as [number, number, number, number];
  return {
    ...conv2dGeometry("reluPool2d", H, W, { stride: windows.kernelSize, ...windows }),
    ...{ N, C },
    rectify: true,
    x: x.contiguous().data,
    dOut: dOut.contiguous().data,
  };
}

const { hiddenBySums, others } = winnerMistakes(
  { winner: "fused.1a", gate: "fused.2", sum: "fused.3" },
  { hasTies: true, hasDilation: true },
);

export const reluPool2d: readonly Mistaken[] = [...hiddenBySums, ...others].map(
  ([says, tag, gradient]) => ({
    argument: "x",
    says,
    tag,
    gradient: (point) => gradient(poolingOf(point)),
  }),
);
