/** The types that numbers have in a safetensors file, little-endian, and what becomes of them. */
import type { Data } from "../tensor/index.js";

export interface StoredType {
  /** Of one number. */
  readonly bytes: number;
  /**
   * @param bytes in memory of their own
   * @returns float32 or float64 numbers; null where one of them is none that float64 has
   */
  readonly read: (bytes: Uint8Array, count: number) => Data | null;
}

/** float32 numbers, each made from 16 bits. */
function halves(numberOf: (bits: number) => number): StoredType {
  return {
    bytes: 2,
    read: (bytes, count) => {
      const view = new DataView(bytes.buffer);
      return Float32Array.from({ length: count }, (_, i) => numberOf(view.getUint16(2 * i, true)));
    },
  };
}

function wholes(bytes: number, at: (view: DataView, position: number) => number): StoredType {
  return {
    bytes,
    read: ({ buffer }, count) => {
      const view = new DataView(buffer);
      return Float64Array.from({ length: count }, (_, i) => at(view, bytes * i));
    },
  };
}

function longs(at: (view: DataView, position: number) => bigint): StoredType {
  return {
    bytes: 8,
    read: ({ buffer }, count) => {
      const view = new DataView(buffer);
      const numbers = Float64Array.from({ length: count }, (_, i) => Number(at(view, 8 * i)));
      return numbers.every(Number.isSafeInteger) ? numbers : null;
    },
  };
}

const [word] = [new Uint32Array(1)];
const float = new Float32Array(word.buffer);

/** The float32 number with these bits. */
function ofBits(bits: number): number {
  word[0] = bits;
  return float[0]!;
}

/** 2⁻²⁴, the smallest number of 16 bits. */
const SMALLEST = 5.960464477539063e-8;

/** A number of IEEE 754's binary16: a sign, 5 bits of exponent, 10 of the fraction. */
function ofHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0) return sign * SMALLEST * fraction;
  // float32's exponent is counted from 127, not from 15; all ones are infinite, or no number
  const wide = exponent === 0x1f ? 0xff : exponent - 15 + 127;
  return sign * ofBits((wide << 23) | (fraction << 13));
}

/** The upper half of a float32. */
function ofBrainFloat(bits: number): number {
  return ofBits(bits << 16);
}

/** By their names in a header. */
export const storedTypes: ReadonlyMap<string, StoredType> = new Map([
  ["F32", { bytes: 4, read: ({ buffer }: Uint8Array) => new Float32Array(buffer) }],
  ["F64", { bytes: 8, read: ({ buffer }: Uint8Array) => new Float64Array(buffer) }],
  ["F16", halves(ofHalf)],
  ["BF16", halves(ofBrainFloat)],
  ["I64", longs((view, at) => view.getBigInt64(at, true))],
  ["U64", longs((view, at) => view.getBigUint64(at, true))],
  ["I32", wholes(4, (view, at) => view.getInt32(at, true))],
  ["U32", wholes(4, (view, at) => view.getUint32(at, true))],
  ["I16", wholes(2, (view, at) => view.getInt16(at, true))],
  ["U16", wholes(2, (view, at) => view.getUint16(at, true))],
  ["I8", wholes(1, (view, at) => view.getInt8(at))],
  ["U8", wholes(1, (view, at) => view.getUint8(at))],
  ["BOOL", wholes(1, (view, at) => view.getUint8(at))],
]);
