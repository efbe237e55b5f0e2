/** Weights under the names that other programs give them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  affine,
  batchNorm1d,
  batchNorm2d,
  buildNetwork,
  conv2d,
  decodeSafetensors,
  flatten,
  initialise,
  loadWeights,
  matchWeights,
  maxPool2d,
  networkWeights,
  partOfWeights,
  relu,
  type Sequential,
} from "leibniz/network";
import { reference, wasmBackend } from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { root } from "../helpers/cli.js";

interface Recorded {
  readonly x: { readonly shape: number[]; readonly data: number[] };
  readonly logits: readonly number[];
  readonly files: Readonly<Record<string, string>>;
}

const recorded = JSON.parse(
  readFileSync(join(root, "test/fixtures/foreign-weights.json"), "utf8"),
) as Recorded;
const COUNTER = "num_batches_tracked left out; ";
const RUNNING = "running_mean is runningMean; running_var is runningVariance";
const IN_ORDER = "by order and shape, 0 is conv, 1 is norm, 5 is hidden, 6 is norm2, 8 is classes";

function network(): Sequential {
  return buildNetwork({
    layers: {
      conv: conv2d({ inChannels: 2, outChannels: 3, kernelSize: [3, 2], padding: [1, 0] }),
      norm: batchNorm2d({ channels: 3 }),
      relu: relu(),
      pool: maxPool2d({ kernelSize: 2 }),
      flatten: flatten(),
      hidden: affine({ inFeatures: 12, outFeatures: 7 }),
      norm2: batchNorm1d({ channels: 7 }),
      relu2: relu(),
      classes: affine({ inFeatures: 7, outFeatures: 4 }),
    },
  });
}

for (const [name, note, tolerance] of [
  ["numbers of nn.Sequential", `${COUNTER}${RUNNING}; ${IN_ORDER}`, 1e-6],
  ["names, behind nn.DataParallel", `${COUNTER}module. left out; ${RUNNING}`, 1e-6],
  ["half precision", `${COUNTER}${RUNNING}; ${IN_ORDER}`, 1e-3],
  ["bfloat16", `${COUNTER}${RUNNING}; ${IN_ORDER}`, 1e-2],
] as const)
  test(`weights of PyTorch, ${name}: its logits, and a line that says how`, async () => {
    const { tensors } = decodeSafetensors(Buffer.from(recorded.files[name]!, "base64"), "file");
    const own = network();
    const matched = matchWeights(own, tensors, "file");
    assert.is(matched.note, note);
    loadWeights(own, matched.tensors, "file");
    const x = Tensor.from(recorded.x.data, recorded.x.shape);
    const wasm = await wasmBackend({ threads: 1 });
    for (const backend of [reference, wasm]) {
      const { out } = await own.forward(x, { backend, mode: "evaluate" });
      const logits = Tensor.from([...recorded.logits], [5, 4]);
      assertClose(out, logits, { tolerance, what: "logits" });
    }
    await wasm.dispose();
  });

/** Three affine layers, the first two of one shape. */
function threeAffine(): Sequential {
  const own = buildNetwork({
    layers: {
      first: affine({ inFeatures: 3, outFeatures: 3 }),
      second: affine({ inFeatures: 3, outFeatures: 3 }),
      last: affine({ inFeatures: 3, outFeatures: 2 }),
    },
  });
  initialise(own, new Random(1));
  return own;
}

/** Its weights with layers under other names, in the order given. */
function renamed(own: Sequential, names: Readonly<Record<string, string>>): Map<string, Tensor> {
  const weights = networkWeights(own);
  return new Map(
    Object.entries(names).flatMap(([theirs, ours]) =>
      ["bias", "weight"].map((what): [string, Tensor] => [
        `${theirs}.${what}`,
        weights.get(`${ours}.${what}`)!,
      ]),
    ),
  );
}

test("numbers count as numbers: 10 comes behind 2, wherever it is in the file", () => {
  const own = threeAffine();
  const theirs = renamed(own, { "net.10": "last", "net.0": "first", "net.2": "second" });
  const { tensors, note } = matchWeights(own, theirs, "file");
  assert.is(note, "by order and shape, net.0 is first, net.2 is second, net.10 is last");
  for (const [name, value] of networkWeights(own)) assert.is(tensors.get(name), value);
});

test("names that do not count are matched by shapes, if there is one way only", async () => {
  const own = buildNetwork({
    layers: {
      conv: conv2d({ inChannels: 1, outChannels: 2, kernelSize: 3 }),
      flatten: flatten(),
      classes: affine({ inFeatures: 8, outFeatures: 3 }),
    },
  });
  initialise(own, new Random(2));
  const { tensors, note } = matchWeights(
    own,
    renamed(own, { fc: "classes", stem: "conv" }),
    "file",
  );
  assert.is(note, "by order and shape, stem is conv, fc is classes");
  for (const [name, value] of networkWeights(own)) assert.is(tensors.get(name), value);
  const three = threeAffine();
  await assertRejects(
    () => matchWeights(three, renamed(three, { b: "first", a: "second", c: "last" }), "file"),
    "file: expected one layer that fits first, got b and a; give the tensors the network's names",
  );
});

test("what does not fit is left to loadWeights, which names it", async () => {
  const own = threeAffine();
  for (const names of [
    { "0": "first", "1": "second" },
    { "0": "first", "1": "last", "2": "second" },
  ] as const) {
    const { tensors, note } = matchWeights(own, renamed(own, names), "file");
    assert.is(note, null);
    await assertRejects(() => loadWeights(own, tensors, "file"), "the weights of this network");
  }
});

test("no layer is taken twice while another is left out", async () => {
  const own = threeAffine();
  const theirs = renamed(own, { enc: "first", odd: "last" });
  for (const what of ["weight", "bias"]) theirs.set(`strange.${what}`, Tensor.zeros([7]));
  const { tensors, note } = matchWeights(own, theirs, "file");
  assert.is(note, null);
  await assertRejects(() => loadWeights(own, tensors, "file"), "the weights of this network");
});

test("own names are taken as they are, without a word", () => {
  const own = threeAffine();
  const weights = networkWeights(own);
  const { tensors, note } = matchWeights(own, weights, "file");
  assert.ok(tensors === weights && note === null);
});

test("a part: what fits by name and shape, and what was left on both sides is said", async () => {
  const [own, other] = [threeAffine(), threeAffine()];
  const theirs = new Map(renamed(other, { first: "first", second: "last", extra: "first" }));
  const { tensors, note } = partOfWeights(own, theirs, "file");
  assert.equal([...tensors.keys()], ["first.bias", "first.weight"]);
  assert.is(
    note,
    "2 of 6 taken; as initialised: second.weight, second.bias, last.weight, last.bias; " +
      "not used: second.bias ([2], not [3]), second.weight ([2, 3], not [3, 3]), " +
      "extra.bias, extra.weight",
  );
  await assertRejects(
    () => partOfWeights(own, renamed(other, { x: "first" }), "file"),
    "file: expected a tensor of this network, by name and shape, got only x.bias, x.weight",
  );
});

test.run();
