/**
 * The safetensors format: a header in JSON that names every tensor with its type, shape and place,
 * then the numbers themselves, little-endian and row-major. Specification:
 * github.com/huggingface/safetensors.
 *
 *     8 bytes  length n of the header, unsigned
 *     n bytes  {"conv1.weight": {"dtype": "F32", "shape": [16, 1, 3, 3],
 *              "data_offsets": [0, 576]}, …}
 *     rest     the data; offsets count from here
 */
import { type DType, formatShape, reject, sizeOf, Tensor } from "../tensor/index.js";
import { otherFormat } from "./other-formats.js";
import { type StoredType, storedTypes } from "./stored-types.js";

/** What a file holds: tensors by name, and free text by name. */
export interface Safetensors {
  /** In the order of the file's header; when writing, the order of the data as well. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The header's `__metadata__`; empty where the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
}

const DTYPE_NAMES: Readonly<Record<DType, string>> = { float32: "F32", float64: "F64" };
const BYTES: Readonly<Record<DType, number>> = { float32: 4, float64: 8 };
/** The specification's own limit on a header. */
const LONGEST_HEADER = 100_000_000;
/** The name under which a header keeps the metadata. */
const METADATA = "__metadata__";
const FIELDS = ["dtype", "shape", "data_offsets"];
/** `{` */
const OPENING = 0x7b;
/** No network has more; the time that a view takes to set up grows with the square of it. */
const MOST_AXES = 32;

/**
 * The bytes of a file. The same tensors in the same order give the same bytes.
 *
 * @throws InputError when a tensor is called `__metadata__`
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  if (tensors.has(METADATA))
    reject(
      "encodeSafetensors",
      "names of tensors",
      METADATA,
      "the format keeps this one for the metadata",
    );
  const header: [name: string, entry: object][] =
    Object.keys(metadata).length === 0 ? [] : [[METADATA, metadata]];
  let end = 0;
  for (const [name, tensor] of tensors) {
    const begin = end;
    end += tensor.size * BYTES[tensor.dtype];
    header.push([
      name,
      { dtype: DTYPE_NAMES[tensor.dtype], shape: tensor.shape, data_offsets: [begin, end] },
    ]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // padded with spaces, so that the data is aligned
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end).fill(0x20, 8, 8 + headerLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  let position = 8 + headerLength;
  for (const tensor of tensors.values()) {
    const { buffer, byteOffset, byteLength } = tensor.contiguous().data;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), position);
    position += byteLength;
  }
  return bytes;
}

/**
 * Reads a file's bytes. The tensors are copies: numbers of 16 bits become float32, whole numbers
 * float64.
 *
 * @param where the file's name, for messages
 * @throws InputError on anything but a well-formed file, which is as the format's authors have it:
 *   no name twice, no other fields, nothing in front of the header
 */
export function decodeSafetensors(bytes: Uint8Array, where: string): Safetensors {
  if (!(bytes instanceof Uint8Array))
    reject(where, "a file's bytes, a Uint8Array", typeof bytes, "read the file first");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8)
    reject(
      where,
      "a safetensors file, which starts with the 8-byte length of its header",
      `${bytes.length} bytes`,
    );
  const length = view.getBigUint64(0, true);
  if (length > BigInt(Math.min(LONGEST_HEADER, bytes.length - 8))) {
    const { name, hint } = otherFormat(bytes) ?? {};
    if (name !== undefined) reject(where, "a safetensors file", name, hint);
    reject(
      where,
      `a safetensors header that fits into the file's ${bytes.length} bytes`,
      `a header of ${length} bytes`,
      "the file is cut short or of another format",
    );
  }
  const start = 8 + Number(length);
  const header = parseHeader(bytes.subarray(8, start), where);
  const tensors = new Map<string, Tensor>();
  const used: [begin: number, end: number][] = [];
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) metadata = checkMetadata(entry, where);
    else {
      const { type, shape, begin, end } = checkEntry(
        shorten(name),
        entry,
        bytes.length - start,
        where,
      );
      const data = type.read(copyOf(bytes, start + begin, start + end), sizeOf(shape));
      if (data === null)
        reject(where, `tensor ${shorten(name)} of whole numbers up to 2^53`, "larger ones");
      tensors.set(name, Tensor.wrap(data, shape));
      used.push([begin, end]);
    }
  }
  checkCoverage(used, bytes.length - start, where);
  return { tensors, metadata };
}

function parseHeader(json: Uint8Array, where: string): Record<string, unknown> {
  let header: unknown;
  let twice: string | null = null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
    header = JSON.parse(text);
    twice = nameTwice(text);
  } catch {
    reject(
      where,
      "a safetensors header in JSON",
      "other bytes",
      "the file is garbled or of another format",
    );
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    reject(where, "a safetensors header that is a JSON object", show(header));
  if (json[0] !== OPENING)
    reject(where, "a safetensors header that begins with {", `byte ${json[0]} in front of it`);
  if (twice !== null) reject(where, "each name once in the header", `${shorten(twice)} twice`);
  return header as Record<string, unknown>;
}

/** A name that an object of some valid JSON has twice, of which `JSON.parse` keeps the last. */
function nameTwice(json: string): string | null {
  const open: (Set<string> | null)[] = [];
  let text = "";
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const names = open.at(-1)!;
      const name = JSON.parse(text) as string;
      if (names.has(name)) return name;
      names.add(name);
    } else text = token;
  }
  return null;
}

function checkMetadata(entry: unknown, where: string): Record<string, string> {
  const isText =
    typeof entry === "object" &&
    entry !== null &&
    !Array.isArray(entry) &&
    Object.values(entry).every((value) => typeof value === "string");
  if (!isText) reject(where, `${METADATA} to map names to text`, show(entry));
  return entry as Record<string, string>;
}

function checkEntry(
  name: string,
  entry: unknown,
  dataLength: number,
  where: string,
): { type: StoredType; shape: number[]; begin: number; end: number } {
  const {
    dtype: code,
    shape,
    data_offsets: offsets,
  } = (entry ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  const isWhole = (value: unknown): value is number =>
    Number.isSafeInteger(value) && (value as number) >= 0;
  const type = typeof code === "string" ? storedTypes.get(code) : undefined;
  if (type === undefined)
    return reject(
      where,
      `tensor ${name} of type ${[...storedTypes.keys()].join(", ")}`,
      show(code),
    );
  const other = Object.keys(entry as object).find((field) => !FIELDS.includes(field));
  if (other !== undefined)
    reject(where, `tensor ${name} with ${FIELDS.join(", ")}`, shorten(other));
  if (!Array.isArray(shape) || !shape.every(isWhole))
    reject(where, `tensor ${name} to have a shape of whole numbers`, show(shape));
  if (shape.length > MOST_AXES)
    reject(where, `tensor ${name} to have at most ${MOST_AXES} axes`, String(shape.length));
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isWhole)) {
    reject(where, `tensor ${name} to have data_offsets [begin, end]`, show(offsets));
  }
  const [begin, end] = offsets as [number, number];
  const needed = sizeOf(shape as number[]) * type.bytes;
  if (end > dataLength || end - begin !== needed) {
    reject(
      where,
      `tensor ${name} of shape ${formatShape(shape as number[])} to take ${needed} ` +
        `of the ${dataLength} data bytes`,
      `offsets [${begin}, ${end}]`,
      "the file is cut short or garbled",
    );
  }
  return { type, shape: shape as number[], begin, end };
}

/** The format allows neither holes nor overlaps nor bytes after the end. */
function checkCoverage(
  used: [begin: number, end: number][],
  dataLength: number,
  where: string,
): void {
  let position = 0;
  for (const [begin, end] of used.sort(([a, endA], [b, endB]) => a - b || endA - endB)) {
    if (begin !== position)
      reject(where, `the next tensor at data byte ${position}`, `one at ${begin}`);
    position = end;
  }
  if (position !== dataLength) reject(where, `${position} data bytes`, String(dataLength));
}

/** A copy is aligned, a view may not be, and a Buffer's slice is a view. */
function copyOf(bytes: Uint8Array, begin: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(begin, end));
}

/** A value of the header for a message: what lies deeper than one level is left out. */
function show(value: unknown): string {
  const flat = JSON.stringify(value, (_key, inner: unknown) =>
    inner === value || typeof inner !== "object" || inner === null ? inner : "…",
  );
  return flat === undefined ? "none" : shorten(flat);
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
