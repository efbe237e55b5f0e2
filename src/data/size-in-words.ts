/**
 * A picture's size as messages show it. Many programs say the width first, so where the two differ
 * the order is told along with them.
 */
export function pixelsOf({
  height,
  width,
}: {
  readonly height: number;
  readonly width: number;
}): string {
  return `${height}×${width} pixels${height === width ? "" : " (height × width)"}`;
}
