import { sigmoidBackward, sigmoidForward } from "../../backprop/index.js";
import { elementwise } from "./elementwise.js";
import { uniform } from "./entry.js";

export const sigmoid = elementwise("sigmoid", sigmoidForward, sigmoidBackward, uniform);
