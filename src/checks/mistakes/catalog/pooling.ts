import type { Mistake } from "../mistake.js";

const pooling = { theme: "pooling", file: "src/kernels/reference/pooling.ts" } as const;
const max = { ...pooling, layers: ["maxPool2d"], setups: ["notes"] } as const;

export const poolingMistakes: readonly Mistake[] = [
  {
    ...max,
    name: "winner-of-another-window",
    title: "the gradient of a window goes to the winner of the window before it",
    edits: [
      {
        find: "const winner = winners[window]!;",
        replace: "const winner = winners[Math.max(0, window - 1)]!;",
      },
    ],
    tag: "pooling.4",
    primitives: ["maxPool2dBackward"],
    story:
      "An index that is off by one. The gradient lands two pixels to the left of where it " +
      "belongs, close enough for the convolutions in front to learn a good deal.",
  },
  {
    ...max,
    name: "winner-counted-with-height",
    title: "the winner's position is h·H + w instead of h·W + w",
    edits: [{ find: "winner = h * W + w;", replace: "winner = h * geometry.H + w;" }],
    tag: "pooling.2",
    setups: ["notes", "oblong"],
    primitives: ["maxPool2d"],
    story:
      "Height and width are the same number in most tests, and in MNIST's images. The notes' " +
      "network cannot tell.",
  },
  {
    ...max,
    name: "winner-counted-in-the-window",
    title: "the winner's position is counted inside its window and then used as one in the image",
    edits: [{ find: "winner = h * W + w;", replace: "winner = (h - top) * W + (w - left);" }],
    tag: "pooling.2",
    primitives: ["maxPool2d"],
    story:
      "Argmax over a window gives a position in the window. Used as a position in the plane, " +
      "it sends the gradients of all windows to the upper left corner.",
  },
  {
    ...max,
    name: "shared-winner-overwritten",
    title: "where windows overlap and share a winner, the last gradient replaces the others",
    edits: [
      {
        find: "target[Math.floor(window / outPlane) * inPlane + winner]! += source[window]!",
        replace: "target[Math.floor(window / outPlane) * inPlane + winner]! = source[window]!",
      },
    ],
    tag: "pooling.4",
    setups: ["notes", "oblong"],
    primitives: ["maxPool2dBackward"],
    story:
      "The same slip as in col2im. Windows that lie side by side never share a pixel, so the " +
      "usual 2 × 2 pooling with stride 2 is right all the same.",
  },
  {
    ...pooling,
    name: "average-not-divided",
    title: "the backward pass of average pooling hands the whole gradient to every pixel",
    edits: [
      {
        find: "const share = source[window]! / (kH * kW);",
        replace: "const share = source[window]!;",
      },
    ],
    tag: "pooling.6",
    layers: ["averagePool2d"],
    setups: ["average"],
    primitives: ["averagePool2dBackward"],
    story:
      "Each of kH·kW pixels moves the mean by a kH·kW-th only. The gradients in front of the " +
      "layer are too large by that factor, once for every pooling that they pass; " +
      "Adam takes it out.",
  },
  {
    ...pooling,
    name: "average-over-what-is-inside",
    title: "going back, a window on the border is divided by its pixels; going forward, by kH·kW",
    edits: [
      {
        find: "const share = source[window]! / (kH * kW);",
        replace: "const share = source[window]! / ((bottom - top) * (right - left));",
      },
    ],
    tag: "pooling.6",
    layers: ["averagePool2d"],
    setups: ["average"],
    primitives: ["averagePool2dBackward"],
    story:
      "Frameworks differ on whether padding counts, and have an option for it " +
      "(`count_include_pad`). Mixing the two is wrong on the border only, and without padding " +
      "nowhere.",
  },
  {
    theme: "pooling",
    name: "global-average-by-height-squared",
    title: "global average pooling divides its gradient by H·H",
    file: "src/backprop/global-average-pool2d.ts",
    edits: [{ find: "(dOut), H * W)", replace: "(dOut), H * H)" }],
    tag: "pooling.8",
    layers: ["globalAveragePool2d"],
    setups: ["global"],
    story:
      "A slip of one letter that no square image shows. On oblong ones, all gradients in front " +
      "are off by the factor W/H, which Adam hides once more.",
  },
];
