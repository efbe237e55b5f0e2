/**
 * Makes the reference: a page for each folder of src and for whatever it exports, from the
 * docstrings, and the chapters and docs beside it.
 *
 *     npm run reference                 writes reference/html, to open reference/html/index.html
 *     npm run reference -- --check      only looks for what is wrong
 *
 * What has no docstring, links that lead nowhere, and types that are named but not exported are
 * printed, one a line, and the exit code is 1.
 */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { makeReference } from "./reference.mjs";

const args = process.argv.slice(2);
const unknown = args.find((arg) => arg !== "--check");
if (unknown !== undefined) {
  console.error(`reference: expected --check or nothing, got ${unknown}`);
  process.exit(2);
}
const root = fileURLToPath(new URL("..", import.meta.url));
const out = args.includes("--check") ? null : join(root, "reference/html");
const problems = await makeReference({ root, out });
for (const problem of problems) console.error(problem);
const count = `${problems.length} ${problems.length === 1 ? "problem" : "problems"}`;
if (problems.length > 0) console.error(`reference: expected none of these, got ${count}`);
else console.log(out === null ? "no problems" : `open ${join(out, "index.html")}`);
process.exitCode = problems.length === 0 ? 0 : 1;
