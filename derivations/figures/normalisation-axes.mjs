/** Which numbers of a batch are normalised together: found by moving one and seeing what moves. */
import { batchNorm2dForward, layerNormForward } from "leibniz/backprop";
import { cells, cellsExtent, diagram, element, label } from "leibniz/figures";
import { Random, Tensor } from "leibniz/tensor";

export const breaks = {
  file: "src/backprop/layer-norm.ts",
  find: "const M = weight.size;\n  const rows",
  replace: "const M = weight.size / weight.shape[0]!;\n  const rows",
};

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const [N, C, H, W] = [4, 3, 2, 3];
/** Of a pixel's side, and from one channel or image to the next, in pixels. */
const [SIZE, ACROSS, DOWN] = [13, 48, 40];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const x = new Random("axes").normal([N, C, H, W], 0, 1, "float64");
  const running = { mean: Tensor.zeros([C], "float64"), variance: Tensor.full([C], 1, "float64") };
  const [ones, zeros] = [
    (shape) => Tensor.full(shape, 1, "float64"),
    (shape) => Tensor.zeros(shape, "float64"),
  ];
  const batchNorm = async (images) =>
    batchNorm2dForward(images, ones([C]), zeros([C]), running, { mode: "train" });
  const layerNorm = async (images) =>
    layerNormForward(images, ones([C, H, W]), zeros([C, H, W]), { axes: 3 });
  return diagram({
    title: "What batch and layer normalisation average over",
    description:
      `A batch of ${N} images with ${C} channels of ${H} × ${W} pixels, twice. Numbers of one ` +
      "colour share a mean and a variance: in batch normalisation those of a channel in all " +
      "images, in layer normalisation those of one image in all channels.",
    width: 400,
    height: 254,
    content: [
      await panel("batch normalisation", 44, x, batchNorm, "one for each c"),
      await panel("layer normalisation", 244, x, layerNorm, "one for each n"),
    ],
  });
}

async function panel(name, left, x, normalise, remark) {
  const groups = await groupsOf(x, normalise);
  const count = new Set(groups).size;
  const middle = left + ACROSS + 19.5;
  const content = [label([middle, 18], name, { anchor: "middle" })];
  for (let c = 0; c < C; c++)
    content.push(
      label([left + c * ACROSS + 19.5, 42], `c = ${c}`, { anchor: "middle", size: 13, soft: true }),
    );
  for (let n = 0; n < N; n++) {
    content.push(
      label([left - 6, 54 + n * DOWN + 13], `n = ${n}`, { anchor: "end", size: 13, soft: true }),
    );
    for (let c = 0; c < C; c++) {
      const at = [left + c * ACROSS, 50 + n * DOWN];
      const block = {
        at,
        size: SIZE,
        values: Array.from({ length: H }, () => Array.from({ length: W }, () => null)),
        seriesOf: (h, w) => groups[((n * C + c) * H + h) * W + w] % 6,
      };
      const [width, height] = cellsExtent(block);
      const group = groups[(n * C + c) * H * W];
      content.push(
        cells(block),
        element("rect", { class: "guide line", x: at[0], y: at[1], width, height }),
        label([at[0] + width / 2, at[1] + height / 2 + 5], `μ${SUBSCRIPTS[group]}`, {
          anchor: "middle",
        }),
      );
    }
  }
  const y = 50 + N * DOWN + 14;
  content.push(
    label([middle, y], `${count} means: ${remark}`, { anchor: "middle", size: 13 }),
    label([middle, y + 19], `M = ${x.size / count} numbers in each`, {
      anchor: "middle",
      size: 13,
    }),
  );
  return content.join("");
}

/** For each number, the first one whose own normalised value it moves, counted anew from 0. */
async function groupsOf(x, normalise) {
  const before = (await normalise(x)).out.data;
  const firsts = new Map();
  const groups = Array.from({ length: x.size }, () => null);
  for (let i = 0; i < x.size; i++) {
    if (groups[i] !== null) continue;
    const moved = x.clone();
    moved.data[i] += 1;
    const after = (await normalise(moved)).out.data;
    firsts.set(i, firsts.size);
    for (let k = 0; k < x.size; k++) if (after[k] !== before[k]) groups[k] ??= firsts.get(i);
  }
  return groups;
}
