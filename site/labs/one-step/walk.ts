/** The guided walk. */
import type { WalkStep } from "../frame/walk.js";
import type { OneStepState } from "./state.js";

export const walk: readonly WalkStep<OneStepState>[] = [
  {
    text:
      "One image goes through a small network. Press “Stage forward”, or the right arrow key: " +
      "each stage shows what it takes, what it makes, and the equation.",
    state: { view: "stage", stage: 1, path: "none", step: 1, plant: "none" },
  },
  {
    text:
      "A number of conv1.out is open. Below are the weights and the pixels that it was made of. " +
      "Choose one of them: it opens in turn.",
    state: { view: "stage", stage: 1, path: "conv1.out-5" },
  },
  {
    text:
      "The way back. This entry of conv1.dWeight adds up 16 windows. Most addends are 0, since " +
      "max pooling has sent the gradient to one pixel in four.",
    state: { view: "stage", stage: 12, path: "conv1.dWeight-4" },
  },
  {
    text:
      "From the updated weight back towards the loss, opening by opening. The trail above the " +
      "number is in the link: copy it, and somebody else sees the same.",
    state: {
      stage: 13,
      path: "conv1.weight.new-4~conv1.weight.velocity.new-4~conv1.dWeight-4~relu1.dX-1~pool1.dX-1",
    },
  },
  {
    text:
      "Drag Δ. For a small nudge, the loss changes as dWeight · Δ says. For a large one they " +
      "part, and the line below says why.",
    state: { view: "nudge", nudged: "conv1.weight-4", delta: 0.5 },
  },
  {
    text: "One step is not the end: the loss after twenty of them. Each is a link, too.",
    state: { view: "stage", stage: 6, step: 20, path: "none" },
  },
  {
    text:
      "A pixel is NaN. The step stops at the first tensor that has caught it, and names it. Open " +
      "the number to see by which of its inputs.",
    state: { view: "stage", step: 1, stage: 13, plant: "nan", plantAt: "x-14", path: "none" },
  },
];
