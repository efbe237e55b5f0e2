/** What only Node has, for modules that run in browsers too. */
import { MachineError } from "./errors.js";

/** Is this Node, or another program with its modules? */
export const isNode = typeof process === "object" && typeof process.versions?.node === "string";

/**
 * One of Node's own modules. Bundlers follow `import("node:fs")` and stop at it, wherever it is;
 * a call they leave alone.
 *
 * @param name `node:fs`
 * @throws MachineError in a Node that has no such call, before 20.16
 */
export function nodeModule<Module>(name: string): Module {
  if (typeof process.getBuiltinModule !== "function")
    throw new MachineError(`leibniz: expected Node 20.16 or newer, got ${process.version}`);
  return process.getBuiltinModule(name) as Module;
}
