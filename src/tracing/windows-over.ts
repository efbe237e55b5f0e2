/** Which windows a pixel lies in, and so which outputs it reaches. */
import type { WindowGeometry } from "../im2col/index.js";

/** A window that holds a pixel, and the entry that lies on it. */
export interface WindowOver {
  /** Row and column of the window, which are those of its output. */
  readonly p: number;
  /** See {@link WindowOver.p}. */
  readonly q: number;
  /** Row and column within the window. */
  readonly i: number;
  /** See {@link WindowOver.i}. */
  readonly j: number;
}

/**
 * The windows over pixel (h, w), from the top left: the rows and columns of their entries, solved
 * for the window. None holds a pixel twice, since entries are at least a pixel apart.
 */
export function windowsOver(geometry: WindowGeometry, h: number, w: number): WindowOver[] {
  const { kH, kW, strideH, strideW, padH, padW, dilationH, dilationW, outH, outW } = geometry;
  const rows = along(h + padH, { entries: kH, step: dilationH, stride: strideH, windows: outH });
  const columns = along(w + padW, { entries: kW, step: dilationW, stride: strideW, windows: outW });
  return rows.flatMap(([p, i]) => columns.map(([q, j]) => ({ p, q, i, j })));
}

interface Axis {
  readonly entries: number;
  readonly step: number;
  readonly stride: number;
  readonly windows: number;
}

/** Of one axis: windows in their order, each with the entry that lies on the place. */
function along(place: number, { entries, step, stride, windows }: Axis): [number, number][] {
  const found: [number, number][] = [];
  for (let entry = entries - 1; entry >= 0; entry--) {
    const start = place - entry * step;
    if (start >= 0 && start % stride === 0 && start / stride < windows)
      found.push([start / stride, entry]);
  }
  return found;
}
