/** What each layer keeps when the picture moves. */
import { averagePool2dForward, maxPool2dForward, reluForward } from "leibniz/backprop";
import { conv2dForward } from "leibniz/backprop";
import type { Tensor } from "leibniz/tensor";
import { type LayerUnderShift, underShift, type WatchedLayer } from "leibniz/tracing";
import { type Forward, type Planes, planesOf } from "./compute.js";
import type { FiltersState } from "./state.js";

export interface ShiftRow extends Omit<LayerUnderShift, "before" | "after"> {
  readonly before: Planes;
  readonly after: Planes;
}

/** The picture, the convolution, the rectifier; then both poolings, each twice where it fits. */
export async function shiftRows(
  state: FiltersState,
  { x, weight, geometry }: Forward,
): Promise<ShiftRow[]> {
  const { dx, dy, pool, stride, padding, dilation } = state;
  const conv: WatchedLayer = {
    name: "convolution",
    stride,
    run: async (image) => (await conv2dForward(image, weight, null, geometryOf())).out,
  };
  const geometryOf = () => ({ stride, padding, dilation });
  const relu: WatchedLayer = {
    name: "ReLU",
    stride: 1,
    run: async (image) => (await reluForward(image)).out,
  };
  const shorter = Math.min(geometry.outH, geometry.outW);
  const fitting = [pool, pool * pool].filter((needed) => needed <= shorter).length;
  const start = [conv, relu];
  const rows = async (words: string, run: WatchedLayer["run"]): Promise<LayerUnderShift[]> => {
    const names = [`${words} pooling`, `${words} pooling again`].slice(0, fitting);
    const pools = names.map((name): WatchedLayer => ({ name, stride: pool, run }));
    return underShift(x, [dy, dx], [...start, ...pools]);
  };
  const options = { kernelSize: pool };
  const max = await rows("max", async (image) => (await maxPool2dForward(image, options)).out);
  const average = await rows(
    "average",
    async (image) => (await averagePool2dForward(image, options)).out,
  );
  return [...max, ...average.slice(1 + start.length)].map(plain);
}

const plain = ({ before, after, ...rest }: LayerUnderShift): ShiftRow => ({
  ...rest,
  before: planesOf(before as Tensor),
  after: planesOf(after as Tensor),
});
