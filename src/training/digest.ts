/** A safetensors file that carries the SHA-256 of all its other bytes in its metadata. */
import { encodeSafetensors, type Safetensors } from "../network/index.js";
import { reject } from "../tensor/index.js";
import { sha256 } from "./sha256.js";

const NAME = "sha256";
const LENGTH = 64;
/** How the header writes it. No text or tensor can look like it: their quotes are escaped. */
const MARK = new TextEncoder().encode(`"${NAME}":"`);

/** The file's bytes. */
export function encodeSealed({ tensors, metadata }: Safetensors): Uint8Array {
  const blank = { ...metadata, [NAME]: "0".repeat(LENGTH) };
  const bytes = encodeSafetensors({ tensors, metadata: blank });
  const digest = new TextEncoder().encode(sha256(bytes)); // of the file with zeros in its place
  bytes.set(digest, placeOf(bytes)!);
  return bytes;
}

/** @throws InputError unless the file carries its digest, and every bit is as it was written */
export function checkSeal(bytes: Uint8Array, where: string): void {
  const place = placeOf(bytes);
  if (place === null) reject(where, `metadata ${NAME}`, "none", "the file is garbled");
  const written = new TextDecoder().decode(bytes.subarray(place, place + LENGTH));
  const blank = new Uint8Array(bytes).fill(0x30, place, place + LENGTH); // a copy of a Buffer too
  const found = sha256(blank);
  if (found !== written)
    reject(where, `content with the SHA-256 ${written}`, found, "the file is garbled");
}

/** Where in the file the digest is. */
function placeOf(bytes: Uint8Array): number | null {
  for (let at = bytes.indexOf(MARK[0]!); at >= 0; at = bytes.indexOf(MARK[0]!, at + 1))
    if (MARK.every((byte, i) => bytes[at + i] === byte)) return at + MARK.length;
  return null;
}
