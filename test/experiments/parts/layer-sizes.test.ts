import { Dataset } from "leibniz/data";
import { reference } from "leibniz/kernels";
import { affine, batchNorm1d, buildNetwork, he, relu, residual } from "leibniz/network";
import { multiply, Random, Tensor } from "leibniz/tensor";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { layerSizes } from "../../../dist/experiments/parts/layer-sizes.js";

const [N, I, H, C] = [5, 3, 4, 2];
const random = new Random("layer sizes");
const x = random.normal([N, I]);
const target = [0, 1, 1, 0, 1];
const data = Dataset.from({ x, target });

function close(found: readonly (number | null)[], expected: readonly number[]): void {
  assert.is(found.length, expected.length);
  for (const [i, value] of found.entries())
    assert.ok(
      value !== null && Math.abs(value - expected[i]!) < 1e-6 * expected[i]!,
      `${i}: expected ${expected[i]}, got ${value}`,
    );
}

function rootMeanSquare(rows: readonly (readonly number[])[]): number {
  const all = rows.flat();
  return Math.sqrt(all.reduce((sum, value) => sum + value ** 2, 0) / all.length);
}

test("sizes are those of loops over the definition", async () => {
  const network = buildNetwork(
    {
      input: [I],
      layers: {
        affine: affine({ outFeatures: H }),
        hidden: relu(),
        logits: affine({ outFeatures: C }),
      },
    },
    { random, initialiser: he },
  );
  const of = (name: string): Tensor =>
    network.parameters.find((one) => one.name === name)!.parameter.value;
  const product = (rows: readonly (readonly number[])[], weight: Tensor, O: number) =>
    rows.map((row) =>
      Array.from({ length: O }, (_, o) =>
        row.reduce((sum, value, i) => sum + value * weight.get(o, i), 0),
      ),
    );
  const images = Array.from({ length: N }, (_, n) =>
    Array.from({ length: I }, (_, i) => x.get(n, i)),
  );
  const before = product(images, of("affine.weight"), H);
  const hidden = before.map((row) => row.map((value) => Math.max(0, value)));
  const logits = product(hidden, of("logits.weight"), C);
  const dLogits = logits.map((row, n) => {
    const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
    return row.map((value, c) => (Math.exp(value) / total - Number(c === target[n])) / N);
  });
  const dHidden = dLogits.map((row) =>
    Array.from({ length: H }, (_, h) =>
      row.reduce((sum, value, c) => sum + value * of("logits.weight").get(c, h), 0),
    ),
  );
  const dBefore = dHidden.map((row, n) => row.map((value, h) => (before[n]![h]! > 0 ? value : 0)));
  const sizes = await layerSizes(network, ["affine", "hidden", "logits"], data, reference);
  close(sizes.outputs, [before, hidden, logits].map(rootMeanSquare));
  close(sizes.gradients, [dBefore, dHidden, dLogits].map(rootMeanSquare));
});

test("looking leaves running statistics and gradients as they were", async () => {
  const network = buildNetwork(
    {
      input: [I],
      layers: {
        norm: batchNorm1d(),
        block: residual({ body: { affine: affine({ outFeatures: I }), inner: batchNorm1d() } }),
        logits: affine({ outFeatures: C }),
      },
    },
    { random },
  );
  const kept = network.buffers.map(({ buffer }) => [...buffer.value.contiguous().data]);
  const large = Dataset.from({ x: multiply(x, 5), target });
  const sizes = await layerSizes(network, ["norm", "block"], large, reference);
  assert.ok(sizes.outputs[0]! > 0.9 && sizes.outputs[0]! < 1, "batch statistics are used");
  assert.ok(sizes.gradients.every((size) => size !== null && size > 0));
  assert.equal(
    network.buffers.map(({ buffer }) => [...buffer.value.contiguous().data]),
    kept,
  );
  for (const { parameter } of network.parameters)
    assert.ok(parameter.grad.contiguous().data.every((value: number) => value === 0));
});

test("what is not finite is null", async () => {
  const network = buildNetwork(
    { input: [I], layers: { logits: affine({ outFeatures: C }) } },
    { initialiser: (parameter) => parameter.value.fill(2e38) },
  );
  const twos = Dataset.from({ x: Tensor.full([N, I], 2), target });
  const sizes = await layerSizes(network, ["logits"], twos, reference);
  assert.equal(sizes, { outputs: [null], gradients: [null] });
});

test.run();
