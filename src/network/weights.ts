import { formatShape, reject, sameShape, type Tensor } from "../tensor/index.js";
import { encodeSafetensors } from "./safetensors.js";
import type { Sequential } from "./sequential.js";

/**
 * A network's parameters by name, in the order of its layers, and then its buffers. They share
 * memory with the network.
 */
export function networkWeights(network: Sequential): ReadonlyMap<string, Tensor> {
  const parameters = network.parameters.map(({ name, parameter }): [string, Tensor] => [
    name,
    parameter.value,
  ]);
  return new Map([
    ...parameters,
    ...network.buffers.map(({ name, buffer }): [string, Tensor] => [name, buffer.value]),
  ]);
}

/**
 * Copies weights into a network.
 *
 * @param where the file they come from, for messages
 * @throws InputError unless exactly the network's parameters and buffers are there, in their shapes
 *   and finite; then nothing was copied
 */
export function loadWeights(
  network: Sequential,
  tensors: ReadonlyMap<string, Tensor>,
  where: string,
): void {
  checkWeights(network, tensors, where)();
}

/**
 * As {@link loadWeights}, in two steps, where more has to be checked before anything changes:
 * checks now, and returns what copies.
 *
 * @throws InputError as {@link loadWeights}
 */
export function checkWeights(
  network: Sequential,
  tensors: ReadonlyMap<string, Tensor>,
  where: string,
): () => void {
  const own = networkWeights(network);
  const missing = [...own.keys()].filter((name) => !tensors.has(name));
  const unknown = [...tensors.keys()].filter((name) => !own.has(name));
  if (missing.length > 0 || unknown.length > 0) {
    const found = [
      ...(missing.length > 0 ? [`no ${listNames(missing)}`] : []),
      ...(unknown.length > 0 ? [`also ${listNames(unknown)}`] : []),
    ].join(" and ");
    reject(where, "the weights of this network", found, "they belong to another network");
  }
  const copies: [value: Tensor, copy: Tensor][] = [];
  for (const [name, value] of own) {
    const given = tensors.get(name)!;
    if (!sameShape(given.shape, value.shape)) {
      reject(
        where,
        `${name} of shape ${formatShape(value.shape)}`,
        formatShape(given.shape),
        "the weights belong to another network",
      );
    }
    const copy = given.astype(value.dtype); // a float64 may be infinite as a float32
    if (!copy.data.every(Number.isFinite))
      reject(where, `${name} to hold finite numbers`, "NaN or infinity");
    copies.push([value, copy]);
  }
  return () => copies.forEach(([value, copy]) => value.copyFrom(copy));
}

/** The first few names, and how many there are besides. */
function listNames(names: readonly string[]): string {
  const shown = names
    .slice(0, 8)
    .map((name) => (name.length > 60 ? `${name.slice(0, 59)}…` : name));
  const more = names.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/**
 * SHA-256, in hexadecimal, of the safetensors file of a network's weights alone, without metadata:
 * equal for equal weights, bit by bit. Weights on a device have to be read first, with
 * `Backend.read`.
 */
export async function weightsSha256(network: Sequential): Promise<string> {
  const bytes = encodeSafetensors({ tensors: networkWeights(network), metadata: {} });
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
