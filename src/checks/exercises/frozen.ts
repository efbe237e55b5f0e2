/**
 * Freezes what a check computes with, before a reader's module is loaded. Code that puts another
 * function in the place of `Math.abs` or of a tensor's method, by accident or so that every answer
 * looks right, stops at that line. Imported for that alone, and before all else.
 */
import * as tensors from "../../tensor/index.js";

/** What JavaScript brings along, with what is inherited from it. */
const BUILT_IN = [
  ...["Math", "JSON", "Reflect", "Object", "Number", "Array", "Map", "Set", "Promise"],
  ...["Float32Array", "Float64Array", "structuredClone", "isNaN", "isFinite"],
];

const everywhere = globalThis as unknown as Readonly<Record<string, object>>;

for (const name of BUILT_IN) {
  freeze(everywhere[name]!);
  Object.defineProperty(globalThis, name, { writable: false, configurable: false });
}
for (const one of [Object.getPrototypeOf(Float64Array) as object, ...Object.values(tensors)])
  freeze(one);

function freeze(one: unknown): void {
  Object.freeze(one);
  // of what all objects inherit, names of ours could then not be written
  if (typeof one === "function" && one !== Object)
    Object.freeze((one as { readonly prototype?: object }).prototype);
}
