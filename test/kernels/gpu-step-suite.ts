/** Steps whose results stay on the device: what every mode must pass, in Node and in a browser. */
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { softmaxCrossEntropy } from "leibniz/backprop";
import { Dataset } from "leibniz/data";
import { conv2dGeometry } from "leibniz/im2col";
import {
  type Backend,
  type GpuBackend,
  type GpuMode,
  reference,
  type UpdateKind,
  type UpdateNumbers,
} from "leibniz/kernels";
import {
  affine,
  buildNetwork,
  conv2d,
  flatten,
  layerNorm,
  type NetworkDescription,
  notebookDescription,
  relu,
} from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import { adam, fit, type FitOptions, type FitStep, sgd } from "leibniz/training";
import { assertClose, assertRejects } from "../helpers/assert-close.js";
import { convolutions } from "./gpu-convolution-suite.js";
import { endShared, withBackend, withShared } from "./gpu-suite.js";

type Named = Record<string, Tensor>;

/** Rounding errors of a float32 sum of `terms` products. */
export const tolerance = (terms: number): number => 1e-6 * Math.sqrt(terms);

export const isFar = ({ storage }: Tensor): boolean => {
  try {
    void storage.data;
    return false;
  } catch {
    return true;
  }
};

/** Numbers that are on the device: a kernel has computed them. */
export async function there(backend: GpuBackend, x: Tensor): Promise<Tensor> {
  const far = await backend.add(x, Tensor.zeros(x.shape));
  assert.ok(isFar(far), "expected numbers on the device");
  return far;
}

/** All operands on the device, the same on the reference, and what is returned compared. */
export async function assertSame(
  backend: GpuBackend,
  terms: number,
  what: string,
  operands: readonly Tensor[],
  run: (on: Backend, ...operands: Tensor[]) => Promise<Named>,
): Promise<void> {
  const expected = await run(reference, ...operands);
  const actual = await backend.step(async () => {
    const far: Tensor[] = [];
    for (const x of operands) far.push(await there(backend, x));
    return run(backend, ...far);
  });
  assert.equal(Object.keys(actual), Object.keys(expected));
  for (const [name, tensor] of Object.entries(expected))
    assertClose(actual[name]!, tensor, {
      ...{ tolerance: tolerance(terms), what: `${backend.mode} ${what}: ${name}` },
    });
}

/** Each kind of update with its options drawn, and the tensors that it changes beside the value. */
const kinds: { readonly [Kind in UpdateKind]: readonly string[] } = {
  sgd: ["velocity"],
  adagrad: ["squareSum"],
  rmsprop: ["meanSquare"],
  adam: ["firstMoment", "secondMoment"],
};

function numbersOf(kind: UpdateKind, random: Random, step: number): UpdateNumbers<UpdateKind> {
  const rates = {
    learningRate: random.uniform([], 0.01, 0.1).item(),
    weightDecay: random.integer(2) === 0 ? 0 : 0.1,
  };
  const all = {
    sgd: { ...rates, momentum: 0.9, nesterov: random.integer(2) === 0, step },
    adagrad: { ...rates, epsilon: 1e-3 },
    rmsprop: { ...rates, epsilon: 1e-3, alpha: 0.9 },
    adam: {
      ...{ ...rates, beta1: 0.9, beta2: 0.99, epsilon: 1e-3, decoupled: random.integer(2) === 0 },
      step,
    },
  };
  return all[kind];
}

/** The loss of each step of a training. */
export async function lossesOf(
  backend: Backend,
  description: NetworkDescription,
  options: Omit<FitOptions, "loss" | "backend">,
  eachStep: () => void = () => {},
): Promise<number[]> {
  const storage = { allocator: backend.persistent };
  const network = buildNetwork(description, { random: new Random("gpu step"), storage });
  const losses: number[] = [];
  for await (const event of fit(network, { ...options, loss: softmaxCrossEntropy(), backend }))
    if (event.type === "step") {
      losses.push((event as FitStep).loss);
      eachStep();
    }
  return losses;
}

/** Registers the checks. */
export function gpuStepSuite(
  mode: GpuMode,
  test: (name: string, run: () => Promise<void>) => void,
): void {
  const options = { mode, smallestProduct: 0, stepsOnDevice: true } as const;
  const isThorough = mode === "cpu";

  test(`${mode}: in a step, convolutions of any shape stay, forward and backward`, () =>
    withShared(options, async (backend) => {
      const { held } = backend;
      let stayed = 0;
      await fc.assert(
        fc.asyncProperty(convolutions, async ({ N, G, channels, filters, ...drawn }) => {
          const { size, turned: _, seed, ...geometryOptions } = drawn;
          const geometry = conv2dGeometry("test", ...size, geometryOptions);
          const { H, W, kH, kW, outH, outW } = geometry;
          const [C, R, P] = [G * channels, channels * kH * kW, outH * outW];
          const random = new Random(seed);
          const operands = [
            random.normal([N, C, H, W]),
            random.normal([G, filters, R]),
            random.normal([N, G, filters, P]),
          ];
          const rowBias = seed % 3 === 0 ? null : random.normal([G, filters]);
          await assertSame(
            backend,
            Math.max(R, N * P, filters * kH * kW),
            JSON.stringify({ N, G, channels, filters, size, ...geometryOptions }),
            operands,
            async (on, x, weight, dOut) => {
              const cols = await on.im2col(x!, geometry, G);
              const named = {
                out: await on.matmul(weight!, cols, { rowBias }),
                dWeight: await on.matmulSum(dOut!, cols, { transposeB: true }),
                dX: await on.productOntoImages(weight!, dOut!, C, geometry),
              };
              if (on !== reference) stayed += Object.values(named).filter(isFar).length;
              return named;
            },
          );
        }),
        { seed: 6, numRuns: isThorough ? 60 : 15 },
      );
      // where a stride is large, the gradient is not gathered
      assert.ok(stayed > (isThorough ? 145 : 35), `expected most results to stay, got ${stayed}`);
      assert.is(backend.held, held, "expected no memory to be left");
    }));

  test(`${mode}: in a step, products of any shape stay, with their biases`, () =>
    withShared(options, async (backend) => {
      const { held } = backend;
      const random = new Random(`gpu step products ${mode}`);
      for (let n = 0; n < (isThorough ? 40 : 8); n++) {
        const [M, N, I, batch] = [30, 40, 25, 4].map((most) => 1 + random.integer(most)) as [
          number,
          number,
          number,
          number,
        ];
        const [transposeA, transposeB] = [random.integer(2) === 1, random.integer(2) === 1];
        const shapeA = [batch, ...(transposeA ? [I, M] : [M, I])];
        const shapeB = [batch, ...(transposeB ? [N, I] : [I, N])];
        const [a, b] = [random.normal(shapeA), random.normal(shapeB)];
        const biases = [
          {},
          { rowBias: random.normal([M]) },
          { rowBias: random.normal([batch, M]) },
          { columnBias: random.normal([N]) },
        ];
        const [bias, turn] = [biases[n % 4]!, { transposeA, transposeB }];
        const what = `${batch} of ${M}×${I}×${N}, ${JSON.stringify(turn)}, bias ${n % 4}`;
        await assertSame(backend, I * batch, what, [a, b], async (on, a, b) => {
          const named = {
            each: await on.matmul(a!, b!, { ...turn, ...bias }),
            sum: await on.matmulSum(a!, b!, turn),
          };
          if (on !== reference) assert.ok(Object.values(named).every(isFar), what);
          return named;
        });
      }
      const matrix = random.normal([25, 40]);
      await assertSame(backend, 25, "one for all", [random.normal([3, 7, 25])], async (on, a) => ({
        out: await on.matmul(a!, matrix),
        first: await on.matmul(random.split("other").normal([6, 3]), a!.reshape([3, 175])),
      }));
      assert.is(backend.held, held);
    }));

  test(`${mode}: in a step, entries, sums and winners stay`, () =>
    withShared(options, async (backend) => {
      const { held } = backend;
      const random = new Random(`gpu step entries ${mode}`);
      const size = fc.record({
        ...{ N: fc.integer({ min: 1, max: 4 }), C: fc.integer({ min: 1, max: 3 }) },
        ...{ H: fc.integer({ min: 3, max: 9 }), W: fc.integer({ min: 3, max: 8 }) },
        kernelSize: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
        stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
        padding: fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 })),
      });
      // else a window lies on padding alone, and nobody wins
      const pools = size.filter(({ kernelSize, padding }) =>
        [0, 1].every((axis) => padding[axis]! < kernelSize[axis]!),
      );
      await fc.assert(
        fc.asyncProperty(pools, async ({ N, C, H, W, ...drawn }) => {
          const geometry = conv2dGeometry("test", H, W, drawn);
          const shape = [N, C, H, W];
          // whole numbers: with ties, and with zeros where the rectifier bends
          const x = Tensor.from(
            Array.from({ length: N * C * H * W }, () => random.integer(5) - 2),
            shape,
          );
          const dOut = random.normal([N, C, geometry.outH, geometry.outW]);
          // sums of one sign, since rounding errors are compared with what comes out
          const [y, table] = [random.uniform(shape, 0, 1), random.uniform([N, 5], 0, 1)];
          await assertSame(
            backend,
            N * H * W,
            JSON.stringify({ ...shape, ...drawn }),
            [x, y, dOut, table],
            async (on, x, y, dOut, table) => {
              const { out, argmax } = await on.maxPool2d(x!, geometry);
              const named = {
                ...{ relu: await on.relu(x!), gate: await on.reluBackward(y!, x!) },
                ...{ sum: await on.add(x!, y!), product: await on.multiply(x!, y!) },
                ...{ ofImages: await on.sumPerChannel(y!), ofRows: await on.sumPerChannel(table!) },
                ...{ out, back: await on.maxPool2dBackward(dOut!, argmax, geometry) },
              };
              if (on !== reference)
                assert.equal(
                  Object.entries(named).filter(([, tensor]) => !isFar(tensor)),
                  [],
                );
              return named;
            },
          );
        }),
        { seed: 7, numRuns: isThorough ? 40 : 8 },
      );
      assert.is(backend.held, held);
    }));

  test(`${mode}: updates of every kind, on parameters that stay`, () =>
    withShared(options, async (backend) => {
      const { held } = backend;
      for (const kind of Object.keys(kinds) as UpdateKind[]) {
        for (let variant = 0; variant < 4; variant++) {
          const random = new Random(`gpu updates ${kind} ${variant}`);
          const start = random.normal([7, 3]);
          const make = (on: Backend): Record<string, Tensor | null> => {
            const value = Tensor.zeros([7, 3], "float32", on.persistent);
            value.copyFrom(start);
            const others = kinds[kind].map((name) => [
              name,
              kind === "sgd" && variant === 0
                ? null
                : Tensor.zeros([7, 3], "float32", on.persistent),
            ]);
            return { value, ...Object.fromEntries(others) };
          };
          const [mine, expected] = [make(backend), make(reference)];
          for (let step = 1; step <= 3; step++) {
            const grad = random.normal([7, 3]);
            const numbers = numbersOf(kind, random.split(`numbers ${step}`), step);
            const before = backend.traffic.fetched;
            await backend.step(async () => {
              const far = await there(backend, grad);
              await backend.update(kind, { ...mine, grad: far } as never, numbers as never);
            });
            assert.is(backend.traffic.fetched, before, "expected nothing to come back");
            await reference.update(kind, { ...expected, grad } as never, numbers as never);
          }
          for (const [name, tensor] of Object.entries(mine)) {
            if (tensor === null) continue;
            assert.ok(isFar(tensor), `expected ${kind}'s ${name} to stay`);
            const what = `${mode} ${kind} ${variant}: ${name}`;
            assertClose(await backend.read(tensor), expected[name]!, { tolerance: 1e-6, what });
            tensor.storage.dispose();
          }
        }
      }
      assert.is(backend.held, held);
    }));

  test(`${mode}: of a training step, the batch goes out, and ten numbers an image come back`, () =>
    withShared(options, async (backend) => {
      const random = new Random("gpu step training");
      const returned = [...backend.returns];
      const [images, batchSize] = [12, 3];
      const data = Dataset.from({
        x: random.uniform([images, 1, 28, 28], 0, 1),
        target: Array.from({ length: images }, (_, n) => n % 10),
      });
      const goal = { data, batchSize, epochs: 1, optimizer: adam() };
      const traffic: (typeof backend.traffic)[] = [];
      const held: number[] = [];
      const losses = await lossesOf(backend, notebookDescription, goal, () => {
        traffic.push(backend.traffic);
        held.push(backend.held);
      });
      const expected = await lossesOf(reference, notebookDescription, goal);
      const differences = losses.map((loss, i) => Math.abs(loss - expected[i]!));
      assert.is(losses.length, 4);
      assert.ok(Math.max(...differences) < 1e-5, `losses differ by ${differences}`);
      const [before, after] = [traffic.at(-2)!, traffic.at(-1)!];
      const [batch, logits] = [4 * batchSize * 784, 4 * batchSize * 10];
      assert.is(after.sent - before.sent, batch + logits, "the batch, and the loss's gradient");
      assert.is(after.fetched - before.fetched, logits);
      const told = after.told - before.told;
      assert.ok(told > 0 && told < 6_000, `expected few numbers beside it, got ${told} B`);
      assert.is(held.at(-1), held[1], "expected as much memory after the last step");
      assert.equal([...backend.returns], returned);
    }));

  test(`${mode}: what has no kernel runs on the processor, and is told`, () =>
    withShared(options, async (backend) => {
      const random = new Random("gpu step returns");
      const returned = new Map(backend.returns);
      const layers: NetworkDescription["layers"] = {
        conv: conv2d({ outChannels: 4, kernelSize: 3, padding: 1 }),
        relu: relu(),
        flatten: flatten(),
        norm: layerNorm(),
        classes: affine({ outFeatures: 3 }),
      };
      const data = Dataset.from({
        x: random.normal([12, 2, 6, 8]),
        target: Array.from({ length: 12 }, (_, n) => n % 3),
      });
      const optimizer = sgd({ learningRate: 0.05, momentum: 0.9 });
      const goal = { data, batchSize: 4, epochs: 2, optimizer };
      const losses = await lossesOf(backend, { input: [2, 6, 8], layers }, goal);
      const expected = await lossesOf(reference, { input: [2, 6, 8], layers }, goal);
      const differences = losses.map((loss, i) => Math.abs(loss - expected[i]!));
      assert.ok(Math.max(...differences) < 1e-5, `losses differ by ${differences}`);
      for (const name of ["rowMoments", "rowSums"])
        assert.is(backend.returns.get(name)! - (returned.get(name) ?? 0), 6, name);
      assert.is(backend.returns.get("matmul"), returned.get("matmul"));
    }));

  test(`${mode}: numbers on the device are read before they are looked at`, () =>
    withShared(options, async (backend) => {
      const { held } = backend;
      const x = new Random("gpu step read").normal([2, 3]);
      const kept = await backend.step(async () => {
        const far = await there(backend, x);
        await assertRejects(async () => far.data, "numbers that are here", "backend.read(tensor)");
        const { data } = await backend.read(far);
        assert.equal(data, x.data);
        data[0] = 7; // counts as the newest
        const doubled = await backend.read(await backend.add(far, far));
        assert.is(doubled.data[0], 14);
        return { doubled, list: [await backend.relu(far)], far };
      });
      assert.is(kept.doubled.data[1], 2 * x.data[1]!);
      assert.is(kept.list[0]!.data[0], 7);
      assert.is(backend.held, held);
      let lost: Tensor | null = null;
      await assertRejects(
        () =>
          backend.step(async () => {
            lost = await there(backend, x);
            await backend.add(lost, Tensor.zeros([3, 2]));
          }),
        "[2, 3]",
      );
      assert.is(backend.held, held, "expected a step that fails to give back its memory");
      await assertRejects(async () => lost!.data, "that of a step that has ended");
    }));

  test(`${mode}: what a step sends twice travels once, unless it was written to`, () =>
    withShared(options, async (backend) => {
      const x = new Random("gpu step twice").normal([5, 4]);
      x.data[3] = Number.NaN;
      const bytes = async (): Promise<number> => {
        const before = backend.traffic.sent;
        await backend.relu(x);
        return backend.traffic.sent - before;
      };
      for (let step = 0; step < 2; step++)
        await backend.step(async () => {
          assert.equal([await bytes(), await bytes()], [80, 0]);
          x.data[7] = 100 + step;
          assert.equal([await bytes(), await bytes()], [80, 0]);
          const relu = await backend.read(await backend.relu(x));
          assert.is(relu.data[7], 100 + step);
        });
    }));

  test(`${mode}: views of what is on the device, and who looks while a kernel waits`, () =>
    withShared(options, async (backend) => {
      const random = new Random("gpu step views");
      const bias = Tensor.zeros([3], "float32", backend.persistent);
      const target = Tensor.zeros([2, 3], "float32", backend.persistent);
      const [x, weight] = [random.normal([2, 4, 5, 5]), random.normal([2, 3, 8])];
      const geometry = conv2dGeometry("test", 5, 5, { kernelSize: 2 });
      const run = async (on: Backend, rowBias: Tensor): Promise<Tensor> =>
        on.matmul(weight, await on.im2col(x, geometry, 2), { rowBias });
      await backend.step(async () => {
        // one for both groups: a view without steps along the first axis
        await backend.accumulate(bias, await there(backend, random.normal([3])));
        const expected = await run(reference, (await backend.read(bias)).clone());
        await backend.accumulate(bias, await there(backend, Tensor.zeros([3])));
        const out = await backend.read(await run(backend, bias));
        assertClose(out, expected, { tolerance: 1e-6 });
        const source = random.normal([3, 2]);
        const gradient = await there(backend, source);
        await assertRejects(() => backend.accumulate(target.transpose(), gradient), "contiguous");
        const far = await backend.read(await there(backend, source));
        const waiting = backend.add(far, far);
        assert.is(far.data.length, 6); // gives the device's memory back
        assertClose(
          await backend.read(await waiting),
          Tensor.from(
            source.data.map((value) => 2 * value),
            [3, 2],
          ),
          { tolerance: 1e-6 },
        );
      });
    }));

  test(`${mode}: a NaN wins its windows, and infinite gradients stay what they are`, () =>
    withShared(options, async (backend) => {
      const x = new Random("gpu step NaN").normal([2, 3, 6, 6]);
      for (const at of [0, 8, 50, 51, 200]) x.data[at] = Number.NaN;
      const geometry = conv2dGeometry("test", 6, 6, { kernelSize: 3, stride: 2, padding: 1 });
      const expected = await reference.maxPool2d(x, geometry);
      const out = await backend.step(async () => {
        const pooled = await backend.maxPool2d(await there(backend, x), geometry);
        assert.equal((await backend.read(pooled.argmax)).data, expected.argmax.data);
        return pooled.out;
      });
      assert.ok(out.data.some(Number.isNaN));
      assert.ok(out.data.every((entry, i) => Object.is(entry, expected.out.data[i])));
      const value = Tensor.zeros([2], "float32", backend.persistent);
      const numbers = { learningRate: 0.1, weightDecay: 0, momentum: 0, nesterov: false, step: 1 };
      await backend.step(async () => {
        const grad = await there(backend, Tensor.from([Number.POSITIVE_INFINITY, 1], [2]));
        await backend.update("sgd", { value, grad, velocity: null }, numbers);
      });
      assert.is((await backend.read(value)).data[0], Number.NEGATIVE_INFINITY);
    }));

  test(`${mode}: what is asked for at once happens in its order, and nothing is lost`, () =>
    withShared(options, async (backend) => {
      const { held } = backend;
      const parameter = Tensor.zeros([3], "float32", backend.persistent);
      await backend.step(async () => {
        const one = await there(backend, Tensor.full([3], 1));
        await backend.accumulate(parameter, one);
        await Promise.all([backend.accumulate(parameter, one), backend.read(parameter)]);
        await Promise.all([1, 2].map(() => backend.accumulate(parameter, one)));
      });
      assert.equal([...(await backend.read(parameter)).data], [4, 4, 4]);
      const late: Promise<unknown>[] = [];
      await backend.step(() => {
        late.push(backend.relu(Tensor.full([3], 1)));
      });
      // the processor is done before it ends, a device is not
      await late[0]!.catch(({ message }: Error) => assert.match(message, "awaited before it ends"));
      assert.is(backend.held, held);
    }));

  test(`${mode}: after the backend, what was read is there, and nothing else`, async () => {
    const kept: Tensor[] = [];
    await withBackend(options, async (backend) => {
      for (let n = 0; n < 2; n++) kept.push(Tensor.zeros([2], "float32", backend.persistent));
      await backend.step(async () => {
        const two = await there(backend, Tensor.full([2], 2));
        for (const tensor of kept) await backend.accumulate(tensor, two);
      });
      await backend.read(kept[0]!);
    });
    assert.equal([...kept[0]!.data], [2, 2]);
    await assertRejects(async () => kept[1]!.data, "disposed of");
  });

  test(`${mode}: a frozen layer in front, and a training that was left and goes on`, () =>
    withShared(options, async (backend) => {
      const layers: NetworkDescription["layers"] = {
        conv: conv2d({ outChannels: 3, kernelSize: 3 }),
        relu: relu(),
        flatten: flatten(),
        classes: affine({ outFeatures: 3 }),
      };
      const random = new Random("gpu step frozen");
      const target = Array.from({ length: 12 }, (_, n) => n % 3);
      const data = Dataset.from({ x: random.normal([12, 1, 6, 5]), target });
      const goal = { data, batchSize: 4, epochs: 2, optimizer: adam(), freeze: ["conv"] };
      const losses = await lossesOf(backend, { input: [1, 6, 5], layers }, goal);
      const expected = await lossesOf(reference, { input: [1, 6, 5], layers }, goal);
      const differences = losses.map((loss, i) => Math.abs(loss - expected[i]!));
      assert.ok(Math.max(...differences) < 1e-5, `losses differ by ${differences}`);
      const storage = { allocator: backend.persistent };
      const network = buildNetwork({ input: [1, 6, 5], layers }, { random, storage });
      const all = { ...goal, loss: softmaxCrossEntropy(), backend };
      for await (const event of fit(network, all)) if (event.type === "step") break;
      let steps = 0;
      for await (const event of fit(network, all)) if (event.type === "step") steps++;
      assert.is(steps, 6);
    }));

  if (mode === "webgpu")
    test(`${mode}: as many results as float32 counts`, () =>
      withShared(options, async (backend) => {
        const random = new Random("gpu step many");
        const geometry = conv2dGeometry("test", 5, 5, { kernelSize: 1 });
        const [x, weight] = [random.normal([7_900, 1, 5, 5]), random.normal([1, 32, 1])];
        const run = async (on: Backend): Promise<Tensor> =>
          on.step(async () => on.matmul(weight, await on.im2col(x, geometry)));
        assertClose(await run(backend), await run(reference), { tolerance: 1e-6 });
      }));

  test(`${mode}: outside a step, results are here at once`, () =>
    withShared(options, async (backend) => {
      const { held } = backend;
      const x = new Random("gpu outside").normal([4, 4]);
      const { data } = await backend.matmul(x, x);
      assert.is(data.length, 16);
      const parameter = Tensor.zeros([4, 4], "float32", backend.persistent);
      await backend.step(async () => {
        await backend.accumulate(parameter, await backend.matmul(x, x));
        await backend.accumulate(parameter, await backend.matmul(x, x));
      });
      assert.ok(isFar(parameter));
      const twice = await backend.add(parameter, parameter);
      assertClose(
        twice,
        Tensor.from(
          data.map((value) => 4 * value),
          [4, 4],
        ),
        { tolerance: 1e-6 },
      );
      parameter.fill(3);
      assert.is((await backend.read(parameter)).data[5], 3);
      await backend.step(async () => backend.accumulate(parameter, await backend.matmul(x, x)));
      assert.is(backend.held, held + 1);
      parameter.storage.dispose();
      assert.is(backend.held, held, "expected what is disposed of to give back its memory");
    }));

  test(`${mode}: what the tests of steps shared is given back`, endShared);
}
