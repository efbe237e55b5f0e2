/** Rows and columns exchanged. float32; positions and strides in bytes. */

/**
 * Eight rows of a matrix, or those that are left. Column c goes to out + c · outRow; eights are
 * 8 · outStep apart, in numbers.
 */
export function transposeRows(
  eight: i32, rows: i32, columns: i32, x: usize, out: usize, outRow: i32, outStep: i32,
): void {
  const count = min(8, rows - 8 * eight);
  transpose(count, columns, x, <usize>columns << 2, out, <usize>outRow << 2);
}

/** Writes the R×C matrix at `from` to `to` with rows and columns exchanged, four by four. */
export function transpose(
  R: i32, C: i32, from: usize, fromRow: usize, to: usize, toRow: usize,
): void {
  const wholeR = R & ~3, wholeC = C & ~3;
  for (let r = 0; r < wholeR; r += 4) {
    let p0 = from + <usize>r * fromRow;
    let p1 = p0 + fromRow, p2 = p1 + fromRow, p3 = p2 + fromRow;
    let q = to + (<usize>r << 2);
    for (let c = 0; c < wholeC; c += 4) {
      const x0 = v128.load(p0), x1 = v128.load(p1), x2 = v128.load(p2), x3 = v128.load(p3);
      const y0 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), y1 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const y2 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7), y3 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      v128.store(q, v128.shuffle<f32>(y0, y1, 0, 1, 4, 5)); q += toRow;
      v128.store(q, v128.shuffle<f32>(y0, y1, 2, 3, 6, 7)); q += toRow;
      v128.store(q, v128.shuffle<f32>(y2, y3, 0, 1, 4, 5)); q += toRow;
      v128.store(q, v128.shuffle<f32>(y2, y3, 2, 3, 6, 7)); q += toRow;
      p0 += 16; p1 += 16; p2 += 16; p3 += 16;
    }
  }
  for (let r = 0; r < R; r++) {
    for (let c = r < wholeR ? wholeC : 0; c < C; c++) {
      store<f32>(
        to + <usize>c * toRow + (<usize>r << 2),
        load<f32>(from + <usize>r * fromRow + (<usize>c << 2)),
      );
    }
  }
}
