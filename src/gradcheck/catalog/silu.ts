import { siluBackward, siluForward } from "../../backprop/index.js";
import { elementwise } from "./elementwise.js";
import { uniform } from "./entry.js";

export const silu = elementwise("silu", siluForward, siluBackward, uniform);
