/** Weights of other programs: which of them belongs to which parameter of a network. */
import { formatShape, reject, sameShape, type Tensor } from "../tensor/index.js";
import type { Sequential } from "./sequential.js";
import { networkWeights } from "./weights.js";

/** Tensors under the names that a network has for them. */
export interface MatchedWeights {
  /** The tensors that were given, not copied; without PyTorch's `num_batches_tracked`. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** What was done to match them, in one line; null where the names were the network's own. */
  readonly note: string | null;
}

/** What wrappers of PyTorch put in front of every name. */
const WRAPPERS = ["module.", "_orig_mod."];
/** How often batch normalisation has seen a batch; nothing here depends on it. */
const COUNTER = "num_batches_tracked";
/** PyTorch's names of what batch normalisation keeps. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  running_mean: "runningMean",
  running_var: "runningVariance",
};

/** The parameters and buffers of one layer. */
interface Group {
  readonly layer: string;
  /** By their own names, without the layer's. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * Weights of another program as those of a network: by name, as leibniz and PyTorch write them; or
 * else, layer by layer, by their order and shapes. Changes nothing.
 *
 * @param where the file's name, for messages
 * @returns the tensors under the network's names, or as they are where nothing fits
 * @throws InputError when layers could be exchanged and nobody would notice
 */
export function matchWeights(
  network: Sequential,
  tensors: ReadonlyMap<string, Tensor>,
  where: string,
): MatchedWeights {
  const own = networkWeights(network);
  if (sameNames(tensors, own)) return { tensors, note: null };
  const { renamed, changes } = asOwnNames(tensors);
  if (sameNames(renamed, own)) return { tensors: renamed, note: changes.join("; ") };
  const pairs = pairUp(groupsOf(renamed), groupsOf(own), where);
  if (pairs === null) return { tensors: renamed, note: null };
  const matched = pairs.flatMap(([theirs, ours]) =>
    [...theirs.tensors].map(([name, x]): [string, Tensor] => [`${ours.layer}.${name}`, x]),
  );
  const list = pairs.map(([theirs, ours]) => `${theirs.layer} is ${ours.layer}`);
  const note = [...changes, `by order and shape, ${list.join(", ")}`].join("; ");
  return { tensors: new Map(matched), note };
}

function sameNames(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean {
  return a.size === b.size && [...a.keys()].every((name) => b.has(name));
}

/** PyTorch's names as this project's, and what was changed for that, in words. */
function asOwnNames(tensors: ReadonlyMap<string, Tensor>): {
  readonly renamed: ReadonlyMap<string, Tensor>;
  readonly changes: readonly string[];
} {
  const changes: string[] = [];
  const isCounter = (name: string): boolean => lastPart(name) === COUNTER;
  let entries = [...tensors].filter(([name]) => !isCounter(name));
  if (entries.length < tensors.size) changes.push(`${COUNTER} left out`);
  for (const wrapper of WRAPPERS) {
    if (entries.length === 0 || !entries.every(([name]) => name.startsWith(wrapper))) continue;
    entries = entries.map(([name, x]) => [name.slice(wrapper.length), x]);
    changes.push(`${wrapper} left out`);
  }
  for (const [theirs, ours] of Object.entries(OWN_NAMES)) {
    if (!entries.some(([name]) => lastPart(name) === theirs)) continue;
    entries = entries.map(([name, x]) => [
      lastPart(name) === theirs ? name.slice(0, -theirs.length) + ours : name,
      x,
    ]);
    changes.push(`${theirs} is ${ours}`);
  }
  return { renamed: new Map(entries), changes };
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** Layers in their order: that of their numbers, where they have any, or of the file. */
function groupsOf(tensors: ReadonlyMap<string, Tensor>): readonly Group[] {
  const groups = new Map<string, Map<string, Tensor>>();
  for (const [name, tensor] of tensors) {
    const layer = name.slice(0, Math.max(name.lastIndexOf("."), 0));
    if (!groups.has(layer)) groups.set(layer, new Map());
    groups.get(layer)!.set(lastPart(name), tensor);
  }
  return [...groups].map(([layer, members]) => ({ layer, tensors: members }));
}

/**
 * Each of their layers with one of ours; null if there is no way that fits.
 *
 * @throws InputError when there is more than one, and nothing says which is meant
 */
function pairUp(
  theirs: readonly Group[],
  ours: readonly Group[],
  where: string,
): readonly (readonly [theirs: Group, ours: Group])[] | null {
  if (theirs.length !== ours.length) return null;
  const sorted = inOrder(theirs);
  if (sorted !== null)
    return sorted.every((group, i) => fits(group, ours[i]!))
      ? sorted.map((group, i) => [group, ours[i]!] as const)
      : null;
  const candidates = ours.map((group) => theirs.filter((other) => fits(other, group)));
  if (candidates.some((fitting) => fitting.length === 0)) return null;
  const unsure = candidates.findIndex((fitting) => fitting.length > 1);
  if (unsure >= 0)
    reject(
      where,
      `one layer that fits ${ours[unsure]!.layer}`,
      candidates[unsure]!.map(({ layer }) => layer).join(" and "),
      "give the tensors the network's names",
    );
  // one of theirs for two of ours leaves another of theirs out
  if (new Set(candidates.map(([only]) => only)).size < ours.length) return null;
  return ours.map((group, i) => [candidates[i]![0]!, group] as const);
}

/** Sorted by the numbers in their names, as `nn.Sequential` counts; null where names differ. */
function inOrder(groups: readonly Group[]): readonly Group[] | null {
  let isCounted = true;
  const sorted = [...groups].sort((a, b) => {
    const [left, right] = [a, b].map(({ layer }) => layer.split(".")) as [string[], string[]];
    const at = left.findIndex((part, i) => part !== right[i]);
    const [x, y] = [Number(left[at] || NaN), Number(right[at] || NaN)];
    if (!(Number.isInteger(x) && Number.isInteger(y))) isCounted = false;
    return x - y;
  });
  return isCounted ? sorted : null;
}

function fits(theirs: Group, ours: Group): boolean {
  return (
    sameNames(theirs.tensors, ours.tensors) &&
    [...ours.tensors].every(([name, { shape }]) =>
      sameShape(theirs.tensors.get(name)!.shape, shape),
    )
  );
}

/**
 * Those of some tensors that a network has a place for, by name and shape. Changes nothing.
 *
 * @param where the file's name, for messages
 * @returns them, and in one line what else there is and what is missing
 * @throws InputError when there is none
 */
export function partOfWeights(
  network: Sequential,
  tensors: ReadonlyMap<string, Tensor>,
  where: string,
): {
  /** Those that fit, under the network's names. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** How many were taken, which places are left as initialised, and what was not used. */
  readonly note: string;
} {
  const own = networkWeights(network);
  const { renamed } = asOwnNames(tensors);
  const part = new Map<string, Tensor>();
  const left: string[] = [];
  for (const [name, tensor] of renamed) {
    const place = own.get(name);
    if (place !== undefined && sameShape(place.shape, tensor.shape)) part.set(name, tensor);
    else if (place === undefined) left.push(name);
    else left.push(`${name} (${formatShape(tensor.shape)}, not ${formatShape(place.shape)})`);
  }
  if (part.size === 0)
    reject(
      where,
      "a tensor of this network, by name and shape",
      `only ${left.slice(0, 8).join(", ")}`,
    );
  const kept = [...own.keys()].filter((name) => !part.has(name));
  const pieces = [`${part.size} of ${own.size} taken`];
  if (kept.length > 0) pieces.push(`as initialised: ${kept.join(", ")}`);
  if (left.length > 0) pieces.push(`not used: ${left.join(", ")}`);
  return { tensors: part, note: pieces.join("; ") };
}
