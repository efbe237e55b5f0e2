import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Affine, BatchNorm1d, Relu } from "leibniz/backprop";
import { reference } from "leibniz/kernels";
import {
  decodeSafetensors,
  encodeSafetensors,
  initialise,
  loadWeights,
  networkWeights,
  type Safetensors,
  Sequential,
  weightsSha256,
} from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import {
  Adam,
  type CheckpointInfo,
  decodeCheckpoint,
  encodeCheckpoint,
  type Optimizer,
  Sgd,
} from "leibniz/training";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const INFO: CheckpointInfo = { epochs: 4, recipe: "default", seed: 17 };

function someNetwork(seed: string, hidden = 4): Sequential {
  const network = new Sequential({
    affine1: new Affine({ inFeatures: 3, outFeatures: hidden }),
    relu: new Relu(),
    affine2: new Affine({ inFeatures: hidden, outFeatures: 2 }),
  });
  initialise(network, new Random(seed));
  return network;
}

async function takeSteps(
  network: Sequential,
  optimizer: Optimizer,
  from: number,
  to: number,
): Promise<void> {
  for (let step = from; step <= to; step++) {
    for (const { name, parameter } of network.parameters)
      parameter.grad.data.set(
        new Random(`${name} in step ${step}`).normal(parameter.value.shape).data,
      );
    await optimizer.step(reference);
  }
}

const optimizers: readonly [name: string, build: (network: Sequential) => Optimizer][] = [
  ["sgd", (network) => new Sgd(network.parameters, { learningRate: 0.1 })],
  [
    "sgd with momentum",
    (network) => new Sgd(network.parameters, { learningRate: 0.1, momentum: 0.9 }),
  ],
  ["adam", (network) => new Adam(network.parameters, { learningRate: 0.02 })],
];

/** A checkpoint after three steps of Adam. */
async function someCheckpoint(): Promise<Uint8Array> {
  const network = someNetwork("trained");
  const optimizer = new Adam(network.parameters);
  await takeSteps(network, optimizer, 1, 3);
  return encodeCheckpoint(network, optimizer, INFO);
}

/** The same with another header or other tensors, as checkpoints without a digest had them. */
async function changed(
  change: (file: { tensors: Map<string, Tensor>; metadata: Record<string, string> }) => void,
): Promise<Uint8Array> {
  const { tensors, metadata } = decodeSafetensors(await someCheckpoint(), "c");
  const { sha256: _, ...rest } = metadata;
  const file = {
    tensors: new Map(tensors),
    metadata: { ...rest, format: "leibniz checkpoint 1" } as Record<string, string>,
  };
  change(file);
  return encodeSafetensors(file satisfies Safetensors);
}

for (const [name, build] of optimizers) {
  test(`${name}: what is restored goes on to the very same weights`, async () => {
    const whole = someNetwork("trained");
    const wholeOptimizer = build(whole);
    await takeSteps(whole, wholeOptimizer, 1, 3);
    const bytes = encodeCheckpoint(whole, wholeOptimizer, INFO);
    const saved = await weightsSha256(whole);
    await takeSteps(whole, wholeOptimizer, 4, 6);

    const network = someNetwork("untouched");
    const optimizer = build(network);
    const checkpoint = decodeCheckpoint(bytes, "c");
    assert.equal(checkpoint.info, INFO);
    assert.is(optimizer.steps, 0);
    assert.is.not(await weightsSha256(network), saved, "decoding alone changes nothing");
    checkpoint.restore(network, optimizer);
    assert.is(optimizer.steps, 3);
    assert.is(await weightsSha256(network), saved);
    await takeSteps(network, optimizer, 4, 6);
    assert.is(await weightsSha256(network), await weightsSha256(whole));
    for (const [key, tensor] of wholeOptimizer.state())
      assertClose(optimizer.state().get(key)!, tensor, { tolerance: 0, what: key });
  });
}

/** Two layers with a batch normalisation between them. */
function normalisedNetwork(seed: string): Sequential {
  const network = new Sequential({
    affine1: new Affine({ inFeatures: 3, outFeatures: 4 }),
    bn1: new BatchNorm1d({ channels: 4, momentum: 0.3 }),
    relu: new Relu(),
    affine2: new Affine({ inFeatures: 4, outFeatures: 2 }),
  });
  initialise(network, new Random(seed));
  return network;
}

const evaluating = { backend: reference, mode: "evaluate" } as const;

/** Real steps: through the network and back, so that the running statistics move. */
async function trainSteps(
  network: Sequential,
  optimizer: Optimizer,
  from: number,
  to: number,
): Promise<void> {
  for (let step = from; step <= to; step++) {
    const random = new Random(`step ${step}`);
    network.zeroGrad();
    const { backward } = await network.forward(random.normal([5, 3], step, 2), {
      backend: reference,
      mode: "train",
    });
    await backward(random.normal([5, 2]));
    await optimizer.step(reference);
  }
}

for (const [name, build] of optimizers) {
  test(
    `${name}: a network with batch normalisation goes on bit by bit, running statistics ` +
      `included`,
    async () => {
      const whole = normalisedNetwork("trained");
      const wholeOptimizer = build(whole);
      await trainSteps(whole, wholeOptimizer, 1, 3);
      const bytes = encodeCheckpoint(whole, wholeOptimizer, INFO);
      const saved = await weightsSha256(whole);
      const x = new Random("evaluated").normal([1, 3]);
      const { out: evaluated } = await whole.forward(x, evaluating);
      await trainSteps(whole, wholeOptimizer, 4, 6);

      const network = normalisedNetwork("untouched");
      const optimizer = build(network);
      decodeCheckpoint(bytes, "c").restore(network, optimizer);
      assert.is(await weightsSha256(network), saved);
      assertClose((await network.forward(x, evaluating)).out, evaluated, { tolerance: 0 });
      await trainSteps(network, optimizer, 4, 6);
      assert.is(await weightsSha256(network), await weightsSha256(whole));
      for (const { name: key, buffer } of whole.buffers)
        assertClose(network.buffers.find((own) => own.name === key)!.buffer.value, buffer.value, {
          tolerance: 0,
          what: key,
        });
    },
  );
}

test("running statistics are in the file like weights, without optimizer state", async () => {
  const network = normalisedNetwork("names");
  const { tensors } = decodeSafetensors(
    encodeCheckpoint(network, new Adam(network.parameters), INFO),
    "c",
  );
  const names = [...tensors.keys()];
  assert.equal(
    names.filter((name) => name.includes("running")),
    ["bn1.runningMean", "bn1.runningVariance"],
  );
  assert.ok(names.includes("optimizer.firstMoment.bn1.weight"));
});

test("a checkpoint without the running statistics is refused, and changes nothing", async () => {
  const network = normalisedNetwork("before");
  const optimizer = new Adam(network.parameters);
  const file = decodeSafetensors(encodeCheckpoint(network, optimizer, INFO), "c");
  const { tensors } = file;
  const metadata = { ...file.metadata, format: "leibniz checkpoint 1" };
  const cut = new Map([...tensors].filter(([name]) => name !== "bn1.runningMean"));
  const before = await weightsSha256(network);
  await assertRejects(
    () =>
      decodeCheckpoint(encodeSafetensors({ tensors: cut, metadata }), "c").restore(
        network,
        optimizer,
      ),
    "c: expected the weights of this network, got no bn1.runningMean",
  );
  assert.is(await weightsSha256(network), before);
});

test("the file: weights by name, running values under optimizer., the rest as text", async () => {
  const { tensors, metadata } = decodeSafetensors(await someCheckpoint(), "c");
  const names = [...networkWeights(someNetwork("any")).keys()];
  assert.equal(
    [...tensors.keys()],
    [
      ...names,
      ...names.map((key) => `optimizer.firstMoment.${key}`),
      ...names.map((key) => `optimizer.secondMoment.${key}`),
    ],
  );
  const { sha256, ...rest } = metadata;
  assert.match(sha256!, /^[0-9a-f]{64}$/);
  assert.equal(rest, {
    format: "leibniz checkpoint 2",
    epochs: "4",
    recipe: "default",
    seed: "17",
    optimizer: "adam",
    steps: "3",
  });
});

test("a checkpoint's weights do not pass for weights alone", async () => {
  const { tensors } = decodeSafetensors(await someCheckpoint(), "c");
  await assertRejects(
    () => loadWeights(someNetwork("any"), tensors, "c"),
    "c: expected the weights of this network",
    "also optimizer.firstMoment.affine1.weight",
  );
});

test("weights alone are no checkpoint, and the message says where they go", async () => {
  const bytes = encodeSafetensors({ tensors: networkWeights(someNetwork("any")), metadata: {} });
  await assertRejects(
    () => decodeCheckpoint(bytes, "w.safetensors"),
    "w.safetensors: expected a leibniz checkpoint",
    "--init",
  );
  const newer = await changed(({ metadata }) => (metadata["format"] = "leibniz checkpoint 3"));
  await assertRejects(
    () => decodeCheckpoint(newer, "w.safetensors"),
    "w.safetensors: expected a leibniz checkpoint",
  );
});

test("bytes that are no safetensors file", async () => {
  await assertRejects(
    () => decodeCheckpoint(new Uint8Array(0), "c"),
    "c: expected a safetensors file",
    "got 0 bytes",
  );
  const bytes = await someCheckpoint();
  await assertRejects(
    () => decodeCheckpoint(bytes.subarray(0, bytes.length - 4), "c"),
    "c: expected tensor",
    "cut short",
  );
});

test("metadata that is missing or no whole number", async () => {
  for (const name of ["epochs", "seed", "steps"]) {
    await assertRejects(
      async () => decodeCheckpoint(await changed(({ metadata }) => delete metadata[name]), "c"),
      `c: expected metadata ${name} to be a whole number`,
      "got none",
    );
    for (const value of ["", " ", "1.5", "many", "0x10", "1e3", "9007199254740992"]) {
      const bytes = await changed(({ metadata }) => (metadata[name] = value));
      await assertRejects(
        () => decodeCheckpoint(bytes, "c"),
        `c: expected metadata ${name} to be a whole number`,
        `got ${JSON.stringify(value)}`,
      );
    }
  }
  for (const name of ["epochs", "steps"]) {
    const bytes = await changed(({ metadata }) => (metadata[name] = "-1"));
    await assertRejects(
      () => decodeCheckpoint(bytes, "c"),
      `c: expected metadata ${name} to be a whole number ≥ 0, got "-1"`,
    );
  }
  const negative = await changed(({ metadata }) => (metadata["seed"] = "-5"));
  assert.is(decodeCheckpoint(negative, "c").info.seed, -5);
});

test("another optimizer than the one that was saved", async () => {
  const network = someNetwork("any");
  const before = await weightsSha256(network);
  const checkpoint = decodeCheckpoint(await someCheckpoint(), "c");
  await assertRejects(
    () =>
      checkpoint.restore(network, new Sgd(network.parameters, { learningRate: 1, momentum: 0.5 })),
    "c: expected the state of sgd, got adam",
  );
  assert.is(await weightsSha256(network), before);
  const unnamed = decodeCheckpoint(
    await changed(({ metadata }) => delete metadata["optimizer"]),
    "c",
  );
  await assertRejects(
    () => unnamed.restore(network, new Adam(network.parameters)),
    "c: expected the state of adam",
  );
});

test("another network than the one that was saved", async () => {
  const network = someNetwork("any", 5);
  const checkpoint = decodeCheckpoint(await someCheckpoint(), "c");
  await assertRejects(
    () => checkpoint.restore(network, new Adam(network.parameters)),
    "c: expected affine1.weight of shape [5, 3], got [4, 3]",
  );
});

test("running values that are missing, of another shape or left over", async () => {
  const restore = async (change: Parameters<typeof changed>[0]): Promise<void> => {
    const network = someNetwork("any");
    decodeCheckpoint(await changed(change), "c").restore(network, new Adam(network.parameters));
  };
  await assertRejects(
    () => restore(({ tensors }) => tensors.delete("optimizer.secondMoment.affine2.bias")),
    "c: optimizer: expected a saved secondMoment.affine2.bias of shape [2], got none",
  );
  await assertRejects(
    () =>
      restore(({ tensors }) =>
        tensors.set("optimizer.firstMoment.affine1.weight", Tensor.zeros([3, 4])),
      ),
    "c: optimizer: expected a saved firstMoment.affine1.weight of shape [4, 3], got [3, 4]",
  );
  await assertRejects(
    () =>
      restore(({ tensors }) => tensors.set("optimizer.velocity.affine2.bias", Tensor.zeros([2]))),
    "c: optimizer: expected 8 saved running values, got also velocity.affine2.bias",
  );
  await assertRejects(
    () => restore(({ tensors }) => tensors.delete("affine2.bias")),
    "c: expected the weights of this network, got no affine2.bias",
  );
});

test("what is refused leaves network and optimizer alone, whichever part is wrong", async () => {
  const changes: Parameters<typeof changed>[0][] = [
    ({ tensors }) => tensors.delete("optimizer.secondMoment.affine2.bias"),
    ({ tensors }) => tensors.set("optimizer.velocity.affine2.bias", Tensor.zeros([2])),
    ({ tensors }) => tensors.delete("affine2.bias"),
    ({ tensors }) => tensors.set("affine2.bias", Tensor.from([1, NaN], [2])),
  ];
  for (const change of changes) {
    const network = someNetwork("any");
    const optimizer = new Adam(network.parameters);
    await takeSteps(network, optimizer, 1, 1);
    const state = (): string =>
      JSON.stringify([
        optimizer.steps,
        ...[...networkWeights(network), ...optimizer.state()].map(([, tensor]) => [...tensor.data]),
      ]);
    const before = state();
    await assertRejects(
      async () => decodeCheckpoint(await changed(change), "c").restore(network, optimizer),
      "c: ",
    );
    assert.is(state(), before);
  }
});

test("weights that are not finite", async () => {
  const bytes = await changed(({ tensors }) =>
    tensors.set("affine2.bias", Tensor.from([1, NaN], [2])),
  );
  const network = someNetwork("any");
  await assertRejects(
    () => decodeCheckpoint(bytes, "c").restore(network, new Adam(network.parameters)),
    "c: expected affine2.bias to hold finite numbers",
  );
});

test("a checkpoint in which a bit is flipped is refused, wherever that is", async () => {
  const bytes = await someCheckpoint();
  for (let bit = 0; bit < 8 * bytes.length; bit += 7) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    try {
      decodeCheckpoint(flipped, "c");
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "InputError") throw error;
      assert.match(error.message, /^c: .*expected .+, got .+$/);
      continue;
    }
    assert.unreachable(`bit ${bit} of ${8 * bytes.length}`);
  }
});

test("a digest is refused unless it is there, and that of the file", async () => {
  const { tensors, metadata } = decodeSafetensors(await someCheckpoint(), "c");
  const { sha256: _, ...unsealed } = metadata;
  await assertRejects(
    () => decodeCheckpoint(encodeSafetensors({ tensors, metadata: unsealed }), "c"),
    "c: expected metadata sha256, got none",
  );
  const other = encodeSafetensors({ tensors, metadata: { ...metadata, steps: "4" } });
  await assertRejects(
    () => decodeCheckpoint(other, "c"),
    `c: expected content with the SHA-256 ${metadata["sha256"]}, got `,
  );
});

test("progress within an epoch, and what a program adds, come back as they were", async () => {
  const network = someNetwork("trained");
  const sums = { loss: 0.1 + 0.2, batchLosses: 1e-300, weight: 6, examples: 6, batches: 2 };
  const progress = { step: 2, seconds: 1 / 3, sums: { ...sums, metrics: { accuracy: 5 } } };
  const run = { config: { text: 'of "sha256":"quotes"' }, log: [] };
  const bytes = encodeCheckpoint(network, new Adam(network.parameters), {
    ...INFO,
    ...{ progress, run },
  });
  assert.equal(decodeCheckpoint(bytes, "c").info, { ...INFO, progress, run });
  // and in Node's own kind of bytes, whose slices share memory
  assert.equal(decodeCheckpoint(Buffer.from(bytes), "c").info, { ...INFO, progress, run });
});

test("running values that are not finite, and squares below 0, are refused", async () => {
  const spoil = async (name: string, value: number, ...pieces: string[]): Promise<void> => {
    const bytes = await changed(({ tensors }) =>
      tensors.set(`optimizer.${name}`, Tensor.from([1, value], [2])),
    );
    const network = someNetwork("any");
    const before = await weightsSha256(network);
    await assertRejects(
      () => decodeCheckpoint(bytes, "c").restore(network, new Adam(network.parameters)),
      ...pieces,
    );
    assert.is(await weightsSha256(network), before);
  };
  const second = "c: optimizer: expected a saved secondMoment.affine2.bias of finite numbers ≥ 0";
  await spoil("secondMoment.affine2.bias", -1e-9, second);
  await spoil("secondMoment.affine2.bias", NaN, second, "got NaN");
  const first = "c: optimizer: expected a saved firstMoment.affine2.bias of finite numbers, got";
  await spoil("firstMoment.affine2.bias", -Infinity, `${first} -Infinity`);
  const network = someNetwork("any");
  const negative = await changed(({ tensors }) =>
    tensors.set("optimizer.firstMoment.affine2.bias", Tensor.from([1, -1], [2])),
  );
  decodeCheckpoint(negative, "c").restore(network, new Adam(network.parameters));
});

test("a layer called optimizer keeps its weights apart from the optimizer's values", async () => {
  const build = (seed: string): Sequential => {
    const network = new Sequential({
      firstMoment: new Affine({ inFeatures: 3, outFeatures: 2 }),
      optimizer: new Affine({ inFeatures: 2, outFeatures: 2 }),
      "optimizer.firstMoment": new Affine({ inFeatures: 2, outFeatures: 2 }),
    });
    initialise(network, new Random(seed));
    return network;
  };
  const [whole, network] = [build("trained"), build("untouched")];
  const [optimizer, restored] = [new Adam(whole.parameters), new Adam(network.parameters)];
  await takeSteps(whole, optimizer, 1, 2);
  decodeCheckpoint(encodeCheckpoint(whole, optimizer, INFO), "c").restore(network, restored);
  assert.is(await weightsSha256(network), await weightsSha256(whole));
  for (const [key, tensor] of optimizer.state())
    assertClose(restored.state().get(key)!, tensor, { tolerance: 0, what: key });
});

test("any garbled file is restored or refused in one line", async () => {
  const bytes = await changed(() => {});
  const headerEnd = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const places = fc.oneof(fc.nat(headerEnd - 1), fc.nat(bytes.length - 1));
  const garbled = fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    { weight: 2, arbitrary: fc.nat(bytes.length - 1).map((length) => bytes.slice(0, length)) },
    {
      weight: 6,
      arbitrary: fc
        .array(fc.tuple(places, fc.nat(255)), { minLength: 1, maxLength: 3 })
        .map((edits) =>
          edits.reduce((copy, [place, byte]) => copy.fill(byte, place, place + 1), bytes.slice()),
        ),
    },
  );
  const seen = { restored: 0, refused: 0 };
  fc.assert(
    fc.property(garbled, (file) => {
      const network = someNetwork("any");
      const optimizer = new Adam(network.parameters);
      try {
        const { info, restore } = decodeCheckpoint(file, "c");
        restore(network, optimizer);
        assert.ok(
          Number.isSafeInteger(info.epochs) &&
            info.epochs >= 0 &&
            Number.isSafeInteger(info.seed) &&
            optimizer.steps >= 0,
        );
        for (const tensor of networkWeights(network).values())
          assert.ok(tensor.data.every(Number.isFinite));
        seen.restored++;
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "InputError") throw error;
        assert.match(error.message, /^c: .*expected .+, got .+$/);
        seen.refused++;
      }
    }),
    { seed: 52, numRuns: 3000 },
  );
  assert.ok(seen.restored > 50 && seen.refused > 500, JSON.stringify(seen));
});

test.run();
