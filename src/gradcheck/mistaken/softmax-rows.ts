/** What softmax and its loss are mistaken in: rows of scores, probabilities and gradients. */
import { exp } from "../../tensor/index.js";

/** Numbers [N, C], row by row. */
export type Rows = readonly (readonly number[])[];

/** Flat numbers as rows of C. */
export function rowsOf(flat: ArrayLike<number>, C: number): Rows {
  return Array.from({ length: flat.length / C }, (_, n) =>
    Array.from({ length: C }, (_, c) => flat[n * C + c]!),
  );
}

/** Σ_c f(c) */
export function sumOver(C: number, f: (c: number) => number): number {
  let total = 0;
  for (let c = 0; c < C; c++) total += f(c);
  return total;
}

/** The softmax of each row, as in (softmax-cross-entropy.1). */
export function softmaxOf(scores: Rows): Rows {
  return scores.map((row) => {
    const powers = row.map((score) => exp(score));
    const total = sumOver(row.length, (c) => powers[c]!);
    return powers.map((power) => power / total);
  });
}

/** [N, C] → [C, N] */
export function turned(rows: Rows): Rows {
  return rows[0]!.map((_, c) => rows.map((row) => row[c]!));
}

/** Each entry from the place that it has, in row-major order. */
export function fromEach(rows: Rows, entry: (n: number, c: number) => number): number[] {
  return rows.flatMap((row, n) => row.map((_, c) => entry(n, c)));
}
