/** Zeros in nested arrays, `zeros(2, 3)` = `[[0, 0, 0], [0, 0, 0]]`: what gradients start from. */
export function zeros(extent: number): number[];
export function zeros(...extents: readonly [number, number]): number[][];
export function zeros(...extents: readonly [number, number, number]): number[][][];
export function zeros(...extents: readonly [number, number, number, number]): number[][][][];
export function zeros(extent: number, ...inner: readonly number[]): unknown[] {
  const row = (): unknown => {
    const [next, ...rest] = inner as [number];
    return next === undefined ? 0 : zeros(next, ...(rest as []));
  };
  return Array.from({ length: extent }, row);
}
