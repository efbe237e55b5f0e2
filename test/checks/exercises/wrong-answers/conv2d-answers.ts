/** Wrong answers for the convolution. */
import {
  BATCH,
  NOT_THERE,
  ONE_IMAGE,
  OVERWRITTEN,
  replacing,
  SWAPPED,
  TURNED,
  WINDOWS,
} from "./phrases.js";
import type { WrongAnswer } from "./wrong-answer.js";

const convBias = "await backend.sumPerChannel(dOut)";
const convWeight = "await backend.matmulSum(dOutRows, cols, { transposeB: true })";
const convProduct = "backend.productOntoImages(filters, dOutRows, cols.channels, cols.geometry)";

/** With the turned filter, as textbooks have it, in what adds onto the pixels already. */
const TURNED_FILTERS = `Tensor.from(
    weight.data.map((_, i) => {
      const area = weight.shape[2]! * weight.shape[3]!;
      return weight.data[i - 2 * (i % area) + area - 1]!;
    }),
    weight.shape,
    weight.dtype,
  )`;

/** dX by hand: one loop for each index, and in the middle the line that says what goes where. */
const convLoops = (middle: string): string => `(async () => {
    const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW, outH, outW } =
      cols.geometry;
    const [C, K] = [cols.channels, outShape[1]!];
    const dX = Tensor.zeros([N, C, H, W], dOut.dtype);
    for (let n = 0; n < N; n++)
      for (let k = 0; k < K; k++)
        for (let c = 0; c < C / G; c++)
          for (let p = 0; p < outH; p++)
            for (let q = 0; q < outW; q++)
              for (let i = 0; i < kH; i++)
                for (let j = 0; j < kW; j++) {
                  const channel = Math.floor(k / (K / G)) * (C / G) + c;
                  const d = dOut.get(n, k, p, q);
                  ${middle}
                }
    return dX;
  })()`;
/** Where the pixel lies, and whether it is one. */
const pixel = (
  h = "p * strideH + i * dilationH - padH",
  w = "q * strideW + j * dilationW - padW",
): string => `const [h, w] = [${h}, ${w}];
                  if (h < 0 || h >= H || w < 0 || w >= W) continue;`;
const ADD = `
                  dX.set([n, channel, h, w],
                    dX.get(n, channel, h, w) + d * weight.get(k, c, i, j));`;

const convInput = replacing("conv2d", "dX", convProduct);
const convFilter = replacing("conv2d", "dWeight", convWeight);
const convBiasOf = replacing("conv2d", "dBias", convBias);

/** The columns of another geometry than the layer's. */
const filterOf = (geometry: string): string =>
  `await backend.matmulSum(
    dOutRows,
    await backend.im2col(cols.x, { ...cols.geometry, ${geometry} }, G),
    { transposeB: true },
  )`;

const IN_DX = /conv2d\.(8[ab]?|9|1[0-4][a-f]?|1[de])\b/;
const IN_DWEIGHT = /conv2d\.(7[a-c]?|1[de]|4)\b/;

export const conv2dAnswers: readonly WrongAnswer[] = [
  convInput(
    "filter-turned-in-dx",
    "The filters are turned by half a turn, although col2im turns them already.",
    convProduct.replace("filters,", `(${TURNED_FILTERS}).reshape(filters.shape),`),
    [TURNED, IN_DX],
  ),
  convInput(
    "filter-turned-in-loops",
    "In loops that scatter, the textbook's turned filter is used.",
    convLoops(`${pixel()}${ADD.replace("i, j", "kH - 1 - i, kW - 1 - j")}`),
    [TURNED, IN_DX],
  ),
  convInput(
    "overlap-overwritten",
    "= stands where += must: of overlapping windows the last one wins.",
    `(async () => {
    const dCols = await backend.matmul(filters, dOutRows, { transposeA: true });
    const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW, outH, outW } =
      cols.geometry;
    const C = cols.channels;
    const all = dCols.reshape([N, C, kH, kW, outH, outW]);
    const dX = Tensor.zeros([N, C, H, W], dOut.dtype);
    for (let n = 0; n < N; n++)
      for (let c = 0; c < C; c++)
        for (let i = 0; i < kH; i++)
          for (let j = 0; j < kW; j++)
            for (let p = 0; p < outH; p++)
              for (let q = 0; q < outW; q++) {
                ${pixel()}
                dX.set([n, c, h, w], all.get(n, c, i, j, p, q));
              }
    return dX;
  })()`,
    [OVERWRITTEN, /conv2d\.(8b|9|10)\b/],
  ),
  convInput(
    "stride-dropped-in-dx",
    "The windows are put down next to each other, as if the stride were 1.",
    convLoops(`${pixel("p + i * dilationH - padH", "q + j * dilationW - padW")}${ADD}`),
    [/stride/i, IN_DX],
  ),
  convInput(
    "padding-dropped-in-dx",
    "The frame is cropped at the lower right: nobody subtracts the padding.",
    convLoops(`${pixel("p * strideH + i * dilationH", "q * strideW + j * dilationW")}${ADD}`),
    [/pad/i, IN_DX],
  ),
  convInput(
    "dilation-dropped-in-dx",
    "The gaps of the filter are forgotten.",
    convLoops(`${pixel("p * strideH + i - padH", "q * strideW + j - padW")}${ADD}`),
    [/dilation|gaps/i, IN_DX],
  ),
  convInput(
    "strides-changed-in-dx",
    "strideH and strideW are mixed up.",
    convProduct.replace(
      "cols.geometry",
      "{ ...cols.geometry, strideH: cols.geometry.strideW, strideW: cols.geometry.strideH }",
    ),
    [/stride/i, SWAPPED],
  ),
  convInput(
    "paddings-changed-in-dx",
    "padH and padW are mixed up.",
    convProduct.replace(
      "cols.geometry",
      "{ ...cols.geometry, padH: cols.geometry.padW, padW: cols.geometry.padH }",
    ),
    [/pad/i, SWAPPED],
  ),
  convInput(
    "padding-of-one-axis-in-dx",
    "The rows of padding are subtracted, the columns are not.",
    convLoops(
      `${pixel("p * strideH + i * dilationH - padH", "q * strideW + j * dilationW")}${ADD}`,
    ),
    [/pad/i, /padW|width|columns|\bW\b/, IN_DX],
  ),
  convInput(
    "filters-of-the-first-group",
    "Every group's gradient goes back through the filters of the first group.",
    convProduct.replace(
      "filters,",
      "filters.slice([0, 1]).broadcastTo(filters.shape).contiguous(),",
    ),
    [/group/i],
  ),
  convInput(
    "conv-dx-averaged-over-the-batch",
    "dX is divided by the number of images, as if it were the mean over the batch.",
    `${convProduct}.then((dX) => divide(dX, N))`,
    [BATCH],
  ),
  convFilter(
    "filter-turned-in-dweight",
    "The gradient of the filters comes back turned by half a turn.",
    `await (async () => {
    const made = (${convWeight}).contiguous();
    const area = weight.shape[2]! * weight.shape[3]!;
    const turned = made.data.map((_, i) => made.data[i - 2 * (i % area) + area - 1]!);
    return Tensor.from(turned, made.shape, made.dtype);
  })()`,
    [TURNED, IN_DWEIGHT],
  ),
  convFilter(
    "dweight-of-the-first-image",
    "The products are not summed over the batch: only the first image counts.",
    "await backend.matmul(dOutRows.slice([0, 1]), cols.layOut().slice([0, 1]), " +
      "{ transposeB: true })",
    [ONE_IMAGE],
  ),
  convFilter(
    "dweight-averaged-over-the-batch",
    "The mean over the batch, where the equation has the sum.",
    `divide(${convWeight}, N)`,
    [BATCH],
  ),
  convFilter(
    "dweight-averaged-over-the-windows",
    "Divided by the number of windows.",
    `divide(${convWeight}, P)`,
    [WINDOWS],
  ),
  convFilter(
    "stride-dropped-in-dweight",
    "The windows are taken from the image with a stride of 1.",
    filterOf("strideH: 1, strideW: 1"),
    [/stride/i, IN_DWEIGHT],
  ),
  convFilter(
    "padding-dropped-in-dweight",
    "The windows are taken from the image as if it had no frame.",
    filterOf("padH: 0, padW: 0"),
    [/pad/i, IN_DWEIGHT],
  ),
  convFilter(
    "dilation-dropped-in-dweight",
    "The windows are taken from the image as if the filter had no gaps.",
    filterOf("dilationH: 1, dilationW: 1"),
    [/dilation|gaps/i, IN_DWEIGHT],
  ),
  convFilter(
    "strides-changed-in-dweight",
    "strideH and strideW are mixed up when the windows are taken.",
    filterOf("strideH: cols.geometry.strideW, strideW: cols.geometry.strideH"),
    [/stride/i, SWAPPED],
  ),
  convFilter(
    "channels-last-in-dout",
    "dOut is read as if its channels came last.",
    "await backend.matmulSum(\n    " +
      "dOut.reshape([N, G, P, outShape[1]! / G]).transpose([0, 1, 3, 2]),\n    " +
      "cols, { transposeB: true })",
    [/channel/i, /last|order|layout/i],
  ),
  convFilter(
    "filter-written-columns-first",
    "The entries of a filter are numbered j·kH + i in place of i·kW + j.",
    `await (async () => {
    const [, , kH, kW] = weight.shape as [number, number, number, number];
    const made = ${convWeight};
    return made.reshape([weight.shape[0]!, weight.shape[1]!, kW, kH]).transpose([0, 1, 3, 2])
      .contiguous();
  })()`,
    [SWAPPED],
  ),
  convBiasOf(
    "conv-bias-averaged-over-windows",
    "dBias is the mean over the windows instead of the sum.",
    `divide(${convBias}, P)`,
    [WINDOWS],
  ),
  convBiasOf(
    "conv-bias-averaged-over-the-batch",
    "dBias is the mean over the batch instead of the sum.",
    `divide(${convBias}, N)`,
    [BATCH],
  ),
  convBiasOf(
    "conv-bias-of-the-first-image",
    "dBias is not summed over the batch: only the first image counts.",
    "await backend.sumPerChannel(dOut.slice([0, 1]))",
    [ONE_IMAGE],
  ),
  convBiasOf(
    "conv-bias-of-the-first-window",
    "dBias is summed over the batch, and not over the windows.",
    "sum(dOut.slice([0, N], [0, outShape[1]!], [0, 1], [0, 1]), { axes: [0, 2, 3] })",
    [/window|outH|position|place|pixel/i],
  ),
  {
    layer: "conv2d",
    name: "conv-bias-that-is-not-there",
    mistake: "A gradient comes back for a bias that the layer does not have.",
    edits: [
      {
        find: "hasBias ? await backend.sumPerChannel(dOut) : null",
        replace: "await backend.sumPerChannel(dOut)",
      },
    ],
    gradient: "dBias",
    names: [NOT_THERE],
  },
  {
    layer: "conv2d",
    name: "conv-dout-changed-in-place",
    mistake: "dOut is divided by the size of the batch in place: it is the caller's tensor.",
    edits: [
      {
        find: "  // (conv2d.7) dWeight = Σₙ dOutₙ · colsₙᵀ\n",
        replace: "  dOut.data.forEach((d, i) => (dOut.data[i] = d / N));\n",
      },
    ],
    gradient: "dX",
    names: [/dOut/, /chang|overwr|in place|modif/i],
  },
];
