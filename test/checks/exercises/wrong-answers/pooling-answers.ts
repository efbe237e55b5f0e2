/** Wrong answers to the exercises of the three poolings. */
import type { WrongAnswer } from "./wrong-answer.js";

type Row = readonly [name: string, mistake: string, replace: string, names: readonly RegExp[]];

function answers(layer: string, find: string, rows: readonly Row[]): readonly WrongAnswer[] {
  return rows.map(([name, mistake, replace, names]) => ({
    layer,
    name: `${layer.toLowerCase()}-${name}`,
    mistake,
    edits: [{ find, replace }],
    gradient: "dX",
    names,
  }));
}

/**
 * A learner's loop over all windows, which finds each window's winner and adds dOut there; `at` is
 * the position in dX's numbers, `d` the window's gradient.
 */
function loopOverWinners({
  h = "Math.floor(winners[window]! / W)",
  w = "winners[window]! % W",
  step = "dX[at] += d;",
  images = "N",
}: {
  readonly h?: string;
  readonly w?: string;
  readonly step?: string;
  readonly images?: string;
}): string {
  return `const { H, W, kH, kW, outH, outW } = geometry;
  const [N, C] = outShape as [number, number];
  const winners = (await backend.read(argmax)).data;
  const dX = new Float64Array(N * C * H * W);
  for (let n = 0; n < ${images}; n++)
    for (let c = 0; c < C; c++)
      for (let p = 0; p < outH; p++)
        for (let q = 0; q < outW; q++) {
          const window = ((n * C + c) * outH + p) * outW + q;
          const plane = (n * C + c) * H * W;
          const h = ${h};
          const w = ${w};
          const at = plane + h * W + w;
          const d = dOut.get(n, c, p, q);
          ${step}
        }
  return { dX: Tensor.from(dX, [N, C, H, W], dOut.dtype) };`;
}

const { max, average } = {
  max: "return { dX: await backend.maxPool2dBackward(dOut, argmax, geometry) };",
  average: "return { dX: await backend.averagePool2dBackward(dOut, geometry) };",
};

/** `step` for every pixel (u, v) of the window (p, q). */
function overWindow(step: string): string {
  return `for (let i = 0; i < kH; i++)
            for (let j = 0; j < kW; j++) {
              const u = p * geometry.strideH - geometry.padH + i * geometry.dilationH;
              const v = q * geometry.strideW - geometry.padW + j * geometry.dilationW;
              if (u < 0 || u >= H || v < 0 || v >= W) continue;
              ${step}
            }`;
}

const maxPool2d = answers("maxPool2d", max, [
  [
    "shared-winner-overwritten",
    "Sets the winner's gradient instead of adding to it, where windows overlap.",
    loopOverWinners({ step: "dX[at] = d;" }),
    [/overwrit|replac|instead of add|not added|overlap|last window/i, /pooling\.4/],
  ],
  [
    "winner-of-the-window-before",
    "Is off by one window: the gradient goes to the winner of the window before.",
    loopOverWinners({
      h: "Math.floor(winners[Math.max(0, window - 1)]! / W)",
      w: "winners[Math.max(0, window - 1)]! % W",
    }),
    [/window|winner/i, /before|another|next|shift|off by one|previous|neighbour|wrong/i],
  ],
  [
    "position-read-column-first",
    "Reads the winner's position as w·H + h.",
    loopOverWinners({ h: "winners[window]! % H", w: "Math.floor(winners[window]! / H)" }),
    [
      /h·W|w·H|column|transpos|order|height|H and W|H for W|divided by H|position/i,
      /pooling\.[24]/,
    ],
  ],
  [
    "height-for-width",
    "Divides the winner's position by the height instead of the width.",
    loopOverWinners({ h: "Math.floor(winners[window]! / H)", w: "winners[window]! % H" }),
    [/h·[HW]|height|H and W|H for W|by H|width/i, /pooling\.[24]/],
  ],
  [
    "whole-window-gets-it",
    "Gives every pixel of a window the window's gradient, as if each had won.",
    loopOverWinners({ step: overWindow("dX[plane + u * W + v]! += d;") }),
    [/every|each|all|whole/i, /window/i, /pooling\.4/],
  ],
  [
    "spread-as-a-mean",
    "Goes back as average pooling does: every pixel of a window gets its share.",
    loopOverWinners({ step: overWindow("dX[plane + u * W + v]! += d / (kH * kW);") }),
    [/average|mean|even|spread|share|kH·kW/i, /pooling\.[46]/],
  ],
  [
    "first-pixel-wins",
    "Gives the gradient to the first pixel of each window, whichever won.",
    loopOverWinners({
      step: `let done = false;\n${overWindow(
        "if (!done) { dX[plane + u * W + v]! += d; done = true; }",
      )}`,
    }),
    [/first|corner|top|upper/i, /window/i, /pooling\.[24]/],
  ],
  [
    "position-in-the-window",
    "Takes the winner's position, which is one in the plane, for one in its window.",
    loopOverWinners({
      h: "p * geometry.strideH - geometry.padH + Math.floor(winners[window]! / kW)",
      w: "q * geometry.strideW - geometry.padW + (winners[window]! % kW)",
      step: "if (h >= 0 && h < H && w >= 0 && w < W) dX[at]! += d;",
    }),
    [/position|in (its|the|a) window|inside|corner|argmax/i, /pooling\.[24]/],
  ],
  [
    "first-image-only",
    "Goes through the first image of the batch only.",
    loopOverWinners({ images: "1" }),
    [/first|only|one|other images|rest/i, /image|batch|\bN\b/i],
  ],
  [
    "all-in-one-plane",
    "Forgets the plane's offset: every image and channel lands in the first plane.",
    loopOverWinners({ step: "dX[at - plane]! += d;" }),
    [/plane|channel|image/i, /first|offset|one|all|rest|never/i],
  ],
  [
    "one-for-each-window",
    "Counts the windows that a pixel wins instead of adding up their gradients.",
    loopOverWinners({ step: "dX[at]! += 1;" }),
    [/dOut.*(left out|missing|forgotten|not multiplied)|without dOut|1 for dOut|count/i],
  ],
  [
    "divided-by-the-window",
    "Takes the factor of average pooling along: the winner gets dOut / (kH·kW).",
    loopOverWinners({ step: "dX[at]! += d / (kH * kW);" }),
    [/kH·kW|kernel|window|average/i],
  ],
]);

/** What a learner does who keeps x in the cache, to look for the winners again. */
function withX(name: string, mistake: string, step: string, names: readonly RegExp[]): WrongAnswer {
  return {
    layer: "maxPool2d",
    name: `maxpool2d-${name}`,
    mistake,
    edits: [
      {
        find: "cache: { geometry, argmax, outShape: out.shape }",
        replace: "cache: { geometry, argmax, outShape: out.shape, x } as never",
      },
      {
        find: "{ geometry, argmax, outShape }: MaxPool2dCache,",
        replace: "{ geometry, argmax, outShape, x }: MaxPool2dCache & { x: Tensor },",
      },
      { find: max, replace: loopOverWinners({ step }) },
    ],
    gradient: "dX",
    names,
  };
}

const TIE = /\btie|equal|alike|several|as large|more than one/i;
const largest = "x.get(n, c, h, w)";

const ties: readonly WrongAnswer[] = [
  withX(
    "ties-all-win",
    "Compares every pixel with the window's largest: where two are equal, both get all of it.",
    overWindow(`if (x.get(n, c, u, v) === ${largest}) dX[plane + u * W + v]! += d;`),
    [TIE, /pooling\.[24]/],
  ),
  withX(
    "ties-share",
    "Splits the gradient evenly among pixels that are equally large.",
    `let equals = 0;\n${overWindow(`if (x.get(n, c, u, v) === ${largest}) equals += 1;`)}\n` +
      overWindow(`if (x.get(n, c, u, v) === ${largest}) dX[plane + u * W + v]! += d / equals;`),
    [TIE, /pooling\.[24]/],
  ),
  withX(
    "ties-last-wins",
    "Writes >= for >: of pixels that are equally large the last one wins, not the first.",
    `let last = at;\n${overWindow(
      `if (x.get(n, c, u, v) === ${largest}) last = plane + u * W + v;`,
    )}\n          dX[last]! += d;`,
    [TIE, /pooling\.[24]/],
  ),
];

/** A learner's loop over all windows and their pixels; each part can be written wrongly. */
function loopOverWindows({
  u = "p * strideH - padH + i * dilationH",
  v = "q * strideW - padW + j * dilationW",
  share = "d / (kH * kW)",
  rows = "kH",
  columns = "kW",
  sign = "+=",
}: {
  readonly u?: string;
  readonly v?: string;
  readonly share?: string;
  readonly rows?: string;
  readonly columns?: string;
  readonly sign?: string;
}): string {
  return `const { H, W, kH, kW, strideH, strideW, padH, padW, outH, outW } = geometry;
  const { dilationH, dilationW } = geometry;
  const [N, C] = outShape as [number, number];
  const dX = new Float64Array(N * C * H * W);
  const isIn = (h: number, w: number) => h >= 0 && h < H && w >= 0 && w < W;
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let p = 0; p < outH; p++)
        for (let q = 0; q < outW; q++) {
          const d = dOut.get(n, c, p, q);
          let inside = 0;
          for (let i = 0; i < ${rows}; i++)
            for (let j = 0; j < ${columns}; j++) if (isIn(${u}, ${v})) inside += 1;
          for (let i = 0; i < ${rows}; i++)
            for (let j = 0; j < ${columns}; j++) {
              const h = ${u};
              const w = ${v};
              if (isIn(h, w)) dX[((n * C + c) * H + h) * W + w]! ${sign} ${share};
            }
        }
  return { dX: Tensor.from(dX, [N, C, H, W], dOut.dtype) };`;
}

const averagePool2d = answers("averagePool2d", average, [
  [
    "factor-left-out",
    "Hands the whole gradient to every pixel of a window: 1/(kH·kW) is forgotten.",
    loopOverWindows({ share: "d" }),
    [/kH·kW|kernel/],
  ],
  [
    "divided-by-what-is-inside",
    "Divides by the pixels of the window that lie on the image, not by kH·kW.",
    loopOverWindows({ share: "d / inside" }),
    [/border|inside|padd|pixels|on the image/i, /pooling\.[56]/],
  ],
  [
    "factor-by-kh-squared",
    "Divides by kH·kH.",
    loopOverWindows({ share: "d / (kH * kH)" }),
    [/kH·kH|kH²|kH for kW|kW\/kH|square/, /pooling\.[56]|factor|times/],
  ],
  [
    "factor-of-the-sum",
    "Divides by kH + kW.",
    loopOverWindows({ share: "d / (kH + kW)" }),
    [/kH \+ kW|kH·kW/],
  ],
  [
    "divided-by-the-windows",
    "Divides by the number of windows, outH·outW, instead of the pixels in one.",
    loopOverWindows({ share: "d / (outH * outW)" }),
    [/outH·outW|number of windows/],
  ],
  [
    "divided-by-the-plane",
    "Divides by H·W, as global average pooling does.",
    loopOverWindows({ share: "d / (H * W)" }),
    [/H·W/],
  ],
  [
    "factor-twice",
    "Divides by kH·kW twice.",
    loopOverWindows({ share: "d / (kH * kW) ** 2" }),
    [/kH·kW|kernel/, /twice|squared|again|²|one too many|(kH·kW).*too small|1\/\(?kH·kW/i],
  ],
  [
    "stride-dropped",
    "Lets the windows begin at p and q, as if the stride were 1.",
    loopOverWindows({
      u: "p - padH + i * dilationH",
      v: "q - padW + j * dilationW",
    }),
    [/stride/i, /pooling\.[56]/],
  ],
  [
    "padding-dropped",
    "Forgets that windows begin in the padding.",
    loopOverWindows({ u: "p * strideH + i * dilationH", v: "q * strideW + j * dilationW" }),
    [/padding/i, /pooling\.[56]/],
  ],
  [
    "dilation-dropped",
    "Lets the pixels of a window lie side by side, as if the dilation were 1.",
    loopOverWindows({ u: "p * strideH - padH + i", v: "q * strideW - padW + j" }),
    [/dilation/i, /pooling\.[56]/],
  ],
  [
    "strides-exchanged",
    "Takes the width's stride for the height, and the other way round.",
    loopOverWindows({
      u: "p * strideW - padH + i * dilationH",
      v: "q * strideH - padW + j * dilationW",
    }),
    [/stride/i, /exchang|chang|swap|H and W|height|wrong axis|other axis|mixed/i],
  ],
  [
    "window-turned",
    "Takes the window's height for its width: loops over kW rows and kH columns.",
    loopOverWindows({ rows: "kW", columns: "kH" }),
    [/kH|kernel|window/i, /exchang|chang|swap|H and W|height|kW|turned|transpos|mixed/i],
  ],
  [
    "overlap-overwritten",
    "Sets a pixel's gradient instead of adding to it, where windows overlap.",
    loopOverWindows({ sign: "=" }),
    [/overwrit|replac|instead of add|not added|overlap|last window/i, /pooling\.6/],
  ],
  [
    "first-pixel-of-the-window",
    "Gives the whole gradient to the first pixel of each window.",
    loopOverWindows({ share: "(i === 0 && j === 0 ? d : 0)" }),
    [/first|corner|top|upper|one pixel/i, /pooling\.6/],
  ],
]);

const SHARE = "divide(await backend.read(dOut), H * W).reshape([N, C, 1, 1])";
const read = "(await backend.read(dOut))";
const globalAveragePool2d = answers("globalAveragePool2d", SHARE, [
  [
    "height-squared",
    "Divides by H·H, a slip of one letter.",
    "divide(await backend.read(dOut), H * H).reshape([N, C, 1, 1])",
    [/H·H|H²|H for W|W\/H/],
  ],
  ["factor-left-out", "Forgets 1/(H·W).", `${read}.reshape([N, C, 1, 1])`, [/H·W/]],
  [
    "multiplied",
    "Multiplies by H·W instead of dividing.",
    `multiply(${read}, H * W).reshape([N, C, 1, 1])`,
    [/H·W/, /multipl|twice|squared|²|divid|inver/i],
  ],
  ["width-left-out", "Divides by H alone.", `divide(${read}, H).reshape([N, C, 1, 1])`, [/\bW\b/]],
  [
    "mean-over-channels-too",
    "Divides by C·H·W.",
    `divide(${read}, C * H * W).reshape([N, C, 1, 1])`,
    [/\bC\b|channels/],
  ],
  [
    "mean-over-the-batch-too",
    "Divides by N as well, as a loss does.",
    `divide(${read}, N * H * W).reshape([N, C, 1, 1])`,
    [/\bN\b|batch/],
  ],
  [
    "dout-left-out",
    "Returns 1/(H·W) everywhere: the chain rule's factor dOut is forgotten.",
    `divide(map(${read}, () => 1), H * W).reshape([N, C, 1, 1])`,
    [/dOut.*(left out|missing|forgotten|not multiplied|no part)|without dOut/i],
  ],
  [
    "batch-and-channels-exchanged",
    "Lays dOut out as [C, N] before it is spread.",
    `divide(${read}.reshape([C, N]).transpose([1, 0]), H * W).reshape([N, C, 1, 1])`,
    [/transpos|exchang|swap|order|chang|\[C, N\]|mixed/i],
  ],
]);

const one: WrongAnswer = {
  layer: "globalAveragePool2d",
  name: "globalaveragepool2d-one-pixel-gets-it",
  mistake: "Gives dOut to the first pixel of each plane, as if it alone had made the mean.",
  edits: [
    {
      find: "share.broadcastTo([N, C, H, W]).clone(backend.allocator)",
      replace:
        "map(share.broadcastTo([N, C, H, W]), (s) => s * H * W)" +
        ".data.reduce((t, s, i) => { t.data[i] = i % (H * W) === 0 ? s : 0; return t; }, " +
        "Tensor.zeros([N, C, H, W], dOut.dtype))",
    },
  ],
  gradient: "dX",
  names: [/first|one|corner/i, /pixel|plane|entr/i],
};

export const poolingAnswers: readonly WrongAnswer[] = [
  ...maxPool2d,
  ...ties,
  ...averagePool2d,
  ...globalAveragePool2d,
  one,
];
