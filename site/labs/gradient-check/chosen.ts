/** What of a state both sides need: the Worker as well as the page. */
import { type CheckSizes, inputShapes } from "leibniz/tracing";
import type { State } from "./state.js";

/** No mistake. */
export const NONE = "none";

/** The sizes of a state; its pairs are lists of two. */
export const sizesOf = (state: State): CheckSizes => state as unknown as CheckSizes;

/** The name of the input that the chosen gradient is of: the only one of a loss is the logits. */
export function argumentOf(state: State): string {
  const names = Object.keys(inputShapes(sizesOf(state)));
  return names.includes(state.gradient) ? state.gradient : names[0]!;
}
