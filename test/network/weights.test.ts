import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Affine,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  Flatten,
  Relu,
  Residual,
} from "leibniz/backprop";
import { reference } from "leibniz/kernels";
import {
  decodeSafetensors,
  encodeSafetensors,
  initialise,
  loadWeights,
  networkWeights,
  notebookNetwork,
  Sequential,
  weightsSha256,
} from "leibniz/network";
import { type DType, Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const FILE = "some/file.safetensors";

function smallNetwork(seed: string, dtype: DType = "float32"): Sequential {
  const network = new Sequential({
    conv: new Conv2d({ inChannels: 1, outChannels: 2, kernelSize: [2, 3] }, { dtype }),
    relu: new Relu(),
    flatten: new Flatten(),
    affine: new Affine({ inFeatures: 12, outFeatures: 12 }, { dtype }),
  });
  initialise(network, new Random(seed));
  return network;
}

/** Copies of a network's weights, to be changed at will. */
const copies = (network: Sequential): Map<string, Tensor> =>
  new Map([...networkWeights(network)].map(([name, value]) => [name, value.clone()]));

/**
 * Requires that loading is refused with these pieces in the message, and that the network is as it
 * was.
 */
async function assertRefused(
  tensors: ReadonlyMap<string, Tensor>,
  ...pieces: string[]
): Promise<void> {
  const network = smallNetwork("before");
  const before = await weightsSha256(network);
  await assertRejects(() => loadWeights(network, tensors, FILE), `${FILE}: expected `, ...pieces);
  assert.is(await weightsSha256(network), before, "weights were copied");
}

test("weights by name, in the order of the layers, sharing memory with the network", () => {
  const network = smallNetwork("names");
  const weights = networkWeights(network);
  assert.equal(
    [...weights].map(([name, { shape }]) => [name, shape]),
    [
      ["conv.weight", [2, 1, 2, 3]],
      ["conv.bias", [2]],
      ["affine.weight", [12, 12]],
      ["affine.bias", [12]],
    ],
  );
  for (const { name, parameter } of network.parameters)
    assert.is(weights.get(name), parameter.value);
});

test("saved weights make another network equal, whatever the order in the file", async () => {
  const [from, to] = [smallNetwork("from"), smallNetwork("to")];
  assert.is.not(await weightsSha256(to), await weightsSha256(from));
  const { tensors } = decodeSafetensors(
    encodeSafetensors({ tensors: new Map([...networkWeights(from)].reverse()), metadata: {} }),
    FILE,
  );
  loadWeights(to, tensors, FILE);
  assert.is(await weightsSha256(to), await weightsSha256(from));
  for (const value of networkWeights(to).values())
    assert.not(tensors.get("conv.weight")!.sharesMemoryWith(value));
});

test("weights of the other element type are converted", () => {
  const [wide, narrow] = [smallNetwork("wide", "float64"), smallNetwork("narrow", "float32")];
  loadWeights(narrow, networkWeights(wide), FILE);
  for (const [name, value] of networkWeights(narrow))
    assertClose(value, networkWeights(wide).get(name)!.astype("float32"), {
      tolerance: 0,
      what: name,
    });
  loadWeights(wide, networkWeights(narrow), FILE);
  for (const [name, value] of networkWeights(wide))
    assertClose(value, networkWeights(narrow).get(name)!.astype("float64"), {
      tolerance: 0,
      what: name,
    });
});

test("a view is loaded as it reads, not as it lies in memory", () => {
  const network = smallNetwork("view");
  const tensors = copies(smallNetwork("other"));
  const square = tensors.get("affine.weight")!.clone();
  const longer = Tensor.from([9, 8, 1, 2, 7], [5]);
  tensors.set("affine.weight", square.transpose()).set("conv.bias", longer.slice([2, 4]));
  loadWeights(network, tensors, FILE);
  assertClose(networkWeights(network).get("affine.weight")!, square.transpose().clone(), {
    tolerance: 0,
  });
  assertClose(networkWeights(network).get("conv.bias")!, Tensor.from([1, 2], [2]), {
    tolerance: 0,
  });
});

test("another network's weights are refused: what is missing and what is too much", async () => {
  await assertRefused(
    networkWeights(notebookNetwork()),
    "the weights of this network",
    "no conv.weight, conv.bias, affine.weight, affine.bias",
    "also conv1.weight, conv1.bias",
    "another network",
  );
  const many = new Map([
    ...copies(smallNetwork("other")),
    ...Array.from({ length: 100 }, (_, i): [string, Tensor] => [`extra${i}`, Tensor.zeros([1])]),
  ]);
  await assertRefused(many, "got also extra0, extra1, ", " extra7 and 92 more;");
  const long = copies(smallNetwork("other"))
    .set("n".repeat(61), Tensor.zeros([1]))
    .set("m".repeat(60), Tensor.zeros([1]));
  await assertRefused(long, `got also ${"n".repeat(59)}…, ${"m".repeat(60)}; they belong`);
  const missing = copies(smallNetwork("other"));
  missing.delete("affine.bias");
  await assertRefused(missing, "got no affine.bias; they belong to another network");
  await assertRefused(
    copies(smallNetwork("other")).set("conv2.weight", Tensor.zeros([1])),
    "got also conv2.weight; they belong to another network",
  );
});

test("a tensor of another shape is refused with both shapes, after all others fitted", async () => {
  await assertRefused(
    copies(smallNetwork("other")).set("affine.bias", Tensor.zeros([13])),
    "affine.bias of shape [12], got [13]",
    "another network",
  );
  await assertRefused(
    copies(smallNetwork("other")).set("conv.weight", Tensor.zeros([2, 1, 3, 2])),
    "conv.weight of shape [2, 1, 2, 3], got [2, 1, 3, 2]",
  );
  await assertRefused(
    copies(smallNetwork("other")).set("conv.bias", Tensor.zeros([2, 1])),
    "conv.bias of shape [2], got [2, 1]",
  );
});

test("NaN and infinity are refused, wherever they are", async () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    for (const name of ["conv.weight", "affine.bias"]) {
      const tensors = copies(smallNetwork("other"));
      tensors.get(name)!.data[1] = value;
      await assertRefused(tensors, `${name} to hold finite numbers`);
    }
  }
});

test("a float64 number that float32 cannot hold is refused", async () => {
  const tensors = copies(smallNetwork("other", "float64"));
  tensors.get("affine.bias")!.data[11] = 1e39;
  await assertRefused(tensors, "affine.bias to hold finite numbers");
});

test("weightsSha256 is the hash of the safetensors file, computed here from scratch", async () => {
  const network = new Sequential({ a1: new Affine({ inFeatures: 3, outFeatures: 2 }) });
  initialise(network, new Random("hash"));
  const header =
    '{"a1.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},' +
    '"a1.bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}';
  const bytes = Buffer.alloc(8 + 128 + 32);
  bytes.writeBigUInt64LE(128n, 0);
  bytes.write(header.padEnd(128), 8, "ascii");
  network.parameters
    .flatMap(({ parameter }) => [...parameter.value.data])
    .forEach((value, i) => bytes.writeFloatLE(value, 8 + 128 + 4 * i));
  assert.is(header.length, 126);
  assert.is(await weightsSha256(network), createHash("sha256").update(bytes).digest("hex"));
});

test("weightsSha256 changes with every single bit, and comes back with it", async () => {
  const network = smallNetwork("bits");
  const before = await weightsSha256(network);
  assert.match(before, /^[0-9a-f]{64}$/);
  const seen = new Set([before]);
  for (const [name, value] of networkWeights(network)) {
    const bits = new Uint32Array(
      value.data.buffer as ArrayBuffer,
      value.data.byteOffset,
      value.size,
    );
    for (let i = 0; i < bits.length; i++) {
      for (let bit = 0; bit < 32; bit++) {
        bits[i]! ^= 1 << bit;
        seen.add(await weightsSha256(network));
        bits[i]! ^= 1 << bit;
      }
    }
    assert.is(await weightsSha256(network), before, name);
  }
  assert.is(seen.size, 1 + 32 * (12 + 2 + 144 + 12)); // one hash for each bit of each parameter
  assert.is.not(await weightsSha256(smallNetwork("bits", "float64")), before);
});

/** A network that keeps running statistics, after one batch of training if asked for. */
async function normalisedNetwork(seed: string, trained: boolean): Promise<Sequential> {
  const network = new Sequential({
    conv: new Conv2d({ inChannels: 1, outChannels: 2, kernelSize: [2, 3] }),
    bn1: new BatchNorm2d({ channels: 2 }),
    flatten: new Flatten(),
    bn2: new BatchNorm1d({ channels: 12, momentum: 0.5 }),
    affine: new Affine({ inFeatures: 12, outFeatures: 3 }),
  });
  initialise(network, new Random(seed));
  if (trained)
    await network.forward(new Random(seed).normal([4, 1, 4, 4], 2, 3), {
      backend: reference,
      mode: "train",
    });
  return network;
}

test(
  "running statistics stand behind the parameters, under their layer's name, " +
    "and share memory with it",
  async () => {
    const network = await normalisedNetwork("names", true);
    const weights = networkWeights(network);
    const names = [
      "conv.weight",
      "conv.bias",
      "bn1.weight",
      "bn1.bias",
      "bn2.weight",
      "bn2.bias",
      "affine.weight",
      "affine.bias",
    ];
    assert.equal(
      [...weights.keys()],
      [
        ...names,
        "bn1.runningMean",
        "bn1.runningVariance",
        "bn2.runningMean",
        "bn2.runningVariance",
      ],
    );
    assert.equal(
      network.parameters.map(({ name }) => name),
      names,
    );
    for (const { name, buffer } of network.buffers) assert.is(weights.get(name), buffer.value);
  },
);

test(
  "a network with running statistics evaluates right after loading as the saved one " + "did",
  async () => {
    const [from, to] = [
      await normalisedNetwork("from", true),
      await normalisedNetwork("to", false),
    ];
    const { tensors } = decodeSafetensors(
      encodeSafetensors({ tensors: networkWeights(from), metadata: {} }),
      FILE,
    );
    loadWeights(to, tensors, FILE);
    assert.is(await weightsSha256(to), await weightsSha256(from));
    const x = new Random("evaluated").normal([1, 1, 4, 4]);
    const evaluating = { backend: reference, mode: "evaluate" } as const;
    const { out: expected } = await from.forward(x, evaluating);
    assertClose((await to.forward(x, evaluating)).out, expected, { tolerance: 0 });
    // the same parameters, the statistics of the start
    const fresh = await normalisedNetwork("from", false);
    const differs = (await fresh.forward(x, evaluating)).out.data.some(
      (value, i) => Math.abs(value - expected.data[i]!) > 1e-3,
    );
    assert.ok(differs, "expected the running statistics to matter");
    assert.is.not(await weightsSha256(fresh), await weightsSha256(from));
  },
);

test("running statistics inside a block are found, under the names of both", async () => {
  const block = (): Sequential =>
    new Sequential({
      block1: new Residual({
        body: {
          bn1: new BatchNorm1d({ channels: 3 }),
          affine: new Affine({ inFeatures: 3, outFeatures: 3 }),
        },
      }),
    });
  const [from, to] = [block(), block()];
  for (const network of [from, to]) initialise(network, new Random("block"));
  await from.forward(new Random("x").normal([4, 3], 2, 3), { backend: reference, mode: "train" });
  const names = [...networkWeights(from).keys()];
  assert.equal(names.slice(-2), ["block1.bn1.runningMean", "block1.bn1.runningVariance"]);
  assert.is.not(await weightsSha256(to), await weightsSha256(from));
  loadWeights(to, networkWeights(from), FILE);
  assert.is(await weightsSha256(to), await weightsSha256(from));
  const row = new Random("row").normal([1, 3]);
  const evaluating = { backend: reference, mode: "evaluate" } as const;
  assertClose((await to.forward(row, evaluating)).out, (await from.forward(row, evaluating)).out, {
    tolerance: 0,
  });
});

test(
  "running statistics that are missing, of another shape or not finite are refused, and " +
    "nothing is copied",
  async () => {
    const network = await normalisedNetwork("before", true);
    const before = await weightsSha256(network);
    const refused = async (
      change: (tensors: Map<string, Tensor>) => unknown,
      ...pieces: string[]
    ): Promise<void> => {
      const tensors = copies(await normalisedNetwork("other", true));
      change(tensors);
      await assertRejects(
        () => loadWeights(network, tensors, FILE),
        `${FILE}: expected `,
        ...pieces,
      );
      assert.is(await weightsSha256(network), before, "weights were copied");
    };
    await refused(
      (tensors) => tensors.delete("bn2.runningVariance"),
      "got no bn2.runningVariance; they belong to another network",
    );
    await refused(
      (tensors) => tensors.set("bn3.runningMean", Tensor.zeros([2])),
      "got also bn3.runningMean",
    );
    await refused(
      (tensors) => tensors.set("bn1.runningMean", Tensor.zeros([3])),
      "bn1.runningMean of shape [2], got [3]",
    );
    await refused(
      (tensors) => (tensors.get("bn1.runningVariance")!.data[1] = Infinity),
      "bn1.runningVariance to hold finite numbers",
    );
  },
);

test.run();
