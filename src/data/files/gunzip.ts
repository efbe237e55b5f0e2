/** Gzipped idx files, unpacked no further than their headers say. */
import { InputError, reject } from "../../tensor/index.js";
import { idxFileSize } from "../idx.js";

/** The header of an idx file with four axes, the longest one that is read. */
const HEADER = 20;
/** Far more than MNIST's 47 MB. */
const LARGEST = 2 ** 30;
/** Deflate packs 258 bytes into two bits at best. */
const HIGHEST_RATIO = 1032;

/** Does a file start as gzip's do? */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The idx file in a gzip file. Its header is read first: what is longer than that says is not
 * unpacked, so a small file cannot fill the memory.
 *
 * @param where the file's name, for messages
 * @returns the whole file; only its start where that is not the start of an idx file of bytes
 * @throws InputError when the file is cut short or garbled, or holds more than its header says
 */
export async function gunzipIdx(bytes: Uint8Array, where: string): Promise<Uint8Array> {
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"))
    .getReader();
  try {
    let start = new Uint8Array(0);
    while (start.length < HEADER) {
      const { value, done } = await reader.read();
      if (done) break;
      start = Uint8Array.from([...start, ...value]);
    }
    const size = idxFileSize(start);
    if (size === null) return start.subarray(0, HEADER);
    if (size > Math.min(LARGEST, bytes.length * HIGHEST_RATIO))
      reject(where, `at most ${LARGEST} bytes, packed into ${bytes.length}`, `${size} of them`);
    const whole = new Uint8Array(size);
    let filled = 0;
    for (let piece: Uint8Array | undefined = start; piece !== undefined; ) {
      if (filled + piece.length > size)
        reject(where, `${size} bytes once unpacked, as its header says`, "more");
      whole.set(piece, filled);
      filled += piece.length;
      piece = (await reader.read()).value;
    }
    return whole.subarray(0, filled);
  } catch (error) {
    if (error instanceof InputError) throw error;
    reject(where, "a whole gzip file", "one that is cut short or garbled");
  } finally {
    await reader.cancel().catch(() => {}); // it has failed already, or come to its end
  }
}
