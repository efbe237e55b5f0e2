/** Wrong answers for the layers in which something is fused with a max pooling. */
import { BATCH, NOT_THERE, ONE_IMAGE, OVERWRITTEN, replacing, SWAPPED, TURNED } from "./phrases.js";
import type { WrongAnswer } from "./wrong-answer.js";

/**
 * What flows back out of the pooling, by loops over its windows: `middle` says where d goes, given
 * the winner of window (p, q) of plane (n, c).
 */
const winnersLoops = (geometry: string, middle: string): string => `(() => {
    const { H, W, kH, kW, strideH, strideW, padH, padW, dilationH, dilationW } = ${geometry};
    const [images, planes, outH, outW] = outShape as [number, number, number, number];
    const made = Tensor.zeros([images, planes, H, W], dOut.dtype);
    let at = 0;
    for (let n = 0; n < images; n++)
      for (let c = 0; c < planes; c++)
        for (let p = 0; p < outH; p++)
          for (let q = 0; q < outW; q++) {
            const winner = argmax.data[at++]!;
            const d = dOut.get(n, c, p, q);
            const add = (h: number, w: number, value: number) => {
              if (h < 0 || h >= H || w < 0 || w >= W) return;
              made.set([n, c, h, w], made.get(n, c, h, w) + value);
            };
            ${middle}
          }
    return made;
  })()`;
/** Every pixel of the window gets something. */
const everyPixel = (value: string): string => `if (winner < 0) continue;
            for (let i = 0; i < kH; i++)
              for (let j = 0; j < kW; j++)
                add(p * strideH + i * dilationH - padH, q * strideW + j * dilationW - padW,
                  ${value});`;
const OVERWRITE = `if (winner < 0) continue;
            made.set([n, c, Math.floor(winner / W), winner % W], d);`;
const UNMASKED = `const first = [Math.max(p * strideH - padH, 0), Math.max(q * strideW - padW, 0)];
            if (winner < 0) add(first[0]!, first[1]!, d);
            else add(Math.floor(winner / W), winner % W, d);`;
const COLUMNS_FIRST = "if (winner >= 0) add(winner % H, Math.floor(winner / H), d);";
const BY_OUTPUT = "if (winner >= 0) add(Math.floor(winner / outW), winner % outW, d);";

const RECTIFIER = /rectif|relu|mask/i;

const POOLED = "await backend.maxPool2dBackward(dOut, argmax, geometry)";
const pooled = replacing("reluPool2d", "dX", POOLED);
const IN_POOLED = /fused\.3\b/;

const reluPool2dAnswers: readonly WrongAnswer[] = [
  pooled(
    "relu-pool-overlap-overwritten",
    "A pixel that wins two windows keeps the gradient of the last one.",
    winnersLoops("geometry", OVERWRITE),
    [OVERWRITTEN, IN_POOLED],
  ),
  pooled(
    "relu-pool-without-the-rectifier",
    "Windows that the rectifier's 0 won hand their gradient on, to their first pixel.",
    winnersLoops("geometry", UNMASKED),
    [RECTIFIER, /fused\.(1a|[23])\b/],
  ),
  pooled(
    "relu-pool-every-pixel-of-the-window",
    "All pixels of a window receive its gradient, not its winner alone.",
    winnersLoops("geometry", everyPixel("d")),
    [/all|every|each|whole|winner/i, /window/i, IN_POOLED],
  ),
  pooled(
    "relu-pool-spread-evenly",
    "The gradient of a window is spread over it as average pooling would.",
    winnersLoops("geometry", everyPixel("d / (kH * kW)")),
    [/average|spread|evenly|mean/i, IN_POOLED],
  ),
  pooled(
    "relu-pool-columns-first",
    "The winner's place is read as w·H + h.",
    winnersLoops("geometry", COLUMNS_FIRST),
    [SWAPPED, /fused\.(1a|3)\b/],
  ),
  pooled(
    "relu-pool-place-in-the-output",
    "The winner's place is divided by the width of the output, not of the image.",
    winnersLoops("geometry", BY_OUTPUT),
    [/outW|width/i, /fused\.(1a|3)\b/],
  ),
  pooled(
    "relu-pool-without-dout",
    "The winners receive 1, the derivative, and not dOut.",
    winnersLoops("geometry", "if (winner >= 0) add(Math.floor(winner / W), winner % W, 1);"),
    [/dOut/],
  ),
  pooled(
    "relu-pool-masks-by-gradient",
    "The rectifier is applied to the gradient: only a positive dOut goes through.",
    "await backend.maxPool2dBackward(map(dOut, (d) => (d > 0 ? d : 0)), argmax, geometry)",
    [/dOut/, /> 0|positive|sign|negative/i],
  ),
  pooled(
    "relu-pool-divided-by-the-window",
    "The winner receives its window's gradient divided by kH·kW.",
    `divide(${POOLED}, geometry.kH * geometry.kW)`,
    [/kH\s*[·*×]?\s*kW|size of (the|a) (window|kernel)|entries of (the|a) window|kernel/i],
  ),
];

const OUT_OF_POOL = "await backend.winnersGradient(dOut, argmax, pool)";
const BIAS = "await backend.sumPerChannel(dConv)";
const WEIGHT = "await backend.matmulSum(dConv, cols, { transposeB: true })";
const PRODUCT = "backend.productOntoImages(filters, dConv, cols.channels, cols.geometry)";
/** By hand, as operand of the three equations behind it; the bias wants it with its channels. */
const byHand = (
  name: string,
  mistake: string,
  middle: string,
  names: readonly RegExp[],
): WrongAnswer => ({
  layer: "convPool2d",
  name,
  mistake,
  edits: [
    {
      find: OUT_OF_POOL,
      replace: `${winnersLoops("pool", middle)}
    .reshape([outShape[0]!, 1, outShape[1]!, pool.H * pool.W])`,
    },
    { find: BIAS, replace: "sum(dConv, { axes: [0, 1, 3] })" },
  ],
  gradient: "dWeight",
  names,
});
const fusedBias = replacing("convPool2d", "dBias", BIAS);
const fusedWeight = replacing("convPool2d", "dWeight", WEIGHT);
const fusedInput = replacing("convPool2d", "dX", PRODUCT);

const convPool2dAnswers: readonly WrongAnswer[] = [
  byHand(
    "conv-pool-overlap-overwritten",
    "A pixel of the convolution that wins two windows keeps the gradient of the last one.",
    OVERWRITE,
    [OVERWRITTEN, /fused\.5\b/],
  ),
  byHand(
    "conv-pool-without-the-rectifier",
    "Windows that the rectifier's 0 won hand their gradient on, to their first pixel.",
    UNMASKED,
    [RECTIFIER, /fused\.5\b/],
  ),
  byHand(
    "conv-pool-every-pixel-of-the-window",
    "All pixels of a pooled window receive its gradient, not its winner alone.",
    everyPixel("d"),
    [/all|every|each|whole|winner/i, /window/i, /fused\.5\b/],
  ),
  byHand(
    "conv-pool-spread-evenly",
    "The gradient of a pooled window is spread over it as average pooling would.",
    everyPixel("d / (kH * kW)"),
    [/average|spread|evenly|mean/i, /fused\.5\b/],
  ),
  byHand("conv-pool-columns-first", "The winner's place is read as w·convH + h.", COLUMNS_FIRST, [
    SWAPPED,
    /fused\.5\b/,
  ]),
  fusedBias(
    "conv-pool-bias-sums-dout",
    "The bias adds up dOut, with what the rectifier stopped.",
    "await backend.sumPerChannel(dOut)",
    [/dOut|dConv|rectif|relu/i, /fused\.[56]\b/],
  ),
  fusedBias(
    "conv-pool-bias-averaged-over-the-batch",
    "The mean over the batch, where the equation has the sum.",
    `divide(${BIAS}, dOut.shape[0]!)`,
    [BATCH],
  ),
  {
    layer: "convPool2d",
    name: "conv-pool-bias-that-is-not-there",
    mistake: "A gradient comes back for a bias that the layer does not have.",
    edits: [{ find: `hasBias ? ${BIAS} : null`, replace: BIAS }],
    gradient: "dBias",
    names: [NOT_THERE],
  },
  fusedWeight(
    "conv-pool-dweight-of-the-first-image",
    "The products are not summed over the batch: only the first image counts.",
    "await backend.matmul(dConv.layOut().slice([0, 1]), cols.layOut().slice([0, 1]), " +
      "{ transposeB: true })",
    [ONE_IMAGE],
  ),
  fusedWeight(
    "conv-pool-filter-turned-in-dweight",
    "The gradient of the filters comes back turned by half a turn.",
    `await (async () => {
    const made = (${WEIGHT}).contiguous();
    const area = weight.shape[2]! * weight.shape[3]!;
    const turned = made.data.map((_, i) => made.data[i - 2 * (i % area) + area - 1]!);
    return Tensor.from(turned, made.shape, made.dtype);
  })()`,
    [TURNED, /fused\.7a?\b|conv2d\.7/],
  ),
  fusedWeight(
    "conv-pool-padding-dropped-in-dweight",
    "The windows are taken from the image as if it had no frame.",
    `await backend.matmulSum(
    dConv,
    await backend.im2col(cols.x, { ...cols.geometry, padH: 0, padW: 0 }),
    { transposeB: true },
  )`,
    [/pad/i, /fused\.7a?\b|conv2d\.(7|4|1)/],
  ),
  fusedInput(
    "conv-pool-filter-turned-in-dx",
    "The filters are turned by half a turn, although col2im turns them already.",
    PRODUCT.replace(
      "filters,",
      `Tensor.from(
      weight.data.map((_, i) => {
        const area = weight.shape[2]! * weight.shape[3]!;
        return weight.data[i - 2 * (i % area) + area - 1]!;
      }),
      filters.shape,
      weight.dtype,
    ),`,
    ),
    [TURNED, /fused\.8\b|conv2d\.(8|10|12)/],
  ),
  fusedInput(
    "conv-pool-padding-dropped-in-dx",
    "The convolution's frame is cropped at the lower right.",
    PRODUCT.replace("cols.geometry", "{ ...cols.geometry, padH: 0, padW: 0 }"),
    [/pad/i, /fused\.8\b|conv2d\.(8|9|10|1)/],
  ),
];

export const fusedAnswers: readonly WrongAnswer[] = [...reluPool2dAnswers, ...convPool2dAnswers];
