/** Lines with more points than a screen has pixels. */

/**
 * What of a line is drawn so that it looks the same: its ends, and of each stretch the lowest
 * point, the highest, and one without a place, so that a spike or a gap stays to be seen.
 *
 * @param stretches into how many it is cut, all with as many points
 * @param hasPlace whether a y can be drawn
 * @returns all points, where there are few; else at most three of a stretch, in their order
 */
export function thinned<P extends readonly [x: number, y: number]>(
  points: readonly P[],
  stretches: number,
  hasPlace: (y: number) => boolean,
): readonly P[] {
  const count = points.length;
  if (count <= 3 * stretches) return points;
  const kept = new Set([0, count - 1]);
  for (let s = 0; s < stretches; s++) {
    const to = Math.floor(((s + 1) * count) / stretches);
    let [low, high, gap] = [-1, -1, -1];
    for (let i = Math.floor((s * count) / stretches); i < to; i++) {
      const y = points[i]![1];
      if (!hasPlace(y)) gap = i;
      else {
        if (low < 0 || y < points[low]![1]) low = i;
        if (high < 0 || y > points[high]![1]) high = i;
      }
    }
    for (const i of [low, high, gap]) if (i >= 0) kept.add(i);
  }
  return [...kept].sort((a, b) => a - b).map((i) => points[i]!);
}
