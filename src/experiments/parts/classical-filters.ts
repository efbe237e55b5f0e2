/** Filters that image processing has by hand, 3×3, row by row. */

export type Filter = readonly number[];

export const classicalFilters = {
  "Sobel x": [-1, 0, 1, -2, 0, 2, -1, 0, 1],
  "Sobel y": [-1, -2, -1, 0, 0, 0, 1, 2, 1],
  box: [1, 1, 1, 1, 1, 1, 1, 1, 1].map((entry) => entry / 9),
  sharpen: [0, -1, 0, -1, 5, -1, 0, -1, 0],
  Laplacian: [0, 1, 0, 1, -4, 1, 0, 1, 0],
} as const satisfies Readonly<Record<string, Filter>>;

/** a · b / (|a| · |b|); 0 where one of them is 0. */
export function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    squaresA += a[i]! * a[i]!;
    squaresB += b[i]! * b[i]!;
  }
  return product === 0 ? 0 : product / Math.sqrt(squaresA * squaresB);
}

/** A 3×3 filter in all eight positions: turned by quarters, and flipped. */
export function turnsAndFlips(filter: ArrayLike<number>): number[][] {
  const turned = (from: ArrayLike<number>): number[] =>
    Array.from({ length: 9 }, (_, i) => from[3 * (2 - (i % 3)) + Math.floor(i / 3)]!);
  const flipped = (from: ArrayLike<number>): number[] =>
    Array.from({ length: 9 }, (_, i) => from[i - (i % 3) + 2 - (i % 3)]!);
  const found = [Array.from(filter)];
  for (let quarter = 1; quarter < 4; quarter++) found.push(turned(found.at(-1)!));
  return found.flatMap((one) => [one, flipped(one)]);
}

/** Which classical filter a 3×3 filter is most like, and how much, whatever its turn and sign. */
export function mostAlike(filter: ArrayLike<number>): { name: string; cosine: number } {
  let best = { name: "", cosine: -1 };
  for (const [name, classical] of Object.entries(classicalFilters))
    for (const position of turnsAndFlips(classical)) {
      const cosine = Math.abs(cosineOf(filter, position));
      if (cosine > best.cosine) best = { name, cosine };
    }
  return best;
}
