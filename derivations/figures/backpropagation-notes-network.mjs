/** The notes' network, and beside it one of affine layers with about as many parameters. */
import { arrow, diagram, label, onSlab, slab } from "leibniz/figures";
import { affine, buildNetwork, flatten, notebookNetwork, relu, summarise } from "leibniz/network";

export const breaks = {
  file: "src/im2col/geometry.ts",
  find: "const outH = Math.floor((H + 2 * padH - spanH) / strideH) + 1;",
  replace: "const outH = Math.floor((H + 2 * padH - spanH) / strideH);",
};

const INPUT = [1, 28, 28];
/** As many hidden units as give it about the parameters of the other one. */
const HIDDEN = 128;
/** Where each column begins, how far into it the arrows are, and where its numbers end. */
const [LEFT, RIGHT, INSIDE, REACH] = [10, 206, 14, 184];
/** How large a pixel, a channel and an entry of a row are drawn. */
const [PIXEL, CHANNEL, ENTRY] = [2.2, 1.5, 0.14];
const [TOP, GAP, FOOT] = [34, 46, 46];

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const plain = buildNetwork({
    input: INPUT,
    layers: {
      flatten: flatten(),
      affine1: affine({ outFeatures: HIDDEN }),
      relu1: relu(),
      affine2: affine({ outFeatures: 10 }),
    },
  });
  const right = stagesOf(notebookNetwork());
  const left = stagesOf(plain);
  // one below the other, and the rows of both networks at one height
  const blocks = [];
  let bottom = TOP - GAP;
  for (const { shape } of right) {
    const block = blockOf(RIGHT, bottom + GAP, shape);
    const rise = block.at[1] - onSlab(block, 0, 0, 1)[1];
    const lowered = { ...block, at: [RIGHT, block.at[1] + rise] };
    blocks.push(lowered);
    bottom = lowered.at[1] + lowered.front[1];
  }
  const height = bottom + FOOT;
  const beside = left.map(({ shape }, s) =>
    blockOf(LEFT, blocks.at(s === 0 ? 0 : s - left.length).at[1], shape),
  );
  return diagram({
    title: "The notes' network, and one of affine layers only",
    description:
      "Left: an image of 28 × 28 pixels is laid out as a row of 784 numbers, then affine, relu, " +
      "affine to ten logits. Right: convolution, relu and pooling twice, then flatten, affine, " +
      "relu, affine. Blocks are drawn to scale, with the layers and parameters between them.",
    width: 420,
    height,
    content: [
      label([LEFT, 18], "affine layers only"),
      ...column(left, beside, height),
      label([RIGHT, 18], "convolutions in front"),
      ...column(right, blocks, height),
    ],
  });
}

/** What a network makes of an image, layer by layer; a relu belongs to the layer before it. */
function stagesOf(network) {
  const stages = [{ names: [], shape: INPUT, parameters: 0 }];
  for (const { name, kind, outputShape, parameters } of summarise(network, [1, ...INPUT])) {
    if (kind === "relu") stages.at(-1).names.push(name);
    else stages.push({ names: [name], shape: outputShape.slice(1), parameters });
  }
  return stages;
}

/** An image's block or a row's, with its upper left corner. */
function blockOf(x, y, shape) {
  const [channels, height, width] = shape.length === 3 ? shape : [1, 0, 0];
  return shape.length === 3
    ? {
        at: [x, y],
        front: [width * PIXEL, height * PIXEL],
        depth: channels * CHANNEL,
        sheets: channels > 1 ? channels / 4 : 1,
        series: 0,
      }
    : { at: [x, y], front: [Math.max(3, shape[0] * ENTRY), 8], depth: 4, series: 2 };
}

function column(stages, blocks, height) {
  const x = blocks[0].at[0];
  const total = stages.reduce((sum, { parameters }) => sum + parameters, 0);
  return [
    ...stages.flatMap(({ names, shape, parameters }, s) => {
      const block = blocks[s];
      const [right] = onSlab(block, 1, 0.5, 1);
      const middle = block.at[1] + block.front[1] / 2 + 4.5;
      const shown = [slab(block), label([right + 7, middle], shape.join(" × "), { size: 13 })];
      if (s === 0) return shown;
      const from = blocks[s - 1].at[1] + blocks[s - 1].front[1] + 4;
      const to = onSlab(block, 0, 0, 1)[1] - 4;
      const said = parameters === 0 ? "" : count(parameters);
      return [
        ...shown,
        arrow([x + INSIDE, from], [x + INSIDE, to]),
        label([x + INSIDE + 9, (from + to) / 2 + 4], names.join(", "), { size: 13 }),
        label([x + REACH, (from + to) / 2 + 4], said, { size: 13, series: 1, anchor: "end" }),
      ];
    }),
    label([x, height - 12], `${count(total)} parameters`, { series: 1 }),
  ];
}

const count = (number) => number.toLocaleString("en-US");
