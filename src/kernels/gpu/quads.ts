import type { Kernel } from "./gpujs.js";

/** What a kernel has computed: four numbers for each thread. */
export interface Quads {
  /** Threads along x, y and z, of which the kernel was asked for at least as many along x. */
  readonly extents: readonly [X: number, Y: number, Z: number];
  /** Flat, in the order [Z, Y, X, 4]. */
  readonly data: Float32Array;
}

/** What gpu.js returns: flat memory, or nested arrays. */
export type KernelResult = Float32Array | readonly KernelResult[];

/** What keepFlat knows of the insides of gpu.js's kernels. */
interface Insides {
  _shapeOutput?: (data: Float32Array) => KernelResult;
  formatValues?: (data: Float32Array) => KernelResult;
  getKernelString?: () => string;
}

/**
 * Makes a kernel return its results as the flat memory that they are in. gpu.js would make nested
 * arrays of it, with one of their own for every four numbers, which takes longer than to compute
 * them where sums are short.
 *
 * To be called before the kernel is compiled. Should gpu.js call its insides otherwise one day,
 * nothing changes, and {@link flatten} still reads what comes.
 */
export function keepFlat(kernel: Kernel): void {
  const insides = kernel as Insides;
  const asItIs = (data: Float32Array): Float32Array => data;
  insides._shapeOutput = asItIs; // webasm, webgpu
  // WebGL chooses one when it compiles
  Object.defineProperty(kernel, "formatValues", { get: () => asItIs, set: () => {} });
  const { getKernelString } = insides; // cpu
  if (getKernelString === undefined) return;
  insides.getKernelString = function (this: Insides) {
    return withRows(getKernelString.call(this));
  };
}

/**
 * JavaScript that gpu.js has written for mode `cpu`, with memory for a row of threads where it had
 * memory for each thread. Three quarters of the time of short sums went into collecting that.
 */
function withRows(text: string): string {
  const rows = "resultX = $1 = new Float32Array(4 * outputX);";
  const entries = [0, 1, 2, 3].map((f) => `resultX[4 * x + ${f}] = $${f + 1};`).join(" ");
  const [row, entry] = [
    /\bresultX = (\S+) = new Array\(outputX\);/,
    /\bresultX\[x\] = new Float32Array\(\[(\w+), (\w+), (\w+), (\w+)\]\);/,
  ];
  return row.test(text) && entry.test(text)
    ? text.replace(row, rows).replace(entry, entries)
    : text;
}

/** Results as flat memory. */
export function flatten(result: KernelResult, extents: Quads["extents"]): Quads {
  if (result instanceof Float32Array) return { extents, data: result };
  const data = new Float32Array(4 * extents[0] * extents[1] * extents[2]);
  let position = 0;
  const append = (part: KernelResult): void => {
    if (!(part instanceof Float32Array)) return part.forEach(append);
    data.set(part, position);
    position += part.length;
  };
  append(result);
  return { extents, data };
}

/**
 * Adds results to rows of a matrix or of several.
 *
 * @param rowAt where the row of number `f` of the four of threads y, z begins in `target`, or −1 if
 *   it is to be thrown away
 * @param columns how many entries a row has; what threads computed beyond is thrown away
 */
export function addQuads(
  target: Float32Array,
  { extents: [X, Y, Z], data }: Quads,
  columns: number,
  rowAt: (y: number, z: number, f: number) => number,
): void {
  for (let z = 0; z < Z; z++) {
    for (let y = 0; y < Y; y++) {
      const from = 4 * (z * Y + y) * X;
      const rows = [0, 1, 2, 3].map((f) => rowAt(y, z, f)) as [number, number, number, number];
      if (rows.every((row) => row >= 0)) addFour(target, rows, columns, data, from);
      else
        for (const [f, row] of rows.entries())
          for (let x = 0; row >= 0 && x < columns; x++) target[row + x]! += data[from + 4 * x + f]!;
    }
  }
}

/** All four rows in one go over the numbers, which takes two thirds of the time of four. */
function addFour(
  target: Float32Array,
  [row0, row1, row2, row3]: readonly [number, number, number, number],
  columns: number,
  data: Float32Array,
  from: number,
): void {
  for (let x = 0, at = from; x < columns; x++, at += 4) {
    target[row0 + x]! += data[at]!;
    target[row1 + x]! += data[at + 1]!;
    target[row2 + x]! += data[at + 2]!;
    target[row3 + x]! += data[at + 3]!;
  }
}
