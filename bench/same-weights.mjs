/**
 * Does training give the same weights everywhere, to the bit? Two whole epochs of the recipe
 * `default` in Node with 1 to 4 threads and in Chromium with 1 and 2; prints the weights'
 * SHA-256 of each, and ends with code 1 if they are not all the same.
 *
 *     npm run build && npx tsc -p tsconfig.test.json && node bench/same-weights.mjs [SEED]
 */
import { loadMnist } from "leibniz/data";
import { findChromium, HOW_TO_GET_IT } from "../.test-build/browser/chromium.js";
import { startBrowser } from "../.test-build/browser/harness.js";
import { trainedWeights } from "../.test-build/browser/training.js";

const path = findChromium();
if (path === null) {
  console.error(`same-weights: expected Chromium, got none; ${HOW_TO_GET_IT}`);
  process.exit(2);
}
const seed = Number(process.argv[2] ?? 0);
const data = await loadMnist();
const training = (threads) => ({ threads, seed, epochs: 2, testImages: 10_000 });
const hashes = new Set();

async function report(where, threads, run) {
  const started = performance.now();
  const trained = await run(training(threads));
  if (trained.threads !== threads)
    throw new Error(
      `same-weights: expected ${threads} threads in ${where}, got ${trained.threads}`,
    );
  hashes.add(trained.sha256);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${`${where}, ${threads} thread${threads === 1 ? "" : "s"}`.padEnd(36)}${trained.sha256}  ` +
      `test accuracy ${trained.testAccuracy}  ${seconds} s`,
  );
}

for (const threads of [1, 2, 3, 4])
  await report(`Node ${process.version}`, threads, (options) => trainedWeights(data, options));
const browser = await startBrowser(path);
try {
  for (const threads of [1, 2])
    await report(browser.version, threads, async (options) => {
      const [trained] = await browser.perform("train", [options], { timeoutMs: 3_600_000 });
      return trained;
    });
} finally {
  await browser.close();
}
console.log(hashes.size === 1 ? "all the same" : `${hashes.size} different results`);
process.exitCode = hashes.size === 1 ? 0 : 1;
