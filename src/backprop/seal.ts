/**
 * Watches what a backward pass will need. It holds the very tensors that the forward pass was
 * given, not copies, so a change in place would make its gradients those of another function.
 */
import { Columns } from "../im2col/index.js";
import { WinnersGradient } from "../kernels/index.js";
import { InputError, Storage, Tensor } from "../tensor/index.js";

/** A cache as it was when its forward pass ended. */
export interface Sealed<Cache> {
  /**
   * @throws InputError when its step has ended, or when one of its tensors has been changed since
   */
  open(): Cache;
}

interface Watched {
  readonly path: string;
  readonly storage: Storage | Storage<Int32Array>;
  readonly version: number;
  /** Of the numbers, for changes that went around the tensor's methods; null unless asked for. */
  readonly digest: number | null;
}

/**
 * @param where the layer, for messages
 * @param out what the pass returned: it lives as long as the step
 * @param digests whether changes through a tensor's `data` are noticed too, which takes a look at
 *   all numbers
 */
export function seal<Cache extends object>(
  where: string,
  out: Tensor,
  cache: Cache,
  digests: boolean,
): Sealed<Cache> {
  const watched: Watched[] = [];
  const watch = (path: string, part: unknown): void => {
    if (part instanceof Tensor) watch(path, part.storage);
    else if (part instanceof Columns) watch("x", part.x);
    else if (part instanceof WinnersGradient) watch(path, part.values);
    else if (part instanceof Storage) {
      // what is out of a program's reach is not changed behind the engine's back
      const digest = digests && part.elsewhere === null ? digestOf(part) : null;
      watched.push({ path, storage: part, version: part.version, digest });
    } else if (isPlain(part)) for (const [name, inner] of Object.entries(part)) watch(name, inner);
  };
  watch("", cache);
  return {
    open: () => {
      const here = `${where}.backward`;
      out.storage.lifetime?.check(here);
      for (const { path, storage, version, digest } of watched) {
        storage.lifetime?.check(here);
        if (storage.version === version && (digest === null || digest === digestOf(storage)))
          continue;
        throw new InputError(
          `${here}: expected ${path} as it was in the forward pass, got one that was changed in ` +
            "place since; go backward first, or give the forward pass a copy: clone()",
        );
      }
      return cache;
    },
  };
}

/** A 32-bit hash of the bits (FNV-1a, a word at a time). */
function digestOf({ data }: Storage | Storage<Int32Array>): number {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  return hash;
}

/** Arrays and objects of a cache; a pass in it watches its own. */
function isPlain(part: unknown): part is object {
  if (typeof part !== "object" || part === null || "backward" in part) return false;
  return Array.isArray(part) || Object.getPrototypeOf(part) === Object.prototype;
}
