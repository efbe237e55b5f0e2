import * as assert from "uvu/assert";

/** Asserts that a promise is refused with a message that matches. */
export async function rejects(run: () => Promise<unknown>, expected: RegExp): Promise<void> {
  const outcome = await run().then(
    () => null,
    (error: unknown) => error as Error,
  );
  assert.ok(outcome !== null, `expected an error like ${expected}, got none`);
  assert.match(outcome.message, expected);
}
