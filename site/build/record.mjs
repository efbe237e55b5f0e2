/**
 * What `leibniz derive` found, for readers without script: a line for each equation, by its tag, in
 * `dist/site-data/derive.json`.
 *
 *     node site/build/record.mjs [CHAPTER]
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FILE = join(ROOT, "dist", "site-data", "derive.json");

/** Is the record as new as the compiled chapters? */
export function isRecorded() {
  if (!existsSync(FILE)) return false;
  const chapters = join(ROOT, "dist", "checks", "derive", "chapters");
  const newest = Math.max(
    ...readdirSync(chapters).map((file) => statSync(join(chapters, file)).mtimeMs),
  );
  return statSync(FILE).mtimeMs >= newest;
}

/**
 * Runs every equation, in some seconds, or those of one chapter.
 *
 * @param {string} [name] of the chapter
 * @returns how many were run
 */
export async function record(name) {
  const { chapters, runChapter } = await import("leibniz/checks");
  const lines = {};
  for (const chapter of chapters)
    if (name === undefined || chapter.name === name)
      for (const result of await runChapter(chapter)) lines[result.tag] = lineOf(result);
  const before =
    name !== undefined && existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {};
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify({ ...before, ...lines }, null, 1)}\n`);
  return Object.keys(lines).length;
}

/** As the page says it after a run (`site/client/run/words.ts`). */
function lineOf({ verdict, comparisons, maxDifference, problem }) {
  if (verdict === "definition") return "a definition";
  if (verdict !== "pass") return `wrong: ${problem}`;
  const numbers = `${comparisons.toLocaleString("en-US")} number${comparisons === 1 ? "" : "s"}`;
  return maxDifference === 0
    ? `both sides equal to the last bit: ${numbers}`
    : `both sides agree to ${maxDifference.toExponential(1).replace("e-", "e−")}: ${numbers}`;
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
)
  console.log(`${await record(process.argv[2])} equations in ${FILE}`);
