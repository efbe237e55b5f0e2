/** A canvas of pixels in a laboratory, as a hand finds its way on it. */
import type { Locator, Page } from "playwright-core";

/** The canvas whose name begins so. */
export const canvas = (page: Page, name: string): Locator =>
  page.locator(`pixel-canvas canvas[aria-label^="${name}"]`);

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the middle of a pixel is on the screen, once the canvas is in sight. */
export async function pixelAt(
  page: Page,
  name: string,
  [row, column]: readonly [number, number],
  padding = 0,
): Promise<Point> {
  const found = canvas(page, name);
  await found.scrollIntoViewIfNeeded();
  const label = (await found.getAttribute("aria-label"))!;
  const [, rows, columns] = /, (\d+) by (\d+) pixels/.exec(label)!.map(Number);
  const { x, y, width, height } = (await found.boundingBox())!;
  return {
    x: x + ((column + padding + 0.5) / (columns! + 2 * padding)) * width,
    y: y + ((row + padding + 0.5) / (rows! + 2 * padding)) * height,
  };
}
