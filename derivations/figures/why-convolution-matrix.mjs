/** The matrix of an affine layer, and the one that a convolution would need. */
import { Affine, Conv2d, conv2dForward } from "leibniz/backprop";
import { diagram, label, pixels } from "leibniz/figures";
import { pytorchDefault } from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";

export const breaks = "filter-rotated-forward";

const [H, W, K] = [6, 6, 3];
const [SIZE, LEFT, TOP, GAP] = [10, 12, 46, 88];

/** @returns {Promise<string>} */
export default async function draw() {
  const random = new Random("matrix");
  const pixelsOfImage = H * W;
  const weight = random.uniform([1, 1, K, K], -1, 1);
  const spikes = Tensor.zeros([pixelsOfImage, 1, H, W]);
  for (let a = 0; a < pixelsOfImage; a++) spikes.set([a, 0, Math.floor(a / W), a % W], 1);
  const { out } = await conv2dForward(spikes, weight, null);
  const outputs = out.shape[2] * out.shape[3];
  const columns = out.reshape([pixelsOfImage, outputs]);
  const sparse = rowsOf(outputs, pixelsOfImage, (o, a) => columns.get(a, o));
  const affine = new Affine({ inFeatures: pixelsOfImage, outFeatures: outputs, bias: false });
  pytorchDefault(affine.parameters[0], random);
  const dense = affine.parameters[0].value;
  const full = rowsOf(outputs, pixelsOfImage, (o, a) => dense.get(o, a));
  const conv = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: K, bias: false });
  const filled = sparse.flat().filter((value) => value !== 0).length;
  const second = TOP + outputs * SIZE + GAP;
  const height = second + outputs * SIZE + 44;
  return diagram({
    title: "The matrix of an affine layer and that of a convolution",
    description:
      "Both matrices have a row for each of 16 outputs and a column for each of 36 pixels. The " +
      "affine layer's is full of different weights. The convolution's is mostly empty: the same " +
      "nine weights in every row, a step further to the right each time.",
    width: 384,
    height,
    content: [
      label([LEFT, 18], `An affine layer: ${dense.size} weights, all learned`),
      label([LEFT, 36], "36 pixels →", { soft: true, size: 12 }),
      pixels({ at: [LEFT, TOP], values: full, size: SIZE, kind: "signed", hasGrid: true }),
      label([LEFT, TOP + outputs * SIZE + 16], "16 outputs, a row for each", {
        soft: true,
        size: 12,
      }),
      label(
        [LEFT, second - 28],
        `A 3 × 3 convolution: ${conv.parameters[0].value.size} weights are learned`,
      ),
      label([LEFT, second - 10], `${filled} of ${outputs * pixelsOfImage} places are filled`, {
        soft: true,
        size: 12,
      }),
      pixels({ at: [LEFT, second], values: sparse, size: SIZE, kind: "signed", hasGrid: true }),
      label([LEFT, second + outputs * SIZE + 16], "each row: the same nine weights,", {
        soft: true,
        size: 12,
      }),
      label([LEFT, second + outputs * SIZE + 32], "a window further", { soft: true, size: 12 }),
    ],
  });
}

function rowsOf(rows, columns, entry) {
  return Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (_, c) => entry(r, c)),
  );
}
