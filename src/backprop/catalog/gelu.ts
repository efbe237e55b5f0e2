import { geluBackward, geluForward } from "../gelu.js";
import { elementwise } from "./elementwise.js";
import { uniform } from "./entry.js";

export const gelu = elementwise("gelu", geluForward, geluBackward, uniform);
