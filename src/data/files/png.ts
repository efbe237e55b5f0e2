/** PNG: fast-png decodes it; what is harmful in a file is found before. */
import type { DecodedPng } from "fast-png";
import { InputError, reject } from "../../tensor/index.js";
import type { Picture } from "./picture.js";

/** The chunks that make up the picture; others, such as profiles and texts, are left out. */
const NEEDED: readonly string[] = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];

/** Less cannot be unpacked to more than 64 MiB. */
const HARMLESS = 2 ** 16;

interface Extents {
  readonly height: number;
  readonly width: number;
}

/**
 * @param where the file's name, for messages
 * @param checkSize refuses pictures that are too large, before anything is unpacked
 * @throws InputError when the file is garbled
 */
export async function decodePng(
  bytes: Uint8Array,
  where: string,
  checkSize: (size: Extents) => void,
): Promise<Picture> {
  const garbled = (): never => reject(where, "a whole PNG", "one that is cut short or garbled");
  const chunks = chunksOf(bytes);
  const header = chunks.find(({ type }) => type === "IHDR");
  if (header === undefined || header.whole.length < 25) return garbled();
  const view = new DataView(header.whole.buffer, header.whole.byteOffset);
  checkSize({ width: view.getUint32(8), height: view.getUint32(12) });
  await checkUnpacked(chunks, view, where);
  const { decode } = await import("fast-png");
  const parts = [bytes.subarray(0, 8), ...chunks.map(({ whole }) => whole)];
  try {
    return pictureOf(decode(joined(parts), { checkCrc: true }));
  } catch (error) {
    if (error instanceof InputError) throw error;
    return garbled();
  }
}

interface Chunk {
  readonly type: string;
  /** With its length, type and checksum. */
  readonly whole: Uint8Array;
}

function chunksOf(bytes: Uint8Array): readonly Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (NEEDED.includes(type)) chunks.push({ type, whole: bytes.subarray(at, end) });
    if (type === "IEND") break;
    at = end;
  }
  return chunks;
}

/** Makes sure that a large file holds no more than its picture needs. */
async function checkUnpacked(
  chunks: readonly Chunk[],
  header: DataView,
  where: string,
): Promise<void> {
  const packed = chunks
    .filter(({ type }) => type === "IDAT")
    .map(({ whole }) => whole.subarray(8, -4) as Uint8Array<ArrayBuffer>);
  if (packed.reduce((sum, { length }) => sum + length, 0) <= HARMLESS) return;
  const [width, height] = [header.getUint32(8), header.getUint32(12)];
  const bits = header.getUint8(16) * 4;
  // a byte before each row; interlaced pictures have at most twice as many rows, and seven parts
  const most = 2 * height * (Math.ceil((width * bits) / 8) + 8) + 1024;
  const reader = new Blob(packed)
    .stream()
    .pipeThrough(new DecompressionStream("deflate"))
    .getReader();
  try {
    for (let size = 0; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      size += value.length;
      if (size > most) reject(where, `at most ${most} bytes for ${height}×${width} pixels`, "more");
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    reject(where, "a whole PNG", "one that is cut short or garbled");
  } finally {
    await reader.cancel().catch(() => {}); // it has failed already, or come to its end
  }
}

/** What fast-png returns, with palette, bits and transparent colours resolved. */
function pictureOf({
  data,
  depth,
  channels,
  width,
  height,
  palette,
  transparency,
}: DecodedPng): Picture {
  const values = depth < 8 ? unpackedBits(data as Uint8Array, depth, width, height) : data;
  if (palette !== undefined) return fromPalette(values, palette, width, height);
  const most = (1 << depth) - 1;
  const toByte =
    depth === 8 ? (value: number) => value : (v: number) => Math.round((255 * v) / most);
  if (transparency === undefined)
    return {
      channels: channels as Picture["channels"],
      height,
      width,
      pixels: bytesOf(values, toByte),
    };
  // one colour stands for transparent
  const pixels = new Uint8Array(width * height * (channels + 1));
  for (let p = 0; p < width * height; p++) {
    let isTransparent = true;
    for (let c = 0; c < channels; c++) {
      const value = values[p * channels + c]!;
      pixels[p * (channels + 1) + c] = toByte(value);
      if (value !== transparency[c]) isTransparent = false;
    }
    pixels[p * (channels + 1) + channels] = isTransparent ? 0 : 255;
  }
  return { channels: (channels + 1) as Picture["channels"], height, width, pixels };
}

/** `Uint8Array.from` would make an array of all values first: of a large picture, too many. */
function bytesOf(values: ArrayLike<number>, toByte: (value: number) => number): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = toByte(values[i]!);
  return bytes;
}

/** Rows start at whole bytes, with the first pixel in the highest bits. */
function unpackedBits(data: Uint8Array, depth: number, width: number, height: number): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const values = new Uint8Array(width * height);
  for (let h = 0; h < height; h++)
    for (let w = 0; w < width; w++) {
      const bit = w * depth;
      const byte = data[h * rowBytes + (bit >> 3)]!;
      values[h * width + w] = (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
  return values;
}

function fromPalette(
  values: ArrayLike<number>,
  palette: readonly (readonly number[])[],
  width: number,
  height: number,
): Picture {
  const hasAlpha = palette.some((colour) => (colour[3] ?? 255) < 255);
  const isGray = palette.every(([r, g, b]) => r === g && g === b);
  const channels = ((isGray ? 1 : 3) + (hasAlpha ? 1 : 0)) as Picture["channels"];
  const pixels = new Uint8Array(width * height * channels);
  for (let p = 0; p < width * height; p++) {
    const colour = palette[values[p]!] ?? [0, 0, 0];
    const own = [...(isGray ? [colour[0]!] : colour.slice(0, 3)), colour[3] ?? 255];
    for (let c = 0; c < channels; c++) pixels[p * channels + c] = own[c]!;
  }
  return { channels, height, width, pixels };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
