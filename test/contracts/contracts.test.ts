/**
 * What a user of the library may rely on, whatever the backend, the threads, inside a step or
 * outside, observed or not. Each of these once gave wrong numbers without a word.
 */
import {
  Affine,
  BatchNorm1d,
  Conv2d,
  Dropout,
  type Layer,
  MaxPool2d,
  type PassOptions,
  Relu,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
} from "leibniz/backprop";
import { type Backend, referenceBackend, wasmBackend } from "leibniz/kernels";
import { initialise, notebookNetwork, Sequential, weightsSha256 } from "leibniz/network";
import { Random, Tensor, tensor } from "leibniz/tensor";
import { Adam, Sgd } from "leibniz/training";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rejects } from "../helpers/rejects.js";

const test = suite("contracts");

interface Place {
  readonly name: string;
  readonly backend: Backend;
  /** Runs something in a step of its own, or just so. */
  readonly inPlace: <T>(run: () => Promise<T>) => Promise<T>;
  readonly pass: PassOptions;
  /** How many numbers an observer has looked at. */
  readonly looked: () => number;
}

/** Opens every backend, and runs a test in each of its circumstances. */
async function everywhere(check: (place: Place) => Promise<void>): Promise<void> {
  const backends = [
    referenceBackend(undefined, { check: true }),
    await wasmBackend({ threads: 1, check: true }),
    await wasmBackend({ threads: 2, check: true }),
  ];
  for (const backend of backends) {
    for (const inside of [false, true]) {
      for (const observed of [false, true]) {
        let looked = 0;
        const observe = (_: string, out: Tensor): void => void (looked += out.toString().length);
        const name =
          `${backend.name}, ${backend.threads} threads, ${inside ? "in a step" : "outside"}` +
          (observed ? ", observed" : "");
        const place: Place = {
          name,
          backend,
          inPlace: (run) => (inside ? backend.step(run) : run()),
          pass: { backend, mode: "train", random: new Random(0), ...(observed && { observe }) },
          looked: () => looked,
        };
        try {
          await check(place);
        } catch (error) {
          throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
        }
      }
    }
    await backend.dispose();
  }
}

/** A convolution of ones, 3×3, in front of what is given. */
function onesNetwork(backend: Backend, rest: Readonly<Record<string, Layer>> = {}): Sequential {
  const storage = { allocator: backend.persistent };
  const conv = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 3, bias: false }, storage);
  conv.weight.value.fill(1);
  return new Sequential({ conv, ...rest });
}

const numbers = (tensor: Tensor): number[] => Array.from(tensor.contiguous().data);

test("one input buffer refilled for three forwards", () =>
  everywhere(async ({ backend, inPlace, pass }) => {
    const kinds = [
      {},
      { relu: new Relu() },
      { relu: new Relu(), pool: new MaxPool2d({ kernelSize: 1 }) },
    ];
    for (const rest of kinds) {
      const network = onesNetwork(backend, rest);
      const x = Tensor.zeros([1, 1, 3, 3]);
      const kept = await inPlace(async () => {
        const outs: Tensor[] = [];
        for (const grey of [1, 2, 3]) {
          x.data.fill(grey);
          outs.push((await network.forward(x, pass)).out);
        }
        return outs;
      });
      assert.equal(
        kept.map((out) => out.item()),
        [9, 18, 27],
      );
      const direct = await inPlace(async () => {
        const outs: Tensor[] = [];
        for (const grey of [1, 2, 3]) {
          x.data.fill(grey);
          outs.push((await network.layers[0]!.layer.forward(x, pass)).out);
        }
        return outs;
      });
      assert.equal(
        direct.map((out) => out.item()),
        [9, 18, 27],
      );
      network.dispose();
    }
  }));

test("an input changed between forward and backward", () =>
  everywhere(async ({ backend, inPlace, pass }) => {
    const storage = { allocator: backend.persistent };
    const affine = new Affine({ inFeatures: 2, outFeatures: 1, bias: false }, storage);
    const conv = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 2, bias: false }, storage);
    affine.weight.value.copyFrom(tensor([[3, 4]]));
    conv.weight.value.copyFrom(
      tensor([
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
      ]),
    );
    // a network has a copy of its own
    const x = tensor([[1, 2]], "float32");
    await inPlace(async () => {
      const { backward } = await new Sequential({ affine }).forward(x, pass);
      x.data.fill(0);
      await backward(tensor([[1]], "float32"));
    });
    assert.equal(numbers(affine.weight.grad), [1, 2]);
    // a layer has not, and says so
    x.copyFrom(tensor([[1, 2]]));
    const changes = [() => void x.data.fill(0), () => x.fill(0), () => x.set([0, 1], 5)];
    for (const change of changes)
      await inPlace(async () => {
        const { backward } = await affine.forward(x, pass);
        change();
        const expected = /affine\.backward: expected x as it was in the forward pass/;
        await rejects(() => backward(tensor([[1]], "float32")), expected);
      });
    // the weights, stepped too early
    const image = tensor(
      [
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
      ],
      "float32",
    );
    await inPlace(async () => {
      const { backward } = await new Sequential({ conv }).forward(image, pass);
      const dX = await backward(tensor([[[[1]]]], "float32"), true);
      assert.equal(numbers(dX!), [1, 2, 3, 4]);
      conv.weight.value.data.fill(9);
      const expected = /conv2d\.backward: expected weight as it was in the forward pass/;
      await rejects(() => backward(tensor([[[[1]]]], "float32"), true), expected);
    });
    const optimizer = new Sgd([{ name: "w", parameter: conv.weight }], { learningRate: 0.1 });
    await inPlace(async () => {
      const { backward } = await new Sequential({ conv }).forward(image, pass);
      await optimizer.step(backend);
      await rejects(
        () => backward(tensor([[[[1]]]], "float32"), true),
        /expected weight as it was/,
      );
    });
    for (const { weight } of [affine, conv]) weight.dispose();
  }));

test("what steps return outlives them, and the rest says that it is gone", () =>
  everywhere(async ({ backend, pass, name }) => {
    const network = onesNetwork(backend);
    const kept: Tensor[] = [];
    const lost: { out: Tensor; backward: () => Promise<unknown> }[] = [];
    for (const grey of [1, 2, 3])
      kept.push(
        await backend.step(async () => {
          const { out, backward } = await network.forward(Tensor.full([1, 1, 3, 3], grey), pass);
          lost.push({ out, backward: () => backward(Tensor.full([1, 1, 1, 1], 1)) });
          return out;
        }),
      );
    assert.equal(
      kept.map((out) => out.item()),
      [9, 18, 27],
    );
    if (name.startsWith("reference")) {
      assert.equal(
        lost.map(({ out }) => out.item()),
        [9, 18, 27],
      ); // JavaScript keeps them
    } else {
      for (const { out, backward } of lost) {
        assert.throws(
          () => out.item(),
          /that of a step that has ended; return the tensor from `step`/,
        );
        await rejects(backward, /a step that has ended/);
      }
    }
    network.dispose();
  }));

test("a layer that stands twice, two forwards at once, backward twice", () =>
  everywhere(async ({ backend, inPlace, pass }) => {
    const storage = { allocator: backend.persistent };
    const square = new Affine({ inFeatures: 2, outFeatures: 2 }, storage);
    square.weight.value.copyFrom(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    const relu = new Relu();
    const twice = new Sequential({ first: square, relu1: relu, second: square, relu2: relu });
    assert.equal(
      twice.parameters.map(({ name }) => name),
      ["first.weight", "first.bias"],
    );
    await inPlace(async () => {
      const { out, backward } = await twice.forward(tensor([[1, 2]], "float32"), pass);
      assert.equal(numbers(out), [27, 59]);
      await backward(Tensor.full([1, 2], 1));
    });
    assert.equal(numbers(square.weight.grad), [9, 19, 11, 23]);

    const one = new Affine({ inFeatures: 1, outFeatures: 1, bias: false }, storage);
    const siamese = new Sequential({ first: one, second: one });
    one.weight.value.fill(1);
    one.weight.grad.fill(1);
    await new Sgd(siamese.parameters, { learningRate: 0.1 }).step(backend);
    assert.is(Math.fround(0.9), one.weight.value.item());
    one.weight.value.fill(1);
    siamese.zeroGrad();
    await inPlace(async () => {
      const left = await one.forward(tensor([[3]], "float32"), pass);
      const right = await one.forward(tensor([[5]], "float32"), pass);
      await one.forward(tensor([[9]], "float32"), { ...pass, mode: "evaluate", record: false });
      await left.backward(Tensor.full([1, 1], 1));
      await right.backward(Tensor.full([1, 1], 1));
    });
    assert.is(one.weight.grad.item(), 8);
    siamese.zeroGrad();
    await inPlace(async () => {
      const { backward } = await one.forward(tensor([[3]], "float32"), pass);
      await backward(Tensor.full([1, 1], 1));
      await backward(Tensor.full([1, 1], 1));
    });
    assert.is(one.weight.grad.item(), 6);
    for (const { weight, bias } of [square, one]) {
      weight.dispose();
      bias?.dispose();
    }
  }));

test("the mode has to be given", () =>
  everywhere(async ({ backend, inPlace }) => {
    const x = Tensor.from([1, 2, 3, 6], [4, 1]);
    const layers = [
      new Dropout({ probability: 0.5 }),
      new BatchNorm1d({ channels: 1 }),
      new Relu(),
    ];
    const forgotten = { backend } as unknown as PassOptions;
    const old = { backend, training: true } as unknown as PassOptions;
    for (const layer of layers) {
      const network = new Sequential({ layer });
      for (const pass of [forgotten, old]) {
        await rejects(
          () => inPlace(() => layer.forward(x, pass)),
          /expected the mode "train" or "evaluate", got none/,
        );
        await rejects(
          () => inPlace(() => network.forward(x, pass)),
          /expected the mode "train" or "evaluate", got none/,
        );
      }
    }
    const evaluated = await inPlace(async () => {
      const pass: PassOptions = { backend, mode: "evaluate" };
      return [(await layers[0]!.forward(x, pass)).out, (await layers[1]!.forward(x, pass)).out];
    });
    assert.equal(numbers(evaluated[0]!), [1, 2, 3, 6]);
    numbers(evaluated[1]!).forEach((value, i) =>
      assert.ok(Math.abs(value - [0.999995, 1.99999, 2.999985, 5.99997][i]!) < 1e-6),
    );
  }));

test("a NaN among the weights, met by zeros", () =>
  everywhere(async ({ backend, inPlace }) => {
    for (const isDense of [true, false]) {
      const x = Tensor.from(
        Array.from({ length: 64 * 64 }, (_, i) =>
          i % 64 !== 3 && (isDense || i % 7 === 0) ? 0.5 : 0,
        ),
        [64, 64],
      );
      const weight = new Random(1).normal([64, 64]);
      weight.set([3, 5], NaN);
      const product = await inPlace(() => backend.matmul(x, weight));
      assert.is(product.data.filter((value) => Number.isNaN(value)).length, 64);
    }
  }));

/** Steps of training on noise; returns the last loss, and the weights' digest. */
async function trained(place: Place, steps: number): Promise<{ loss: number; sha256: string }> {
  const { backend, inPlace, pass } = place;
  const network = notebookNetwork({ allocator: backend.persistent });
  initialise(network, new Random(0));
  const optimizer = new Adam(network.parameters);
  const labels = Array.from({ length: 8 }, (_, n) => n);
  const x = new Random(1).uniform([8, 1, 28, 28], 0, 1);
  let loss = 0;
  for (let step = 0; step < steps; step++)
    loss = await inPlace(async () => {
      network.zeroGrad();
      const { out: logits, backward } = await network.forward(x, pass);
      const { out, cache } = await softmaxCrossEntropyForward(logits, labels);
      const { dLogits } = await softmaxCrossEntropyBackward(Tensor.full([], 1), cache);
      await backward(dLogits);
      await optimizer.step(backend);
      return out.item();
    });
  const sha256 = await weightsSha256(network);
  network.dispose();
  return { loss, sha256 };
}

test("training ends with the same bits, observed or not, in a step or outside", async () => {
  const digests = new Map<string, Set<string>>();
  await everywhere(async (place) => {
    const { sha256 } = await trained(place, 3);
    assert.is(place.looked() > 0, place.pass.observe !== undefined);
    const of = digests.get(place.backend.name) ?? new Set();
    digests.set(place.backend.name, of.add(sha256));
  });
  for (const [name, of] of digests) assert.is(of.size, 1, name);
});

test("a loop that knows no step", async () => {
  const backend = await wasmBackend({ threads: 1, largestMB: 32 });
  const pass: PassOptions = { backend, mode: "train" };
  const place: Place = { name: "", backend, inPlace: (run) => run(), pass, looked: () => 0 };
  const { loss } = await trained(place, 150);
  assert.ok(loss < 0.1, String(loss));
  await backend.dispose();
});

test.run();
