/** The guided walk: what to try, what to notice. */
import { initialState } from "../frame/fields.js";
import type { WalkStep } from "../frame/walk.js";
import { END, fields, type Im2colState } from "./state.js";

const start: Im2colState = initialState(fields);

/** A step begins from the start, so that it shows what it speaks of. */
const step = (text: string, change: Partial<Im2colState>): WalkStep<Im2colState> => ({
  text,
  state: { ...start, ...change },
});

export const walk: readonly WalkStep<Im2colState>[] = [
  step(
    "Point at a pixel of x. Its copies light up in cols, and the outputs that it influences in " +
      "out. A pixel in the middle has a copy for every entry of the filter, one in a corner has 1.",
    { view: "columns", pixel: [0, 2, 2] },
  ),
  step(
    "Press Step on. Each step copies a window of x into a column of cols. When all are copied, " +
      "each step multiplies a column by the filter, and an output appears.",
    { view: "columns", step: 4 },
  ),
  step(
    "Going back, a pixel gets a share from every window that holds it. Choose cells of dX: below " +
      "is a line for each addend, weight times dOut, and their sum is dX.",
    { view: "receipt", pixel: [0, 2, 3] },
  ),
  step(
    "With padding, some shares fall on places without a pixel. Choose a dashed cell: it has a " +
      "receipt too, and its sum is thrown away.",
    { view: "receipt", padding: 1, pixel: [0, -1, 2] },
  ),
  step(
    "One cell of dOut on its own. It leaves a copy of the filter in dX, and a copy of its window " +
      "in dWeight, each times the cell. Drag the cell up and down, or choose another.",
    { view: "drip", output: [0, 1, 1] },
  ),
  step(
    "Two roads to one dX. On the left each window gives back its column; on the right the " +
      "filter, turned by half a turn, slides over dOut. Step on until both have arrived.",
    { view: "roads", travelled: 5 },
  ),
  step(
    "With a stride of 2 there are zeros between the cells of dOut. The turned filter still moves " +
      "by single pixels. Where it meets only zeros, dX has a hole: here the filter has 1 entry.",
    { view: "roads", size: [5, 5], kernel: [1, 1], stride: 2, travelled: END },
  ),
  step(
    "A pixel that was copied four times comes back four times: col2im does not undo im2col. " +
      "col2im of ones counts the copies. Raise the stride to the filter's size, and all are 1.",
    { view: "overlap", pixel: [0, 1, 2] },
  ),
];
