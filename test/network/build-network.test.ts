/** Networks as data: built, completed, written as JSON, and refused by the option's name. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type PassOptions, TwoPassLayer } from "leibniz/backprop";
import type { Pair } from "leibniz/im2col";
import { reference } from "leibniz/kernels";
import {
  affine,
  batchNorm2d,
  buildNetwork,
  conv2d,
  describer,
  dropout,
  flatten,
  globalAveragePool2d,
  initialise,
  layerKinds,
  layerNorm,
  maxPool2d,
  type LayerDescriptions,
  type NetworkDescription,
  notebookNetwork,
  relu,
  residual,
  sameAs,
  summarise,
  weightsSha256,
} from "leibniz/network";
import { InputError, multiply, Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const notes: NetworkDescription = {
  input: [1, 28, 28],
  layers: {
    conv1: conv2d({ outChannels: 16, kernelSize: 3 }),
    relu1: relu(),
    pool1: maxPool2d({ kernelSize: 2 }),
    conv2: conv2d({ outChannels: 32, kernelSize: 3 }),
    relu2: relu(),
    pool2: maxPool2d({ kernelSize: 2 }),
    flatten: flatten(),
    affine1: affine({ outFeatures: 120 }),
    relu3: relu(),
    affine2: affine({ outFeatures: 10 }),
  },
};
const pass: PassOptions = { backend: reference, mode: "evaluate" };

test("a description is plain JSON, and what is left out is inferred", () => {
  assert.equal(notes.layers["conv1"], { kind: "conv2d", outChannels: 16, kernelSize: 3 });
  const { description } = buildNetwork(notes);
  const inferred = Object.fromEntries(
    Object.entries(description!.layers).map(([name, { inChannels, inFeatures }]) => [
      name,
      inChannels ?? inFeatures,
    ]),
  );
  assert.equal(
    [inferred["conv1"], inferred["conv2"], inferred["affine1"], inferred["affine2"]],
    [1, 16, 800, 120],
  );
  assert.equal(description!.input, [1, 28, 28]);
});

test("what is built is what the classes build, to the last bit of its weights", async () => {
  const byHand = notebookNetwork();
  initialise(byHand, new Random(3));
  const network = buildNetwork(notes, { random: new Random(3) });
  assert.is(await weightsSha256(network), await weightsSha256(byHand));
  assert.equal(summarise(network, [1, 1, 28, 28]), summarise(byHand, [1, 1, 28, 28]));
  assert.ok(network.parameters.every(({ parameter }) => parameter.value.data.some((w) => w !== 0)));
});

test("a description survives JSON, the completed one too: the same weights", async () => {
  const network = buildNetwork(notes);
  for (const description of [notes, network.description!]) {
    const again = JSON.parse(JSON.stringify(description)) as NetworkDescription;
    const rebuilt = buildNetwork(again);
    assert.is(await weightsSha256(rebuilt), await weightsSha256(network));
    assert.equal(rebuilt.description, network.description);
  }
  assert.equal(notebookNetwork().description, network.description);
});

test("blocks hold descriptions, and a layer may be used again", async () => {
  const block: LayerDescriptions = {
    conv: conv2d({ outChannels: 4, kernelSize: 3, padding: 1 }),
    norm: batchNorm2d(),
    relu: relu(),
    again: sameAs("relu"),
  };
  const network = buildNetwork({
    input: [3, 6, 7],
    layers: {
      block: residual({
        body: block,
        shortcut: { project: conv2d({ outChannels: 4, kernelSize: 1 }) },
      }),
      norm: layerNorm(),
      pool: globalAveragePool2d(),
      first: affine({ outFeatures: 4 }),
      second: sameAs("first"),
    },
  });
  assert.equal(
    network.parameters.map(({ name }) => name),
    [
      ...["block.conv.weight", "block.conv.bias", "block.norm.weight", "block.norm.bias"],
      ...["block.project.weight", "block.project.bias", "norm.weight", "norm.bias"],
      ...["first.weight", "first.bias"],
    ],
  );
  assert.equal(network.layers.at(-1)!.layer, network.layers.at(-2)!.layer);
  const complete = network.description!.layers;
  assert.equal(complete["norm"], { kind: "layerNorm", shape: [4, 6, 7] });
  assert.equal((complete["block"]!["body"] as LayerDescriptions)["norm"], {
    kind: "batchNorm2d",
    channels: 4,
  });
  const x = new Random(1).normal([2, 3, 6, 7]);
  assert.equal((await network.forward(x, pass)).out.shape, [2, 4]);
});

class Gain extends TwoPassLayer<object> {
  readonly kind = "gain";
  readonly #factor: number;

  constructor({ factor }: { readonly factor: number }) {
    super();
    this.#factor = factor;
  }

  override readonly differentiate = async (dOut: Tensor) => ({
    dX: multiply(dOut, this.#factor),
  });

  override outputShape(x: readonly number[]): number[] {
    return [...x];
  }

  override async compute(x: Tensor) {
    return { out: multiply(x, this.#factor), cache: {} };
  }
}

test("a kind of one's own is given by its describer", async () => {
  const gain = describer<{ readonly factor: number }>({
    kind: "gain",
    rules: {
      factor: { expected: "a number", accepts: Number.isFinite, isRequired: true },
    },
    build: (options) => new Gain(options),
  });
  const description = { input: [3], layers: { gain: gain({ factor: 2 }) } };
  const network = buildNetwork(JSON.parse(JSON.stringify(description)), { kinds: [gain] });
  const { out } = await network.forward(Tensor.full([1, 3], 1), pass);
  assertClose(out, Tensor.full([1, 3], 2), { tolerance: 0 });
  await assertRejects(
    async () => buildNetwork(description),
    "gain: layer: expected a kind among conv2d, affine,",
    `got "gain"; a layer of your own has a describer: open({ layers: [describer] })`,
  );
  await assertRejects(async () => gain({ factr: 2 } as never), "got factr; did you mean factor?");
});

const spoiled: readonly (readonly [what: string, description: unknown, message: string])[] = [
  [
    "no layers",
    { input: [3] },
    "network: expected layers, descriptions of layers by name, such as { bend: relu() }, got none",
  ],
  [
    "nothing to infer from",
    { layers: { a: affine({ outFeatures: 2 }) } },
    "a: affine: expected inFeatures, a whole number ≥ 1, got none",
  ],
  ["a shape with N missing", { input: 3, layers: { a: relu() } }, "network: expected input to be"],
  ["an empty network", { input: [3], layers: {} }, "Sequential: expected at least one layer"],
  [
    "an option that nobody knows",
    { input: [3], layers: { a: affine({ outFeatures: 3 }) }, layer: {} },
    "network: expected options among input, dtype, layers, got layer; did you mean layers?",
  ],
  [
    "a layer that is none",
    { input: [3], layers: { a: "relu" } },
    'a: layer: expected a description, such as relu(), got "relu"',
  ],
  [
    "a describer instead of a description",
    { input: [3], layers: { a: relu } },
    "a: layer: expected a description, such as relu(), got the function relu; call it: relu()",
  ],
  ["a kind misspelt", { input: [3], layers: { a: { kind: "rleu" } } }, "did you mean relu?"],
  [
    "a kind from Object.prototype",
    { input: [3], layers: { a: { kind: "toString" } } },
    '"toString"',
  ],
  ["no kind", { input: [3], layers: { a: {} } }, "a: layer: expected a kind among"],
  [
    "an image for a fully connected layer",
    { input: [1, 4, 4], layers: { a: affine({ outFeatures: 2 }) } },
    "a: affine: expected x of shape [N, 1]",
  ],
  [
    "an option inside a block",
    {
      input: [1, 4, 4],
      layers: {
        block: { kind: "residual", body: { c: { kind: "conv2d", outChannels: 1, kernelSize: 0 } } },
      },
    },
    "block.c: conv2d: expected kernelSize to be a whole number ≥ 1",
  ],
  [
    "the same as a layer that comes later",
    { input: [3], layers: { a: sameAs("b"), b: relu() } },
    'a: sameAs: expected a layer that stands before (there is none), got "b"',
  ],
  [
    "channels that do not fit",
    { input: [3, 4, 4], layers: { c: conv2d({ inChannels: 2, outChannels: 2, kernelSize: 1 }) } },
    "c: conv2d: expected weight of shape [K, 3, kH, kW]",
  ],
];

for (const [what, description, message] of spoiled)
  test(`refused: ${what}`, () =>
    assertRejects(async () => buildNetwork(description as NetworkDescription), message));

/** A chain of layers that fit, of random kinds and options. */
function randomDescription(random: Random): NetworkDescription {
  const pick = <T>(...choices: T[]): T => choices[random.integer(choices.length)]!;
  const layers: Record<string, LayerDescriptions[string]> = {};
  for (let n = 0; n < 1 + random.integer(4); n++)
    layers[`layer${n}x`] = pick(
      () =>
        conv2d({
          outChannels: 1 + random.integer(3),
          kernelSize: pick<Pair>(1, [1, 2]),
          padding: 1,
        }),
      () => batchNorm2d({ momentum: random.next() }),
      () => maxPool2d({ kernelSize: pick(1, 2), stride: 1 }),
      () => dropout({ probability: random.next() / 2 }),
      () => relu(),
      () => layerNorm({ epsilon: 1e-3 }),
      () => residual({ body: { inner: batchNorm2d(), act: relu() } }),
    )();
  layers["flat"] = flatten();
  layers["out"] = affine({ outFeatures: 2, bias: pick(true, false) });
  return { input: [1 + random.integer(2), 4 + random.integer(3), 5], layers };
}

/** The same with one thing wrong, as JSON can be wrong, and what the message has to name. */
function spoil(description: NetworkDescription, random: Random): [NetworkDescription, string] {
  const copy = JSON.parse(JSON.stringify(description)) as {
    input: unknown;
    layers: Record<string, Record<string, unknown>>;
  };
  const names = Object.keys(copy.layers);
  const name = names[random.integer(names.length)]!;
  const odd = [null, -1, 1.5, "3", {}, [], [1, 2, 3], true, 0][random.integer(9)];
  const spoils: (() => string)[] = [
    () => ((copy.layers[name]!["strideX"] = 1), "strideX"),
    () => ((copy.layers[name]!["kind"] = odd), name),
    () => ((copy.layers[name] = odd as never), name),
    () => ((copy.layers["out"]!["outFeatures"] = odd), "outFeatures"),
    () => (delete copy.layers["out"]!["outFeatures"], "outFeatures"),
    () => ((copy.layers["out"]!["inFeatures"] = 1), "out"),
    () => ((copy.input = Array.isArray(odd) ? [odd.length, 0] : odd), "input"),
  ];
  const expected = spoils[random.integer(spoils.length)]!();
  return [copy as unknown as NetworkDescription, expected];
}

test("200 random descriptions, half of them spoiled: right, or refused by name", async () => {
  let [right, refused] = [0, 0];
  for (let seed = 0; seed < 200; seed++) {
    const random = new Random(`description ${seed}`);
    const description = randomDescription(random);
    if (seed % 2 === 0) {
      const network = buildNetwork(JSON.parse(JSON.stringify(description)));
      const x = new Random(seed).normal([3, ...description.input!]);
      assert.equal((await network.forward(x, pass)).out.shape, [3, 2]);
      assert.equal(buildNetwork(network.description!).description, network.description);
      right++;
      continue;
    }
    const [wrong, expected] = spoil(description, random);
    const what = JSON.stringify(wrong);
    try {
      buildNetwork(wrong);
      assert.unreachable(`${seed}: ${what} was taken`);
    } catch (error) {
      assert.instance(error, InputError, `${seed}: ${what}: ${String(error)}`);
      assert.ok((error as Error).message.includes(expected), `${what}: ${String(error)}`);
      refused++;
    }
  }
  assert.equal([right, refused], [100, 100]);
});

test("every kind of layer of the engine can be described", () => {
  const described = layerKinds.map(({ kind }) => kind);
  assert.equal(new Set(described).size, described.length);
  for (const kind of ["conv2d", "affine", "batchNorm1d", "dropout", "gelu", "globalAveragePool2d"])
    assert.ok(described.includes(kind), kind);
});

test.run();
