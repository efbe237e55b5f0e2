/** What a backward pass is written with, explained by a hint where leibniz itself uses it. */

/** Names of `leibniz/tensor` that the exercise's file imports. */
export const TOOLS = ["add", "divide", "map", "multiply", "subtract", "sum", "Tensor", "zip"];

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
    "as an operand of products, which skip its zeros; .layOut() is the tensor",
  "backend.channelSums":
    "await backend.channelSums(y, x): { sum, product }, the sums of y and of y · x over all axes " +
    "but the second, [C] each",
  "backend.channelResidual":
    "await backend.channelResidual(y, x, { scale, intercept, slope }): scale · (y − intercept − " +
    "slope · x), with a number of each for every channel",
  "backend.channelAffine":
    "await backend.channelAffine(x, { scale, shift }): scale · x + shift, with a number of each " +
    "for every channel",
  "backend.read": "await backend.read(a): the same tensor where this program can read it",
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
  timesKeptSlope:
    'await timesKeptSlope("geluBackward", dOut, cache, backend): dOut times the slope in the cache',
  ".backward": "await f.backward(dOut, wanted): the backward pass of a branch, its gradient of x",
  ".contiguous": "a.contiguous().data: the numbers of a tensor in row-major order",
  ".broadcastTo": "a.broadcastTo([N, C, H, W]): axes of extent 1 repeated, without a copy",
  ".clone": "a.clone(backend.allocator): a copy with memory of its own",
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

/**
 * The functions that the shipped lines call, by name, and how, for a terminal.
 *
 * @param above names that stand above the lines already
 */
export function toolsOf(lines: readonly string[], above: readonly string[] = []): string {
  const code = lines.filter((line) => !line.trim().startsWith("//")).join("\n");
  const own = [...code.matchAll(/\bconst (\w+) =/g)].map(([, name]) => name!);
  const names = [
    ...new Set(
      [...code.matchAll(/(?:\b(?:backend|Math|Tensor))?\.?\b[a-z]\w*(?=\()/g)].map(
        ([name]) => name,
      ),
    ),
  ].filter((name) => !own.includes(name) && !above.includes(name));
  if (names.length === 0) return "nothing but arithmetic";
  return [
    names.join(", "),
    ...names.flatMap((name) => (CALLS[name] === undefined ? [] : [`  ${CALLS[name]}`])),
    "(all of it is in scope in the exercise's file; what else there is: src/kernels/backend.ts " +
      "for the backend, src/tensor for tensors)",
  ].join("\n");
}
