/**
 * SHA-256 (FIPS 180-4). What browsers and Node have of their own answers later, by a promise; a
 * checkpoint is encoded and checked at once.
 */

/** The first 32 bits of the fractional parts of the roots of the first primes. */
function fractions(count: number, degree: bigint): Uint32Array {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++)
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return Uint32Array.from(primes, (p) =>
    Number(BigInt.asUintN(32, wholeRoot(BigInt(p) << (32n * degree), degree))),
  );
}

/** The largest whole number whose square or cube is not above `value`, in every engine alike. */
function wholeRoot(value: bigint, degree: bigint): bigint {
  let root = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) {
    const more = root + bit;
    if (more * more * (degree === 3n ? more : 1n) <= value) root = more;
  }
  return root;
}

const START = fractions(8, 2n);
const ROUND = fractions(64, 3n);

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** The digest, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  const hash = START.slice();
  const words = new Int32Array(64);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 64);
  for (let block = 0; block < whole; block += 64) compress(hash, words, view, block);
  // what is left, a bit 1, zeros, and the length in bits
  const rest = bytes.length - whole;
  const end = new Uint8Array(rest + 9 <= 64 ? 64 : 128);
  end.set(bytes.subarray(whole));
  end[rest] = 0x80;
  const tail = new DataView(end.buffer);
  tail.setBigUint64(end.length - 8, 8n * BigInt(bytes.length));
  for (let block = 0; block < end.length; block += 64) compress(hash, words, tail, block);
  return Array.from(hash, (word) => word.toString(16).padStart(8, "0")).join("");
}

function compress(hash: Uint32Array, words: Int32Array, view: DataView, block: number): void {
  for (let t = 0; t < 16; t++) words[t] = view.getInt32(block + 4 * t);
  for (let t = 16; t < 64; t++) {
    const [two, fifteen] = [words[t - 2]!, words[t - 15]!];
    const s1 = rotated(two, 17) ^ rotated(two, 19) ^ (two >>> 10);
    const s0 = rotated(fifteen, 7) ^ rotated(fifteen, 18) ^ (fifteen >>> 3);
    words[t] = (s1 + words[t - 7]! + s0 + words[t - 16]!) | 0;
  }
  let [a, b, c, d, e, f, g, h] = hash as unknown as [
    ...[number, number, number, number],
    ...[number, number, number, number],
  ];
  for (let t = 0; t < 64; t++) {
    const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[t]! + words[t]!) | 0;
    const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e] = [g, f, e, (d + first) | 0];
    [d, c, b, a] = [c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (hash[i]! += word));
}
