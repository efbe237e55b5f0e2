import { Assertion } from "uvu/assert";
import { formatShape, sameShape, type Tensor } from "leibniz/tensor";

/**
 * How far `actual` may be from `expected`: the error is taken relative to the largest expected
 * entry.
 */
export interface Closeness {
  readonly tolerance: number;
  /** What is compared, for the message. */
  readonly what?: string;
}

/**
 * Compares two tensors: shapes first, then every entry. NaN and Infinity fail, and a failure names
 * the worst index and both values.
 */
export function assertClose(
  actual: Tensor,
  expected: Tensor,
  { tolerance, what = "tensors" }: Closeness,
): void {
  if (!sameShape(actual.shape, expected.shape)) {
    fail(
      `${what}: expected shape ${formatShape(expected.shape)}, got ${formatShape(actual.shape)}`,
    );
  }
  assertCloseArrays(actual.contiguous().data, expected.contiguous().data, {
    tolerance,
    what: `${what} ${formatShape(actual.shape)}`,
  });
}

/** The same for flat numbers. */
export function assertCloseArrays(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { tolerance, what = "arrays" }: Closeness,
): void {
  if (actual.length !== expected.length) {
    fail(`${what}: expected ${expected.length} entries, got ${actual.length}`);
  }
  let scale = 0;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]!));
  let worst = 0;
  let at = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!Number.isFinite(difference)) {
      fail(`${what}: expected a finite ${expected[i]} at entry ${i}, got ${actual[i]}`);
    }
    if (difference > worst) {
      worst = difference;
      at = i;
    }
  }
  const relative = scale === 0 ? worst : worst / scale;
  if (relative > tolerance) {
    fail(
      `${what}: relative error ${relative.toExponential(2)} > ${tolerance} at entry ${at}: ` +
        `expected ${expected[at]}, got ${actual[at]}`,
    );
  }
}

/** Requires that `run` throws an InputError whose one-line message contains every given piece. */
export async function assertRejects(run: () => unknown, ...pieces: string[]): Promise<void> {
  let thrown: unknown;
  try {
    await run();
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof Error)) fail("expected an InputError, got none");
  if (thrown.name !== "InputError") throw thrown;
  const missing = pieces.filter((piece) => !thrown.message.includes(piece));
  if (missing.length > 0 || thrown.message.includes("\n")) {
    fail(
      `expected one line with ${JSON.stringify(missing)}, got ${JSON.stringify(thrown.message)}`,
    );
  }
}

/** Fails the test. Not by Node's own class, since kernels are compared in browsers too. */
function fail(message: string): never {
  throw new Assertion({ message, operator: "close", expects: undefined, actual: undefined });
}
