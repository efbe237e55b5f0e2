import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog } from "leibniz/gradcheck";
import {
  type CheckContext,
  checks,
  mistakes,
  openMixedBackend,
  popularChecks,
  runChecks,
  runEpoch,
  type SetupName,
  setups,
} from "leibniz/checks";
import { Columns, conv2dGeometry } from "leibniz/im2col";
import { reference } from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import { root } from "../../helpers/cli.js";
import { mnist, someImages } from "../../helpers/mnist.js";

const fixtures = join(root, "test/fixtures");
const recorded = readdirSync(fixtures)
  .filter((file) => file.endsWith("layers.json"))
  .map((file) => readFileSync(join(fixtures, file), "utf8"));
const names = Object.keys(setups) as SetupName[];

test("without a mistake no check complains, whatever is trained", async () => {
  const data = await mnist();
  // the layers of mistakes are looked at by `leibniz mistakes` itself, before the first mistake
  const others = catalog
    .map(({ layer }) => layer)
    .filter((layer) => !mistakes.some(({ layers }) => layers.includes(layer)));
  for (const name of names) {
    const layers = name === "notes" ? others : ["relu"];
    const context: CheckContext = {
      layers,
      chapters: ["mistakes"],
      setups: [setups[name]],
      primitives: [],
      data,
      recorded: name === "notes" ? recorded : [], // nothing is trained for them
    };
    const findings = await runChecks(context);
    assert.equal(
      findings.map(({ check }) => check),
      [...checks, ...popularChecks].map(({ name: check }) => check),
    );
    for (const { check, verdict, complaint } of findings)
      assert.is.not(verdict, "caught", `${name}, ${check}: ${complaint}`);
  }
});

test("every layer has a square case, and every setup belongs to a mistake", async () => {
  assert.equal(
    names.filter((name) => !mistakes.some(({ setups: used }) => used.includes(name))),
    [],
  );
  for (const { layer } of catalog) {
    const square = popularChecks.find(({ name }) => name === "square")!;
    const complaint = await square.run({
      layers: [layer],
      chapters: [],
      setups: [],
      primitives: [],
      data: await mnist(),
      recorded,
    });
    assert.is(
      complaint,
      null,
      `${layer} has no square case in src/checks/mistakes/square-cases.ts`,
    );
  }
});

test("the mixed backend takes the primitives it is told to from the reference", async () => {
  const backend = await openMixedBackend(["relu"]);
  const plain = await openMixedBackend([]);
  try {
    assert.is(backend.name, "wasm");
    assert.is.not(backend.relu.toString(), plain.relu.toString());
    assert.is(backend.relu.toString(), reference.relu.toString());
    assert.is(backend.maxPool2d.toString(), plain.maxPool2d.toString());
  } finally {
    await backend.dispose();
    await plain.dispose();
  }
});

test("with the readable im2col the fast products take its columns as they are", async () => {
  const geometry = conv2dGeometry("test", 4, 5, { kernelSize: 2 });
  const random = new Random(1);
  const [x, filters] = [random.normal([2, 1, 4, 5]), random.normal([1, 3, 4])];
  const none = Tensor.zeros([2, 1, 4, 12]);
  for (const primitives of [["im2col"], []] as const) {
    const backend = await openMixedBackend(primitives);
    try {
      const cols = new Columns(x, geometry, 1, () => none);
      const product = await backend.matmul(filters, cols);
      const sum = await backend.matmulSum(random.normal([2, 1, 3, 12]), cols, { transposeB: true });
      for (const { data } of [product, sum])
        assert.is(
          data.every((value) => value === 0),
          primitives.length > 0,
        );
    } finally {
      await backend.dispose();
    }
  }
});

test("an epoch on readable kernels comes to the same as on the fast ones", async () => {
  const { train, test: testSet } = await mnist();
  const data = { train: someImages(train, 320), test: someImages(testSet, 200) };
  for (const name of ["notes", "oblong", "squared"] as const) {
    const accuracies: number[] = [];
    for (const primitives of [
      [],
      ["im2col", "productOntoImages", "maxPool2d", "maxPool2dBackward", "reluBackward", "update"],
    ] as const) {
      const backend = await openMixedBackend(primitives);
      try {
        accuracies.push(
          (await runEpoch({ setup: setups[name], backend, data, seed: 0 })).testAccuracy,
        );
      } finally {
        await backend.dispose();
      }
    }
    assert.ok(
      Math.abs(accuracies[0]! - accuracies[1]!) <= 0.02 && accuracies[0]! > 0.2,
      `${name}: ${accuracies.join(", ")}`,
    );
  }
});

test("training stops when it is asked to", async () => {
  const { train } = await mnist();
  const few = someImages(train, 128);
  const backend = await openMixedBackend([]);
  try {
    const losses: number[] = [];
    const onStep = async (loss: number): Promise<void | "stop"> =>
      losses.push(loss) === 2 ? "stop" : undefined;
    const { testAccuracy } = await runEpoch({
      setup: setups.sgd,
      backend,
      data: { train: few, test: few },
      seed: 0,
      onStep,
    });
    assert.is(losses.length, 2);
    assert.ok(Number.isNaN(testAccuracy));
  } finally {
    await backend.dispose();
  }
});

test.run();
