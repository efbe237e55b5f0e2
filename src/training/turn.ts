/** Lets a program's timers and events have their turn while it trains. */

/** A screen that is drawn 60 times a second waits 16 ms. */
const LONGEST_MS = 10;

/** When events last had their turn; for all loops together, since one of its own may be short. */
let last = -Infinity;

/**
 * Between the steps of a long computation: returns at once most of the time, and every 10 ms after
 * all that waits has had its turn. Awaiting a promise alone lets no timer fire.
 */
export async function turn(): Promise<void> {
  const since = performance.now() - last;
  if (since >= 0 && since < LONGEST_MS) return;
  await nextTurn();
  last = performance.now();
}

/** Resolves after the timers and events that are due; a `setTimeout` waits for 4 ms in browsers. */
export function nextTurn(): Promise<void> {
  if (typeof setImmediate === "function") return new Promise((done) => setImmediate(done));
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });
}
