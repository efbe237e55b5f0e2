import { Columns } from "../../../im2col/index.js";
import { Storage, Tensor } from "../../../tensor/index.js";
import type { Backend } from "../../backend.js";
import { WinnersGradient } from "../../winners-gradient.js";
import { type DeviceMemories, memoryOf } from "./memory.js";

type Operation = (...args: readonly unknown[]) => Promise<unknown>;

/** What does not look at its operands, or cares for them itself. */
const AS_THEY_ARE = ["im2col", "read", "step", "dispose"];

/**
 * The same backend, which brings operands from the device before it computes.
 *
 * @param count is told each operation that had to
 */
export function bringing(
  below: Backend,
  memories: DeviceMemories,
  count: (operation: string) => void,
): Backend {
  const operations = below as unknown as Readonly<Record<string, unknown>>;
  const wrapped = Object.entries(operations).map(([name, operation]) => {
    if (typeof operation !== "function" || AS_THEY_ARE.includes(name)) return [name, operation];
    const brought: Operation = async (...args) => {
      const far = storagesIn(args).filter((storage) => memoryOf(storage)?.isFar === true);
      if (far.length > 0) count(name);
      // nothing is waited for where there is nothing to bring: calls are taken in their order
      for (const storage of far) await memories.read(storage);
      return (operation as Operation)(...args);
    };
    return [name, brought];
  });
  return Object.fromEntries(wrapped) as Backend;
}

/** All memory that the arguments of an operation look at. */
function storagesIn(value: unknown): (Storage | Storage<Int32Array>)[] {
  if (value instanceof Tensor) return [value.storage];
  if (value instanceof Storage) return [value];
  if (value instanceof Columns) return [value.x.storage];
  if (value instanceof WinnersGradient) return [value.values.storage, value.argmax];
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap(storagesIn);
}
