/** The Worker's side of a laboratory: every question is a state, its answer what is shown of it. */
import type { State } from "./fields.js";
import type { Answer, Question } from "./messages.js";

const say = (answer: Answer): void => globalThis.postMessage(answer);

/**
 * Answers with what `compute` returns, which has to be plain: numbers, texts, arrays of them, typed
 * arrays. Questions are answered one after the other, in the order in which they came.
 */
export function serve<S extends State>(
  compute: (state: S, given: Readonly<Record<string, unknown>>) => unknown,
): void {
  let before = Promise.resolve();
  globalThis.onmessage = ({ data }: MessageEvent<Question<S>>) => {
    before = before.then(() => answer(data, compute));
  };
}

async function answer<S extends State>(
  { id, state, given }: Question<S>,
  compute: (state: S, given: Readonly<Record<string, unknown>>) => unknown,
): Promise<void> {
  const started = performance.now();
  try {
    const result = await compute(state, given);
    say({ id, result, ms: performance.now() - started });
  } catch (error) {
    say({ id, failed: error instanceof Error ? error.message : String(error) });
  }
}
