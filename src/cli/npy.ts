import type { Tensor } from "../tensor/index.js";

/**
 * A tensor as the bytes of a NumPy `.npy` file, version 1.0: magic, header length, a Python
 * dictionary padded so that the data starts at a multiple of 64, then the numbers, little-endian
 * and row-major. Specification: NEP 1.
 */
export function encodeNpy(tensor: Tensor): Uint8Array {
  const shape = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(", ");
  const dictionary =
    `{'descr': '${tensor.dtype === "float32" ? "<f4" : "<f8"}', ` +
    `'fortran_order': False, 'shape': (${shape}), }`;
  const start = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const { buffer, byteOffset, byteLength } = tensor.contiguous().data;
  const bytes = new Uint8Array(start + byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(`${dictionary.padEnd(start - 11)}\n`), 10);
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), start);
  return bytes;
}
