import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { leibniz, main, smallDataFolder } from "../helpers/cli.js";
import { canTestWebGpu } from "../helpers/vulkan.js";

const withWebGpu = await canTestWebGpu();

/** Trains in mode webgpu, with a module preloaded. */
function trainWith(
  preloaded: string,
  ...args: string[]
): { status: number | null; stdout: string; stderr: string } {
  const NODE_OPTIONS = `--import ${new URL(`../helpers/${preloaded}.js`, import.meta.url).href}`;
  return spawnSync(
    process.execPath,
    [
      main,
      "train",
      "--data",
      smallDataFolder({ train: 12, test: 4 }),
      "--backend",
      "gpu",
      "--mode",
      "webgpu",
      ...args,
    ],
    {
      encoding: "utf8",
      timeout: 120_000,
      env: { ...process.env, NODE_OPTIONS },
    },
  );
}

if (withWebGpu) {
  test("a graphics device that is lost ends a training with one line and exit code 1", () => {
    const { status, stdout, stderr } = trainWith("lose-device", "--epochs", "3", "--json");
    assert.is(status, 1, stderr);
    assert.match(stderr, /^leibniz: gpu: .*webgpu.*the device was lost \(destroyed.*\n$/);
    assert.not.match(stderr, "bug in leibniz");
    assert.is(stdout, "");
  });

  test("a training in mode webgpu comes to its end, and says where it ran", () => {
    const { status, stdout, stderr } = trainWith("software-vulkan", "--epochs", "1", "--json");
    assert.is(status, 0, stderr);
    assert.is(stderr, "");
    const { backend, mode } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as {
      backend: string;
      mode: string;
    };
    assert.equal([backend, mode], ["gpu", "webgpu"]);
  });
}

test("a mode that is not there: exit code 2 and one line that says what to install", () => {
  const { status, stdout, stderr } = leibniz(
    "train",
    "--data",
    smallDataFolder(),
    "--backend",
    "gpu",
    "--mode",
    "webgl2",
    "--json",
  );
  assert.is(status, 2);
  assert.is(stdout, "");
  assert.match(
    stderr,
    new RegExp(
      "^leibniz: gpuBackend: expected a mode that is available here \\(.*cpu\\), got " +
        '"webgl2"; it needs a browser.*\\n$',
    ),
  );
});

test.run();
