import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dGeometry } from "leibniz/im2col";
import { type Backend, ladder, reference } from "leibniz/kernels";
import { notebookNetwork } from "leibniz/network";
import { matmul, Random, type Tensor, tensor } from "leibniz/tensor";
import {
  Ceiling,
  checkEqual,
  checkProduct,
  flopOfLayers,
  LadderBench,
  measureLayers,
  measureProduct,
  median,
  medianSeconds,
  NetworkBench,
  productIntensity,
  productShapes,
  roofline,
} from "leibniz/bench";
import { assertRejects } from "../helpers/assert-close.js";
import { mnist, someImages } from "../helpers/mnist.js";

const least = { seconds: 0, leastRounds: 1 };
const ceiling = await Ceiling.open();

/**
 * The reference, with one entry of every product of two matrices changed: the kind of kernel that
 * is fast and wrong.
 */
function wrong(by: number): Backend {
  const spoil = (c: Tensor): Tensor => {
    c.data[c.size >> 1]! += by;
    return c;
  };
  return {
    ...reference,
    name: "wrong",
    matmul: async (...given) => spoil(await reference.matmul(...given)),
    matmulSum: async (...given) => spoil(await reference.matmulSum(...given)),
  };
}

/** Requires an Error that is no InputError: it is not the user's mistake. */
async function assertFails(run: () => unknown, message: RegExp): Promise<void> {
  try {
    await run();
  } catch (error) {
    assert.match(String(error), message);
    return;
  }
  assert.unreachable(`expected a failure that matches ${message}`);
}

test("median: the middle, or between the middle two, in whatever order", () => {
  assert.is(median([5]), 5);
  assert.is(median([9, 1, 4]), 4);
  assert.is(median([10, 9, 100, 1]), 9.5);
  assert.throws(() => median([]), /at least one number/);
});

/** Runs something by a clock that stands still until it is set. */
async function byOwnClock(run: (clock: { ms: number }) => Promise<void>): Promise<void> {
  const { now } = performance;
  const clock = { ms: 0 };
  performance.now = () => clock.ms;
  try {
    await run(clock);
  } finally {
    performance.now = now;
  }
}

test(
  "medianSeconds: the first run warms up and does not count, and one that has been run " +
    "already is not run again",
  async () => {
    await byOwnClock(async (clock) => {
      const seen: string[] = [];
      const durations = [60_000, 3000, 1000, 2000];
      const run = async (): Promise<void> => {
        seen.push("run");
        clock.ms += durations.shift()!;
      };
      const before = (): void => {
        seen.push("before");
        clock.ms += 500; // is not timed
      };
      assert.is(await medianSeconds(run, { seconds: 0, leastRounds: 3 }, before), 2);
      assert.equal(seen, ["run", "before", "run", "before", "run", "before", "run"]);
      seen.length = 0;
      durations.push(5000, 9000);
      assert.is(await medianSeconds(run, { seconds: 0, leastRounds: 2 }, undefined, 0.001), 7);
      assert.equal(seen, ["run", "run"]);
    });
  },
);

test("medianSeconds: goes on until the time is up", async () => {
  await byOwnClock(async (clock) => {
    let runs = 0;
    await medianSeconds(async () => void (runs++, (clock.ms += 100)), {
      seconds: 1,
      leastRounds: 3,
    });
    assert.is(runs, 3 + 10, "0.3 s of warm-up, 1 s that counts");
  });
});

test(
  "checkProduct: the product passes; a single wrong entry, a dropped term, exchanged " +
    "columns and NaN do not",
  () => {
    const random = new Random("check");
    for (const [M, K, N] of [
      [7, 5, 3],
      [40, 300, 17],
      [1, 9, 16],
    ] as const) {
      const [a, b] = [random.normal([M, K]), random.normal([K, N])];
      const c = matmul(a, b);
      checkProduct(a, b, c, random);
      const spoiled = (change: (data: Tensor["data"]) => void): Tensor => {
        const copy = c.clone();
        change(copy.data);
        return copy;
      };
      const at = (M >> 1) * N + (N - 1);
      const mistakes = [
        spoiled((data) => (data[at]! += 0.5)),
        spoiled((data) => (data[at]! -= a.get(M >> 1, 0) * b.get(0, N - 1))),
        spoiled((data) => ([data[0], data[1]] = [data[1]!, data[0]!])),
        spoiled((data) => (data[at] = NaN)),
        spoiled((data) => data.fill(0)),
      ];
      // signs at random: exchanged entries go unnoticed where they have the same sign, once in two
      // tries
      for (const [which, mistake] of mistakes.entries()) {
        const tries = which === 2 ? 40 : 1;
        assert.throws(
          () => {
            for (let t = 0; t < tries; t++) checkProduct(a, b, mistake, random);
          },
          /checkProduct: expected row \d+ of \[/,
          `mistake ${which}`,
        );
      }
    }
  },
);

test("checkEqual: one wrong entry, NaN, and another shape", () => {
  const right = tensor([
    [1, 2],
    [3, 4],
  ]);
  checkEqual(
    "x",
    tensor([
      [1, 2],
      [3, 4.00001],
    ]),
    right,
    9,
  );
  assert.throws(
    () =>
      checkEqual(
        "x",
        tensor([
          [1, 2],
          [3, 4.001],
        ]),
        right,
        9,
      ),
    /x: expected 4 at entry 3, got 4.001/,
  );
  assert.throws(
    () =>
      checkEqual(
        "x",
        tensor([
          [1, NaN],
          [3, 4],
        ]),
        right,
        9,
      ),
    /expected 2 at entry 1, got NaN/,
  );
  assert.throws(
    () => checkEqual("x", tensor([1, 2, 3]), right, 9),
    /expected a result of shape \[2, 2\], got \[3\]/,
  );
});

test("the ceiling is finite, and a share is of what was measured beside it", async () => {
  assert.ok(ceiling.sample() > 0 && ceiling.measure({ seconds: 0, leastRounds: 3 }) > 0);
  const seen: number[] = [];
  const speed = await ceiling.compare<number>(
    async (look) => look(seen.length),
    1e6,
    { seconds: 0, leastRounds: 2 },
    (result) => seen.push(result),
  );
  assert.equal(seen, [0], "only the first result is checked");
  assert.ok(speed.seconds > 0 && speed.gflops === 1e6 / speed.seconds / 1e9 && speed.ceiling > 0);
  const { read, write } = await ceiling.bandwidth(2 ** 14, least);
  assert.ok(read > 0 && write > 0);
});

test("a product that is fast and wrong is noticed", async () => {
  assert.ok((await measureProduct(reference, [17, 9, 13], ceiling, least)).gflops > 0);
  await assertFails(
    () => measureProduct(wrong(0.5), [17, 9, 13], ceiling, least),
    /checkProduct: expected row/,
  );
});

test("a rung that is fast and wrong is noticed", async () => {
  const bench = new LadderBench(9);
  const [rung, gpu] = [ladder[3]!, ladder.at(-1)!];
  assert.ok((await bench.measure(rung, reference, ceiling, least)).gflops > 0);
  assert.ok((await bench.measure(gpu, reference, ceiling, least)).gflops > 0);
  await assertFails(
    () => bench.measure(gpu, wrong(0.1), ceiling, least),
    /gpu\.js: expected .* at entry \d+, got/,
  );
});

test("training and evaluation that are fast and wrong are noticed", async () => {
  const { train, test: testing } = await mnist();
  const bench = new NetworkBench(someImages(train, 96), someImages(testing, 70), 32);
  assert.ok((await bench.training(reference, least)) > 0);
  assert.ok((await bench.evaluation(reference, least)) > 0);
  await assertFails(
    () => bench.training(wrong(30), least),
    /bench: expected a loss of .* in step 3, got .* on wrong/,
  );
  await assertFails(() => bench.evaluation(wrong(3), least), /evaluation on wrong: expected/);
  await assertRejects(
    () => new NetworkBench(someImages(train, 95), testing, 32),
    "at least 96 training images",
    "95",
  );
  await assertRejects(
    () => new NetworkBench(someImages(train, 767), testing),
    "at least 768 training images",
    "767",
  );
  await assertRejects(
    () => new NetworkBench(train, someImages(testing, 255)),
    "at least 256 test images",
    "255",
  );
});

test("the operations of the notes' network: as the chapters count them", () => {
  const images = { height: 28, width: 28, count: 0, pixels: new Uint8Array() };
  const flop = flopOfLayers(notebookNetwork(), { images });
  assert.equal(Object.fromEntries(flop), {
    "conv1 forward": 2 * 97_344,
    "conv1 backward": 2 * 97_344,
    "conv2 forward": 2 * 557_568,
    "conv2 backward": 4 * 557_568,
    "affine1 forward": 2 * 96_000,
    "affine1 backward": 4 * 96_000,
    "affine2 forward": 2 * 1_200,
    "affine2 backward": 4 * 1_200,
  });
});

test("the parts of a step leave no gap and do not overlap: one ends, the next begins", async () => {
  const { now } = performance;
  let ticks = 0;
  performance.now = () => 24 * ++ticks; // moves by 1 ms an image whenever somebody looks
  try {
    const { train } = await mnist();
    const { parts, wholeMicroseconds } = await measureLayers(
      reference,
      someImages(train, 24),
      { seconds: 0, leastRounds: 1 },
      24,
    );
    const layers = [
      "conv1",
      "relu1",
      "pool1",
      "conv2",
      "relu2",
      "pool2",
      "flatten",
      "affine1",
      "relu3",
      "affine2",
    ];
    const expected = [
      "batch null",
      ...layers.map((name) => `${name} forward`),
      "loss null",
      ...[...layers].reverse().map((name) => `${name} backward`),
      "optimizer null",
    ];
    assert.equal(
      parts.map(({ name, direction }) => `${name} ${direction}`),
      expected,
    );
    for (const { name, microsecondsPerImage } of parts) assert.is(microsecondsPerImage, 1000, name);
    assert.is(wholeMicroseconds, 1000, "from the start to the end, and nobody looked in between");
    assert.is(
      parts.find(({ name, direction }) => name === "conv2" && direction === "backward")!
        .flopPerImage,
      4 * 557_568,
    );
    assert.is(parts[0]!.flopPerImage, 0);
  } finally {
    performance.now = now;
  }
});

test("roofline: what memory allows below the ridge, what registers allow above", () => {
  assert.equal(
    productShapes.map((shape) => Number(productIntensity(shape).toFixed(2))),
    [37.07, 13.08, 2.88, 85.33],
  );
  assert.is(productIntensity([2, 3, 5]), (2 * 30) / (4 * (6 + 15 + 10)));
  assert.is(roofline(2, 60, 20), 40);
  assert.is(roofline(4, 60, 20), 60);
});

test("the ladder's convolution is the second of the notes' network", () => {
  const { outH, outW } = conv2dGeometry("conv2", 13, 13, { kernelSize: 3 });
  assert.is(new LadderBench().shape, "[256, 16, 13, 13] * [32, 16, 3, 3]");
  assert.equal([outH, outW], [11, 11]);
});

test.run();
