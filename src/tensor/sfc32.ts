/**
 * Chris Doty-Humphrey's generator sfc32 ("small fast counter", from PractRand): 32 random bits at a
 * time, from three words and a counter.
 */
export class Sfc32 {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Keys that differ in one bit give streams that are not alike, after the first few draws. */
  constructor([a, b, c]: Key) {
    [this.#a, this.#b, this.#c] = [a | 0, b | 0, c | 0];
    for (let i = 0; i < RANDOM_WARM_UP; i++) this.bits();
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }
}

/** Three 32-bit words. */
export type Key = readonly [a: number, b: number, c: number];

/** How many draws are thrown away until every bit of the key has reached every bit drawn. */
export const RANDOM_WARM_UP = 15;

/**
 * Three well-mixed words from a text: FNV-1a with three offsets, each finished as MurmurHash3
 * finishes.
 */
export function keyOf(text: string): Key {
  const bytes = new TextEncoder().encode(text);
  return [0x811c9dc5, 0x9e3779b9, 0x85ebca6b].map((start) => {
    let h = start;
    for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  }) as unknown as Key;
}
