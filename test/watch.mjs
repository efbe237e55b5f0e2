/**
 * Builds again when a file changes, and runs what belongs to it: of a chapter its equations and
 * examples, of a source file the tests of its name, of a test itself.
 *
 *     npm run watch                     what belongs to the file that changed
 *     npm run watch -- conv2d relu      always these tests, as `npm test -- conv2d relu` does
 */
import { spawn } from "node:child_process";
import { readdirSync, realpathSync, watch } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Pages among the chapters that have no equations. */
const STORIES = ["experiments", "notes-answered"];
const FOLDERS = ["src", "test", "derivations", "docs", "examples"];
/** What people write; the build and the tests write other files meanwhile, and editors do. */
const IS_OURS = /^(?!.*\bgenerated\b)(?:.*\/[^./][^/]*\.(?:m?[jt]s|json|md)|[^./][^/]*\.md)$/;
/** An editor may save a file in several steps, and several files at once. */
const SETTLE_MS = 200;

/**
 * What there is to run when a file has changed.
 *
 * @param {string} path of it, from the project's root
 * @param {readonly string[]} tests paths of all test files below `test`: `backprop/relu.test.ts`
 * @returns {{ chapter: string | null, patterns: string[] }} the chapter whose equations are run,
 *   and what the names of tests have to contain; nothing stands for all of them
 */
export function workFor(path, tests) {
  const name = basename(path).replace(/(?:\.test)?\.\w+$/, "");
  if (path.endsWith(".test.ts"))
    return { chapter: null, patterns: [path.slice("test/".length, -".ts".length)] };
  if (path.endsWith(".md")) {
    const isChapter = /^derivations\/[^/]+$/.test(path) && !STORIES.includes(name);
    const page = `generated/${name.toLowerCase()}-`;
    const patterns = [page, "meta/derivations", "meta/docs", "meta/readme"];
    return { chapter: isChapter ? name : null, patterns };
  }
  if (path.startsWith("examples/")) return { chapter: null, patterns: ["examples/"] };
  const inFolder = tests.filter((test) => test.split("/")[0] === path.split("/")[1]);
  const named = inFolder.filter((test) => basename(test) === `${name}.test.ts`);
  if (named.length > 0)
    return { chapter: null, patterns: named.map((test) => test.replace(/\.ts$/, "")) };
  return { chapter: null, patterns: inFolder.length > 0 ? [`${path.split("/")[1]}/`] : [] };
}

/**
 * Calls a function with the files that have changed, once they are at rest.
 *
 * @param {string} root
 * @param {readonly string[]} folders in it, with all that is below them
 * @param {(paths: string[]) => void} onChange paths from the root
 * @param {number} settleMs how long nothing may have changed
 * @returns {() => void} ends it
 */
export function follow(root, folders, onChange, settleMs = SETTLE_MS) {
  const changed = new Set();
  let timer = null;
  const watchers = folders.map((folder) =>
    watch(join(root, folder), { recursive: folder !== "." }, (_, file) => {
      if (file === null) return;
      const path = join(folder, file).replaceAll("\\", "/");
      if (!IS_OURS.test(path)) return;
      changed.add(path);
      clearTimeout(timer);
      timer = setTimeout(() => {
        const paths = [...changed].sort();
        changed.clear();
        onChange(paths);
      }, settleMs);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

/** Runs a program to its end. @returns {Promise<boolean>} whether it succeeded */
function succeeds(root, command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit" });
    child.on("error", () => done(false)).on("close", (code) => done(code === 0));
  });
}

async function main(always) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const node = (...args) => succeeds(root, process.execPath, args);
  const waiting = new Set();
  let isRunning = false;
  const work = async () => {
    if (isRunning) return;
    isRunning = true;
    while (waiting.size > 0) {
      const paths = [...waiting];
      waiting.clear();
      console.log(`\n${paths.join(", ")}`);
      const tests = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
        .map((path) => path.replaceAll("\\", "/"))
        .filter((path) => path.endsWith(".test.ts"));
      const all = paths.map((path) => workFor(path, tests));
      const chapters = all.flatMap(({ chapter }) => (chapter === null ? [] : [chapter]));
      const isAll = all.some(({ patterns }) => patterns.length === 0);
      const patterns = isAll ? [] : all.flatMap((one) => one.patterns);
      const derive = ["dist/cli/main.js", "derive", ...new Set(chapters)];
      const isRight =
        (await succeeds(root, "npm", ["run", "--silent", "build"])) &&
        (chapters.length === 0 || (await node(...derive))) &&
        (await node("test/extract-examples.mjs")) &&
        (await node("node_modules/typescript/bin/tsc", "-p", "tsconfig.test.json")) &&
        (await node(".test-build/run.js", ...(always.length > 0 ? always : new Set(patterns))));
      console.log(isRight ? "all right; watching" : "not right; watching");
    }
    isRunning = false;
  };
  follow(root, [".", ...FOLDERS], (paths) => {
    for (const path of paths) waiting.add(path);
    void work();
  });
  console.log(`watching ${FOLDERS.join(", ")} and README; Ctrl-C ends it`);
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
)
  await main(process.argv.slice(2));
