/** Networks in files: the description beside the weights, built anew, and compared. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Affine } from "leibniz/backprop";
import { reference, wasmBackend } from "leibniz/kernels";
import {
  affine,
  batchNorm2d,
  buildNetwork,
  checkSameNetwork,
  conv2d,
  decodeSafetensors,
  encodeSafetensors,
  flatten,
  type LayerDescriptions,
  loadNetwork,
  loadWeights,
  maxPool2d,
  type NetworkDescription,
  networkWeights,
  relu,
  residual,
  saveNetwork,
  Sequential,
  weightsSha256,
} from "leibniz/network";
import { Random } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";

const layers: LayerDescriptions = {
  conv: conv2d({ outChannels: 4, kernelSize: [3, 2], padding: 1 }),
  block: residual({
    body: { norm: batchNorm2d(), relu: relu() },
    shortcut: { point: conv2d({ outChannels: 4, kernelSize: 1 }) },
  }),
  pool: maxPool2d({ kernelSize: 2 }),
  flatten: flatten(),
  classes: affine({ outFeatures: 3 }),
};
const description: NetworkDescription = { input: [2, 6, 5], layers };

test("a network comes back from its file: description, weights, answers", async () => {
  const wasm = await wasmBackend({ threads: 1 });
  for (const dtype of ["float32", "float64"] as const) {
    const network = buildNetwork({ ...description, dtype }, { random: new Random(dtype) });
    network.buffers[0]!.buffer.value.data.set([3, 1, 4, 1]);
    const bytes = saveNetwork(network, { by: "hand" });
    assert.is(decodeSafetensors(bytes, "f").metadata["by"], "hand");
    const storage = { allocator: wasm.persistent };
    for (const again of [loadNetwork(bytes), loadNetwork(bytes, "f", { storage })]) {
      assert.equal(again.description, network.description);
      assert.is(again.description!.dtype, dtype);
      assert.is(await weightsSha256(again), await weightsSha256(network));
      const x = new Random(2).normal([3, 2, 6, 5], 0, 1, dtype);
      const pass = { backend: reference, mode: "evaluate" } as const;
      assert.equal(
        (await again.forward(x, pass)).out.data,
        (await network.forward(x, pass)).out.data,
      );
      assert.equal(saveNetwork(again, { by: "hand" }), bytes);
      again.parameters[0]!.parameter.companion(); // the file's size bounds no optimizer
      again.dispose();
    }
  }
  await wasm.dispose();
});

test("the file is one of weights as well", async () => {
  const [network, other] = [1, 2].map((seed) =>
    buildNetwork(description, { random: new Random(seed) }),
  );
  loadWeights(other!, decodeSafetensors(saveNetwork(network!), "f").tensors, "f");
  assert.is(await weightsSha256(other!), await weightsSha256(network!));
});

test("what is no file of a network is refused in one line", async () => {
  const network = buildNetwork(description);
  const tensors = networkWeights(network);
  const file = (text: string): Uint8Array =>
    encodeSafetensors({ tensors, metadata: { network: text } });
  const described = (change: (layers: Record<string, unknown>) => void): Uint8Array => {
    const copy = JSON.parse(JSON.stringify(network.description)) as {
      layers: Record<string, unknown>;
    };
    change(copy.layers);
    return file(JSON.stringify(copy));
  };
  const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
  const refused: [bytes: Uint8Array, ...pieces: string[]][] = [
    [new Uint8Array(3), "f: expected a safetensors file"],
    [saveNetwork(network).subarray(0, 400), "f: expected a safetensors header that fits"],
    [saveNetwork(network).subarray(0, -4), "f: expected", "cut short"],
    [encodeSafetensors({ tensors, metadata: {} }), "f: expected a file with the network's"],
    [saveNetwork(new Sequential({ a: new Affine({ inFeatures: 1, outFeatures: 1 }) })), "alone"],
    [file("{"), 'f: metadata network: expected JSON, got "{"'],
    [file("3"), "f: metadata network: expected a JSON object, got 3"],
    [file("[]"), "expected a JSON object, got an array"],
    [file("{}"), "f: network: expected layers, descriptions of layers by name, such as { bend: "],
    [file('{"layers":[1]}'), "expected layers to be descriptions of layers by name"],
    [file('{"layers":{"a":null}}'), "f: a: layer: expected a description"],
    [file('{"layers":{"a":{"kind":7}}}'), "f: a: layer: expected a kind among"],
    [file('{"dtype":"float16","layers":{}}'), "dtype to be"],
    [file(deep), "at most 100 levels of descriptions"],
    [
      described((all) => (all["classes"] = { kind: "affine", outFeatures: 2 })),
      "f: expected classes.weight of shape [2,",
    ],
    [
      described((all) => (all["classes"] = { kind: "affine", outFeatures: 2 ** 25 })),
      "f: classes: network: expected at most",
      "numbers in parameters and gradients",
    ],
    [described((all) => (all["more"] = relu())), ""],
    [
      described((all) => (all["more"] = affine({ outFeatures: 1 }))),
      "f: expected the weights of this network, got no more.weight, more.bias",
    ],
  ];
  for (const [bytes, ...pieces] of refused)
    if (pieces[0] === "") loadNetwork(bytes, "f").dispose();
    else await assertRejects(() => loadNetwork(bytes, "f"), ...pieces);
});

test("networks differ by the first option that does", async () => {
  const own = buildNetwork(description).description!;
  const changed = (changes: LayerDescriptions, rest: object = {}): NetworkDescription =>
    buildNetwork({ ...description, layers: { ...layers, ...changes }, ...rest }).description!;
  checkSameNetwork("f", own, JSON.parse(JSON.stringify(own)));
  checkSameNetwork("f", own, { layers: own.layers });
  checkSameNetwork("f", own, changed({ pool: maxPool2d({ kernelSize: [2, 2] }) }));
  const refused: [found: NetworkDescription, message: string][] = [
    [
      changed({ conv: conv2d({ outChannels: 4, kernelSize: [3, 2], padding: 1, bias: false }) }),
      "f: conv.bias: expected none, got false; the file belongs to another network",
    ],
    [
      changed({ conv: conv2d({ outChannels: 4, kernelSize: [3, 3], padding: [1, 1] }) }),
      "f: conv.kernelSize: expected [3,2], got [3,3]",
    ],
    [
      changed({ pool: maxPool2d({ kernelSize: [2, 3] }) }),
      "f: pool.kernelSize: expected 2, got [2,3]",
    ],
    [changed({ classes: affine({ outFeatures: 5 }) }), "f: classes.outFeatures: expected 3, got 5"],
    [
      changed({
        block: residual({
          body: { norm: batchNorm2d({ epsilon: 1e-3 }), relu: relu() },
          shortcut: { point: conv2d({ outChannels: 4, kernelSize: 1 }) },
        }),
      }),
      "f: block.body.norm.epsilon: expected none, got 0.001",
    ],
    [changed({ more: relu() }), 'f: more: expected none, got {"kind":"relu"}'],
    [changed({}, { dtype: "float64" }), 'f: dtype: expected "float32", got "float64"'],
    [
      changed({}, { layers: { first: relu(), ...layers } }),
      'f: first: expected none, got {"kind":"relu"}',
    ],
  ];
  for (const [found, message] of refused)
    await assertRejects(() => checkSameNetwork("f", own, found), message);
  const twoLayers = (...names: string[]): NetworkDescription => ({
    layers: Object.fromEntries(names.map((name) => [name, relu()])),
  });
  await assertRejects(
    () => checkSameNetwork("f", twoLayers("a", "b"), twoLayers("b", "a")),
    'f: expected "a, b", got "b, a"',
  );
});

test("a file's name in place of its bytes is refused in a line", () =>
  assertRejects(
    async () => loadNetwork("own.safetensors" as unknown as Uint8Array),
    "a file's bytes",
    "read the file first",
  ));

test.run();
