/** What each layer keeps when the picture moves. */
import {
  averagePool2dForward,
  conv2dForward,
  maxPool2dForward,
  reluForward,
} from "leibniz/backprop";
import {
  type LayerUnderShift,
  shiftedImage,
  throughLayer,
  type WatchedLayer,
} from "leibniz/tracing";
import { type Forward, type Planes, planesOf } from "./compute.js";
import type { FiltersState } from "./state.js";

export interface ShiftRow extends Pick<LayerUnderShift, "name" | "change" | "kept" | "followed"> {
  readonly before: Planes;
  readonly after: Planes;
}

/** The picture, the convolution, the rectifier; then both poolings, each twice where it fits. */
export async function shiftRows(
  { dx, dy, pool, stride, padding, dilation }: FiltersState,
  { x, weight, geometry, out }: Forward,
): Promise<ShiftRow[]> {
  const options = { stride, padding, dilation };
  const image = shiftedImage(x, [dy, dx]);
  const conv = await throughLayer(image, {
    name: "convolution",
    stride,
    // of the picture as it is, it has been computed
    run: async (one) => (one === x ? out : (await conv2dForward(one, weight, null, options)).out),
  });
  const relu = await throughLayer(conv, {
    name: "ReLU",
    stride: 1,
    run: async (one) => (await reluForward(one)).out,
  });
  const found = [image, conv, relu];
  const shorter = Math.min(geometry.outH, geometry.outW);
  const pooled = async (name: string, run: WatchedLayer["run"]): Promise<void> => {
    let last = relu;
    for (const [words, needed] of [
      [name, pool],
      [`${name} again`, pool * pool],
    ] as const) {
      if (needed > shorter) return;
      last = await throughLayer(last, { name: words, stride: pool, run });
      found.push(last);
    }
  };
  const kernelSize = pool;
  await pooled("max pooling", async (one) => (await maxPool2dForward(one, { kernelSize })).out);
  await pooled(
    "average pooling",
    async (one) => (await averagePool2dForward(one, { kernelSize })).out,
  );
  return found.map(plain);
}

const plain = ({ name, before, after, change, kept, followed }: LayerUnderShift): ShiftRow => ({
  ...{ name, change, kept, followed },
  before: planesOf(before),
  after: planesOf(after),
});
