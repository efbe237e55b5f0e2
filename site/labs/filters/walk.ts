/** The guided walk: what to try, what to notice. */
import type { WalkStep } from "../frame/walk.js";
import { presets } from "./presets.js";
import type { FiltersState } from "./state.js";

const start = { picture: "digit", mode: "conv", view: "look", turned: false } as const;
const usual = { stride: 1, padding: 0, dilation: 1, kernel: [3, 3] } as const;

export const walk: readonly WalkStep<FiltersState>[] = [
  {
    text:
      "Nine weights lie over nine pixels; their products add up to one number of out. Point at " +
      "out, or tap it: the window, the products and the sum belong to that one number.",
    state: { ...start, ...usual, weight: presets["Sobel x"], digit: 3, pin: "out", at: [10, 8] },
  },
  {
    text:
      "The same from the other side. A pixel lies under nine windows, each time under another " +
      "weight, so it reaches nine outputs. Try the edge of the picture: fewer windows hold it.",
    state: { ...start, ...usual, weight: presets["Sobel x"], pin: "picture", at: [10, 9] },
  },
  {
    text:
      "Turn the filter by half a turn. For Sobel's filter every sign changes: what was an edge " +
      "from dark to light now counts as one from light to dark. Try the box: nothing changes.",
    state: { ...start, ...usual, weight: presets["Sobel x"], turned: true, pin: "none" },
  },
  {
    text:
      "Move the stride and the padding, and watch the equation. With a stride of 2, no padding, " +
      "the division leaves a remainder: the last row and column are in no window.",
    state: { ...start, ...usual, stride: 2, turned: false, pin: "none" },
  },
  {
    text:
      "Three channels have three planes of weights, and their sums are added: out is one map. " +
      "Set the weights of a colour to 0 by typing, and its sum is gone.",
    state: {
      ...usual,
      picture: "scene",
      colour: true,
      weight: [...presets["Sobel y"], ...presets["Sobel y"], ...presets["Sobel y"]],
      ...{ mode: "conv", view: "look", turned: false, pin: "out", at: [24, 20] },
    },
  },
  {
    text:
      "Max pooling keeps the largest pixel of each window. A pixel that did not win has no say: " +
      "point at one, and it is in a window, but out does not depend on it.",
    state: {
      ...start,
      ...{ mode: "max", kernel: [2, 2], stride: 2, padding: 0, dilation: 1 },
      ...{ pin: "picture", at: [7, 13] },
    },
  },
  {
    text:
      "Move the picture by a pixel. In place, little is left of picture and convolution, more of " +
      "what is pooled. But the convolution's map has moved along with the picture, whole.",
    state: { ...start, ...usual, weight: presets["Sobel x"], view: "shift", dx: 1, dy: 0, pool: 2 },
  },
];
