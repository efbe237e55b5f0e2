/** Feeds a reader with spoiled files: it takes each, or refuses it in one line and in time. */
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { InputError } from "leibniz/tensor";
import type { Reader } from "./readers.js";
import { spoiled } from "./spoil.js";

/** Longer than any message that says what it has to. */
const LONGEST_MESSAGE = 1000;
const SLOWEST_MS = 5000;

export interface FuzzResult {
  readonly taken: number;
  readonly refused: number;
  readonly slowestMs: number;
}

/** @throws when the reader fails in any other way than with a message for people */
export async function fuzz(reader: Reader, inputs: number, seed = 1): Promise<FuzzResult> {
  let [taken, refused, slowestMs] = [0, 0, 0];
  const property = fc.asyncProperty(spoiled(reader.examples), async (bytes) => {
    const started = performance.now();
    try {
      await reader.read(bytes);
      taken++;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      assert.not.match(error.message, /[\p{Cc}\u2028\u2029]/u);
      assert.ok(error.message.length <= LONGEST_MESSAGE, `${error.message.length} characters`);
      refused++;
    }
    const ms = performance.now() - started;
    slowestMs = Math.max(slowestMs, ms);
    assert.ok(ms < SLOWEST_MS, `${ms.toFixed(0)} ms`);
  });
  await fc.assert(property, { numRuns: inputs, seed });
  return { taken, refused, slowestMs };
}
