/** A network in a file: its weights, and the description that it can be built from. */
import { checkDepth, InputError, inside, reject } from "../tensor/index.js";
import { type BuildOptions, buildNetwork } from "./build-network.js";
import type { NetworkDescription } from "./description.js";
import { decodeSafetensors, encodeSafetensors, type Safetensors } from "./safetensors.js";
import type { Sequential } from "./sequential.js";
import { loadWeights, networkWeights } from "./weights.js";

/** The name under which the metadata of a file holds the description. */
const DESCRIPTION = "network";

/**
 * The bytes of a safetensors file with a network's weights and, where it was built from one, its
 * description.
 *
 * @param metadata what the file is to hold besides, text by name
 * @throws InputError when a value is no text, or its name is that of the description
 */
export function saveNetwork(
  network: Sequential,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  for (const [name, value] of Object.entries(metadata)) {
    if (name === DESCRIPTION)
      reject("saveNetwork", `metadata under other names than ${name}`, "it", "it is kept anyway");
    if (typeof value !== "string") reject("saveNetwork", `a text as ${name}`, typeof value);
  }
  return encodeSafetensors({
    tensors: networkWeights(network),
    metadata: { ...metadata, ...describedIn(network) },
  });
}

/** A network's description as metadata of a file; nothing for one that was made by hand. */
export function describedIn({ description }: Sequential): Readonly<Record<string, string>> {
  return description === null ? {} : { [DESCRIPTION]: JSON.stringify(description) };
}

/**
 * A network as {@link saveNetwork} wrote it, built anew, with the weights that it had, in memory of
 * its own.
 *
 * @param where the file's name, for messages
 * @param options as those of {@link buildNetwork}
 * @throws InputError when the file is garbled, holds no description, or weights that are not those
 *   of the network it describes
 */
export function loadNetwork(
  bytes: Uint8Array,
  where = "loadNetwork",
  options: Omit<BuildOptions, "random" | "initialiser" | "mostNumbers"> = {},
): Sequential {
  return networkOf(decodeSafetensors(bytes, where), where, options);
}

/**
 * As {@link loadNetwork}, from a file that has been read.
 *
 * @throws InputError when it holds no description, or weights that are not those of the network it
 *   describes
 */
export function networkOf(
  file: Safetensors,
  where: string,
  options: Omit<BuildOptions, "random" | "initialiser" | "mostNumbers"> = {},
): Sequential {
  const description = readDescription(file, where);
  if (description === null)
    reject(where, "a file with the network's description", "weights alone", "see loadWeights");
  // a value and a gradient for each number that there is: no description may ask for more
  let mostNumbers = 0;
  for (const { size } of file.tensors.values()) mostNumbers += 2 * size;
  const network = inside(where, () =>
    buildNetwork(description, { ...options, mostNumbers, initialiser: () => {} }),
  );
  try {
    loadWeights(network, file.tensors, where);
  } catch (error) {
    network.dispose(); // nobody else has it
    throw error;
  }
  return network;
}

/**
 * The description of the network that a file's weights belong to, not yet checked; null where the
 * file has none.
 *
 * @throws InputError when it is no JSON
 */
export function readDescription(
  { metadata }: Pick<Safetensors, "metadata">,
  where: string,
): NetworkDescription | null {
  if (!Object.hasOwn(metadata, DESCRIPTION)) return null;
  return parseData(metadata[DESCRIPTION]!, `${where}: metadata network`) as NetworkDescription;
}

/**
 * Plain data from text.
 *
 * @throws InputError unless it is a JSON object, and not nested too deeply
 */
export function parseData(text: string, where: string): object {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    const start = JSON.stringify(text.slice(0, 40));
    throw new InputError(`${where}: expected JSON, got ${start}${text.length > 40 ? "…" : ""}`);
  }
  if (typeof data !== "object" || data === null || Array.isArray(data))
    reject(where, "a JSON object", Array.isArray(data) ? "an array" : JSON.stringify(data));
  checkDepth(where, data);
  return data;
}
