/** Named values as one NumPy `.npz`: a zip archive with a `.npy` for each. */
import { zipSync } from "fflate";
import { type Nested, tensor } from "../tensor/index.js";
import { encodeBooleanNpy, encodeNpy, encodeWholeNpy, encodeWordNpy } from "./npy.js";

/** A number, a truth value, a word, nested arrays of one of the first two, or nothing at all. */
export type NpzValue = number | boolean | string | null | readonly NpzValue[];

/** The same everywhere: without a time zone, and with the bytes of no packer's version. */
const MTIME = new Date(2000, 0, 1, 12);

/**
 * The same values give the same bytes wherever they are written.
 *
 * @param values those that are null are left out
 * @param whole names of arrays that are written as whole numbers; other arrays are `float64`, even
 *   where all their numbers happen to be whole
 */
export function encodeNpz(
  values: Readonly<Record<string, NpzValue>>,
  whole: readonly string[] = [],
): Uint8Array {
  const files = Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [`${name}.npy`, npyOf(value, whole.includes(name))] as const);
  return zipSync(Object.fromEntries(files), { level: 0, mtime: MTIME });
}

/** A whole number on its own is one for Python, too: a stride, and not 2.0. */
function npyOf(value: NpzValue, isWhole: boolean): Uint8Array {
  if (typeof value === "string") return encodeWordNpy(value);
  const { data, shape } = tensor(asNumbers(value), "float64");
  if (firstOf(value) === true || firstOf(value) === false) return encodeBooleanNpy(data, shape);
  if (isWhole || (typeof value === "number" && Number.isInteger(value)))
    return encodeWholeNpy(data, shape);
  return encodeNpy(tensor(asNumbers(value), "float64"));
}

function asNumbers(value: NpzValue): Nested {
  return isRow(value) ? value.map(asNumbers) : Number(value);
}

function firstOf(value: NpzValue): unknown {
  let first: NpzValue | undefined = value;
  while (isRow(first)) first = first[0];
  return first;
}

function isRow(value: NpzValue | undefined): value is readonly NpzValue[] {
  return Array.isArray(value);
}
