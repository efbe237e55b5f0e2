/**
 * The files in a zip archive, of which each is unpacked only when it is asked for, no further than
 * the archive's directory says, and compared with its checksum. Source: PKWARE's APPNOTE.
 */
import { InputError, reject } from "../../tensor/index.js";

/** Far more than any array here. */
const LARGEST = 2 ** 30;
/** Deflate packs 258 bytes into two bits at best. */
const HIGHEST_RATIO = 1032;
/** What the directory is looked for in: its end, with the longest comment. */
const END = 22 + 65_535;

export interface ZipEntry {
  readonly name: string;
  /** Bytes once unpacked. */
  readonly size: number;
  /** @throws InputError when it is garbled, encrypted, or packed in a way that is not known */
  readonly read: () => Promise<Uint8Array>;
}

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/**
 * @param where the archive's name, for messages
 * @throws InputError when it has no whole directory
 */
export function zipEntries(bytes: Uint8Array, where: string): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cut = (): never => reject(where, "a whole zip archive", "one that is cut short or garbled");
  let end = bytes.length - 22;
  const first = Math.max(0, bytes.length - END);
  while (end >= first && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < first) cut();
  const [count, from] = [view.getUint16(end + 10, true), view.getUint32(end + 16, true)];
  if (count === 0xffff || from === 0xffffffff)
    reject(where, "a zip archive of less than 4 GiB", "one in the format zip64");
  const entries: ZipEntry[] = [];
  let at = from;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) cut();
    const nameLength = view.getUint16(at + 28, true);
    const rest = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const packed = {
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      length: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      start: view.getUint32(at + 42, true),
    };
    entries.push({
      name,
      size: packed.size,
      read: () => unpack(bytes, packed, `${where}: ${name}`),
    });
    at += 46 + nameLength + rest;
  }
  return entries;
}

interface Packed {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly length: number;
  readonly size: number;
  /** Where its own header starts. */
  readonly start: number;
}

async function unpack(bytes: Uint8Array, packed: Packed, where: string): Promise<Uint8Array> {
  const { flags, method, crc, length, size, start } = packed;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cut = (): never => reject(where, "a whole entry", "one that is cut short or garbled");
  if ((flags & 1) !== 0) reject(where, "an entry that anybody can read", "an encrypted one");
  if (method !== 0 && method !== 8)
    reject(where, "an entry that is stored or deflated", `the method ${method}`);
  if (start + 30 > bytes.length || view.getUint32(start, true) !== 0x04034b50) cut();
  const from = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
  const content = bytes.subarray(from, from + length);
  if (content.length !== length) cut();
  if (size > Math.min(LARGEST, method === 0 ? length : length * HIGHEST_RATIO))
    reject(where, `at most ${LARGEST} bytes, packed into ${length}`, `${size} of them`);
  const { inflateSync } = await import("fflate");
  try {
    const whole = method === 0 ? content : inflateSync(content, { out: new Uint8Array(size) });
    if (whole.length !== size || crc32(whole) !== crc) cut();
    return whole;
  } catch (error) {
    if (error instanceof InputError) throw error;
    return cut();
  }
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** The checksum of zip, gzip and PNG. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = CRC[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
