import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseParity, PARITY_TOLERANCE, type ParityResult } from "leibniz/checks";
import { assertRejects } from "../helpers/assert-close.js";
import { root } from "../helpers/cli.js";

interface Recorded {
  shape: number[];
  data: number[];
}
interface LayerRecord {
  layer: string;
  name?: string;
  options?: Record<string, unknown>;
  inputs: Record<string, Recorded>;
  dOut: Recorded;
  out: Recorded;
  grads: Record<string, Recorded>;
  runningAfter?: Record<string, Recorded>;
}
interface OptimizerRecord {
  optimizer: string;
  options?: Record<string, unknown>;
  w0: number[];
  a: number[];
  b: number[];
  trace: number[][];
  traceSteps: number[];
}
interface ParityFile {
  layers: LayerRecord[];
  optimizers: OptimizerRecord[];
}

const folder = join(root, "test", "fixtures");
const recordings = readdirSync(folder).filter((name) => /^pytorch-.*\.json$/.test(name));

/** All that was recorded, in one. */
function read(): ParityFile {
  const files = recordings.map(
    (name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as ParityFile,
  );
  return {
    layers: files.flatMap(({ layers }) => layers),
    optimizers: files.flatMap(({ optimizers }) => optimizers),
  };
}
const fixture = JSON.stringify(read());

async function runAll(text: string): Promise<ParityResult[]> {
  const results: ParityResult[] = [];
  for (const parityCase of parseParity(text, "f.json")) results.push(...(await parityCase.run()));
  return results;
}

/**
 * An affine layer from three numbers to two, and one step of an optimizer, both worked out by hand.
 */
function small(): ParityFile {
  return {
    layers: [
      {
        layer: "affine",
        name: "by hand",
        inputs: {
          x: { shape: [1, 3], data: [1, 2, -1] },
          weight: { shape: [2, 3], data: [1, 0, 2, -1, 3, 1] },
          bias: { shape: [2], data: [0.5, -0.5] },
        },
        dOut: { shape: [1, 2], data: [2, -1] },
        out: { shape: [1, 2], data: [-0.5, 3.5] },
        grads: {
          x: { shape: [1, 3], data: [3, -3, 3] },
          weight: { shape: [2, 3], data: [2, 4, -2, -1, -2, 1] },
          bias: { shape: [2], data: [2, -1] },
        },
      },
    ],
    // The gradient at w = b is cos w: 1 at 0 and −1 at π.
    optimizers: [
      {
        optimizer: "sgd",
        options: { learningRate: 0.5 },
        w0: [0, Math.PI],
        a: [3, 4],
        b: [0, Math.PI],
        traceSteps: [1],
        trace: [[-0.5, Math.PI + 0.5]],
      },
    ],
  };
}

/**
 * The message with which a changed copy of {@link small} is refused, be it when it is read or when
 * it is run.
 */
async function refused(change: (file: ParityFile) => void, ...pieces: string[]): Promise<void> {
  const file = small();
  change(file);
  await assertRejects(() => runAll(JSON.stringify(file)), "f.json", ...pieces);
}

test("every recorded number of every layer and optimizer agrees", async () => {
  const results = await runAll(fixture);
  const failed = results.filter(
    ({ verdict, maxRelativeError }) =>
      verdict !== "pass" || !(maxRelativeError <= PARITY_TOLERANCE),
  );
  assert.equal(failed, []);
  assert.is(PARITY_TOLERANCE, 1e-10);
  const { layers, optimizers } = read();
  const quantities =
    layers.reduce(
      (sum, { grads, runningAfter = {} }) =>
        sum + 1 + Object.keys(grads).length + Object.keys(runningAfter).length,
      0,
    ) + optimizers.reduce((sum, { trace }) => sum + trace.length, 0);
  assert.is(results.length, quantities);
  const kinds = new Set(results.map(({ what }) => what));
  for (const what of [
    "conv2d",
    "affine",
    "relu",
    "maxPool2d",
    "averagePool2d",
    "globalAveragePool2d",
    "softmax",
    "softmaxCrossEntropy",
    "meanSquaredError",
    "sgd",
    "adagrad",
    "rmsprop",
    "adam",
    "adamw",
  ]) {
    assert.ok(kinds.has(what), what);
  }
  for (const what of ["batchNorm2d", "batchNorm1d", "layerNorm"]) assert.ok(kinds.has(what), what);
});

test("running statistics after the pass are compared as well", async () => {
  const results = await runAll(
    JSON.stringify({ layers: read().layers.filter(({ layer }) => layer.startsWith("batchNorm")) }),
  );
  const states = results
    .filter(({ quantity }) => quantity.endsWith(" after"))
    .map(
      ({ what, name, quantity, verdict }) =>
        `${what}, ${name.split(" ")[0]}: ${quantity} ${verdict}`,
    );
  const expected = ["batchNorm1d", "batchNorm2d", "batchNormPool2d"].flatMap((what) =>
    ["evaluation", "training"].flatMap((mode) =>
      ["runningMean", "runningVariance"].map((state) => `${what}, ${mode}: ${state} after pass`),
    ),
  );
  assert.equal(states.sort(), expected.sort());
});

test("running statistics that a layer does not keep, or in another form, are refused", async () => {
  const recorded = { shape: [3], data: [1, 2, 3] };
  await refused(
    (file) => (file.layers[0]!.runningAfter = { mean: recorded }),
    'layers[0]: runningAfter: expected statistics that affine keeps, got "mean"',
  );
  await refused(
    (file) => Object.assign(file.layers[0]!, { runningAfter: 7 }),
    "layers[0].runningAfter: expected a JSON object, got 7",
  );
  const batchNorm =
    (change: (record: LayerRecord) => unknown) =>
    async (...pieces: string[]): Promise<void> => {
      const record = read().layers.find(
        ({ layer, name }) => layer === "batchNorm1d" && name!.startsWith("training"),
      )!;
      change(record);
      await assertRejects(
        () => runAll(JSON.stringify({ layers: [record] })),
        "f.json: layers[0]",
        ...pieces,
      );
    };
  for (const name of ["variances", "constructor", ""])
    await batchNorm((record) => (record.runningAfter![name] = recorded))(
      `runningAfter: expected statistics that batchNorm1d keeps, got "${name}"`,
    );
  await batchNorm((record) => record.runningAfter!["mean"]!.data.pop())(
    "runningAfter.mean.data: expected an array of 5 numbers",
  );
  for (const bad of [null, 5, [], {}, { shape: 2, data: [1] }, { shape: [2], data: ["a", 1] }]) {
    await batchNorm((record) => (record.options!["runningMean"] = bad))(
      "batchNorm1d: expected the option runningMean to have a shape and data, " +
        "arrays of numbers, got",
    );
  }
  await batchNorm((record) => (record.options!["runningVariance"] = recorded))(
    "batchNorm1d: expected the option runningVariance of shape [5], got [3]",
  );
  // A tensor of so many axes would take minutes to make.
  await batchNorm(
    (record) =>
      (record.options!["runningMean"] = { shape: new Array<number>(4000).fill(1), data: [1] }),
  )("expected the option runningMean of shape [5], got 4000 axes");
  await batchNorm((record) => (record.options!["runningVariance"] = { shape: [5], data: [1] }))(
    "expected 5 elements for shape [5], got 1",
  );
  for (const momentum of ["0.1", null, 2])
    await batchNorm((record) => (record.options!["momentum"] = momentum))(
      "batchNorm1d: expected momentum to be a number from 0 to 1",
    );
  for (const epsilon of ["1e-5", null, -1])
    await batchNorm((record) => (record.options!["epsilon"] = epsilon))(
      "batchNorm1d: expected epsilon to be a finite number above 0",
    );
});

test("every recorded number of the activations agrees", async () => {
  const text = readFileSync(
    join(root, "test", "fixtures", "pytorch-activation-layers.json"),
    "utf8",
  );
  const results = await runAll(text);
  assert.equal(
    results.filter(({ maxRelativeError }) => !(maxRelativeError <= PARITY_TOLERANCE)),
    [],
  );
  const layers = ["elu", "gelu", "leakyRelu", "sigmoid", "silu", "softplus", "tanh"];
  assert.equal(
    results.map(({ what, quantity }) => `${what} ${quantity}`).sort(),
    layers.flatMap((layer) => [`${layer} dX`, `${layer} out`]),
  );
});

test("a file for each kind of recording is there, and readable by itself", () => {
  assert.ok(
    ["pytorch-layers.json", "pytorch-optimizers.json"].every((name) => recordings.includes(name)),
    recordings.join(),
  );
  for (const name of recordings)
    assert.ok(parseParity(readFileSync(join(folder, name), "utf8"), name).length > 0, name);
});

test("results by hand pass, with names for every quantity", async () => {
  const results = await runAll(JSON.stringify(small()));
  assert.equal(
    results.map(({ what, name, quantity, verdict }) => [what, name, quantity, verdict]),
    [
      ["affine", "by hand", "out", "pass"],
      ["affine", "by hand", "dX", "pass"],
      ["affine", "by hand", "dWeight", "pass"],
      ["affine", "by hand", "dBias", "pass"],
      ["sgd", "learningRate 0.5", "w after 1", "pass"],
    ],
  );
  const file = small();
  delete file.layers[0]!.name;
  delete file.layers[0]!.inputs["bias"];
  delete file.layers[0]!.grads["bias"];
  file.layers[0]!.out.data = [-1, 4];
  assert.equal(
    (await runAll(JSON.stringify(file))).map(({ name, verdict }) => [name, verdict]).slice(0, 3),
    [
      ["affine", "pass"],
      ["affine", "pass"],
      ["affine", "pass"],
    ],
  );
});

/** Where the entry of largest size stands: the error is relative to it. */
const largest = (values: readonly number[]): number =>
  values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]!) ? i : best), 0);

test(
  "one number that is off by 1e-8 fails, in every output, gradient and trace, " +
    "and nothing else does",
  async () => {
    const { layers, optimizers } = read();
    const places: [numbers: number[], what: string, quantity: string][] = [
      ...layers.flatMap(
        ({ layer, out, grads, runningAfter = {} }): [number[], string, string][] => [
          [out.data, layer, "out"],
          ...Object.entries(runningAfter).map(([name, { data }]): [number[], string, string] => [
            data,
            layer,
            `running${name[0]!.toUpperCase()}${name.slice(1)} after`,
          ]),
          ...Object.entries(grads).map(([input, { data }]): [number[], string, string] => [
            data,
            layer,
            `d${input[0]!.toUpperCase()}${input.slice(1)}`,
          ]),
        ],
      ),
      ...optimizers.flatMap(({ optimizer, trace, traceSteps }) =>
        trace.map((row, i): [number[], string, string] => [
          row,
          optimizer,
          `w after ${traceSteps[i]}`,
        ]),
      ),
    ];
    let tried = 0;
    for (const kind of new Set(places.map(([, what, quantity]) => `${what} ${quantity}`))) {
      const [numbers, what, quantity] = places.find(
        ([values, layer, name]) => `${layer} ${name}` === kind && values[largest(values)] !== 0,
      )!;
      const at = largest(numbers);
      const right = numbers[at]!;
      numbers[at] = right * (1 + 1e-8);
      const failed = (await runAll(JSON.stringify({ layers, optimizers }))).filter(
        ({ verdict }) => verdict === "fail",
      );
      numbers[at] = right;
      assert.equal(
        failed.map((result) => [result.what, result.quantity]),
        [[what, quantity]],
        kind,
      );
      assert.ok(
        Math.abs(failed[0]!.maxRelativeError / 1e-8 - 1) < 1e-4,
        `${kind}: ${failed[0]!.maxRelativeError}`,
      );
      assert.ok(
        Math.abs(failed[0]!.maxAbsoluteError / (Math.abs(right) * 1e-8) - 1) < 1e-4,
        `${kind}: ${failed[0]!.maxAbsoluteError}`,
      );
      tried++;
    }
    assert.ok(tried >= 25, String(tried));
  },
);

test("the error is relative to the largest recorded entry, absolute where all are 0", async () => {
  const near = small();
  near.layers[0]!.out.data[0]! += 7e-10; // of 3.5
  const result = (await runAll(JSON.stringify(near)))[0]!;
  assert.ok(
    Math.abs(result.maxRelativeError - 2e-10) < 1e-15 && result.verdict === "fail",
    JSON.stringify(result),
  );
  near.layers[0]!.out.data[0] = -0.5 + 3e-10;
  assert.is((await runAll(JSON.stringify(near)))[0]!.verdict, "pass");

  const zero = small();
  zero.layers[0]!.dOut.data = [0, 1e-6];
  zero.layers[0]!.grads["bias"]!.data = [0, 0];
  const bias = (await runAll(JSON.stringify(zero)))[3]!;
  assert.equal([bias.maxAbsoluteError, bias.maxRelativeError, bias.verdict], [1e-6, 1e-6, "fail"]);
});

test("a result of another shape fails, however its numbers compare", async () => {
  const file = small();
  file.layers[0]!.out.shape = [2, 1];
  const result = (await runAll(JSON.stringify(file)))[0]!;
  assert.equal(
    [result.maxAbsoluteError, result.maxRelativeError, result.verdict],
    [Infinity, Infinity, "fail"],
  );
});

test("a result that is not a number fails", async () => {
  const file = small();
  file.layers = [
    {
      ...file.layers[0]!,
      inputs: {
        ...file.layers[0]!.inputs,
        x: { shape: [1, 3], data: [1e308, 1e308, 1e308] },
        weight: { shape: [2, 3], data: [10, -10, 0, 0, 0, 0] },
      },
    },
  ];
  const result = (await runAll(JSON.stringify(file)))[0]!;
  assert.equal([result.maxAbsoluteError, result.verdict], [Infinity, "fail"]);
});

test("text that is no JSON object of layers and optimizers", async () => {
  const bad = (text: string, ...pieces: string[]): Promise<void> =>
    assertRejects(() => parseParity(text, "f.json"), "f.json: ", "expected", ...pieces);
  await bad("", "recorded results in JSON, got text that is not");
  await bad("{\n\n", "recorded results in JSON, got text that is not");
  await bad(fixture.slice(0, fixture.length / 2), "recorded results in JSON, got text that is not");
  await bad("[]", "a JSON object, got an array of 0");
  await bad("null", "a JSON object, got null");
  await bad("{}", "at least one recorded case in layers or optimizers, got none");
  await bad(
    '{"layers":[],"optimizers":[]}',
    "at least one recorded case in layers or optimizers, got none",
  );
  await bad('{"layers":{}}', "layers to be an array, got an object");
  await bad('{"optimizers":7}', "optimizers to be an array, got 7");
  await bad('{"layers":[null]}', "layers[0]: expected a JSON object, got null");
});

test("layers alone and optimizers alone are enough", () => {
  const { layers, optimizers } = small();
  assert.is(parseParity(JSON.stringify({ layers }), "f.json").length, 1);
  assert.is(parseParity(JSON.stringify({ optimizers }), "f.json").length, 1);
});

test("layers and optimizers that nobody knows", async () => {
  for (const layer of ["conv3d", "constructor"]) {
    await refused(
      (file) => (file.layers[0]!.layer = layer),
      `layers[0]: expected a layer out of affine, flatten, relu`,
      `got "${layer}"`,
    );
  }
  for (const optimizer of ["adadelta", "constructor"]) {
    await refused(
      (file) => (file.optimizers[0]!.optimizer = optimizer),
      "optimizers[0]: expected an optimizer out of sgd, adagrad, rmsprop, adam, adamw",
      `got "${optimizer}"`,
    );
  }
  await refused(
    (file) => Object.assign(file.layers[0]!, { layer: 5 }),
    "layers[0]: expected layer to be a name, got 5",
  );
  await refused(
    (file) => Object.assign(file.optimizers[0]!, { optimizer: null }),
    "optimizers[0]: expected optimizer to be a name, got null",
  );
  const nested = `{"layers":[{"layer":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}]}`;
  await assertRejects(
    () => parseParity(nested, "f.json"),
    "f.json: layers[0]: expected layer to be a name, got an object",
  );
});

test("the second case is named as such", async () => {
  await refused(
    (file) => file.layers.push({ ...file.layers[0]!, layer: "conv3d" }),
    "layers[1]: expected a layer",
  );
});

test("tensors that are missing, cut short or of a wrong shape", async () => {
  await refused(
    (file) => Object.assign(file.layers[0]!, { inputs: undefined }),
    "layers[0].inputs: expected a JSON object, got nothing",
  );
  await refused(
    (file) => Object.assign(file.layers[0]!, { dOut: null }),
    "layers[0].dOut: expected a JSON object, got null",
  );
  await refused(
    (file) => Object.assign(file.layers[0]!, { out: [1] }),
    "layers[0].out: expected a JSON object, got an array of 1",
  );
  await refused(
    (file) => Object.assign(file.layers[0]!, { grads: undefined }),
    "layers[0].grads: expected a JSON object, got nothing",
  );
  await refused(
    (file) => delete file.layers[0]!.inputs["weight"],
    "layers[0].inputs: expected x, weight, got no weight",
  );
  await refused(
    (file) => file.layers[0]!.inputs["x"]!.data.pop(),
    "layers[0].inputs.x.data: expected an array of 3 numbers, got an array of 2",
  );
  await refused(
    (file) => file.layers[0]!.out.data.pop(),
    "layers[0].out.data: expected an array of 2 numbers, got an array of 1",
  );
  await refused(
    (file) => file.layers[0]!.grads["weight"]!.data.push(1),
    "layers[0].grads.weight.data: expected an array of 6 numbers, got an array of 7",
  );
  await refused(
    (file) => Object.assign(file.layers[0]!.out.data, ["a"]),
    "layers[0].out.data: expected an array of 2 numbers",
  );
  await refused(
    (file) => (file.layers[0]!.inputs["x"]!.shape = [-1, -3]),
    "layers[0].inputs.x.shape: expected whole numbers ≥ 1, got [-1,-3]",
  );
  await refused(
    (file) => (file.layers[0]!.inputs["x"]!.shape = [2, 1.5]),
    "layers[0].inputs.x.shape: expected whole numbers ≥ 1, got [2,1.5]",
  );
  await refused(
    (file) => (file.layers[0]!.out = { shape: [1, 0], data: [] }),
    "layers[0].out.shape: expected whole numbers ≥ 1, got [1,0]",
  );
  await refused(
    (file) => (file.layers[0]!.out.shape = [2, ...new Array<number>(3000).fill(1)]),
    "layers[0].out.shape: expected at most 32 axes, got 3001",
  );
  await refused(
    (file) => Object.assign(file.layers[0]!.out, { shape: 2 }),
    "layers[0].out.shape: expected an array of numbers, got 2",
  );
});

test("tensors that do not fit together, in the layer's own words", async () => {
  await refused(
    (file) => (file.layers[0]!.inputs["x"]!.shape = [3, 1]),
    "layers[0]: affine: expected",
    "[3, 1]",
  );
  await refused(
    (file) => (file.layers[0]!.dOut = { shape: [2, 1], data: [1, 2] }),
    "layers[0]: affineBackward: expected",
    "[2, 1]",
  );
  await refused((file) => {
    file.layers[0] = {
      layer: "softmaxCrossEntropy",
      inputs: { logits: file.layers[0]!.inputs["weight"]! },
      dOut: { shape: [], data: [1] },
      out: { shape: [], data: [1] },
      grads: {},
    };
  }, "layers[0]: softmaxCrossEntropy: expected the option target to be an array of classes, " +
    "got none");
});

test("gradients of what the layer has no gradient for", async () => {
  for (const name of ["target", "constructor", ""]) {
    await refused(
      (file) => (file.layers[0]!.grads[name] = file.layers[0]!.grads["x"]!),
      "layers[0]: grads: expected gradients for x, weight, bias",
      `got one for "${name}"`,
    );
  }
});

test("runs of optimizers that are cut short or compare nothing", async () => {
  await refused(
    (file) => (file.optimizers[0]!.w0 = []),
    "optimizers[0].w0: expected at least one number, got none",
  );
  await refused(
    (file) => file.optimizers[0]!.a.pop(),
    "optimizers[0].a: expected an array of 2 numbers, got an array of 1",
  );
  await refused(
    (file) => file.optimizers[0]!.b.push(0),
    "optimizers[0].b: expected an array of 2 numbers, got an array of 3",
  );
  await refused(
    (file) => file.optimizers[0]!.trace.push([1, 2]),
    "optimizers[0].trace: expected 1 rows, one for each of traceSteps, got an array of 2",
  );
  await refused(
    (file) => file.optimizers[0]!.trace[0]!.pop(),
    "optimizers[0].trace[0]: expected an array of 2 numbers, got an array of 1",
  );
  for (const steps of [[], [0], [-1], [1.5], [2, 2], [3, 1], [1e15]]) {
    await refused(
      (file) => (file.optimizers[0]!.traceSteps = steps),
      "optimizers[0].traceSteps: expected ascending whole numbers from 1",
      `got ${JSON.stringify(steps)}`,
    );
  }
  await refused(
    (file) => (file.optimizers[0]!.options = {}),
    "optimizers[0]: Sgd: expected learningRate",
    "Sgd: expected learningRate, a finite number ≥ 0, got none",
  );
  await refused(
    (file) => (file.optimizers[0]!.options = { learningRate: -1 }),
    "optimizers[0]: Sgd: expected learningRate",
    "got -1",
  );
  await refused(
    (file) => Object.assign(file.optimizers[0]!, { optimizer: "adam", options: { beta1: 1 } }),
    "optimizers[0]: Adam: expected beta1",
    "got 1",
  );
});

test("a file with any one value replaced compares, or is refused in one line", async () => {
  const seen = { compared: 0, refused: 0 };
  const paths = pathsOf(small(), []);
  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom(0, -1, 2, null, [], {}, "constructor", "__proto__"),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), values, async (path, value) => {
      const file = small();
      const parent = path
        .slice(0, -1)
        .reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], file) as Record<
        string,
        unknown
      >;
      parent[path.at(-1)!] = value;
      try {
        for (const { verdict, maxRelativeError } of await runAll(JSON.stringify(file)))
          assert.is(verdict, maxRelativeError <= 1e-10 ? "pass" : "fail");
        seen.compared++;
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "InputError") throw error;
        assert.match(error.message, /^f\.json: .*expected .+, got .*$/);
        seen.refused++;
      }
    }),
    { seed: 51, numRuns: 2000 },
  );
  assert.ok(seen.compared > 100 && seen.refused > 100, JSON.stringify(seen));
});

/** The way to every value inside a JSON value. */
function pathsOf(value: unknown, path: readonly string[]): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [...path, key],
    ...pathsOf(inner, [...path, key]),
  ]);
}

test("a file that would take hours is refused at once, by its case", async () => {
  const all = read();
  const many = Array.from({ length: 100 }, () => 1);
  const optimizer = { optimizer: "sgd", options: { learningRate: 0.1 }, w0: many, a: many };
  const slow = { ...optimizer, b: many, traceSteps: [1_000_000], trace: [many] };
  const refused = async (file: object): Promise<void> =>
    assertRejects(
      () => parseParity(JSON.stringify(file), "f.json"),
      "]: expected cases of at most 1e+9 multiplications together, got about ",
    );
  await refused({ optimizers: [slow] });
  const conv = all.layers.find(({ layer }) => layer === "conv2d")!;
  for (const options of [{ padding: 20_000 }, { padding: [0, 1e9] }, { padding: 1e300 }])
    await refused({ layers: [{ ...conv, options: { ...conv.options, ...options } }] });
  const pool = all.layers.find(({ layer }) => layer === "maxPool2d")!;
  const window = { kernelSize: 20_000, padding: 10_000, stride: 1 };
  await refused({ layers: [{ ...pool, options: window }] });
});

test.run();
