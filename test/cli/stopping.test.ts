import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  leibnizHere,
  main,
  smallDataFolder,
  startLeibniz,
  temporaryFolder,
} from "../helpers/cli.js";

test("SIGTERM is heard while the test images are classified, and the epoch is kept", async () => {
  const data = smallDataFolder({ train: 20, test: 6000 });
  const out = join(temporaryFolder(), "run");
  const { child, outcome } = startLeibniz("train", "--data", data, "--json", "--out", out);
  while (!existsSync(join(out, "run.json"))) await new Promise((done) => setTimeout(done, 5));
  await new Promise((done) => setTimeout(done, 150)); // the one step takes less
  child.kill("SIGTERM");
  const { signal, stdout, stderr } = await outcome;
  assert.equal([signal, stdout], ["SIGTERM", ""]);
  assert.match(stderr, /stopped by SIGTERM; kept as it was after step 1 of epoch 1; go on with/);
});

test("a signal while the report is written: it is there, or how to write it is said", async () => {
  const data = smallDataFolder({ train: 20, test: 6000 });
  const out = join(temporaryFolder(), "run");
  const { child, outcome } = startLeibniz("train", "--data", data, "--epochs", "1", "--out", out);
  let text = "";
  await new Promise<void>((done) =>
    child.stdout!.on("data", (piece: Buffer) => {
      text += piece.toString();
      if (text.includes("weights, log and checkpoint are in")) done();
    }),
  );
  child.kill("SIGINT");
  const { stderr } = await outcome;
  const said = `the run is finished, and leibniz report ${out} writes its page`;
  const isSaid = stderr.endsWith(`leibniz: train: stopped by SIGINT; ${said}\n`);
  assert.is.not(isSaid, existsSync(join(out, "report.html")), stderr);
  const { status } = await leibnizHere("report", out, "--threads", "1");
  assert.is(status, 0);
});

test("output to a full disk stops a training in one line that says what was kept", () => {
  const full = openSync("/dev/full", "w");
  const out = join(temporaryFolder(), "run");
  const train = ["train", "--data", smallDataFolder(), "--epochs", "500", "--json", "--out", out];
  const { status, stderr } = spawnSync(process.execPath, [main, ...train], {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
    timeout: 60_000,
  });
  closeSync(full);
  assert.is(status, 2);
  assert.match(
    stderr,
    /^leibniz: cannot write to standard output: the disk is full; kept as it was after .*\n$/,
  );
});

test.run();
