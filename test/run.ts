/**
 * Runs every compiled test file with uvu, in one process, and ends with the plain line
 * `N passed, N failed`.
 *
 *     npm test -- [PATTERN…]      only files whose path contains one of the patterns
 *
 * uvu alone would call a file that forgets `test.run()`, or a pattern that matches nothing, a
 * success. Here a file without tests fails, and so does a run without files. A file that cannot run
 * on this machine exports why, as the text `skipped`; it gets a line of its own before the last
 * one, and counts neither as passed nor as failed.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { join, relative, sep } from "node:path";

/** What uvu's own runner returns for a suite. */
type SuiteResult = [errors: string | true, passed: number, skipped: number, total: number];

const uvu = globalThis as unknown as {
  UVU_DEFER: number;
  UVU_INDEX: number;
  UVU_QUEUE: (null | string | (() => Promise<SuiteResult>))[][];
};
uvu.UVU_DEFER = 1;
uvu.UVU_QUEUE = [];

const root = fileURLToPath(new URL(".", import.meta.url));
const patterns = process.argv.slice(2);
const isNamed = (path: string): boolean =>
  patterns.length === 0 || patterns.some((pattern) => path.includes(pattern));
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.js") && isNamed(file.split(sep).join("/")))
  .map((file) => join(root, file))
  .sort();

// tests remove what they put into the temporary folder when the process exits
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => process.exit(1));

let passed = 0;
let failed = 0;
const notRun: string[] = [];
for (const [index, file] of files.entries()) {
  const name = relative(root, file).replace(/\.js$/, "");
  const started = performance.now();
  console.log(name);
  uvu.UVU_INDEX = index;
  const suites: (() => Promise<SuiteResult>)[] = [];
  uvu.UVU_QUEUE[index] = suites;
  let ran = 0;
  try {
    const { skipped: why } = (await import(pathToFileURL(file).href)) as {
      skipped?: string | null;
    };
    if (typeof why === "string" && suites.length === 0) {
      notRun.push(`skipped ${name}: ${why}`);
      continue;
    }
    for (const suite of suites) {
      const [errors, suitePassed, skipped, total] = await suite();
      ran += total;
      passed += suitePassed;
      failed += total - suitePassed;
      if (skipped > 0) {
        failed += skipped;
        console.error(`  ${skipped} skipped: take out .skip and .only`);
      }
      if (errors !== true) console.error(errors);
    }
    if (ran === 0) throw new Error("no test ran; does the file end with test.run()?");
  } catch (error) {
    failed++;
    console.error(error);
  }
  console.log(`  ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
if (files.length === 0) {
  failed++;
  console.error(`no test file's path contains ${patterns.join(" or ")}`);
}
for (const line of notRun) console.log(line);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
