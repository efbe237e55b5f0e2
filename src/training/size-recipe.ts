/** Recipes whose networks are sized to the data that they are to be trained on. */
import { buildNetwork, type NetworkDescription } from "../network/index.js";
import { formatShape, InputError, reject } from "../tensor/index.js";
import type { Recipe } from "./recipes.js";

/** Images, and how many classes they show. */
export interface DataSize {
  /** [C, H, W] */
  readonly image: readonly number[];
  /** How many classes the images show, which is as many outputs as the network gets. */
  readonly classes: number;
  /** What the classes are called; null or left out where it is 0, 1, 2 … */
  readonly classNames?: readonly string[] | null;
}

/** Layers behind the last one with weights that leave the number of its outputs as it is. */
const KEEP_OUTPUTS: readonly string[] = [
  "averagePool2d",
  "batchNorm1d",
  "batchNorm2d",
  "dropout",
  "elu",
  "flatten",
  "gelu",
  "globalAveragePool2d",
  "leakyRelu",
  "maxPool2d",
  "relu",
  "sigmoid",
  "silu",
  "softplus",
  "tanh",
];

/**
 * The recipe with a network that takes these images and has an output for each class: its input is
 * theirs, and its last layer with weights has as many outputs as there are classes. The layers
 * between must leave to be inferred what depends on that.
 *
 * @param where the data, for messages
 * @returns the very same recipe where it fits as it is
 * @throws InputError where it cannot be, saying what the network takes and what the data are
 */
export function sizeRecipe(recipe: Recipe, data: DataSize, where: string): Recipe {
  const { network } = recipe;
  const { image, classes, classNames = null } = data;
  const last = lastLayer(network)?.outputs;
  const isSame = String(network.input) === String(image) && last === classes;
  const sameNames = JSON.stringify(recipe.classNames ?? null) === JSON.stringify(classNames);
  if (isSame && sameNames) return recipe;
  const { classNames: _, ...rest } = recipe;
  const fitting = { ...rest, network: sized(network, data), ...(classNames && { classNames }) };
  try {
    if (!isSame) checkFits(fitting.network, data);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // it may be wrong for any data, and says so here
    buildNetwork({ input: [...image], ...network }, { initialiser: () => {} }).dispose();
    reject(
      where,
      `${formatSize(network.input, last)}, which the network of recipe ${recipe.name} takes`,
      formatSize(image, classes),
      `it cannot be sized to them: ${error.message}`,
    );
  }
  return fitting;
}

/** The layer that decides how many outputs a network has. */
interface LastLayer {
  readonly name: string;
  /** What its option is called. */
  readonly option: "outFeatures" | "outChannels";
  readonly outputs: unknown;
}

/** The last layer with weights, if what follows it keeps the number of its outputs. */
function lastLayer({ layers }: NetworkDescription): LastLayer | null {
  for (const [name, layer] of Object.entries(layers).reverse()) {
    const { kind } = layer;
    if (kind === "affine") return { name, option: "outFeatures", outputs: layer["outFeatures"] };
    if (kind === "conv2d") return { name, option: "outChannels", outputs: layer["outChannels"] };
    if (!KEEP_OUTPUTS.includes(kind)) return null;
  }
  return null;
}

/** How many outputs a network has by its description; null where that does not tell. */
export function outputsOf(network: NetworkDescription): number | null {
  const outputs = lastLayer(network)?.outputs;
  return typeof outputs === "number" ? outputs : null;
}

/** The same network for images and classes of another size, as far as its description allows. */
function sized(network: NetworkDescription, { image, classes }: DataSize): NetworkDescription {
  const last = lastLayer(network);
  const layers =
    last === null
      ? network.layers
      : {
          ...network.layers,
          [last.name]: { ...network.layers[last.name]!, [last.option]: classes },
        };
  return { ...network, input: [...image], layers };
}

/** @throws InputError unless the network can be built, and has an output for each class */
function checkFits(network: NetworkDescription, { image, classes }: DataSize): void {
  const built = buildNetwork(network, { initialiser: () => {} });
  try {
    const shape = built.outputShapes([1, ...image]).at(-1) ?? [];
    if (String(shape) !== String([1, classes]))
      reject("network", `logits ${formatShape([1, classes])}`, formatShape(shape));
  } finally {
    built.dispose();
  }
}

/** `[1, 28, 28] and 10 classes` */
function formatSize(image: readonly number[] | undefined, classes: unknown): string {
  const shown = image === undefined ? "of any size" : formatShape(image);
  return `images ${shown}${classes === undefined ? "" : ` and ${String(classes)} classes`}`;
}
