import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  leibnizHere,
  leibnizOn,
  type Outcome,
  smallDataFolder,
  temporaryFolder,
} from "../helpers/cli.js";

const data = smallDataFolder({ train: 64, test: 10 });
const lastLine = ({ stdout }: Outcome): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as Record<string, unknown>;
const train = (...args: string[]): Promise<Outcome> =>
  leibnizHere("train", "--data", data, "--epochs", "1", "--json", ...args);

test("--backend wasm: 1, 2 and 4 threads give the same weights and the same loss", async () => {
  const weights = join(temporaryFolder(), "run");
  const one = lastLine(await train("--threads", "1", "--out", weights));
  const evaluate = async (threads: string): Promise<Record<string, unknown>> =>
    lastLine(
      await leibnizHere(
        "evaluate",
        "--data",
        data,
        "--weights",
        join(weights, "weights.safetensors"),
        "--json",
        "--threads",
        threads,
      ),
    );
  const evaluated = await evaluate("1");
  assert.is(evaluated["weightsSha256"], one["weightsSha256"]);
  for (const threads of ["2", "4"]) {
    const done = lastLine(await train("--threads", threads));
    assert.is(done["threads"], Number(threads));
    assert.is(done["weightsSha256"], one["weightsSha256"], `${threads} threads`);
    assert.is((await evaluate(threads))["testLoss"], evaluated["testLoss"], `${threads} threads`);
  }
});

/** What `--backend auto` says on standard error. */
const SAYS = new RegExp(
  "^backend auto: (wasm(?:, \\d+ threads)?|reference|gpu \\(\\w+\\)) \\((\\w+(?: \\w+)?) " +
    "[\\d,]+ images/s(?:, \\w+(?: \\w+)? [\\d,]+)*\\)\\n$",
);

test("--backend auto: one line on standard error, and the JSON says what really ran", async () => {
  const outcome = await train("--backend", "auto");
  assert.is(outcome.status, 0, outcome.stderr);
  const [, chosen, fastest] = SAYS.exec(outcome.stderr) ?? assert.unreachable(outcome.stderr) ?? [];
  const { backend, mode, threads } = lastLine(outcome);
  const inside = mode === null ? "" : ` (${mode as string})`;
  const several = threads === 1 ? "" : `, ${threads as number} threads`;
  assert.is(`${backend as string}${inside}${several}`, chosen);
  assert.is(`${backend as string}${mode === null ? "" : ` ${mode as string}`}`, fastest);
  for (const name of ["wasm", "reference", "gpu cpu"])
    assert.ok(outcome.stderr.includes(`${name} `), `${name} in ${outcome.stderr}`);
});

test("--backend auto: measuring leaves no trace in weights, training and evaluation", async () => {
  const out = join(temporaryFolder(), "run");
  const auto = await train("--backend", "auto", "--threads", "2", "--out", out);
  assert.match(auto.stderr, /^backend auto: wasm, 2 threads \(wasm [\d,]+ images\/s\)\n$/);
  const weights = [
    "--data",
    data,
    "--json",
    "--threads",
    "2",
    "--weights",
    join(out, "weights.safetensors"),
  ];
  assert.is(
    lastLine(auto)["weightsSha256"],
    lastLine(await train("--threads", "2"))["weightsSha256"],
  );
  const evaluated = await leibnizHere("evaluate", "--backend", "auto", ...weights);
  assert.match(evaluated.stderr, /^backend auto: wasm, 2 threads \(wasm [\d,]+ images\/s\)\n$/);
  assert.is(
    lastLine(evaluated)["testLoss"],
    lastLine(await leibnizHere("evaluate", ...weights))["testLoss"],
  );
});

test(
  "--backend auto: a mode is refused, since it might not be the one that runs, and so is a " +
    "number of threads that nothing has",
  async () => {
    const refused = async (args: string[], message: RegExp): Promise<void> => {
      const { status, stderr } = await train(...args);
      assert.is(status, 2, stderr);
      assert.match(stderr, message);
    };
    await refused(
      ["--backend", "auto", "--mode", "cpu"],
      new RegExp(
        "^leibniz: --mode: expected no mode along with --backend auto, .*; write --backend " +
          "gpu --mode cpu\\n$",
      ),
    );
    await refused(
      ["--backend", "auto", "--threads", "65"],
      /^leibniz: --threads: expected a whole number from 1 to 64, got "65"\n$/,
    );
    await refused(
      ["--backend", "automatic"],
      /^leibniz: --backend: expected one of wasm, reference, gpu, auto, got "automatic"\n$/,
    );
  },
);

test(
  "--backend auto: a backend that fails is named with its reason, and " + "another one runs",
  async () => {
    const outcome = leibnizOn(
      "no-memory",
      60_000,
      "train",
      "--data",
      data,
      "--epochs",
      "1",
      "--json",
      "--backend",
      "auto",
    );
    assert.is(outcome.status, 0, outcome.stderr);
    assert.match(
      outcome.stderr,
      new RegExp(
        "^backend auto: (reference|gpu \\(\\w+\\)) \\(.* images/s.*, wasm failed: wasm: " +
          "expected a shared memory of 16 MB .*\\)\\n$",
      ),
    );
    assert.is.not(lastLine(outcome)["backend"], "wasm");
  },
);

test("--help tells of auto", async () => {
  for (const command of ["train", "evaluate"])
    assert.match(
      (await leibnizHere(command, "--help")).stdout.replace(/\s+/g, " "),
      /wasm, reference, gpu, or auto: the fastest of them here/,
    );
});

test.run();
