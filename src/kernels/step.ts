import { type Lifetime, Tensor } from "../tensor/index.js";

/**
 * Copies what a step returns out of its memory: tensors that live in it, also inside plain arrays
 * and objects, which are copied with them. Everything else is handed on as it is.
 *
 * @param lives whether memory with this lifetime is about to go
 */
export function copiedOut<T>(value: T, lives: (lifetime: Lifetime) => boolean): T {
  const known = new Map<object, unknown>();
  const copy = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null) return part;
    if (known.has(part)) return known.get(part);
    if (part instanceof Tensor) {
      const { lifetime } = part.storage;
      const isKept = lifetime === null || (!lifetime.hasEnded && !lives(lifetime));
      const kept = isKept ? part : part.clone();
      known.set(part, kept);
      return kept;
    }
    const prototype = Object.getPrototypeOf(part) as unknown;
    if (Array.isArray(part) && prototype === Array.prototype) {
      const parts: unknown[] = [];
      known.set(part, parts);
      for (const inner of part) parts.push(copy(inner));
      return parts;
    }
    if (prototype !== Object.prototype && prototype !== null) return part;
    const parts = Object.create(prototype as object | null) as Record<string, unknown>;
    known.set(part, parts);
    for (const [name, inner] of Object.entries(part))
      Object.defineProperty(parts, name, {
        value: copy(inner),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    return parts;
  };
  return copy(value) as T;
}
