/**
 * The table of kernels. A row reads like the parameters of the function of its name in `assembly/`,
 * and both sides of the call are made from it (`layout.ts`, `generate.mjs`).
 *
 *   each plane:  what a job is cut into; the function does one of them. `planes:` is some of them,
 *                it gets how many; `length:` is blocks of flat arrays, it gets how many numbers
 *   x[H·W]       an array with H·W numbers of 4 bytes for each item: the address of this item's, or
 *                of the first of some. x[] is not cut, and an array that is left out is at 0
 *   totals{2·C}  an array with 2·C numbers for each chunk
 *   C rectify? factor~   a whole number, a flag, and a number in float64; distances are in bytes
 *   geometry     how windows slide; `geometry?` may be null
 *   item         which item it is, or the first of some
 *   scratch      memory of the thread's own; `<kernel>Scratch` says how many bytes
 *   job          all arguments in one: the function gets (job, first, end, chunk, scratch)
 */
import { RANDOM_BLOCK, RANDOM_WARM_UP } from "../../tensor/index.js";

/** Numbers that both sides need. */
export const constants = {
  ...{ BLOCK: RANDOM_BLOCK, RANDOM_WARM_UP }, // so each block has random streams of its own
  PANEL: 8, // columns or filters side by side, which two vectors hold
  TILE_ENTRIES: 16, // of a tile of 4×4 pixels
  ...{ TILE_ROWS: 32, TILE_PLACES: 16384 }, // of rows: long, since memory is read fastest in order
  ...{ SIGMOID: 0, TANH: 1, SOFTPLUS: 2, SILU: 3, GELU: 4, ELU: 5, LEAKY_RELU: 6 },
} as const;

const product =
  "a[] aRow aStep b[] bMatrix bRow out[] M N I blocks channels turnB? sparseA? columns? geometry?";
const tiles = "images together tileRows tileColumns H W padH padW outH outW C K x[]";
const update = "length: value[BLOCK] grad[BLOCK]";

export const kernels = {
  products: `blocks of rows: job ${product} aMatrix whichA[] bPanel whichB[] rows rowBias[] \
rowBiasStep columnBias[] turnA? sparseB? ontoImages? scratch`,
  sums: `products that are added up: job ${product} dots? scratch`,
  transposeRows: "each eight rows: item rows columns x[8·columns] out[8·outStep] outRow outStep",
  pack8: "each panel: rows x[PANEL] xRow out[PANEL·rows]",
  addParts: "length: parts step x[BLOCK] out[BLOCK]",
  allFinite: "length: x[BLOCK] factor~ answers{1}",
  im2col: "planes: geometry x[H·W] cols[kH·kW·outH·outW]",
  col2im: "planes: geometry cols[kH·kW·outH·outW] x[H·W]",
  convolvePool: `each image: C K geometry poolH poolW x[C·H·W] filters[] bias[] out[K·poolH·poolW] \
argmax[K·poolH·poolW] rectify? scratch`,
  convolutionWeightGradient:
    "images: C K S geometry x[C·H·W] dOut[K·S] argmax[K·S] out{K·C·kH·kW} scratch",
  convolutionInputGradient:
    "images: C K S geometry filters[] dOut[K·S] argmax[K·S] dX[C·H·W] scratch",
  transformFilters: "each filter: item K C filters[] turned? out[C]",
  convolveTiles: `images done together: job ${tiles} filters[] bias[] out[] scratch`,
  tilesWeightGradient: `images done together: job ${tiles} dOut[] out[] scratch`,
  maxPool2d:
    "each plane: item C geometry x[H·W] scale[] shift[] out[outH·outW] argmax[outH·outW] rectify?",
  maxPool2dBackward: "each plane: S P dOut[S] argmax[S] dX[P]",
  averagePool2d: "each plane: geometry x[H·W] out[outH·outW]",
  averagePool2dBackward: "each plane: geometry dOut[outH·outW] dX[H·W]",
  add: "length: a[BLOCK] b[BLOCK] out[BLOCK]",
  multiply: "length: a[BLOCK] b[BLOCK] out[BLOCK]",
  randomMask: "length: item keyA keyB keyC least value~ out[BLOCK]",
  relu: "length: x[BLOCK] out[BLOCK]",
  reluBackward: "length: dOut[BLOCK] x[BLOCK] dX[BLOCK]",
  activation: "length: which x[BLOCK] out[BLOCK] negativeSlope~",
  activationWithSlope: "length: which x[BLOCK] out[BLOCK] slope[BLOCK]",
  activationBackward: "length: which dOut[BLOCK] at[BLOCK] dX[BLOCK] negativeSlope~",
  accumulate: "length: source[BLOCK] target[BLOCK]",
  sumPerChannel: "each image: C P x[C·P] argmax[C·P] totals{2·C}",
  channelTotals: "each image: C P x[C·P] centre[] totals{2·C}",
  channelSums: "each image: C P S x[C·S] argmax[C·S] y[C·P] totals{4·C}",
  channelAffine: "each plane: item C P rows? x[P] scale[] centre[] shift[] out[P]",
  channelResidual:
    "each plane: item C P S rows? y[S] argmax[S] x[P] intercept[] slope[] scale[] out[P]",
  rowMoments: "each row: M x[M] mean[1] variance[1]",
  rowAffine: "each row: M x[M] scale[1] centre[1] weight[] bias[] out[M]",
  rowSums: "each tile: item rows M high y[] x[] scale[] centre[] weight[] columnParts[] rowParts[]",
  addDoubles: "length: parts step x[2·BLOCK] out[BLOCK]",
  rowResidual: "each row: M y[M] x[M] weight[] intercept[1] slope[1] scale[1] centre[1] out[M]",
  sgdUpdate: `${update} velocity[BLOCK] learningRate~ momentum~ nesterov? weightDecay~`,
  adagradUpdate: `${update} squareSum[BLOCK] learningRate~ epsilon~ weightDecay~`,
  rmspropUpdate: `${update} meanSquare[BLOCK] learningRate~ alpha~ epsilon~ weightDecay~`,
  adamUpdate: `${update} firstMoment[BLOCK] secondMoment[BLOCK] learningRate~ beta1~ beta2~ \
epsilon~ weightDecay~ correction1~ correction2~ shrink~`,
} as const;
