import { eluBackward, eluForward } from "../../backprop/index.js";
import { elementwise } from "./elementwise.js";
import { spread } from "./entry.js";

export const elu = elementwise("elu", eluForward, eluBackward, spread);
