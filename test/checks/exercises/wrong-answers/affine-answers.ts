/** Wrong answers for the affine layer and for flatten. */
import { BATCH, NOT_THERE, ONE_IMAGE, replacing, SWAPPED } from "./phrases.js";
import type { WrongAnswer } from "./wrong-answer.js";

const BIAS = "await backend.sumPerChannel(dOut)";
const WEIGHT = "await backend.matmul(dOut, x, { transposeA: true })";
const INPUT = "await backend.matmul(dOut, weight)";

const affineBias = replacing("affine", "dBias", BIAS);
const affineWeight = replacing("affine", "dWeight", WEIGHT);
const affineInput = replacing("affine", "dX", INPUT);
const flattenInput = replacing("flatten", "dX", "return { dX: dOut.reshape(shape) };");

export const affineAnswers: readonly WrongAnswer[] = [
  affineBias(
    "affine-bias-of-the-first-row",
    "dBias is not summed over the batch: only the first row counts.",
    "await backend.sumPerChannel(dOut.slice([0, 1]))",
    [ONE_IMAGE],
  ),
  affineBias(
    "affine-bias-averaged",
    "The mean over the batch, where the equation has the sum.",
    `divide(${BIAS}, dOut.shape[0]!)`,
    [BATCH],
  ),
  affineBias(
    "affine-bias-constant",
    "The derivative of the output by the bias is 1, and that is returned, without dOut.",
    "map(sum(dOut, { axes: [0] }), () => dOut.shape[0]!)",
    [/dOut|upstream|chain/i],
  ),
  {
    layer: "affine",
    name: "affine-bias-that-is-not-there",
    mistake: "A gradient comes back for a bias that the layer does not have.",
    edits: [{ find: `hasBias ? ${BIAS} : null`, replace: BIAS }],
    gradient: "dBias",
    names: [NOT_THERE],
  },
  affineWeight(
    "rounded-to-float32",
    "The gradient is right, but rounded to 24 bits.",
    "map(await backend.matmul(dOut, x, { transposeA: true }), (v) => Math.fround(v))",
    [/float32/i],
  ),
  affineWeight(
    "reshaped-instead-of-transposed",
    "xᵀ · dOut is given the shape of the weight by reshape, where it had to be transposed.",
    "(await backend.matmul(x, dOut, { transposeA: true })).reshape(weight.shape)",
    [/transpos/i],
  ),
  affineWeight(
    "affine-dweight-averaged",
    "The mean over the batch, where the equation has the sum.",
    `divide(${WEIGHT}, dOut.shape[0]!)`,
    [BATCH],
  ),
  affineWeight(
    "affine-dweight-of-the-first-row",
    "dWeight is the outer product of one row's dOut and x, without a sum over the batch.",
    "await backend.matmul(dOut.slice([0, 1]), x.slice([0, 1]), { transposeA: true })",
    [ONE_IMAGE],
  ),
  affineWeight(
    "affine-dweight-without-x",
    "The factor x is missing: every weight of an output gets what its bias gets.",
    "sum(dOut, { axes: [0] }).reshape([weight.shape[0]!, 1]).broadcastTo(weight.shape)" +
      ".contiguous()",
    [/\bx\b/, /miss|without|left out|forgot|lack|not (multiplied|there)/i],
  ),
  affineWeight(
    "affine-dweight-without-dout",
    "The factor dOut is missing: every output's weights get the sum of the inputs.",
    "sum(x, { axes: [0] }).reshape([1, weight.shape[1]!]).broadcastTo(weight.shape).contiguous()",
    [/dOut/, /miss|without|left out|forgot|lack|not (multiplied|there)|\b1\b|ones/i],
  ),
  affineInput(
    "affine-dx-averaged-over-outputs",
    "dX is divided by the number of outputs, as if gradients were averaged over them.",
    `multiply(${INPUT}, 1 / weight.shape[0]!)`,
    [/\bO\b|outputs/i],
  ),
  affineInput(
    "affine-dx-averaged-over-the-batch",
    "dX is divided by the number of rows, although each row has its own gradient.",
    `divide(${INPUT}, dOut.shape[0]!)`,
    [BATCH],
  ),
  affineInput(
    "affine-weight-reshaped-in-dx",
    "The weight is brought into the shape [I, O] by reshape and then multiplied as weightᵀ.",
    "await backend.matmul(dOut, weight.reshape([weight.shape[1]!, weight.shape[0]!]), " +
      "{ transposeB: true })",
    [/transpos|reshape|order/i],
  ),
  affineInput(
    "affine-dx-without-dout",
    "The derivative of the outputs by the inputs is returned, summed, without dOut.",
    "sum(weight, { axes: [0] }).reshape([1, x.shape[1]!]).broadcastTo(x.shape).contiguous()",
    [/dOut/, /miss|without|left out|forgot|lack|not (multiplied|there)|\b1\b|ones/i],
  ),
  affineInput(
    "affine-dx-with-the-sign-turned",
    "The step downhill is taken in here already: dX = −dOut · weight.",
    `multiply(${INPUT}, -1)`,
    [/sign|−1|-1|negat|minus/i],
  ),
  flattenInput(
    "flatten-in-another-order",
    "dOut is laid back as if the channels had come last.",
    `const [N, C, H, W] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!];
  return {
    dX: dOut.reshape([N, H, W, C]).transpose([0, 3, 1, 2]).reshape(shape).contiguous(),
  };`,
    [/channel/i, /last|order|NHWC/i, /affine\.1[35]\b/],
  ),
  flattenInput(
    "flatten-columns-first",
    "The pixels of a row are taken for those of a column: (c·W + w)·H + h.",
    `const [N, C, H, W] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!];
  return { dX: dOut.reshape([N, C, W, H]).transpose([0, 1, 3, 2]).contiguous() };`,
    [SWAPPED, /affine\.1[35]\b/],
  ),
  flattenInput(
    "flatten-batch-last",
    "The batch is taken for the last axis: as if the rows were columns.",
    `const [N, C, H, W] = [shape[0]!, shape[1]!, shape[2]!, shape[3]!];
  const all = dOut.reshape([C, H, W, N]).transpose([3, 0, 1, 2]);
  return { dX: all.contiguous() };`,
    [/batch|\bN\b|\bn\b/, /last|order|transpos|axis|axes/i],
  ),
];
