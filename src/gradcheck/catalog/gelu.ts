import { geluBackward, geluForward } from "../../backprop/index.js";
import { elementwise } from "./elementwise.js";
import { uniform } from "./entry.js";

export const gelu = elementwise("gelu", geluForward, geluBackward, uniform);
