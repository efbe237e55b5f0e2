/** How planes of numbers come to lie in larger ones of zeros, along both axes. */
export interface Placement {
  readonly planes: number;
  /** Of a plane as it is. */
  readonly rows: number;
  readonly columns: number;
  /** Where entry (0, 0) comes to lie. If negative, so much is cut off. */
  readonly top: number;
  readonly left: number;
  /** From there, how far apart neighbours lie. */
  readonly stepH: number;
  readonly stepW: number;
  /** Of a plane afterwards. What lies beyond is cut off. */
  readonly spreadRows: number;
  readonly spreadColumns: number;
}

/**
 * Puts a frame of zeros around each plane and zeros between its entries, so that a kernel which
 * reads it asks for no edges and no strides.
 *
 * @param data [planes, rows, columns]
 * @returns [planes, spreadRows, spreadColumns], which is `data` itself if nothing changes
 */
export function spread(data: Float32Array, placement: Placement): Float32Array {
  const { planes, rows, columns, top, left, stepH, stepW } = placement;
  const { spreadRows, spreadColumns } = placement;
  const [firstA, endA] = visible(rows, top, stepH, spreadRows);
  const [firstB, endB] = visible(columns, left, stepW, spreadColumns);
  if (isWhole(placement)) return data;
  const result = new Float32Array(planes * spreadRows * spreadColumns);
  for (let plane = 0; plane < planes; plane++) {
    for (let a = firstA; a < endA; a++) {
      const from = (plane * rows + a) * columns;
      let to = (plane * spreadRows + top + a * stepH) * spreadColumns + left + firstB * stepW;
      for (let b = firstB; b < endB; b++, to += stepW) result[to] = data[from + b]!;
    }
  }
  return result;
}

/** Does a placement leave planes as they are? */
export function isWhole({ rows, columns, top, left, ...of }: Placement): boolean {
  return top === 0 && left === 0 && rows === of.spreadRows && columns === of.spreadColumns;
}

/** Which entries of a row or column do not fall outside: from the first on, up to the end. */
function visible(
  count: number,
  start: number,
  step: number,
  extent: number,
): readonly [first: number, end: number] {
  const first = Math.max(0, Math.ceil(-start / step));
  return [first, Math.min(count, Math.floor((extent - 1 - start) / step) + 1)];
}
