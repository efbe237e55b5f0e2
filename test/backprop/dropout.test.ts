import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Dropout, dropoutBackward, dropoutForward } from "leibniz/backprop";
import { reference } from "leibniz/kernels";
import { multiply, Random, randomBits, tensor, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const normal = (seed: string, shape: readonly number[]): Tensor =>
  new Random(seed).normal(shape, 0, 1, "float64");
const maskOf = async (
  shape: readonly number[],
  probability: number,
  seed: number | string,
): Promise<Tensor> =>
  (await dropoutForward(Tensor.full(shape, 1, "float64"), { probability, seed })).cache.mask!;
const passWith = (random: Random) => ({ backend: reference, mode: "train", random }) as const;

test("what is left out is 0, the rest is divided by 1 − p, and so is the gradient", async () => {
  const [x, dOut] = [normal("x", [3, 2, 4, 5]), normal("dOut", [3, 2, 4, 5])];
  const { out, cache } = await dropoutForward(x, { probability: 0.3, seed: 7 });
  const { dX } = await dropoutBackward(dOut, cache);
  const bits = randomBits(7, x.size);
  let kept = 0;
  x.data.forEach((value, i) => {
    const stays = bits[i]! / 2 ** 32 >= 0.3; // in row-major order, one draw for each entry
    if (stays) kept++;
    assert.is(out.data[i], stays ? value * (1 / 0.7) : value * 0);
    assert.is(dX.data[i], stays ? dOut.data[i]! * (1 / 0.7) : dOut.data[i]! * 0);
  });
  assert.ok(
    kept > 50 && kept < 115,
    `expected some entries of 120 to stay and some not, got ${kept}`,
  );
});

test("as many entries are left out as the probability says, in any place alike", async () => {
  for (const probability of [0.1, 0.5, 0.8]) {
    const [N, I] = [400, 50];
    const mask = await maskOf([N, I], probability, `frequency ${probability}`);
    const leftOut = (entries: ArrayLike<number>): number =>
      Array.from(entries).filter((entry) => entry === 0).length;
    // Five standard deviations of a binomial count: fewer than one seed in a million lies beyond.
    const within = (count: number, of: number, what: string): void => {
      const deviation = Math.sqrt(of * probability * (1 - probability));
      assert.ok(
        Math.abs(count - of * probability) < 5 * deviation,
        `p = ${probability}, ${what}: ${count} of ${of} left out`,
      );
    };
    within(leftOut(mask.data), N * I, "in all");
    for (let i = 0; i < I; i++)
      within(leftOut(mask.slice(null, [i, i + 1]).clone().data), N, `column ${i}`);
    // Neighbours are independent: both are left out as often as p² says.
    const pairs = Array.from(
      { length: (N * I) / 2 },
      (_, k) => mask.data[2 * k] === 0 && mask.data[2 * k + 1] === 0,
    ).filter(Boolean).length;
    const [of, p] = [(N * I) / 2, probability * probability];
    assert.ok(
      Math.abs(pairs - of * p) < 5 * Math.sqrt(of * p * (1 - p)),
      `p = ${probability}: ${pairs} of ${of} pairs`,
    );
  }
});

test("the mean over many seeds is x, and the mean square that of the chapter", async () => {
  const [x, probability, seeds] = [tensor([[2, -1, 0.5]]), 0.4, 20_000];
  const [sums, squares] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let seed = 0; seed < seeds; seed++) {
    const { out } = await dropoutForward(x, { probability, seed });
    out.data.forEach((value, i) => {
      sums[i]! += value / seeds;
      squares[i]! += (value - x.data[i]!) ** 2 / seeds;
    });
  }
  x.data.forEach((value, i) => {
    const variance = (value * value * probability) / (1 - probability);
    assert.ok(
      Math.abs(sums[i]! - value) < 5 * Math.sqrt(variance / seeds),
      `mean of entry ${i}: ${sums[i]}`,
    );
    assert.ok(
      Math.abs(squares[i]! - variance) < 0.03 * variance,
      `variance of entry ${i}: ${squares[i]} for ${variance}`,
    );
  });
});

test(
  "the same seed gives the same mask, whatever the numbers in x, and another seed " + "another",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 2, max: 5 }), { minLength: 2, maxLength: 4 }),
        fc.double({ min: 0.2, max: 0.8, noNaN: true }),
        fc.integer(),
        async (extents, probability, seed) => {
          // 28 entries or more, which two seeds mask alike less than once in ten thousand
          const shape = [...extents, 7];
          const [one, other] = [normal("one", shape), normal("other", shape)];
          const mask = (await dropoutForward(one, { probability, seed })).cache.mask!;
          assertClose((await dropoutForward(other, { probability, seed })).cache.mask!, mask, {
            tolerance: 0,
            what: "mask",
          });
          const float32 = (await dropoutForward(other.astype("float32"), { probability, seed }))
            .cache.mask!;
          assert.equal(
            Array.from(float32.data, (entry) => entry === 0),
            Array.from(mask.data, (entry) => entry === 0),
          );
          const next = (await dropoutForward(one, { probability, seed: `${seed} and more` })).cache
            .mask!;
          assert.ok(
            next.data.some((entry, i) => entry !== mask.data[i]),
            `seed ${seed}`,
          );
        },
      ),
      { seed: 11, numRuns: 60 },
    );
  },
);

test("with probability 0 nothing changes, to the bit", async () => {
  const [x, dOut] = [normal("x", [3, 4]), normal("dOut", [3, 4])];
  const { out, cache } = await dropoutForward(x, { probability: 0, seed: 1 });
  assertClose(out, x, { tolerance: 0 });
  assertClose((await dropoutBackward(dOut, cache)).dX, dOut, { tolerance: 0 });
});

test("a view is read in its own order, and the element type stays", async () => {
  const x = normal("view", [4, 3]);
  const whole = await dropoutForward(x.transpose().clone(), { probability: 0.5, seed: 3 });
  assertClose((await dropoutForward(x.transpose(), { probability: 0.5, seed: 3 })).out, whole.out, {
    tolerance: 0,
  });
  assert.is(
    (await dropoutForward(x.astype("float32"), { probability: 0.5, seed: 3 })).out.dtype,
    "float32",
  );
});

test("NaN is not hidden by being left out: a broken network does not look healthy", async () => {
  const seed = 4;
  assert.ok((await maskOf([6], 0.99, seed)).data.some((entry) => entry === 0));
  const { out } = await dropoutForward(Tensor.full([6], NaN, "float64"), {
    probability: 0.99,
    seed,
  });
  assert.ok(out.data.every(Number.isNaN));
});

test(
  "the layer: the source of the pass decides, its draws do not, and evaluation is the " +
    "identity",
  async () => {
    const layer = new Dropout({ probability: 0.5 });
    const [x, dOut] = [normal("layer", [4, 15]), normal("upstream", [4, 15])];
    const source = new Random("a step").split("dropout");
    const { out, backward } = await layer.forward(x, passWith(source));
    source.next();
    assertClose((await layer.forward(x, passWith(source))).out, out, {
      tolerance: 0,
      what: "the same source, drawn from in between",
    });
    const pure = await dropoutForward(x, { probability: 0.5, seed: source.seed });
    assertClose(out, pure.out, { tolerance: 0, what: "out" });
    assertClose((await backward(dOut))!, (await dropoutBackward(dOut, pure.cache)).dX, {
      tolerance: 0,
      what: "dX",
    });
    const another = (await layer.forward(x, passWith(new Random("a step").split("another")))).out;
    assert.ok(another.data.some((entry, i) => (entry === 0) !== (out.data[i] === 0)));
    const evaluated = await layer.forward(x, {
      backend: reference,
      mode: "evaluate",
      random: source,
    });
    assertClose(evaluated.out, x, { tolerance: 0, what: "evaluation" });
    assertClose((await evaluated.backward(dOut))!, dOut, { tolerance: 0, what: "its gradient" });
  },
);

test("backward uses the mask of its own forward pass, not one that it draws", async () => {
  const layer = new Dropout({ probability: 0.5 });
  const ones = Tensor.full([3, 20], 1, "float64");
  const first = await layer.forward(ones, passWith(new Random("first")));
  const second = await layer.forward(ones, passWith(new Random("second")));
  const dOut = normal("dOut", [3, 20]);
  assert.ok(first.out.data.some((entry, i) => entry !== second.out.data[i]));
  for (const { out, backward } of [second, first, second])
    assertClose((await backward(dOut))!, multiply(dOut, out), { tolerance: 0 });
});

test("probabilities outside [0, 1) are refused, also when a layer is made", async () => {
  for (const probability of [-0.1, 1, 1.5, NaN, Infinity]) {
    await assertRejects(
      () =>
        new Dropout({ probability: 0.5 }).forward(Tensor.zeros([2, 3]), {
          backend: reference,
          mode: "train",
        }),
      'dropout: expected a random source for a pass in the mode "train", got none',
    );
    await assertRejects(
      () => new Dropout({ probability }),
      `Dropout: expected probability to be a number from 0 to below 1, got ${probability}`,
    );
  }
});

test("a training pass without a source is refused, and so is dOut of another shape", async () => {
  await assertRejects(
    () =>
      new Dropout({ probability: 0.5 }).forward(Tensor.zeros([2, 3]), {
        backend: reference,
        mode: "train",
      }),
    'dropout: expected a random source for a pass in the mode "train", got none',
  );
  const { cache } = await dropoutForward(Tensor.zeros([2, 3]), { probability: 0.5, seed: 1 });
  await assertRejects(
    () => dropoutBackward(Tensor.zeros([1, 3]), cache),
    "dropoutBackward: expected dOut of shape [2, 3], got [1, 3]",
  );
});

test.run();
