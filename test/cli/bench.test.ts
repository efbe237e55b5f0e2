import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type GpuRow, gpuRow } from "../../dist/cli/bench-gpu.js";
import {
  leibniz,
  leibnizHere,
  type Outcome,
  root,
  smallDataFolder,
  temporaryFolder,
} from "../helpers/cli.js";

const KEYS = ["what", "backend", "mode", "threads", "shape", "gflops", "imagesPerSecond"];

test("--json: one object a line, with the keys of the format, for every kind of figure", () => {
  const data = smallDataFolder({ train: 200, test: 70 });
  const { status, stdout, stderr } = leibniz(
    "bench",
    "--quick",
    "--json",
    "--backend",
    "wasm",
    "--threads",
    "2",
    "--data",
    data,
  );
  assert.is(status, 0, stderr);
  assert.is(stderr, "");
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const line of lines) assert.equal(Object.keys(line).slice(0, KEYS.length), KEYS);
  assert.equal(
    [...new Set(lines.map(({ what }) => what))],
    ["machine", "ceiling", "bandwidth", "ladder", "matmul", "train", "evaluate", "layer", "memory"],
  );
  const of = (what: string): Record<string, unknown>[] =>
    lines.filter((line) => line["what"] === what);
  assert.equal(
    of("ladder").map(({ rung, threads }) => `${rung} ${threads}`),
    ["SIMD tile 1", "cache 1", "threads 2"],
  );
  assert.equal(
    of("matmul").map(({ backend, threads, shape }) => `${backend} ${threads} ${shape}`),
    ["wasm 1 256×800×120", "wasm 2 256×800×120"],
  );
  for (const line of [...of("ceiling"), ...of("ladder"), ...of("matmul")])
    assert.ok((line["gflops"] as number) > 0, JSON.stringify(line));
  for (const line of [...of("ladder"), ...of("train"), ...of("evaluate")])
    assert.ok((line["imagesPerSecond"] as number) > 0, JSON.stringify(line));
  assert.ok(
    of("layer").some(
      ({ layer, direction, microsecondsPerImage }) =>
        layer === "conv2+relu2+pool2" &&
        direction === "backward" &&
        (microsecondsPerImage as number) > 0,
    ),
  );
  assert.ok((of("memory")[0]!["peakMemoryMB"] as number) > 20);
});

test("--gpu: a card beside wasm, and the row for the table of cards", () => {
  const data = smallDataFolder({ train: 192, test: 64 });
  const { status, stdout, stderr } = leibniz(
    ...["bench", "--gpu", "--quick", "--json", "--mode", "webasm", "--threads", "1"],
    ...["--data", data],
  );
  assert.is(status, 0, stderr);
  const measured = JSON.parse(stdout) as GpuRow;
  for (const { products, training, classifying } of [measured.gpu, measured.wasm])
    for (const figure of [...products, training, classifying]) assert.ok(figure > 0, stdout);
  const [head, rule, row, , sentence] = gpuRow(measured).split("\n");
  const table = readFileSync(join(root, "results/speed/README.md"), "utf8");
  assert.ok(table.includes(`\n${head}\n${rule}\n`), "the head of the table in results/speed");
  assert.is(row!.split(" | ").length, head!.split(" | ").length);
  assert.match(row!, /^\| the processor \| – \| webasm \| \d+\.\d \| \d+\.\d \| \d+ \| /);
  assert.match(
    sentence!,
    /in batches of 64, this mode is [\d.]+ times \w+ than wasm on 1 thread\./,
  );
});

test("--gpu: a card by its name, and what is software is called so", () => {
  const figures = { products: [1234.56, 0.04], training: 12_345.6, classifying: 9.5 };
  const row = (isSoftware: boolean): string =>
    gpuRow({
      ...{ mode: "webgpu", device: { device: "a card", driver: "its driver", isSoftware } },
      ...{ gpu: figures, wasm: { ...figures, training: 6172.8 }, batch: 256 },
      smallest: isSoftware ? null : 123_456.5,
      ...{ threads: 4, cpu: "a processor", node: "v20.1.0" },
    });
  const [, , line, , sentence] = row(false).split("\n");
  assert.is(
    line,
    "| a card | its driver | webgpu | 1234.6 | 0.0 | 12,346 | 10 | 6,173 | 10 | " +
      "a processor, 4, 20.1.0 |",
  );
  assert.match(sentence!, /is 2\.0 times faster than wasm on 4 threads\./);
  assert.match(sentence!, /Products of 123,457 multiplications and more are faster there/);
  assert.match(row(true), /\| a card \(software\) \|/);
  assert.match(row(true), /No product is faster there than in plain loops/);
});

test("--gpu: what is not here is refused in a line", async () => {
  for (const [more, message] of [
    [["--mode", "nothing"], /bench --gpu: expected a mode that is here \(.*\), got "nothing"/],
    [["--backend", "gpu"], /bench --gpu: expected no --backend along with it, got gpu/],
  ] as const) {
    const refused = await leibnizHere("bench", "--gpu", ...more);
    assert.is(refused.status, 2);
    assert.match(refused.stderr, message);
  }
});

test("for people: the ladder in TypeScript, with its shares and the step's parts", () => {
  const { status, stdout, stderr } = leibniz(
    "bench",
    "--quick",
    "--backend",
    "reference",
    "--data",
    smallDataFolder({ train: 192, test: 64 }),
  );
  assert.is(status, 0, stderr);
  assert.match(stdout, /cores?, Node \d+/);
  assert.match(stdout, /multiply and add on registers +\d+\.\d GFLOP\/s/);
  for (const rung of ["seven loops", "im2col", "loop order", "register tile"])
    assert.match(
      stdout,
      new RegExp(`^${rung} .* TypeScript +\\d+\\.\\d\\d +\\d+\\.\\d % +\\d+$`, "m"),
    );
  assert.not.match(stdout, /SIMD tile/);
  assert.match(stdout, /^conv2 +\d+\.\d\d +\d+\.\d +\d+\.\d\d +\d+\.\d$/m);
  assert.match(stdout, /^sum \d+\.\d; steps in between, timed as a whole, took \d+\.\d/m);
  assert.match(stdout, /^reference +\d+ MB$/m);
});

test("what is not here is refused in one line, and nothing is measured in its place", async () => {
  const refused = async (args: readonly string[], ...pieces: string[]): Promise<void> => {
    const { status, stdout, stderr } = await leibnizHere("bench", ...args);
    assert.is(status, 2, stderr);
    assert.is(stdout, "");
    assert.is(stderr.trimEnd().split("\n").length, 1);
    for (const piece of pieces)
      assert.ok(stderr.includes(piece), `expected "${piece}" in ${stderr}`);
  };
  await refused(["--backend", "abacus"], "wasm, reference, gpu", '"abacus"');
  await refused(["--backend", "gpu", "--mode", "steam"], "cpu", "steam");
  await refused(["--mode", "cpu"], "--backend gpu", "no --backend");
  await refused(["--backend", "reference", "--mode", "cpu"], "--backend gpu");
  await refused(["--backend", "reference", "--threads", "2"], "--threads", "wasm");
  await refused(["--threads", "0"], "--threads", '"0"');
  await refused(["--threads", "65"], "from 1 to 64", "65");
  await refused(["--data", "/no/such/folder"], "/no/such/folder");
  await refused(["--data", smallDataFolder()], "768 training images", "96");
});

/** The package as it is published; a checkout has more beside it. */
function publishedPackage(): string {
  const folder = temporaryFolder();
  const site = join(root, "dist", "site"); // large, and not asked for here
  const filter = (path: string): boolean => path !== site;
  for (const path of ["dist", "package.json"])
    cpSync(join(root, path), join(folder, path), { recursive: true, filter });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

test("--peers runs a checkout's script and passes --json on; without one it is refused", () => {
  const folder = publishedPackage();
  const outcome = (...args: string[]): Outcome => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(folder, "dist", "cli", "main.js"), "bench", "--peers", ...args],
      { encoding: "utf8", timeout: 60_000 },
    );
    return { status, stdout, stderr };
  };
  const { status, stdout, stderr } = outcome();
  assert.equal([status, stdout], [2, ""]);
  assert.match(
    stderr,
    /^leibniz: bench --peers: expected the file .*run\.mjs, which only a checkout .*\n$/,
  );

  const peers = join(folder, "bench", "peers");
  mkdirSync(peers, { recursive: true });
  writeFileSync(
    join(peers, "run.mjs"),
    'console.log(JSON.stringify(process.argv.slice(2))); console.error("to standard error");',
  );
  assert.equal(outcome(), { status: 0, stdout: "[]\n", stderr: "to standard error\n" });
  assert.equal(outcome("--json"), {
    status: 0,
    stdout: '["--json"]\n',
    stderr: "to standard error\n",
  });
  writeFileSync(join(peers, "run.mjs"), "process.exit(7);");
  assert.is(outcome().status, 1, "a peer that fails is a failed check");
});

test.run();
