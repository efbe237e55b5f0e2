import { type Key, keyOf, Sfc32 } from "./sfc32.js";

/**
 * Random bits that depend on the seed and the place alone, so that several threads may draw them at
 * once: each block of this many places has streams of its own.
 */
export const RANDOM_BLOCK = 4096;
/** Streams of a block, which take turns: four lanes of a vector draw at the same time. */
const STREAMS = 4;

/** The key of a seed's first stream; stream s of block k has k · 4 + s added to its last word. */
export function randomBitsKey(seed: number | string): Key {
  return keyOf(`${seed}/bits`);
}

/**
 * 32 random bits for each of `count` places, as unsigned integers. They are the first `count` of
 * those for any larger number of places.
 *
 * @param seed any number or text; 1 and "1" are the same seed
 */
export function randomBits(seed: number | string, count: number): Uint32Array {
  const [a, b, c] = randomBitsKey(seed);
  const bits = new Uint32Array(count);
  for (let start = 0; start < count; start += RANDOM_BLOCK) {
    const end = Math.min(start + RANDOM_BLOCK, count);
    for (let s = 0; s < STREAMS; s++) {
      const stream = new Sfc32([a, b, c + (start / RANDOM_BLOCK) * STREAMS + s]);
      for (let i = start + s; i < end; i += STREAMS) bits[i] = stream.bits();
    }
  }
  return bits;
}
