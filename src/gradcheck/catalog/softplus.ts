import { softplusBackward, softplusForward } from "../../backprop/index.js";
import { elementwise } from "./elementwise.js";
import { uniform } from "./entry.js";

export const softplus = elementwise("softplus", softplusForward, softplusBackward, uniform);
