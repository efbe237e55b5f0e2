/**
 * Runs in a Worker, because a browser's main thread may not sleep: performs one task and says what
 * came of it.
 */
import { type Order, perform } from "./tasks.js";

globalThis.onmessage = async ({ data }: MessageEvent<Order>) =>
  globalThis.postMessage(await perform(data));
