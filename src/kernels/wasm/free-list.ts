/**
 * Pieces of a memory that nobody uses. Taking is first fit; a piece that comes back is joined with
 * its neighbours. Positions and sizes in bytes.
 */
export class FreeList {
  /** Where each piece starts and ends, in order; no two touch. */
  readonly #pieces: { start: number; end: number }[] = [];

  /** @returns where `bytes` bytes start, or null if no piece is large enough */
  take(bytes: number): number | null {
    const piece = this.#pieces.find(({ start, end }) => end - start >= bytes);
    return piece === undefined ? null : this.#cut(piece, bytes);
  }

  /** Takes `bytes` bytes that start at `start`, if they are free. */
  takeAt(start: number, bytes: number): boolean {
    const piece = this.#pieces.find((one) => one.start === start && one.end - start >= bytes);
    if (piece === undefined) return false;
    this.#cut(piece, bytes);
    return true;
  }

  give(start: number, bytes: number): void {
    if (bytes === 0) return;
    const end = start + bytes;
    const after = this.#pieces.findIndex((piece) => piece.start >= start);
    const at = after < 0 ? this.#pieces.length : after;
    const [before, behind] = [this.#pieces[at - 1], this.#pieces[at]];
    const joinsBefore = before?.end === start;
    const joinsBehind = behind?.start === end;
    if (joinsBefore && joinsBehind) {
      before.end = behind.end;
      this.#pieces.splice(at, 1);
    } else if (joinsBefore) before.end = end;
    else if (joinsBehind) behind.start = start;
    else this.#pieces.splice(at, 0, { start, end });
  }

  #cut(piece: { start: number; end: number }, bytes: number): number {
    const { start } = piece;
    piece.start += bytes;
    if (piece.start === piece.end) this.#pieces.splice(this.#pieces.indexOf(piece), 1);
    return start;
  }
}
