/**
 * NumPy's format of one array: `\x93NUMPY`, the version, the length of the header, the header, a
 * Python dictionary, then the numbers. Source: numpy.lib.format.
 *
 *     {'descr': '|u1', 'fortran_order': False, 'shape': (60000, 28, 28), }
 */
import { reject } from "../../tensor/index.js";

/** Numbers of an array, row-major. */
export interface NpyArray {
  /** One extent for each axis; `[]` for a single number. */
  readonly shape: readonly number[];
  /** A Float64Array for float64, a Float32Array for float32. */
  readonly data: ArrayLike<number>;
  /** What they are in the file, for people: "uint8". */
  readonly type: string;
}

/** NumPy itself allows no more. */
const MOST_AXES = 64;

/** Of a shape that does not fit; its numbers are the file's own, and may be nonsense. */
const SHOWN_AXES = 8;

type Numbers = (buffer: ArrayBuffer) => ArrayLike<number>;

/** Whole numbers of 64 bits, of which those above 2⁵³ are rounded. */
const rounded = (wide: BigInt64Array | BigUint64Array): Float64Array =>
  Float64Array.from(wide, Number);

/** By kind and size, as in `<f8`, where the sign in front says which byte comes first. */
const TYPES: Readonly<Record<string, { type: string; bytes: number; read: Numbers }>> = {
  u1: { type: "uint8", bytes: 1, read: (buffer) => new Uint8Array(buffer) },
  b1: { type: "bool", bytes: 1, read: (buffer) => new Uint8Array(buffer) },
  i1: { type: "int8", bytes: 1, read: (buffer) => new Int8Array(buffer) },
  u2: { type: "uint16", bytes: 2, read: (buffer) => new Uint16Array(buffer) },
  i2: { type: "int16", bytes: 2, read: (buffer) => new Int16Array(buffer) },
  u4: { type: "uint32", bytes: 4, read: (buffer) => new Uint32Array(buffer) },
  i4: { type: "int32", bytes: 4, read: (buffer) => new Int32Array(buffer) },
  u8: { type: "uint64", bytes: 8, read: (buffer) => rounded(new BigUint64Array(buffer)) },
  i8: { type: "int64", bytes: 8, read: (buffer) => rounded(new BigInt64Array(buffer)) },
  f4: { type: "float32", bytes: 4, read: (buffer) => new Float32Array(buffer) },
  f8: { type: "float64", bytes: 8, read: (buffer) => new Float64Array(buffer) },
};

/**
 * Reads NumPy's `.npy`: numbers of one to eight bytes, whichever of these comes first, row after
 * row or, in Fortran's order, column after column.
 *
 * @param bytes the whole file
 * @param where its name, for messages
 * @param advised the type that a message asks for; `uint8` if left out
 * @returns the numbers in row-major order, a copy
 * @throws InputError on anything but a complete array of numbers
 */
export function parseNpy(bytes: Uint8Array, where: string, advised = "uint8"): NpyArray {
  const { header, start } = headerOf(bytes, where);
  const descr = /'descr':\s*(?:'([^']*)'|\[)/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const extents = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (descr === null || order === undefined || extents === undefined)
    reject(
      where,
      "a header with descr, fortran_order and shape",
      JSON.stringify(header.slice(0, 60)),
    );
  const code = descr[1] ?? "fields";
  const [, end, kind = ""] = /^([<>|])(\w+)$/.exec(code) ?? [];
  if (!Object.hasOwn(TYPES, kind)) rejectType(code, where, advised);
  const { type, bytes: each, read } = TYPES[kind]!;
  if (end === "|" && each > 1) rejectType(code, where, advised);
  const shape = extents
    .split(",")
    .map((extent) => extent.trim())
    .filter((extent) => extent !== "")
    .map(Number);
  if (shape.length > MOST_AXES)
    reject(where, `an array of at most ${MOST_AXES} axes`, `${shape.length}`);
  const size = shape.reduce((product, extent) => product * extent, each);
  if (bytes.length - start !== size)
    reject(
      where,
      `${size} bytes for ${shape.slice(0, SHOWN_AXES).join("×") || "one"} of ${type}`,
      String(bytes.length - start),
    );
  // A copy starts where numbers of any size may start.
  const numbers = bytes.slice(start);
  if (end === ">") reverseEach(numbers, each);
  const inRows = order === "True" ? rowAfterRow(numbers, shape, each) : numbers;
  return { shape, data: read(inRows.buffer as ArrayBuffer), type };
}

/** Turns each number's bytes around, in place. */
function reverseEach(bytes: Uint8Array, each: number): void {
  for (let at = 0; at < bytes.length; at += each) bytes.subarray(at, at + each).reverse();
}

/** Fortran's order, in which the first index runs fastest, to that in which the last one does. */
function rowAfterRow(bytes: Uint8Array, shape: readonly number[], each: number): Uint8Array {
  const strides: number[] = [];
  let stride = each;
  for (const extent of shape) {
    strides.push(stride);
    stride *= extent;
  }
  const moved = new Uint8Array(bytes.length);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < bytes.length; to += each) {
    for (let i = 0; i < each; i++) moved[to + i] = bytes[from + i]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return moved;
}

function headerOf(bytes: Uint8Array, where: string): { header: string; start: number } {
  const text = (from: number, to: number): string =>
    new TextDecoder("latin1").decode(bytes.subarray(from, to));
  const version = bytes[6];
  if (bytes[0] !== 0x93 || text(1, 6) !== "NUMPY")
    reject(where, "a NumPy array, which starts with \\x93NUMPY", JSON.stringify(text(0, 6)));
  if (version !== undefined && (version < 1 || version > 3))
    reject(where, "a NumPy array of version 1, 2 or 3", String(version));
  if (version === undefined || bytes.length < 12)
    reject(where, "a NumPy array", `${bytes.length} bytes`, "the file is cut short");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (begin + length > bytes.length)
    reject(
      where,
      `a header of ${length} bytes`,
      `${bytes.length - begin}`,
      "the file is cut short",
    );
  return { header: text(begin, begin + Math.min(length, 10_000)), start: begin + length };
}

function rejectType(code: string, where: string, advised: string): never {
  const known = "whole numbers, float32 or float64";
  if (code.includes("O"))
    reject(
      where,
      known,
      "Python objects",
      "arrays of different lengths? save one array of numbers",
    );
  reject(where, known, code.slice(0, 20), `save it .astype('${advised}')`);
}
