import type { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dBackward, conv2dForward } from "leibniz/backprop";
import { conv2dGeometry } from "leibniz/im2col";
import { reference, wasmBackend } from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose } from "../helpers/assert-close.js";
import { primitiveCases, sprinkled, type Subject, wasmTolerance } from "./primitive-cases.js";

const wasm = await wasmBackend();

const subject: Subject = { backend: wasm, numRuns: 300, tolerance: wasmTolerance };
for (const { name, run } of primitiveCases) test(name, () => run(subject));

test("float64 stays exact: it goes to the reference", async () => {
  const random = new Random("float64");
  const [a, b] = [random.normal([5, 6], 0, 1, "float64"), random.normal([6, 7], 0, 1, "float64")];
  assertClose(await wasm.matmul(a, b), await reference.matmul(a, b), { tolerance: 0 });
});

test("a scope gives its memory back, what is made outside stays", async () => {
  const kept = Tensor.full([1000], 3, "float32", wasm.allocator);
  const places = [];
  for (let step = 0; step < 3; step++)
    places.push(
      await wasm.scope(async () => (await wasm.relu(Tensor.full([1 << 16], step))).data.byteOffset),
    );
  assert.is(new Set(places).size, 1, "every step starts at the same place");
  assert.ok(kept.data.every((value) => value === 3));
});

test("a memory that cannot grow is a clear error, and the backend goes on", async () => {
  const small = await wasmBackend({ largestMB: 32 });
  const big = Tensor.zeros([3 << 20]);
  const error = await small
    .scope(async () => [(await small.relu(big)).data, (await small.relu(big)).data])
    .then(
      () => null,
      (thrown: Error) => thrown,
    );
  assert.match(
    error?.message ?? "none",
    /wasm: expected 12 MB more memory, got none beyond the 32 MB there are/,
  );
  assert.is((await small.scope(async () => small.relu(Tensor.full([3], 2)))).shape[0], 3);
});

test("a memory that cannot be had is a clear error", async () => {
  const error = await wasmBackend({ largestMB: 70_000 }).then(
    () => null,
    (thrown: Error) => thrown,
  );
  assert.match(
    error?.message ?? "none",
    new RegExp(
      "^wasm: expected a shared memory of 16 MB that may grow to 70000 MB, got none " +
        "\\(.*\\); choose a smaller largestMB, or the reference backend$",
    ),
  );
});

test("results do not depend on the number of threads, to the bit", async () => {
  const random = new Random("threads");
  const [weight, x, dOut] = [
    random.normal([5, 3, 3, 2]),
    random.normal([19, 3, 11, 9]),
    sprinkled(random, [19, 5, 9, 8], 0.85),
  ];
  const bits = async (threads: number): Promise<string> => {
    const backend = await wasmBackend({ threads });
    assert.is(backend.threads, threads);
    try {
      const { cache, out } = await conv2dForward(
        x,
        weight,
        random.split("bias").normal([5]),
        {},
        backend,
      );
      const { dX, dWeight, dBias } = await conv2dBackward(dOut, cache, backend);
      return [out, dX, dWeight, dBias!]
        .map(({ data }) =>
          Buffer.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).toString(
            "hex",
          ),
        )
        .join();
    } finally {
      await backend.dispose();
    }
  };
  const alone = await bits(1);
  for (const threads of [2, 3, 5]) assert.ok((await bits(threads)) === alone, `${threads} threads`);
});

test("the optimizers' updates do not depend on the number of threads, to the bit", async () => {
  const bits = async (threads: number): Promise<string> => {
    const backend = await wasmBackend({ threads });
    try {
      const random = new Random("threads");
      const [value, grad] = [
        random.normal([3, 7001], 0, 1, "float32", backend.allocator),
        random.normal([3, 7001], 0, 1, "float32", backend.allocator),
      ]; // six blocks, the last one short
      const [first, second] = [
        Tensor.zeros([3, 7001], "float32", backend.allocator),
        Tensor.zeros([3, 7001], "float32", backend.allocator),
      ];
      const rates = { learningRate: 0.1, epsilon: 1e-8, weightDecay: 0.01 };
      const outcomes: Tensor[] = [];
      for (let step = 1; step <= 3; step++) {
        await backend.adagradUpdate({ value, grad, squareSum: second }, rates);
        outcomes.push(value.clone());
        await backend.rmspropUpdate({ value, grad, meanSquare: second }, { ...rates, alpha: 0.9 });
        outcomes.push(value.clone());
        for (const decoupled of [false, true])
          await backend.adamUpdate(
            { value, grad, firstMoment: first, secondMoment: second },
            { ...rates, beta1: 0.9, beta2: 0.99, decoupled, step },
          );
        await backend.sgdUpdate(
          { value, grad, velocity: first },
          { ...rates, momentum: 0.9, nesterov: true, step: step + 1 },
        );
        outcomes.push(value.clone(), first.clone(), second.clone());
      }
      return outcomes
        .map(({ data }) =>
          Buffer.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).toString(
            "hex",
          ),
        )
        .join();
    } finally {
      await backend.dispose();
    }
  };
  const alone = await bits(1);
  for (const threads of [2, 3, 5]) assert.ok((await bits(threads)) === alone, `${threads} threads`);
});

test("a backend stays whole when the memory of another one grows", async () => {
  const [first, second] = [await wasmBackend({ threads: 1 }), await wasmBackend({ threads: 1 })];
  try {
    second.allocator.allocate("float32", 6_000_000); // 24 MB, more than there are at first
    const geometry = conv2dGeometry("test", 7, 9, { kernelSize: [2, 3], stride: [2, 1] });
    const x = new Random(6).normal([3, 2, 7, 9]);
    const { out, argmax } = await first.maxPool2d(x, geometry);
    const expected = await reference.maxPool2d(x, geometry);
    assertClose(out, expected.out, { tolerance: 0, what: "out" });
    assert.equal([...argmax], [...expected.argmax]);
    assertClose(
      await first.maxPool2dBackward(out, argmax, geometry),
      await reference.maxPool2dBackward(out, argmax, geometry),
      { tolerance: 1e-6, what: "dX" },
    );
  } finally {
    await first.dispose();
    await second.dispose();
  }
});

test("a worker that dies is a clear error, and so is a backend that was disposed of", async () => {
  let worker: Worker | null = null;
  process.once("worker", (started) => (worker = started));
  const backend = await wasmBackend({ threads: 2 });
  const fails = async (message: RegExp): Promise<void> => {
    const error = await backend.sumPerChannel(Tensor.full([2, 9], 1)).then(
      () => null,
      (thrown: Error) => thrown,
    );
    assert.is(error?.name, "MachineError");
    assert.match(error!.message, message);
  };
  await backend.sumPerChannel(Tensor.full([2, 9], 1));
  await (worker as Worker | null)!.terminate();
  await fails(/wasm: expected 2 working threads, but a worker ended with code 1/);
  await backend.dispose();
  await fails(/expected 2 working threads/);
});

test.run();
