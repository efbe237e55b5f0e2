/**
 * The table of kernels: every kernel with its arguments by name. Both sides are made from it:
 * `generate.mjs` writes `assembly/generated/table.ts` before the kernels are compiled, and
 * `layout.ts` says where an argument is in memory and what a call must give. A kernel is the
 * function of its name in `assembly/chunks.ts`.
 */
import { RANDOM_BLOCK, RANDOM_WARM_UP } from "../../tensor/index.js";

/** Numbers that both sides need. */
export const constants = {
  /** A flat array is handed out in blocks of this many numbers. */
  BLOCK: 4096,
  /** Columns or filters that lie side by side, so that two vectors hold them. */
  PANEL: 8,
  /** Entries of a tile of 4×4 pixels, and so matrices that a convolution by tiles multiplies. */
  TILE_ENTRIES: 16,
  RANDOM_BLOCK,
  RANDOM_WARM_UP,
  /** What is summed at a time of rows, so that the sums of its places stay close to the core. */
  TILE_ROWS: 128,
  TILE_PLACES: 256,
  /** Functions of each entry alone, by number. */
  SIGMOID: 0,
  TANH: 1,
  SOFTPLUS: 2,
  SILU: 3,
  GELU: 4,
  ELU: 5,
  LEAKY_RELU: 6,
} as const;

/** Names have a space between them. */
export interface KernelRow {
  /** What a job is cut into: each thread takes some of them at a time. */
  readonly items: string;
  /** Addresses, and distances in bytes. An operand that may be left out is at 0. */
  readonly bytes: string;
  readonly counts?: string;
  readonly flags?: string;
  readonly numbers?: string;
  /** Whether it takes a geometry; null if not every call has one. */
  readonly geometry?: true | null;
  /** Whether each thread needs memory of its own: `<kernel>Scratch` says how much. */
  readonly scratch?: true;
  /** Whether each chunk of a job writes a result of its own, by the chunk's number. */
  readonly parts?: true;
}

const blocks = "blocks of an array";
/** How tiles lie on planes that go in, and on planes that come out. */
const tiles = "images together tileRows tileColumns H W padH padW outH outW";

export const kernels = {
  products: {
    items: "blocks of rows of the products",
    bytes:
      "a aMatrix aRow aStep whichA b bMatrix bRow bPanel whichB out rowBias rowBiasStep columnBias",
    counts: "M N I rows blocks channels",
    flags: "turnA turnB sparseA sparseB columns ontoImages",
    geometry: null,
    scratch: true,
  },
  sums: {
    items: "products that are added up",
    bytes: "a aRow aStep b bMatrix bRow out part",
    counts: "M N I blocks channels",
    flags: "turnB sparseA columns dots",
    geometry: null,
    scratch: true,
    parts: true,
  },
  addParts: { items: blocks, bytes: "x out", counts: "length parts" },
  transpose: {
    items: "eight rows",
    bytes: "x out outRow outStep",
    counts: "rows columns",
  },
  pack: { items: "panels", bytes: "x out", counts: "rows columns" },
  allFinite: {
    items: blocks,
    bytes: "x answers",
    counts: "length",
    numbers: "factor",
    parts: true,
  },

  im2col: { items: "planes", bytes: "x cols", geometry: true },
  col2im: { items: "planes", bytes: "cols x", geometry: true },
  convolvePool: {
    items: "images",
    bytes: "x filters bias out argmax",
    counts: "channels filterCount poolH poolW",
    flags: "rectify",
    geometry: true,
    scratch: true,
  },
  convolutionWeightGradient: {
    items: "images",
    bytes: "x dOut argmax out part",
    counts: "channels filterCount windowCount",
    geometry: true,
    scratch: true,
    parts: true,
  },
  convolutionInputGradient: {
    items: "images",
    bytes: "filters dOut argmax dX",
    counts: "channels filterCount windowCount",
    geometry: true,
    scratch: true,
  },

  transformFilters: {
    items: "filters",
    bytes: "filters out",
    counts: "channels filterCount",
    flags: "turned",
  },
  convolveTiles: {
    items: "images done together",
    bytes: "x filters bias out",
    counts: `${tiles} channels filterCount`,
    scratch: true,
  },
  tilesWeightGradient: {
    items: "images done together",
    bytes: "x dOut out part",
    counts: `${tiles} channels filterCount`,
    scratch: true,
    parts: true,
  },

  maxPool2d: {
    items: "planes",
    bytes: "x scale shift out argmax",
    counts: "channels",
    flags: "rectify",
    geometry: true,
  },
  maxPool2dBackward: { items: "planes", bytes: "dOut argmax dX", geometry: true },
  averagePool2d: { items: "planes", bytes: "x out", geometry: true },
  averagePool2dBackward: { items: "planes", bytes: "dOut dX", geometry: true },

  add: { items: blocks, bytes: "a b out", counts: "length" },
  multiply: { items: blocks, bytes: "a b out", counts: "length" },
  randomMask: {
    items: "blocks of an array, with streams of their own",
    bytes: "out",
    counts: "length keyA keyB keyC least",
    numbers: "value",
  },
  relu: { items: blocks, bytes: "x out", counts: "length" },
  reluBackward: { items: blocks, bytes: "dOut x dX", counts: "length" },
  activation: {
    items: blocks,
    bytes: "x out",
    counts: "length which",
    numbers: "negativeSlope",
  },
  activationWithSlope: { items: blocks, bytes: "x out slope", counts: "length which" },
  activationBackward: {
    items: blocks,
    bytes: "dOut at dX",
    counts: "length which",
    numbers: "negativeSlope",
  },
  accumulate: { items: blocks, bytes: "source target", counts: "length" },
  sumPerChannel: {
    items: "images",
    bytes: "x argmax totals",
    counts: "channels pixels",
    parts: true,
  },
  channelTotals: {
    items: "images",
    bytes: "x centre totals",
    counts: "channels pixels",
    parts: true,
  },
  channelSums: {
    items: "images",
    bytes: "x argmax y totals",
    counts: "channels pixels windowCount",
    parts: true,
  },
  channelAffine: {
    items: "planes, or rows",
    bytes: "x scale centre shift out",
    counts: "channels pixels",
  },
  channelResidual: {
    items: "planes, or rows",
    bytes: "y argmax x intercept slope scale out",
    counts: "channels pixels windowCount",
  },

  rowAffine: {
    items: "rows",
    bytes: "x scale centre weight bias inner out",
    counts: "places",
  },
  rowSums: {
    items: "tiles, one below the other",
    bytes: "y x weight columnParts rowParts",
    counts: "rows places high",
  },
  rowResidual: {
    items: "rows",
    bytes: "y x weight intercept slope scale out",
    counts: "places",
  },

  sgdUpdate: {
    items: blocks,
    bytes: "value grad velocity",
    counts: "length",
    flags: "nesterov",
    numbers: "learningRate momentum weightDecay",
  },
  adagradUpdate: {
    items: blocks,
    bytes: "value grad squareSum",
    counts: "length",
    numbers: "learningRate epsilon weightDecay",
  },
  rmspropUpdate: {
    items: blocks,
    bytes: "value grad meanSquare",
    counts: "length",
    numbers: "learningRate alpha epsilon weightDecay",
  },
  adamUpdate: {
    items: blocks,
    bytes: "value grad firstMoment secondMoment",
    counts: "length",
    numbers: "learningRate beta1 beta2 epsilon weightDecay correction1 correction2 shrink",
  },
} as const satisfies Readonly<Record<string, KernelRow>>;
