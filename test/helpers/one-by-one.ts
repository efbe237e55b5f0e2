/** Layers one after another, as plain functions: what a fused layer is compared with. */
import { maxPool2dBackward, maxPool2dForward, reluBackward, reluForward } from "leibniz/backprop";
import type { WindowOptions } from "leibniz/im2col";
import type { Tensor } from "leibniz/tensor";

/** Poolings whose windows lie side by side, overlap, have gaps, or hang over the edge. */
export const pools: readonly WindowOptions[] = [
  { kernelSize: 2 },
  { kernelSize: [2, 3] },
  { kernelSize: 3, stride: 2 },
  { kernelSize: [3, 2], stride: [1, 2], padding: [1, 0] },
  { kernelSize: [2, 3], stride: [2, 1], dilation: [1, 2], padding: [0, 1] },
  { kernelSize: 1 },
];

export interface Step {
  readonly out: Tensor;
  readonly back: (dOut: Tensor) => Promise<Tensor>;
}

export const relu = async (x: Tensor): Promise<Step> => {
  const { out, cache } = await reluForward(x);
  return { out, back: async (dOut) => (await reluBackward(dOut, cache)).dX };
};
export const pool =
  (options: WindowOptions) =>
  async (x: Tensor): Promise<Step> => {
    const { out, cache } = await maxPool2dForward(x, options);
    return { out, back: async (dOut) => (await maxPool2dBackward(dOut, cache)).dX };
  };

/** What the plain functions return, one after another. */
export async function oneByOne(
  x: Tensor,
  steps: readonly ((x: Tensor) => Promise<Step>)[],
): Promise<Step> {
  const done: Step[] = [];
  for (const step of steps) done.push(await step(done.at(-1)?.out ?? x));
  return {
    out: done.at(-1)!.out,
    back: async (dOut) => {
      for (const { back } of [...done].reverse()) dOut = await back(dOut);
      return dOut;
    },
  };
}
