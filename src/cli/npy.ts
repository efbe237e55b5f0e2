/**
 * Arrays as bytes of NumPy `.npy` files, version 1.0: magic, header length, a Python dictionary
 * padded so that the data starts at a multiple of 64, then the numbers, little-endian and
 * row-major. Specification: NEP 1.
 */
import type { Tensor } from "../tensor/index.js";

/** A tensor, float32 or float64, as a file. */
export function encodeNpy(tensor: Tensor): Uint8Array {
  const { data } = tensor.contiguous();
  return npyFile(tensor.dtype === "float32" ? "<f4" : "<f8", tensor.shape, data);
}

/** Whole numbers, as `int64`. */
export function encodeWholeNpy(values: ArrayLike<number>, shape: readonly number[]): Uint8Array {
  return npyFile("<i8", shape, BigInt64Array.from(Array.from(values, BigInt)));
}

/** Truth values, 1 for true, as `bool`. */
export function encodeBooleanNpy(values: ArrayLike<number>, shape: readonly number[]): Uint8Array {
  return npyFile("|b1", shape, Uint8Array.from(values));
}

/** One word, as an array without axes: four bytes for each character. */
export function encodeWordNpy(word: string): Uint8Array {
  const characters = Uint32Array.from(word, (character) => character.codePointAt(0)!);
  return npyFile(`<U${characters.length}`, [], characters);
}

function npyFile(
  descr: string,
  shape: readonly number[],
  { buffer, byteOffset, byteLength }: ArrayBufferView,
): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${extents}), }`;
  const start = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(`${dictionary.padEnd(start - 11)}\n`), 10);
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), start);
  return bytes;
}
