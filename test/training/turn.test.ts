/** A program's timers have their turn while it trains and evaluates. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { initialise, notebookNetwork } from "leibniz/network";
import { Random } from "leibniz/tensor";
import { evaluate, findRecipe, recipeNetwork, train } from "leibniz/training";
import { mnist, someImages } from "../helpers/mnist.js";

const wasm = await wasmBackend({ threads: 2 });
const { train: trainImages, test: testImages } = await mnist();

/** What fires while `work` goes on, in the event loop's own order. */
async function firedDuring(work: (fired: readonly string[]) => Promise<void>): Promise<string[]> {
  const fired: string[] = [];
  const timers = [
    setTimeout(() => fired.push("timeout"), 0),
    setInterval(() => fired.push("interval"), 1),
  ];
  const immediate = setImmediate(() => fired.push("immediate"));
  try {
    await work(fired);
    return [...fired];
  } finally {
    timers.forEach(clearTimeout);
    clearImmediate(immediate);
  }
}

// A step of either takes milliseconds; this many last far longer than it takes until others have
// their turn.
for (const [backend, images] of [
  [wasm, 3200],
  [reference, 192],
] as const) {
  test(
    `${backend.name}: timers fire during an epoch of training, and one may stop ` + `it`,
    async () => {
      const recipe = findRecipe("default");
      const run = async (stops: boolean): Promise<{ steps: number; fired: string[] }> => {
        const network = recipeNetwork(recipe, backend);
        initialise(network, new Random(0));
        let steps = 0;
        const fired = await firedDuring(async (soFar) => {
          for await (const event of train({
            recipe,
            network,
            train: someImages(trainImages, images),
            test: someImages(testImages, 10),
            backend,
            random: new Random(0),
            epochs: 1,
          })) {
            if (event.type !== "step") break;
            steps++;
            if (stops && soFar.includes("timeout")) break;
          }
        });
        network.dispose();
        return { steps, fired };
      };
      const whole = await run(false);
      assert.is(whole.steps, images / 32);
      for (const what of ["timeout", "interval", "immediate"])
        assert.ok(whole.fired.includes(what), `${what}: ${whole.fired.length} others fired`);
      const stopped = await run(true);
      assert.ok(stopped.steps < whole.steps, `${stopped.steps} steps`);
      assert.ok(stopped.fired.includes("timeout"));
    },
  );
}

for (const [backend, images] of [
  [wasm, 3000],
  [reference, 200],
] as readonly (readonly [Backend, number])[])
  test(`${backend.name}: timers fire while images are classified`, async () => {
    const network = notebookNetwork({ allocator: backend.persistent });
    initialise(network, new Random(0));
    let firedBefore = 0;
    const fired = await firedDuring(async (soFar) => {
      await evaluate({
        network,
        dataset: someImages(testImages, images),
        backend,
        batchSize: 20,
        onBatch: (_, done) => {
          if (done === images) firedBefore = soFar.length;
        },
      });
    });
    assert.ok(firedBefore > 0, "before the last batch");
    for (const what of ["timeout", "interval", "immediate"]) assert.ok(fired.includes(what), what);
    network.dispose();
  });

test("signals and timers have their turn between epochs that are over in no time", async () => {
  const recipe = findRecipe("default");
  const network = recipeNetwork(recipe, wasm);
  initialise(network, new Random(0));
  let epochs = 0;
  let firedAfter: number | null = null;
  const timer = setTimeout(() => (firedAfter = epochs), 0);
  // A step of one image takes a millisecond, so that no epoch lasts for as long as a turn does.
  for await (const event of train({
    ...{ recipe, network, backend: wasm, random: new Random(0), epochs: 100 },
    ...{ train: someImages(trainImages, 1), test: someImages(testImages, 1) },
  }))
    if (event.type === "epoch") epochs++;
  clearTimeout(timer);
  assert.is(epochs, 100);
  assert.ok(firedAfter !== null && firedAfter < 100, `after epoch ${firedAfter}`);
  network.dispose();
});

test("the backend is given back", () => wasm.dispose());

test.run();
