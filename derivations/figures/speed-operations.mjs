/** The operations of a training step, layer by layer, by the engine's own count. */
import { flopOfLayers } from "leibniz/bench";
import { barChart } from "leibniz/figures";
import { notebookNetwork } from "leibniz/network";

export const breaks = {
  file: "src/bench/layers.ts",
  find: "const forward = 2 * weight.value.size * P;",
  replace: "const forward = weight.value.size * P;",
};

/** @returns {Promise<string>} */
export default async function draw() {
  const images = { count: 0, height: 28, width: 28, pixels: new Uint8Array() };
  const flop = flopOfLayers(notebookNetwork(), { images });
  const names = [...new Set([...flop.keys()].map((part) => part.split(" ")[0]))];
  const all = [...flop.values()].reduce((sum, count) => sum + count, 0);
  const bars = names.map((name) => {
    const [forward, backward] = ["forward", "backward"].map((way) => flop.get(`${name} ${way}`));
    const sum = forward + backward;
    // of the two products backward, dWeight is as large as the forward one
    return {
      name,
      values: [forward, forward, backward - forward].map((count) => count / 1e6),
      text: `${((100 * sum) / all).toFixed(1)} %`,
    };
  });
  return barChart({
    title: "Where the operations of a training step go",
    description:
      "Of 4.3 million operations for an image, the second convolution takes 78 per cent, in three " +
      "equal parts: forward, for dWeight and for dX. The first one takes 9, affine1 13 and affine2 " +
      "less than one.",
    width: 400,
    x: { label: "million operations for an image, and their share" },
    parts: ["forward", "backward: dWeight", "backward: dX"],
    bars,
  });
}
