import type { FreeList } from "./free-list.js";

/** An arena grows by at least this much at a time: 16 MB. */
const LEAST_SEGMENT = 2 ** 24;

/** A place in an {@link Arena}: what is behind it has been taken since. */
export interface Mark {
  readonly segment: number;
  /** Bytes of the segment that were taken; an empty arena may get other segments. */
  readonly used: number;
}

interface Segment {
  readonly start: number;
  end: number;
}

/**
 * Memory that is taken bit by bit and given back all at once: a stack. It lies in segments; mostly
 * there is one, which grows at its end. Positions and sizes in bytes.
 */
export class Arena {
  readonly #free: FreeList;
  readonly #grow: (bytes: number) => void;
  readonly #segments: Segment[] = [];
  #segment = 0;
  #top = 0;

  /**
   * @param free what it takes its segments from
   * @param grow puts more bytes on the free list, as many if possible, or throws
   */
  constructor(free: FreeList, grow: (bytes: number) => void) {
    this.#free = free;
    this.#grow = grow;
  }

  /** @returns where `bytes` bytes start */
  take(bytes: number): number {
    for (;;) {
      const segment = this.#segments[this.#segment];
      if (segment !== undefined && segment.end - this.#top >= bytes) {
        const start = this.#top;
        this.#top += bytes;
        return start;
      }
      const next = this.#segments[this.#segment + 1];
      if (next !== undefined && next.end - next.start >= bytes) this.#moveTo(this.#segment + 1);
      else this.#extend(bytes);
    }
  }

  mark(): Mark {
    return { segment: this.#segment, used: this.#top - this.#startOf(this.#segment) };
  }

  /** Gives back what was taken since the mark. */
  release({ segment, used }: Mark): void {
    this.#segment = segment;
    this.#top = this.#startOf(segment) + used;
    if (segment > 0 || used > 0 || this.#segments.length < 2) return;
    // empty, so that several segments can become one, next time
    for (const { start, end } of this.#segments.splice(0)) this.#free.give(start, end - start);
    this.#top = 0;
  }

  /** Gives back what it has in reserve. @returns whether it had any */
  trim(): boolean {
    const unused = this.#segments.splice(this.#segment + 1);
    const segment = this.#segments[this.#segment];
    if (segment !== undefined) {
      unused.push({ start: this.#top, end: segment.end });
      segment.end = this.#top;
    }
    for (const { start, end } of unused) this.#free.give(start, end - start);
    return unused.some(({ start, end }) => end > start);
  }

  /** Makes room for `bytes` bytes at the top: behind the last segment, or in a new one. */
  #extend(bytes: number): void {
    const last = this.#segments.at(-1);
    let missing = bytes;
    if (last !== undefined && this.#segment === this.#segments.length - 1) {
      missing = bytes - (last.end - this.#top);
      for (const more of [Math.max(missing, LEAST_SEGMENT), missing]) {
        if (!this.#free.takeAt(last.end, more)) continue;
        last.end += more;
        return;
      }
    }
    // segments that are too small, and that nothing lies in, go back first
    for (const { start, end } of this.#segments.splice(this.#segment + 1))
      this.#free.give(start, end - start);
    for (const size of [Math.max(bytes, LEAST_SEGMENT), bytes]) {
      const start = this.#free.take(size);
      if (start === null) continue;
      this.#segments.push({ start, end: start + size });
      return this.#moveTo(this.#segments.length - 1);
    }
    this.#grow(missing);
  }

  #moveTo(segment: number): void {
    this.#segment = segment;
    this.#top = this.#startOf(segment);
  }

  #startOf(segment: number): number {
    return this.#segments[segment]?.start ?? 0;
  }
}
