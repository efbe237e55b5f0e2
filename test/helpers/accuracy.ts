/**
 * How near a function of one number is to the truth, and whether its bits are what they should be.
 */
import * as assert from "uvu/assert";
import { Random } from "leibniz/tensor";

/** Numbers by name: n drawn from each range. */
export function drawn(
  ranges: Readonly<Record<string, (random: Random) => number>>,
  n: number,
): [name: string, numbers: number[]][] {
  return Object.entries(ranges).map(([name, draw]) => {
    const random = new Random(name);
    return [name, Array.from({ length: n }, () => draw(random))];
  });
}

/** Requires f to be nearer than `most` units in the last place to the truth, everywhere. */
export function assertNear(
  numbers: readonly number[],
  f: (x: number) => number,
  ulps: (x: number, y: number) => number,
  most: number,
  what: string,
): void {
  let [worst, at] = [-1, NaN];
  for (const x of numbers) {
    const error = Math.abs(ulps(x, f(x)));
    if (!(error <= worst)) [worst, at] = [error, x];
  }
  assert.ok(
    worst >= 0 && worst < most,
    `${what}: ${worst} units in the last place off at ${at}: ${f(at)}`,
  );
}

/** FNV-1a of the bytes of numbers. */
export function hashOf(numbers: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(8));
  let h = 0x811c9dc5;
  for (const value of numbers) {
    view.setFloat64(0, value, true);
    for (let i = 0; i < 8; i++) h = Math.imul(h ^ view.getUint8(i), 0x01000193);
  }
  return (h >>> 0).toString(16);
}
