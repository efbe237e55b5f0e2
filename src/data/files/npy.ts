/**
 * NumPy's format of one array: `\x93NUMPY`, the version, the length of the header, the header, a
 * Python dictionary, then the numbers. Source: numpy.lib.format.
 *
 *     {'descr': '|u1', 'fortran_order': False, 'shape': (60000, 28, 28), }
 */
import { reject } from "../../tensor/index.js";

/** Numbers of an array, row-major. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  /** What they are in the file, for people: "uint8". */
  readonly type: string;
}

type Numbers = (bytes: Uint8Array) => ArrayLike<number>;

/** The bytes from a place that numbers of any size may start at, where they do not. */
const aligned = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer;
/** Whole numbers of 64 bits, of which those above 2⁵³ are rounded. */
const rounded = (wide: BigInt64Array | BigUint64Array): Float64Array =>
  Float64Array.from(wide, Number);

const TYPES: Readonly<Record<string, { type: string; bytes: number; read: Numbers }>> = {
  "|u1": { type: "uint8", bytes: 1, read: (bytes) => bytes },
  "|b1": { type: "bool", bytes: 1, read: (bytes) => bytes },
  "|i1": { type: "int8", bytes: 1, read: (bytes) => new Int8Array(aligned(bytes)) },
  "<u2": { type: "uint16", bytes: 2, read: (bytes) => new Uint16Array(aligned(bytes)) },
  "<i2": { type: "int16", bytes: 2, read: (bytes) => new Int16Array(aligned(bytes)) },
  "<u4": { type: "uint32", bytes: 4, read: (bytes) => new Uint32Array(aligned(bytes)) },
  "<i4": { type: "int32", bytes: 4, read: (bytes) => new Int32Array(aligned(bytes)) },
  "<u8": { type: "uint64", bytes: 8, read: (bytes) => rounded(new BigUint64Array(aligned(bytes))) },
  "<i8": { type: "int64", bytes: 8, read: (bytes) => rounded(new BigInt64Array(aligned(bytes))) },
  "<f4": { type: "float32", bytes: 4, read: (bytes) => new Float32Array(aligned(bytes)) },
  "<f8": { type: "float64", bytes: 8, read: (bytes) => new Float64Array(aligned(bytes)) },
};

/**
 * @param bytes the whole file
 * @param where its name, for messages
 * @throws InputError on anything but a complete array of numbers, row-major
 */
export function parseNpy(bytes: Uint8Array, where: string): NpyArray {
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
  if (!Object.hasOwn(TYPES, code)) rejectType(code, where);
  const { type, bytes: each, read } = TYPES[code]!;
  const shape = extents
    .split(",")
    .map((extent) => extent.trim())
    .filter((extent) => extent !== "")
    .map(Number);
  if (order === "True" && shape.length > 1)
    reject(
      where,
      "an array in row-major order",
      "fortran_order: True",
      "save np.ascontiguousarray(…)",
    );
  const size = shape.reduce((product, extent) => product * extent, each);
  if (bytes.length - start !== size)
    reject(
      where,
      `${size} bytes for ${shape.join("×") || "one"} of ${type}`,
      String(bytes.length - start),
    );
  return { shape, data: read(bytes.subarray(start)), type };
}

function headerOf(bytes: Uint8Array, where: string): { header: string; start: number } {
  const text = (from: number, to: number): string =>
    new TextDecoder("latin1").decode(bytes.subarray(from, to));
  const version = bytes[6];
  if (bytes[0] !== 0x93 || text(1, 6) !== "NUMPY")
    reject(where, "a NumPy array, which starts with \\x93NUMPY", JSON.stringify(text(0, 6)));
  if (bytes.length < 12 || version === undefined || version < 1 || version > 3)
    reject(where, "a NumPy array of version 1, 2 or 3", `${version ?? "none"}`);
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

function rejectType(code: string, where: string): never {
  const known = "uint8, or other numbers in little-endian order";
  if (code.includes("O"))
    reject(
      where,
      known,
      "Python objects",
      "arrays of different lengths? save one array of numbers",
    );
  if (code.startsWith(">")) reject(where, known, `${code}, big-endian`, "save it .astype('uint8')");
  reject(where, known, code.slice(0, 20), "save it .astype('uint8')");
}
