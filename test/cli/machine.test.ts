import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { leibnizHere, leibnizOn, smallDataFolder, temporaryFolder } from "../helpers/cli.js";

/**
 * Long enough for the wait of 20 s after which the main thread gives a worker up; a hang would take
 * the whole of it.
 */
const LIMIT_MS = 60_000;

/**
 * Requires exit code 1, in time, and one line on standard error that matches and does not speak of
 * a bug.
 */
function assertFailed(broken: string, args: readonly string[], message: RegExp): string {
  const { status, stdout, stderr } = leibnizOn(broken, LIMIT_MS, ...args);
  const seen = `leibniz ${args.join(" ")} with ${broken} → ${status}: ${stderr}`;
  assert.is(status, 1, seen);
  assert.match(stderr, message, seen);
  assert.is(stderr.trimEnd().split("\n").length, 1, seen);
  assert.not.match(stderr, /bug in leibniz/);
  assert.not.match(stdout, /"done"/);
  return stdout;
}

test("a worker that dies in the middle: one line, and finished epochs are kept", async () => {
  const data = smallDataFolder();
  const out = join(temporaryFolder(), "run");
  const stdout = assertFailed(
    "worker",
    ["train", "--data", data, "--epochs", "400", "--threads", "2", "--json", "--out", out],
    new RegExp(
      "^leibniz: wasm: expected 2 working threads, but a worker (ended with code 1|did not " +
        "finish within 20 s); kept as it was after epoch \\d+; go on with --resume .*\\n$",
    ),
  );
  const done = stdout.trimEnd().split("\n").length;
  assert.ok(done >= 1 && done < 400, `${done} epochs`);
  assert.equal(readdirSync(out).sort(), [
    "checkpoint.safetensors",
    "log.jsonl",
    "metrics.jsonl",
    "run.json",
    "weights.safetensors",
  ]);
  const epochs = String(done + 1);
  const resumed = await leibnizHere(
    "train",
    "--data",
    data,
    "--epochs",
    epochs,
    "--json",
    "--resume",
    out,
  );
  const whole = await leibnizHere("train", "--data", data, "--epochs", epochs, "--json");
  assert.is(resumed.status, 0, resumed.stderr);
  assert.is(shaOf(resumed.stdout), shaOf(whole.stdout));
});

test("a worker that dies before it is ready is no hang", () => {
  const out = join(temporaryFolder(), "run");
  assertFailed(
    "start",
    ["train", "--data", smallDataFolder(), "--threads", "3", "--out", out],
    /^leibniz: wasm: expected 3 working threads, but a worker ended with code 7\n$/,
  );
  assert.not.ok(existsSync(out));
});

test(
  "memory that cannot grow: in the first step nothing is kept, " +
    "and without memory there is no backend",
  async () => {
    const data = smallDataFolder({ train: 520, test: 10 });
    const out = join(temporaryFolder(), "run");
    const train = ["train", "--recipe", "notebook", "--data", data, "--threads", "1", "--out", out];
    assertFailed(
      "memory 0 of 8",
      train,
      new RegExp(
        "^leibniz: wasm: expected \\d+ MB more memory, got none beyond the 8 MB there are; " +
          "use smaller batches; nothing was kept yet\\n$",
      ),
    );
    assert.not.ok(existsSync(out), "a run that kept nothing leaves no folder");
    assertFailed(
      "no-memory",
      train,
      /^leibniz: wasm: expected a shared memory of 16 MB .*, or the reference backend\n$/,
    );
    assert.not.ok(existsSync(out));
    assert.is(
      (await leibnizHere("train", "--data", data, "--epochs", "1", "--out", out)).status,
      0,
    );
    // classifying 256 images at a time takes no more than what is there at the start
    const weights = join(out, "weights.safetensors");
    const images = smallDataFolder({ train: 10, test: 300 });
    const evaluate = ["evaluate", "--data", images, "--threads", "1", "--weights", weights];
    const { status, stderr } = leibnizOn("memory 0", LIMIT_MS, ...evaluate);
    assert.is(status, 0, stderr);
  },
);

const shaOf = (stdout: string): unknown =>
  (JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as Record<string, unknown>)["weightsSha256"];

test.run();
