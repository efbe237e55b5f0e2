import type { Mistake } from "../mistake.js";

const conv2d = {
  theme: "convolution",
  file: "src/backprop/conv2d.ts",
  layers: ["conv2d"],
  setups: ["notes"],
} as const;
const im2col = {
  theme: "convolution",
  file: "src/im2col/im2col.ts",
  layers: ["conv2d"],
  setups: ["notes"],
} as const;

export const convolution: readonly Mistake[] = [
  {
    ...conv2d,
    name: "filter-rotated-twice",
    title: "the filters are turned by half a turn for dX, although col2im turns them already",
    edits: [
      {
        find: "const filters = weight.reshape([G, outShape[1]! / G, R]);",
        replace:
          "const area = weight.shape[2]! * weight.shape[3]!;\n" +
          "  const turned = weight.clone();\n" +
          "  turned.data.forEach((_, i) => " +
          "(turned.data[i] = weight.data[i - 2 * (i % area) + area - 1]!));\n" +
          "  const filters = turned.reshape([G, outShape[1]! / G, R]);",
      },
    ],
    tag: "conv2d.8",
    story:
      "Textbooks write dX as a convolution with the turned filter. Here col2im scatters " +
      "instead of gathering, and that turns it. Turned twice is not turned at all: the first " +
      "convolution learns from misplaced gradients.",
  },
  {
    ...conv2d,
    name: "filter-rotated-forward",
    title:
      "the forward pass turns the filters, a true convolution; the backward pass does not know",
    edits: [
      {
        find: "const filters = weight.reshape([G, K / G, R]);",
        replace:
          "const area = geometry.kH * geometry.kW;\n  const turned = weight.clone();\n" +
          "  turned.data.forEach((_, i) => " +
          "(turned.data[i] = weight.data[i - 2 * (i % area) + area - 1]!));\n" +
          "  const filters = turned.reshape([G, K / G, R]);",
      },
    ],
    tag: "conv2d.5",
    story:
      "Either convention is fine, but both passes must keep it. The weights are moved by a " +
      "gradient that belongs to the opposite corner of the filter.",
  },
  {
    ...conv2d,
    name: "channels-last-in-the-filter",
    title: "the forward pass reads a filter with its channels last, the columns have them first",
    edits: [
      {
        find: "const filters = weight.reshape([G, K / G, R]);",
        replace: "const filters = weight.transpose([0, 2, 3, 1]).reshape([G, K / G, R]);",
      },
    ],
    tag: "conv2d.4d",
    story:
      "A layer with one input channel does not notice, so the first convolution is right. In " +
      "the second, each weight meets the pixel of another weight, " +
      "and its gradient goes to a third.",
  },
  {
    ...conv2d,
    name: "gradient-read-channels-last",
    title: "dOut is read as if its channels came last",
    edits: [
      {
        find: "dOut.reshape([N, G, outShape[1]! / G, P])",
        replace: "dOut.reshape([N, G, P, outShape[1]! / G]).transpose([0, 1, 3, 2])",
      },
    ],
    tag: "conv2d.7",
    story:
      "Code that keeps its windows as rows must move the channel axis of dOut before it " +
      "multiplies. Code that keeps them as columns must not. The shape comes out right either way.",
  },
  {
    ...conv2d,
    name: "weight-of-one-image",
    title: "dWeight is not summed over the batch: only the first image counts",
    edits: [
      {
        find: "await backend.matmulSum(dOutRows, cols, { transposeB: true })",
        replace:
          "await backend.matmul(dOutRows.slice([0, 1]), cols.layOut().slice([0, 1]), " +
          "{ transposeB: true })",
      },
    ],
    tag: "conv2d.7",
    story:
      "The filters are shared by all images, so all images add to their gradient. With one of " +
      "32, the filters learn as if from batches of a single image, with a learning rate to match.",
  },
  {
    ...conv2d,
    name: "conv-bias-averaged",
    title: "dBias is the mean over the windows instead of the sum",
    edits: [
      {
        find: "await backend.sumPerChannel(dOut)",
        replace: "multiply(await backend.sumPerChannel(dOut), 1 / P)",
      },
      {
        find: 'reference } from "../kernels/index.js";',
        replace:
          'reference } from "../kernels/index.js";\n' +
          'import { multiply } from "../tensor/index.js";',
      },
    ],
    tag: "conv2d.6",
    story:
      "The bias is added in every window, so it collects from every window. The mean points in " +
      "the same direction, and Adam hides the factor.",
  },
  {
    ...im2col,
    name: "overlap-overwritten",
    title: "col2im writes = where it must add +=, so that of overlapping windows the last one wins",
    edits: [
      {
        find: "target[w]! += source[colStart + q]!",
        replace: "target[w]! = source[colStart + q]!",
      },
    ],
    tag: "conv2d.9",
    primitives: ["productOntoImages"],
    story:
      "A pixel was copied into several windows, so it receives a sum. With = it keeps the " +
      "share of one of nine. A stride as large as the filter would hide it.",
  },
  {
    ...im2col,
    name: "padding-cropped-wrongly",
    title: "col2im takes the frame off at the lower right instead of all around",
    edits: [
      {
        find: "forEachWindowRow(N * channels, geometry,",
        replace: "forEachWindowRow(N * channels, { ...geometry, padH: 0, padW: 0 },",
      },
    ],
    tag: "conv2d.10",
    setups: ["notes", "oblong"],
    primitives: ["productOntoImages"],
    story:
      "The gradient of the padded image is cut to [0 : H, 0 : W] instead of [padH : H + padH, " +
      "padW : W + padW]. Everything arrives shifted by the padding. The notes' network has no " +
      "padding.",
  },
  {
    ...im2col,
    name: "stride-forgotten-going-back",
    title: "col2im steps by one pixel where the windows lie strideW apart",
    edits: [
      {
        find:
          "for (let q = 0, w = xStart; q < count; q++, w += strideW) " +
          "target[w]! += source[colStart + q]!;",
        replace:
          "for (let q = 0, w = xStart; q < count; q++, w++) target[w]! += source[colStart + q]!;",
      },
    ],
    tag: "conv2d.9",
    setups: ["oblong"],
    primitives: ["productOntoImages"],
    story:
      "Developed with a stride of 1, where the two are the same, as they are in the notes' " +
      "network. With a larger stride the gradients of a row are crowded into its left half.",
  },
  {
    ...im2col,
    name: "stride-of-the-other-axis",
    title: "rows are counted with the options of the columns: strideW for strideH",
    edits: [
      {
        find: "const h = p * strideH + i * dilationH - padH;",
        replace: "const h = p * strideW + i * dilationW - padW;",
      },
    ],
    tag: "conv2d.1d",
    setups: ["oblong"],
    primitives: ["im2col", "productOntoImages"],
    story:
      "Forward and backward share the geometry, so both are wrong in the same way: the " +
      "backward pass is the exact gradient of the wrong function. No check that holds a layer " +
      "against itself can see that, only one that knows what the layer should compute.",
  },
  {
    theme: "convolution",
    name: "window-without-dilation",
    title: "the size of the output is worked out as if the filter had no gaps",
    file: "src/im2col/geometry.ts",
    edits: [{ find: "const spanH = dilationH * (kH - 1) + 1;", replace: "const spanH = kH;" }],
    tag: "conv2d.2",
    layers: ["conv2d", "maxPool2d", "averagePool2d"],
    setups: ["notes"],
    story:
      "The option was added later, and one formula was missed. Windows hang over the lower " +
      "edge and see zeros there. Consistently so, and the gradients are right. Nothing in " +
      "MNIST's networks is dilated.",
  },
  {
    theme: "convolution",
    name: "padding-counted-once",
    title: "the size of the output counts the padding of one side only",
    file: "src/im2col/geometry.ts",
    edits: [
      {
        find: "Math.floor((H + 2 * padH - spanH) / strideH) + 1",
        replace: "Math.floor((H + padH - spanH) / strideH) + 1",
      },
    ],
    tag: "conv2d.2",
    layers: ["conv2d", "maxPool2d", "averagePool2d"],
    setups: ["oblong"],
    story:
      "The last rows of windows are never computed. The layer does less than it should, and " +
      "does that correctly.",
  },
];
