/**
 * What a backward pass is written with: named in the exercise's file, and explained by a hint where
 * leibniz itself uses it.
 */
import * as tensors from "../../tensor/index.js";

/** A comment for the exercise's file: enough to write every backward pass. */
export const TOOLBOX = [
  "/*",
  " * To write it with:",
  " *",
  " *   await backend.matmul(a, b, { transposeA: true })  aᵀ · b; transposeB likewise; " +
    "axes in front of the last two are a batch",
  " *   await backend.matmulSum(a, b, …)                  the same, summed over the first " +
    "axis",
  " *   zip(a, b, (p, q) => p * q)   map(a, (p) => 2 * p) entry by entry",
  " *   sum(a, { axes: [0] })                             over an axis, which is then gone; " +
    "keepDims: true leaves it with extent 1",
  " *   add, subtract, multiply, divide (a, b)            entry by entry; " +
    "b may be a number, or broadcasts as in NumPy",
  " *   a.shape  a.get(n, i)  a.reshape([n, i])  a.transpose([1, 0])",
  " *   cols.layOut()                                     Columns as a tensor; " +
    "products take them as they are",
  " *   const dX = Tensor.zeros(x.shape, x.dtype); " +
    " dX.set([n, i], 1)       loops are slow, and right",
  " *",
  " * Where there is a wantsDX, false means that nobody asks for dX: return null for it, and " +
    "save the work.",
  " * What is not imported yet comes by: import { map, sum, Tensor, zip } from " +
    '"leibniz/tensor";',
  " * More: the backend's primitives in src/kernels/backend.ts, operations on tensors in " +
    "src/tensor.",
  " */",
  "",
].join("\n");

/** How what leibniz's own backward passes call is called. */
const CALLS: Readonly<Record<string, string>> = {
  "backend.matmul":
    "await backend.matmul(a, b, { transposeA, transposeB }): the product of matrices; axes in " +
    "front of the last two are a batch",
  "backend.matmulSum":
    "await backend.matmulSum(a, b, { transposeA, transposeB }): such products, summed over the " +
    "first axis; b may be Columns",
  "backend.sumPerChannel":
    "await backend.sumPerChannel(a): the sum over all axes but the second, [N, K, …] → [K]",
  "backend.productOntoImages":
    "await backend.productOntoImages(filters, dOut, channels, geometry): filtersᵀ · dOut, and " +
    "col2im of it; filters [G, K/G, R], dOut [N, G, K/G, P] → [N, C, H, W]",
  "backend.winnersGradient":
    "await backend.winnersGradient(dOut, argmax, geometry): the gradient behind a max pooling, " +
    "as " +
    "an operand of products, which skip its zeros; .layOut() is the tensor",
  "backend.rowSums":
    "await backend.rowSums(y, x, { scale, centre, weight }): for rows [N, M], the sums of y and " +
    "y · x̂ over the rows, [M], and of weight · y and weight · y · x̂ over the places, [N]; " +
    "x̂ = scale · (x − centre), with numbers of rows",
  "backend.rowResidual":
    "await backend.rowResidual(y, x, { scale, centre, intercept, slope, weight }): scale · " +
    "(weight · y − intercept − slope · x̂), weights of places, the others of rows",
  "backend.add": "await backend.add(a, b): entry by entry, for two tensors of one shape",
  "backend.multiply": "await backend.multiply(a, b): entry by entry, for two tensors of one shape",
  "backend.reluBackward":
    "await backend.reluBackward(dOut, x); or with your own hands: zip(dOut, x, (d, v) => …)",
  "backend.maxPool2dBackward":
    "await backend.maxPool2dBackward(dOut, argmax, geometry): " +
    "adds each dOut onto the pixel that won",
  "backend.averagePool2dBackward":
    "await backend.averagePool2dBackward(dOut, geometry): spreads each dOut evenly over its window",
  timesSlope:
    'await timesSlope("tanhBackward", dOut, t, (value) => …, { backend }): dOut times a function ' +
    "of each entry of t",
  ".reshape": "a.reshape([N, M]): the same entries in another shape",
  ".item": "a.item(): the number in a tensor of one entry",
  multiply: "multiply(a, b): entry by entry; b may be a number, or broadcasts as in NumPy",
  subtract: "subtract(a, b): entry by entry; b may be a number, or broadcasts as in NumPy",
  divide: "divide(a, b): entry by entry; b may be a number, or broadcasts as in NumPy",
  mean: "mean(a, { axes: [1], keepDims: true }): over an axis, which is left with extent 1",
  map: "map(a, (p) => …): entry by entry",
  zip: "zip(a, b, (p, q) => …): entry by entry",
  sum: "sum(a, { axes: [1], keepDims: true }): over an axis, which is left with extent 1",
};

/** The functions that the shipped lines call, by name, and how, for a terminal. */
export function toolsOf(lines: readonly string[]): string {
  const code = lines.filter((line) => !line.trim().startsWith("//")).join("\n");
  const own = [...code.matchAll(/\bconst (\w+) =/g)].map(([, name]) => name);
  const names = [
    ...new Set(
      [...code.matchAll(/(?:\b(?:backend|Math|Tensor))?\.?\b[a-z]\w*(?=\()/g)].map(
        ([name]) => name,
      ),
    ),
  ].filter((name) => !own.includes(name));
  const imported = names.filter((name) => name in tensors);
  return [
    names.join(", "),
    ...names.flatMap((name) => (CALLS[name] === undefined ? [] : [`  ${CALLS[name]}`])),
    ...(imported.length > 0 ? [`  import { ${imported.join(", ")} } from "leibniz/tensor";`] : []),
    "(what else there is: src/kernels/backend.ts for the backend, src/tensor for tensors; " +
      "other names are in the exercise's file)",
  ].join("\n");
}
