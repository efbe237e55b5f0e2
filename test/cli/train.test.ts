import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  leibniz,
  leibnizHere,
  type Outcome,
  root,
  smallDataFolder,
  startLeibniz,
  temporaryFolder,
} from "../helpers/cli.js";

const lines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
/**
 * Runs the command line here with one thread: two would wait for each other longer than they work
 * on so few images, and the bits are the same. What a process of its own started is finished by it.
 * No report is drawn, which takes longer than the training.
 */
const alone = (...args: string[]): Promise<Outcome> =>
  leibnizHere(...args, "--threads", "1", ...(args[0] === "train" ? ["--no-report"] : []));
const last = (text: string): Record<string, unknown> => lines(text).at(-1)!;

test("train --json prints a line per epoch and one at the end, and nothing else", () => {
  const { status, stdout, stderr } = leibniz(
    "train",
    "--data",
    smallDataFolder(),
    "--epochs",
    "2",
    "--json",
    "--seed",
    "5",
    "--threads",
    "2",
  );
  assert.is(status, 0, stderr);
  assert.is(stderr, "");
  const [first, second, done, ...rest] = lines(stdout);
  assert.equal(rest, []);
  const keys = [
    "epoch",
    "trainLoss",
    "trainAccuracy",
    "testLoss",
    "testAccuracy",
    "trainSeconds",
    "imagesPerSecond",
  ];
  assert.equal(Object.keys(first!), keys);
  assert.equal([first!["epoch"], second!["epoch"]], [0, 1]);
  assert.ok((second!["trainLoss"] as number) < (first!["trainLoss"] as number));
  assert.equal(Object.keys(done!), [
    "done",
    "weightsSha256",
    "backend",
    "mode",
    "threads",
    "seed",
    "peakMemoryMB",
  ]);
  assert.equal(
    [done!["done"], done!["backend"], done!["mode"], done!["threads"], done!["seed"]],
    [true, "wasm", null, 2, 5],
  );
  assert.match(done!["weightsSha256"] as string, /^[0-9a-f]{64}$/);
  assert.ok((done!["peakMemoryMB"] as number) > 10);
});

test("for people: the summary, a line per epoch, and where the weights are", async () => {
  const out = join(temporaryFolder(), "run");
  const data = ["--data", smallDataFolder(), "--threads", "1"];
  const { status, stdout } = await leibnizHere("train", ...data, "--epochs", "1", "--out", out);
  assert.is(status, 0);
  assert.match(stdout, /102,130/);
  assert.match(stdout, /96 training images, 40 test images/);
  assert.match(stdout, /^epoch 1\/1 {2}train loss \d\.\d{4} .* images\/s$/m);
  assert.match(stdout, new RegExp(`checkpoint are in ${out}`));
  assert.equal(readdirSync(out).sort(), [
    "checkpoint.safetensors",
    "log.jsonl",
    "metrics.jsonl",
    "report.html",
    "run.json",
    "weights.safetensors",
  ]);
});

test("the notebook recipe prints the notes' own line", async () => {
  const { stdout } = await alone(
    "train",
    "--recipe",
    "notebook",
    "--data",
    smallDataFolder(),
    "--epochs",
    "1",
  );
  assert.match(
    stdout,
    /^Epoch: 0 Train Loss: \d+\.\d\d Train Acc: [\d.]+ Test Loss: \d+\.\d\d Test Acc: [\d.]+$/m,
  );
});

test(
  "evaluate takes the mean that the recipe takes, which only notebook's " + "batches change",
  async () => {
    const data = ["--data", smallDataFolder({ test: 300 })]; // batches of 256 and 44
    const out = join(temporaryFolder(), "run");
    const run = [...data, "--recipe", "notebook", "--epochs", "1", "--out", out, "--json"];
    const trained = lines((await alone("train", ...run)).stdout)[0]!;
    const testLoss = async (recipe: string): Promise<unknown> => {
      const weights = ["--weights", join(out, "weights.safetensors"), "--recipe", recipe];
      return last((await alone("evaluate", ...data, ...weights, "--json")).stdout)["testLoss"];
    };
    assert.is(await testLoss("notebook"), trained["testLoss"]);
    assert.is.not(
      await testLoss("default"),
      trained["testLoss"],
      "the same network, by its images",
    );
  },
);

test("the same seed gives the same weights, another seed others", async () => {
  const data = smallDataFolder();
  const run = async (seed: string): Promise<unknown> =>
    last((await alone("train", "--data", data, "--epochs", "1", "--json", "--seed", seed)).stdout)[
      "weightsSha256"
    ];
  const first = await run("1");
  assert.is(await run("1"), first);
  assert.is.not(await run("2"), first);
});

for (const recipe of ["default", "notebook"]) {
  test(
    `${recipe}: a run that was stopped and resumed ends with the very same ` + `weights`,
    async () => {
      const data = smallDataFolder();
      const out = join(temporaryFolder(), "run");
      const whole = await alone(
        "train",
        "--recipe",
        recipe,
        "--data",
        data,
        "--epochs",
        "3",
        "--json",
      );
      assert.is(
        (
          await alone(
            "train",
            "--recipe",
            recipe,
            "--data",
            data,
            "--epochs",
            "1",
            "--json",
            "--out",
            out,
          )
        ).status,
        0,
      );
      const rest = await alone("train", "--data", data, "--epochs", "3", "--json", "--resume", out);
      assert.is(rest.status, 0, rest.stderr);
      assert.is(last(rest.stdout)["weightsSha256"], last(whole.stdout)["weightsSha256"]);
      assert.equal(
        lines(rest.stdout).map((line) => line["epoch"]),
        [1, 2, undefined],
      );
      assert.equal(
        lines(readFileSync(join(out, "log.jsonl"), "utf8")).map((line) => line["epoch"]),
        [0, 1, 2],
      );
    },
  );
}

test("a run with a schedule goes on for as many epochs as planned, and no others", async () => {
  const data = smallDataFolder({ train: 64, test: 10 });
  const out = join(temporaryFolder(), "run");
  const train = ["train", "--recipe", "tuned", "--data", data, "--epochs", "4", "--json"];
  const { now } = performance;
  let seconds = 0;
  performance.now = () => 1000 * seconds++; // so that events have their turn after each step
  try {
    const begun = alone(...train, "--out", out);
    await epochIsKept(out, begun);
    process.listeners("SIGINT").at(-1)!("SIGINT"); // as Ctrl-C does
    assert.is((await begun).status, 130, "it was stopped before it was done");
  } finally {
    performance.now = now;
  }
  const refused = await alone("train", "--data", data, "--resume", out, "--epochs", "5");
  assert.is(refused.status, 2);
  assert.is(
    refused.stderr,
    "leibniz: --resume: expected the 4 epochs that the run was started with, over which its " +
      "learning rate is spread, got --epochs 5\n",
  );
  // without --epochs
  const rest = await alone("train", "--data", data, "--json", "--resume", out);
  const whole = await alone(...train);
  assert.is(rest.status, 0, rest.stderr);
  assert.is(lines(rest.stdout).at(-2)!["epoch"], 3);
  assert.is(last(rest.stdout)["weightsSha256"], last(whole.stdout)["weightsSha256"]);
});

/** Waits until a run in this process has done its first epoch; it goes on between two looks. */
async function epochIsKept(out: string, run: Promise<Outcome>): Promise<void> {
  let hasEnded = false;
  void run.finally(() => (hasEnded = true));
  const log = join(out, "log.jsonl");
  while (!existsSync(log) || readFileSync(log, "utf8") === "") {
    assert.not.ok(hasEnded, "it ended before its first epoch");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a resumed run keeps the subset that it was started with", async () => {
  const data = smallDataFolder();
  const out = join(temporaryFolder(), "run");
  const whole = await alone("train", "--data", data, "--subset", "50", "--epochs", "2", "--json");
  await alone("train", "--data", data, "--subset", "50", "--epochs", "1", "--out", out);
  const rest = await alone("train", "--data", data, "--epochs", "2", "--json", "--resume", out);
  assert.is(last(rest.stdout)["weightsSha256"], last(whole.stdout)["weightsSha256"]);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  test(`${signal}: the run goes on from where it was kept`, async () => {
    const data = smallDataFolder({ train: 64, test: 10 });
    const out = join(temporaryFolder(), "run");
    const { child, outcome, firstOutput } = startLeibniz(
      "train",
      "--data",
      data,
      "--epochs",
      "2000",
      "--json",
      "--out",
      out,
    );
    await firstOutput; // the first epoch is done and kept
    const isLocked = signal === "SIGKILL";
    const second = isLocked
      ? await leibnizHere("train", "--resume", out, "--epochs", "1")
      : { stderr: "" };
    child.kill(signal);
    const lock = `a folder that no other process writes into, got ${out}, which process `;
    if (isLocked)
      assert.match(second.stderr, `leibniz: --resume: expected ${lock}${child.pid} has; wait`);
    const { signal: died, stdout, stderr } = await outcome;
    assert.is(died, signal);
    const kept = "kept as it was after (step \\d+ of )?epoch \\d+; go on with --resume .*";
    if (signal !== "SIGKILL")
      assert.match(stderr, new RegExp(`^leibniz: train: stopped by ${signal}; ${kept}\n$`));
    const done = lines(stdout).length;
    const resumed = await alone(
      "train",
      "--data",
      data,
      "--epochs",
      String(done + 2),
      "--json",
      "--resume",
      out,
    );
    const whole = await alone("train", "--data", data, "--epochs", String(done + 2), "--json");
    assert.is(resumed.status, 0, resumed.stderr);
    assert.is(last(resumed.stdout)["weightsSha256"], last(whole.stdout)["weightsSha256"]);
  });
}

test(
  "evaluate gives the accuracy that training reported, and writes the " + "logits for NumPy",
  async () => {
    const data = smallDataFolder();
    const folder = temporaryFolder();
    const trained = lines(
      (
        await alone(
          "train",
          "--data",
          data,
          "--epochs",
          "2",
          "--json",
          "--out",
          join(folder, "run"),
        )
      ).stdout,
    );
    const logits = join(folder, "logits.npy");
    const { status, stdout, stderr } = await alone(
      "evaluate",
      "--data",
      data,
      "--weights",
      join(folder, "run", "weights.safetensors"),
      "--json",
      "--logits",
      logits,
    );
    assert.is(status, 0, stderr);
    const result = last(stdout);
    assert.is(result["testAccuracy"], trained[1]!["testAccuracy"]);
    assert.is(result["testLoss"], trained[1]!["testLoss"]);
    assert.is(result["weightsSha256"], trained[2]!["weightsSha256"]);
    const bytes = readFileSync(logits);
    assert.is(bytes.subarray(1, 6).toString("latin1"), "NUMPY");
    const start = 10 + bytes.readUInt16LE(8);
    assert.is(start % 64, 0);
    assert.match(
      bytes.subarray(10, start).toString("latin1"),
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(40, 10\), \} *\n$/,
    );
    assert.is(bytes.length - start, 40 * 10 * 4);
    const people = await alone(
      "evaluate",
      "--data",
      data,
      "--weights",
      join(folder, "run", "weights.safetensors"),
    );
    assert.match(people.stdout, /of 40 test images right/);
  },
);

test("parity: exit code 0 for equal numbers, 1 for a changed one", async () => {
  assert.is((await leibnizHere("parity", fixture("pytorch-layers.json"))).status, 0);
  const { status, stdout } = await leibnizHere("parity", changedFixture(), "--json");
  assert.is(status, 1);
  assert.is(lines(stdout).filter((line) => line["verdict"] === "fail").length, 1);
});

test("a reader that stops listening is no error", async () => {
  const { child, outcome } = startLeibniz("gradcheck", "--json");
  child.stdout!.destroy();
  const { signal, stderr } = await outcome;
  assert.equal([signal, stderr], ["SIGPIPE", ""]);
});

function fixture(name: string): string {
  const path = join(root, "test", "fixtures", name);
  assert.ok(existsSync(path));
  return path;
}

function changedFixture(): string {
  const recorded = JSON.parse(readFileSync(fixture("pytorch-layers.json"), "utf8")) as {
    layers: { out: { data: number[] } }[];
  };
  recorded.layers[0]!.out.data[0]! += 1e-6;
  const path = join(temporaryFolder(), "changed.json");
  writeFileSync(path, JSON.stringify(recorded));
  return path;
}

test.run();
