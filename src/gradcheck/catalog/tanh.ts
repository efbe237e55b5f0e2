import { tanhBackward, tanhForward } from "../../backprop/index.js";
import { elementwise } from "./elementwise.js";
import { uniform } from "./entry.js";

export const tanh = elementwise("tanh", tanhForward, tanhBackward, uniform);
