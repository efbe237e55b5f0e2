/**
 * Freezes what a check computes with, before a reader's module is loaded. Code that puts another
 * function in the place of `Math.abs` or of a tensor's method, by accident or so that every answer
 * looks right, stops at that line. Imported for that alone, and before all else.
 */
import * as tensors from "../../tensor/index.js";

/** Objects whose functions all of the check uses. */
const BUILT_IN = [Math, JSON, Reflect];

/** Classes, with what is inherited from them. */
const CLASSES = [
  ...[Number, Array, Map, Set, Promise, Float32Array, Float64Array],
  Object.getPrototypeOf(Float64Array) as object,
  ...Object.values(tensors),
].filter((one) => typeof one === "function");

const NAMES = [
  "Math",
  "JSON",
  "Reflect",
  "Number",
  "Array",
  "Map",
  "Set",
  "Promise",
  "Object",
].concat(["Float32Array", "Float64Array", "structuredClone", "isNaN", "isFinite", "globalThis"]);

for (const one of BUILT_IN) Object.freeze(one);
for (const one of CLASSES) {
  Object.freeze(one);
  Object.freeze((one as { readonly prototype?: object }).prototype);
}
Object.freeze(Object); // but not what is inherited from it: names of ours could not be written
for (const name of NAMES)
  Object.defineProperty(globalThis, name, { writable: false, configurable: false });
