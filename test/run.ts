/**
 * Runs every compiled test file with uvu and ends with the plain line `N passed, N failed`.
 *
 *     npm test -- [PATTERN…]      only files whose path contains one of the patterns
 *
 * Files of `browser` mostly wait for Chromium. So where there are others too, they have a process
 * of their own beside this one, and what it said comes at the end.
 *
 * uvu alone would call a file that forgets `test.run()`, or a pattern that matches nothing, a
 * success. Here a file without tests fails, and so does a run without files. A file that cannot run
 * on this machine exports why, as the text `skipped`; it gets a line of its own before the last
 * one, and counts neither as passed nor as failed.
 */
import { type ChildProcess, fork } from "node:child_process";
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
const BESIDE = "--beside";
const patterns = process.argv.slice(2).filter((argument) => argument !== BESIDE);
const pathOf = (file: string): string => relative(root, file).split(sep).join("/");
const isNamed = (path: string): boolean =>
  patterns.length === 0 || patterns.some((pattern) => path.includes(pattern));
const named = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.js") && isNamed(file.split(sep).join("/")))
  .map((file) => join(root, file))
  .sort();
const isBrowsers = (file: string): boolean => pathOf(file).startsWith("browser/");
const others = named.filter((file) => !isBrowsers(file));
const isBeside = process.argv.includes(BESIDE);
const files = isBeside ? named.filter(isBrowsers) : others.length > 0 ? others : named;

/** What a process has counted. */
interface Count {
  passed: number;
  failed: number;
  /** A line for each file that cannot run here. */
  readonly notRun: string[];
}

/** Runs the files of `browser` in a process beside this one; its last line is left to this one. */
async function runBeside(child: ChildProcess): Promise<{ said: string; count: Count }> {
  let said = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  let count: Count | null = null;
  child.on("message", (message: Count) => (count = message));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (count !== null) return { said, count };
  const failure = `the browser's tests ended with code ${code} and no count\n`;
  return { said: said + failure, count: { passed: 0, failed: 1, notRun: [] } };
}

// tests remove what they put into the temporary folder when the process exits
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => process.exit(1));

let beside: Promise<{ said: string; count: Count }> | null = null;
if (files.length < named.length && !isBeside) {
  const child = fork(fileURLToPath(import.meta.url), [BESIDE, ...patterns], { silent: true });
  process.on("exit", () => child.kill());
  beside = runBeside(child);
}

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
if (beside !== null) {
  const { said, count } = await beside;
  process.stdout.write(said);
  passed += count.passed;
  failed += count.failed;
  notRun.push(...count.notRun);
}
process.exitCode = failed === 0 ? 0 : 1;
if (isBeside) {
  process.send?.({ passed, failed, notRun } satisfies Count);
  process.disconnect?.();
} else {
  for (const line of notRun) console.log(line);
  console.log(`${passed} passed, ${failed} failed`);
}
