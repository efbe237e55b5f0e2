import type { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dGeometry } from "leibniz/im2col";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { Random, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { primitiveCases, sprinkled, type Subject, wasmTolerance } from "./primitive-cases.js";

const wasm = await wasmBackend();

const subject: Subject = { backend: wasm, numRuns: 300, tolerance: wasmTolerance };
for (const { name, run } of primitiveCases) test(name, () => run(subject));

test("float64 stays exact: it goes to the reference", async () => {
  const random = new Random("float64");
  const [a, b] = [random.normal([5, 6], 0, 1, "float64"), random.normal([6, 7], 0, 1, "float64")];
  assertClose(await wasm.matmul(a, b), await reference.matmul(a, b), { tolerance: 0 });
});

test("a step gives its memory back, what is made outside stays", async () => {
  const kept = Tensor.full([1000], 3, "float32", wasm.persistent);
  const places = [];
  for (let step = 0; step < 3; step++)
    places.push(
      await wasm.step(async () => (await wasm.relu(Tensor.full([1 << 16], step))).data.byteOffset),
    );
  assert.is(new Set(places).size, 1, "every step starts at the same place");
  assert.ok(kept.data.every((value) => value === 3));
});

test("a memory that cannot grow is a clear error, and the backend goes on", async () => {
  const small = await wasmBackend({ largestMB: 32 });
  const big = Tensor.zeros([3 << 20]);
  const error = await small
    .step(async () => [(await small.relu(big)).data, (await small.relu(big)).data])
    .then(
      () => null,
      (thrown: Error) => thrown,
    );
  assert.match(
    error?.message ?? "none",
    /wasm: expected 12 MB more memory, got none beyond the 32 MB there are/,
  );
  assert.is((await small.step(async () => small.relu(Tensor.full([3], 2)))).shape[0], 3);
});

test("a kernel that needs 4 GB beside its operands is a clear error", async () => {
  const geometry = conv2dGeometry("test", 364, 362, { kernelSize: [183, 181] });
  const cols = await wasm.im2col(Tensor.zeros([1, 1, geometry.H, geometry.W]), geometry);
  const filters = Tensor.full([1, 2, geometry.kH * geometry.kW], 1);
  const error = await wasm.matmul(filters, cols).then(
    () => null,
    (thrown: Error) => thrown,
  );
  assert.is(
    error?.message,
    "wasm: expected products to need less than 4 GB beside its operands, got 4.1 GB; " +
      "use smaller images, filters or matrices",
  );
  assert.is((await wasm.relu(Tensor.full([3], 2))).shape[0], 3);
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

const hex = ({ data }: { readonly data: ArrayBufferView }): string =>
  Buffer.from(
    new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  ).toString("hex");

test("results do not depend on the number of threads, to the bit", async () => {
  const geometry = conv2dGeometry("test", 11, 9, { kernelSize: [3, 2], padding: [1, 0] });
  const pool = conv2dGeometry("test", 11, 8, { kernelSize: 2, stride: 2 });
  const wide = conv2dGeometry("test", 11, 8, { kernelSize: [3, 2], stride: [2, 1], padding: 1 });
  const bits = async (threads: number): Promise<Record<string, string>> => {
    const random = new Random("threads");
    const backend = await wasmBackend({ threads });
    assert.is(backend.threads, threads);
    const found: Record<string, string> = {};
    try {
      for (const [groups, zeros] of [
        [1, 0],
        [1, 0.85],
        [3, 0],
        [3, 0.85],
      ] as const)
        await backend.step(async () => {
          const [x, filters, bias, dOut] = [
            random.normal([19, 6, 11, 9]),
            sprinkled(random, [groups, 5, (6 / groups) * 6], zeros),
            random.normal([groups, 5]),
            sprinkled(random, [19, groups, 5, 88], zeros),
          ];
          const cols = await backend.im2col(x, geometry, groups);
          const results: Record<string, Parameters<typeof hex>[0]> = {
            out: await backend.matmul(filters, cols, { rowBias: bias }),
            dWeight: await backend.matmulSum(dOut, cols, { transposeB: true }),
            dX: await backend.productOntoImages(filters, dOut, 6, geometry),
            dense: await backend.matmul(filters, dOut, { transposeA: true }),
            narrow: await backend.matmulSum(dOut, random.normal([19, groups, 3, 88]), {
              transposeB: true,
            }),
            sums: await backend.sumPerChannel(dOut),
            relu: await backend.relu(x),
          };
          if (groups === 1)
            for (const [name, windows] of Object.entries({ pool, wide }))
              for (const rectify of [false, true]) {
                const flat = bias.reshape([5]);
                const options = { rectify };
                const fused = await backend.convolvePool(filters, cols, flat, windows, options);
                const images = dOut.reshape([19, 5, 11, 8]);
                const apart = await backend.maxPool2d(images, windows, options);
                const { argmax } = fused;
                const gradient = await backend.winnersGradient(apart.out, argmax, windows);
                Object.assign(results, {
                  [`${name} fused`]: fused.out,
                  [`${name} fused argmax`]: argmax,
                  [`${name}`]: apart.out,
                  [`${name} argmax`]: apart.argmax,
                  [`${name} back`]: await backend.maxPool2dBackward(apart.out, argmax, windows),
                  [`${name} average`]: await backend.averagePool2d(images, windows),
                  [`${name} average back`]: await backend.averagePool2dBackward(apart.out, windows),
                  [`${name} dWeight`]: await backend.matmulSum(gradient, cols, {
                    transposeB: true,
                  }),
                  [`${name} dX`]: await backend.productOntoImages(filters, gradient, 6, geometry),
                });
                for (const [key, result] of Object.entries(results))
                  found[`${key} ${rectify} ${groups} ${zeros}`] = hex(result);
              }
          for (const [key, result] of Object.entries(results))
            found[`${key} ${groups} ${zeros}`] = hex(result);
        });
    } finally {
      await backend.dispose();
    }
    return found;
  };
  const alone = await bits(1);
  assert.ok(Object.keys(alone).length > 60);
  for (const threads of [2, 3, 4, 5]) {
    const found = await bits(threads);
    for (const key of Object.keys(alone))
      assert.ok(found[key] === alone[key], `${threads} threads: ${key}`);
  }
});

test("float64 operands go to the reference, whatever the primitive", async () => {
  const random = new Random("float64 everywhere");
  const normal = (shape: readonly number[]): Tensor => random.normal(shape, 0, 1, "float64");
  const geometry = conv2dGeometry("test", 6, 7, { kernelSize: [3, 2], padding: [1, 0] });
  const pool = conv2dGeometry("test", 6, 6, { kernelSize: 2, stride: 2 });
  const [x, filters, bias, dOut] = [
    normal([2, 4, 6, 7]),
    normal([1, 3, 24]),
    normal([3]),
    normal([2, 3, 3, 3]),
  ];
  const [rows, pair] = [normal([2, 3]), normal([2])];
  const ofRows = { scale: pair, centre: pair, weight: bias, bias };
  const all = async (backend: Backend): Promise<Tensor[]> => {
    const cols = await backend.im2col(x, geometry);
    const { out, argmax } = await backend.convolvePool(filters, cols, bias, pool);
    const gradient = await backend.winnersGradient(dOut, argmax, pool);
    const apart = await backend.maxPool2d(x, geometry, { rectify: true });
    return [
      cols.layOut(),
      out,
      gradient.layOut(),
      apart.out,
      await backend.matmul(filters, cols),
      await backend.matmulSum(gradient, cols, { transposeB: true }),
      await backend.productOntoImages(filters, gradient, 4, geometry),
      await backend.productOntoImages(filters, gradient.layOut(), 4, geometry),
      await backend.maxPool2dBackward(dOut, argmax, pool),
      await backend.averagePool2d(x, geometry),
      await backend.averagePool2dBackward(dOut, pool),
      ...Object.values(await backend.rowMoments(rows)),
      await backend.rowAffine(rows, ofRows),
      ...Object.values(await backend.rowSums(rows, rows, ofRows)).flatMap(Object.values<Tensor>),
      await backend.rowResidual(rows, rows, { ...ofRows, intercept: pair, slope: pair }),
      await backend.add(x, x),
      await backend.multiply(x, x),
      await backend.randomMask(x.shape, x.dtype, { seed: 1, zeros: 0.5, value: 2 }),
      await backend.relu(x),
      await backend.reluBackward(x, x),
      await backend.sumPerChannel(x),
      ...Object.values(await backend.channelMoments(x)),
      ...Object.values(await backend.channelSums(x, x)),
      await backend.channelAffine(dOut, { scale: bias }),
      await backend.channelResidual(dOut, dOut, { intercept: bias, slope: bias, scale: bias }),
    ];
  };
  const expected = await all(reference);
  const compare = async (): Promise<void> => {
    for (const [i, result] of (await all(wasm)).entries()) {
      assert.is(result.dtype, "float64");
      assertClose(result, expected[i]!, { tolerance: 0, what: `result ${i}` });
    }
  };
  await compare();
  await wasm.step(compare);
  const single = Tensor.zeros([1, 3, 24]);
  const cols = await wasm.im2col(x, geometry);
  await assertRejects(() => wasm.matmul(single, cols), "matmul: ", "one element type", "float64");
});

test("the optimizers' updates do not depend on the number of threads, to the bit", async () => {
  const bits = async (threads: number): Promise<string> => {
    const backend = await wasmBackend({ threads });
    try {
      const random = new Random("threads");
      const [value, grad] = [
        random.normal([3, 7001], 0, 1, "float32", backend.persistent),
        random.normal([3, 7001], 0, 1, "float32", backend.persistent),
      ]; // six blocks, the last one short
      const [first, second] = [
        Tensor.zeros([3, 7001], "float32", backend.persistent),
        Tensor.zeros([3, 7001], "float32", backend.persistent),
      ];
      const rates = { learningRate: 0.1, epsilon: 1e-8, weightDecay: 0.01 };
      const outcomes: Tensor[] = [];
      for (let step = 1; step <= 3; step++) {
        await backend.update("adagrad", { value, grad, squareSum: second }, rates);
        outcomes.push(value.clone());
        await backend.update(
          "rmsprop",
          { value, grad, meanSquare: second },
          { ...rates, alpha: 0.9 },
        );
        outcomes.push(value.clone());
        for (const decoupled of [false, true])
          await backend.update(
            "adam",
            { value, grad, firstMoment: first, secondMoment: second },
            { ...rates, beta1: 0.9, beta2: 0.99, decoupled, step },
          );
        await backend.update(
          "sgd",
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
    second.persistent.allocate("float32", 6_000_000); // 24 MB, more than there are at first
    const geometry = conv2dGeometry("test", 7, 9, { kernelSize: [2, 3], stride: [2, 1] });
    const x = new Random(6).normal([3, 2, 7, 9]);
    const { out, argmax } = await first.maxPool2d(x, geometry);
    const expected = await reference.maxPool2d(x, geometry);
    assertClose(out, expected.out, { tolerance: 0, what: "out" });
    assert.equal([...argmax.data], [...expected.argmax.data]);
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
  const fails = async (name: string, message: RegExp): Promise<void> => {
    const error = await backend.sumPerChannel(Tensor.full([2, 9], 1)).then(
      () => null,
      (thrown: Error) => thrown,
    );
    assert.is(error?.name, name);
    assert.match(error!.message, message);
  };
  await backend.sumPerChannel(Tensor.full([2, 9], 1));
  await (worker as Worker | null)!.terminate();
  await fails("MachineError", /wasm: expected 2 working threads, but a worker ended with code 1/);
  await backend.dispose();
  await fails("InputError", /^wasm: expected a backend in use, got one that was disposed of; open/);
});

test.run();
