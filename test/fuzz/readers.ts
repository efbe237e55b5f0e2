/** Every reader of files, with files that it takes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import jpeg from "jpeg-js";
import { parseParity } from "leibniz/checks";
import {
  decodePicture,
  parseIdxImages,
  parseIdxLabels,
  parseNpy,
  parseSubset,
  readImages,
} from "leibniz/data";
import {
  affine,
  batchNorm1d,
  buildNetwork,
  decodeSafetensors,
  encodeSafetensors,
  loadNetwork,
  matchWeights,
  networkWeights,
  relu,
  saveNetwork,
} from "leibniz/network";
import { Random, Tensor, tensor } from "leibniz/tensor";
import {
  adam,
  buildOptimizer,
  decodeCheckpoint,
  encodeCheckpoint,
  findRecipe,
  readRecipe,
} from "leibniz/training";
import { idxBytes, root } from "../helpers/cli.js";
import { pngOf } from "../helpers/draw-digit.js";
import { memoryTree, npyBytes } from "../helpers/memory-tree.js";

export interface Reader {
  readonly name: string;
  readonly examples: readonly Uint8Array[];
  /** @throws InputError */
  readonly read: (bytes: Uint8Array) => unknown;
}

const FILE = "FILE";
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

const network = buildNetwork({
  input: [3],
  layers: {
    first: affine({ outFeatures: 4 }),
    norm: batchNorm1d({ channels: 4 }),
    relu: relu(),
    last: affine({ outFeatures: 2 }),
  },
});
const optimizer = buildOptimizer(adam({ learningRate: 0.1 }), network.parameters);
const info = { epochs: 2, recipe: "default", seed: 3, wholeRecipe: findRecipe("default") };

const pytorchNames: Readonly<Record<string, string>> = {
  runningMean: "running_mean",
  runningVariance: "running_var",
};
/** Weights of the network under PyTorch's names. */
const foreign = new Map(
  [...networkWeights(network)].map(([name, value]): [string, Tensor] => [
    `module.${name.replace(/running\w+/, (own) => pytorchNames[own]!)}`,
    value,
  ]),
);

const parity = JSON.parse(
  readFileSync(join(root, "test/fixtures/pytorch-fused-layers.json"), "utf8"),
) as { layers: object[] };

const PIXELS = Uint8Array.from({ length: 24 }, (_, i) => 10 * i);
/** Two images of 3 × 4 pixels with their labels, to train with and to test with. */
const arrays: Readonly<Record<string, Uint8Array>> = {
  "x_train.npy": npyBytes("|u1", [2, 3, 4], PIXELS),
  "y_train.npy": npyBytes("|u1", [2], Uint8Array.of(1, 0)),
  "x_test.npy": npyBytes("<f4", [2, 3, 4], new Uint8Array(Float32Array.from(PIXELS).buffer)),
  "y_test.npy": npyBytes("|u1", [2], Uint8Array.of(0, 1)),
};
const archive = (level: 0 | 6): Uint8Array => zipSync(arrays, { level, mtime: "2000-01-02" });
const idx = {
  "d/train-images-idx3-ubyte.gz": gzipSync(idxBytes([2, 3, 4], PIXELS)),
  "d/train-labels-idx1-ubyte": idxBytes([2], Uint8Array.of(0, 1)),
  "d/t10k-images-idx3-ubyte": idxBytes([2, 3, 4], PIXELS),
  "d/t10k-labels-idx1-ubyte": idxBytes([2], Uint8Array.of(1, 0)),
};
const picture = { channels: 1 as const, height: 3, width: 5, pixels: PIXELS.subarray(0, 15) };
const jpegBytes = jpeg.encode({ width: 3, height: 2, data: PIXELS }, 80).data;

export const readers: readonly Reader[] = [
  {
    name: "safetensors",
    examples: [
      encodeSafetensors({
        tensors: new Map([
          ["a.weight", new Random(1).normal([2, 3])],
          ["b", tensor([1, 2])],
          ["", Tensor.zeros([0, 4])],
        ]),
        metadata: { format: "pt" },
      }),
    ],
    read: (bytes) => decodeSafetensors(bytes, FILE),
  },
  {
    name: "weights of PyTorch",
    examples: [encodeSafetensors({ tensors: foreign, metadata: {} })],
    read: (bytes) => matchWeights(network, decodeSafetensors(bytes, FILE).tensors, FILE),
  },
  {
    name: "network",
    examples: [saveNetwork(network, { note: "text" })],
    read: (bytes) => loadNetwork(bytes, FILE),
  },
  {
    name: "checkpoint",
    examples: [encodeCheckpoint(network, optimizer, info)],
    read: (bytes) => decodeCheckpoint(bytes, FILE).restore(network, optimizer),
  },
  {
    name: "recipe",
    examples: [
      readFileSync(join(root, "examples/recipe.json")),
      bytesOf(findRecipe("default")),
      bytesOf(findRecipe("notebook")),
    ],
    read: (bytes) => readRecipe(text(bytes), FILE),
  },
  {
    name: "idx images",
    examples: [
      idxBytes(
        [2, 3, 2],
        Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
      ),
    ],
    read: (bytes) => parseIdxImages(bytes, FILE),
  },
  {
    name: "idx labels",
    examples: [idxBytes([5], Uint8Array.of(0, 9, 3, 3, 1))],
    read: (bytes) => parseIdxLabels(bytes, FILE),
  },
  {
    name: "gzip in a folder",
    examples: [idx["d/train-images-idx3-ubyte.gz"]],
    read: (bytes) =>
      readImages(memoryTree({ ...idx, "d/train-images-idx3-ubyte.gz": bytes }), "d", {}, "both"),
  },
  {
    name: "npz",
    examples: [archive(0), archive(6)],
    read: (bytes) => readImages(memoryTree({ "d.npz": bytes }), "d.npz", {}, "both"),
  },
  {
    name: "npy",
    examples: [
      npyBytes("<f8", [3], PIXELS),
      npyBytes(">i2", [3, 4], PIXELS, { order: "True", version: 2 }),
    ],
    read: (bytes) => parseNpy(bytes, FILE, "float64"),
  },
  { name: "png", examples: [pngOf(picture)], read: (bytes) => decodePicture(bytes, FILE) },
  { name: "jpeg", examples: [jpegBytes], read: (bytes) => decodePicture(bytes, FILE) },
  {
    name: "subset",
    examples: [bytesOf([0, 5, 9, 2]), bytesOf([7])],
    read: (bytes) => parseSubset(text(bytes), 10, FILE),
  },
  {
    name: "parity",
    examples: parity.layers.map((layer) => bytesOf({ ...parity, layers: [layer] })),
    read: async (bytes) => {
      for (const one of parseParity(text(bytes), FILE)) await one.run();
    },
  },
];
