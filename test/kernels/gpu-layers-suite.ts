/** Layers between the products, in a step that stays on the device: what every mode must pass. */
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import {
  eluBackward,
  eluForward,
  geluForward,
  leakyReluBackward,
  leakyReluForward,
  sigmoidBackward,
  sigmoidForward,
  siluForward,
  softplusForward,
  tanhBackward,
  tanhForward,
} from "leibniz/backprop";
import { Dataset } from "leibniz/data";
import { conv2dGeometry } from "leibniz/im2col";
import { type Backend, type GpuBackend, type GpuMode, reference } from "leibniz/kernels";
import {
  affine,
  averagePool2d,
  batchNorm2d,
  conv2d,
  dropout,
  elu,
  flatten,
  gelu,
  leakyRelu,
  type NetworkDescription,
  sigmoid,
  silu,
  softplus,
  tanh,
} from "leibniz/network";
import { Random, Tensor } from "leibniz/tensor";
import { sgd } from "leibniz/training";
import { assertClose } from "../helpers/assert-close.js";
import { assertSame, isFar, lossesOf, there } from "./gpu-step-suite.js";
import { withBackend } from "./gpu-suite.js";

/** By name: the function and what flows back through it. */
const functions: Readonly<
  Record<
    string,
    (x: Tensor, dOut: Tensor, on: Backend) => Promise<Readonly<Record<string, Tensor>>>
  >
> = {
  sigmoid: async (x, dOut, on) => {
    const { out, cache } = await sigmoidForward(x, on);
    return { out, ...(await sigmoidBackward(dOut, cache, on)) };
  },
  tanh: async (x, dOut, on) => {
    const { out, cache } = await tanhForward(x, on);
    return { out, ...(await tanhBackward(dOut, cache, on)) };
  },
  elu: async (x, dOut, on) => {
    const { out, cache } = await eluForward(x, on);
    return { out, ...(await eluBackward(dOut, cache, on)) };
  },
  leakyRelu: async (x, dOut, on) => {
    const { out, cache } = await leakyReluForward(x, { negativeSlope: 0.3 }, on);
    return { out, ...(await leakyReluBackward(dOut, cache, on)) };
  },
  silu: async (x, _, on) => withSlope(await siluForward(x, on)),
  gelu: async (x, _, on) => withSlope(await geluForward(x, on)),
  softplus: async (x, _, on) => withSlope(await softplusForward(x, on)),
};

function withSlope({ out, cache }: { out: Tensor; cache: { slope: Tensor | null } }) {
  return { out, slope: cache.slope! };
}

/** Windows of any kind, also such as lie on padding alone. */
const pools = fc
  .record({
    ...{ N: fc.integer({ min: 1, max: 3 }), C: fc.integer({ min: 1, max: 3 }) },
    ...{ H: fc.integer({ min: 5, max: 9 }), W: fc.integer({ min: 5, max: 8 }) },
    kernelSize: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    stride: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 })),
    padding: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 1 })),
    dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
  })
  .filter(({ H, W }) => H !== W);

/** Registers the checks. */
export function gpuLayersSuite(
  mode: GpuMode,
  test: (name: string, run: () => Promise<void>) => void,
): void {
  const options = { mode, smallestProduct: 0, stepsOnDevice: true } as const;
  const isThorough = mode === "cpu";

  /** Looks at where results are, on the backend that is tested. */
  const assertFar = (on: Backend, named: Readonly<Record<string, Tensor>>): void => {
    if (on === reference) return;
    const near = Object.entries(named).filter(([, tensor]) => !isFar(tensor));
    assert.equal(
      near.map(([name]) => name),
      [],
    );
  };

  test(`${mode}: in a step, average pools of any shape stay, forward and backward`, () =>
    withBackend(options, async (backend) => {
      await fc.assert(
        fc.asyncProperty(pools, async ({ N, C, H, W, ...drawn }) => {
          const geometry = conv2dGeometry("test", H, W, drawn);
          const random = new Random(JSON.stringify({ N, C, H, W, ...drawn }));
          const x = random.normal([N, C, H, W]);
          const dOut = random.normal([N, C, geometry.outH, geometry.outW]);
          const what = JSON.stringify({ N, C, H, W, ...drawn });
          await assertSame(backend, 9, what, [x, dOut], async (on, x, dOut) => {
            const named = {
              out: await on.averagePool2d(x!, geometry),
              dX: await on.averagePool2dBackward(dOut!, geometry),
            };
            assertFar(on, named);
            return named;
          });
        }),
        { seed: 8, numRuns: isThorough ? 60 : 12 },
      );
      assert.is(backend.held, 0);
    }));

  test(`${mode}: in a step, normalisation by channels stays, and a few numbers come back`, () =>
    withBackend(options, async (backend) => {
      for (const shape of [
        [4, 3, 5, 7],
        [6, 5],
        [1, 2, 9, 4],
        [3, 1, 2, 3],
        [2, 4, 11],
      ]) {
        const random = new Random(`gpu channels ${shape}`);
        const C = shape[1]!;
        const [x, y] = [random.normal(shape, 0.5, 2), random.uniform(shape, 0, 1)];
        const [scale, centre, shift] = [0, 1, 2].map(() => random.normal([C])) as [
          Tensor,
          Tensor,
          Tensor,
        ];
        const line = { scale, intercept: centre, slope: shift };
        const before = backend.traffic.fetched;
        await assertSame(backend, 77, `channels ${shape}`, [x, y], async (on, x, y) => {
          const { sum, product } = await on.channelSums(y!, x!.reshape(shape));
          const named = {
            all: await on.channelAffine(x!, { scale, centre, shift }),
            stretched: await on.channelAffine(x!, { scale }),
            residual: await on.channelResidual(y!, x!, line),
          };
          assertFar(on, named);
          return { ...named, ...(await on.channelMoments(x!)), sum, product };
        });
        const returned = 3 * x.size + (4 + 4 + 1) * C;
        assert.is(backend.traffic.fetched - before, 4 * returned);
      }
      assert.is(backend.held, 0);
      assert.equal([...backend.returns], []);
    }));

  test(`${mode}: mean and variance are exact far from 0`, () =>
    withBackend(options, async (backend) => {
      const random = new Random("gpu far moments");
      const x = random.normal([16, 2, 9, 11]);
      for (let i = 0; i < x.size; i++) x.data[i]! += i % 198 < 99 ? 3000 : -70;
      const { mean, variance } = await reference.channelMoments(x);
      const actual = await backend.step(async () =>
        backend.channelMoments(await there(backend, x)),
      );
      assertClose(actual.mean, mean, { tolerance: 1e-7 });
      assertClose(actual.variance, variance, { tolerance: 2e-6 });
    }));

  for (const [name, run] of Object.entries(functions))
    test(`${mode}: in a step, ${name} stays, forward and backward`, () =>
      withBackend(options, async (backend) => {
        const random = new Random(`gpu ${name}`);
        const [small, large] = [random.normal([13, 7]), random.normal([13, 7], 0, 12)];
        const tiny = random.normal([13, 7], 0, 1e-4);
        const ends = Tensor.from([0, -0, 200, -200, 88, -88, 1, -1, 20, -20], [10]);
        for (const x of [small, large, tiny, ends])
          await assertSame(backend, 1, name, [x, random.normal(x.shape)], async (on, x, dOut) => {
            const named = await run(x!, dOut!, on);
            assertFar(on, named);
            return named;
          });
        assert.is(backend.held, 0);
        assert.equal([...backend.returns], []);
      }));

  test(`${mode}: a NaN comes through every activation`, () =>
    withBackend(options, async (backend) => {
      const x = Tensor.from([Number.NaN, 1], [2]);
      for (const [name, run] of Object.entries(functions)) {
        const { out } = await backend.step(async () =>
          run(await there(backend, x), Tensor.full([2], 1), backend),
        );
        assert.ok(Number.isNaN(out!.data[0]), name);
        assert.ok(Number.isFinite(out!.data[1]), name);
      }
    }));

  test(`${mode}: dropout's mask is the reference's, and travels as a binary digit an entry`, () =>
    withBackend(options, async (backend) => {
      const x = new Random("gpu mask").normal([7, 29]);
      for (const zeros of [0, 0.1, 0.5, 0.9]) {
        const mask = { seed: `mask ${zeros}`, zeros, value: 1 / (1 - zeros) };
        const expected = await reference.randomMask(x.shape, "float32", mask);
        const drawn = await backend.step(async () => {
          const far = await there(backend, x);
          const before = backend.traffic.sent;
          const drawn = await backend.randomMask(x.shape, "float32", mask);
          assert.is(backend.traffic.sent - before, 4 * Math.ceil(x.size / 24));
          assert.ok(isFar(drawn) && isFar(await backend.multiply(far, drawn)));
          return drawn;
        });
        assert.equal(drawn.data, expected.data);
        const here = await backend.step(() => backend.randomMask(x.shape, "float32", mask));
        assert.equal(here.data, expected.data, "where nothing is on the device");
      }
      assert.is(backend.held, 0);
    }));

  test(`${mode}: a step of a network with all of them sends its batch, and little comes back`, () =>
    withBackend({ ...options, smallestProduct: 1 }, async (backend) => {
      const random = new Random("gpu step layers");
      const layers: NetworkDescription["layers"] = {
        conv: conv2d({ outChannels: 4, kernelSize: 3, padding: 1 }),
        norm: batchNorm2d(),
        gelu: gelu(),
        pool: averagePool2d({ kernelSize: 2 }),
        conv2: conv2d({ outChannels: 3, kernelSize: 2 }),
        silu: silu(),
        flatten: flatten(),
        hidden: affine({ outFeatures: 24 }),
        sigmoid: sigmoid(),
        dropout: dropout({ probability: 0.25 }),
        hidden2: affine({ outFeatures: 9 }),
        tanh: tanh(),
        hidden3: affine({ outFeatures: 8 }),
        elu: elu(),
        hidden4: affine({ outFeatures: 7 }),
        leakyRelu: leakyRelu(),
        hidden5: affine({ outFeatures: 7 }),
        softplus: softplus(),
        classes: affine({ outFeatures: 3 }),
      };
      const data = Dataset.from({
        x: random.normal([12, 2, 6, 8]),
        target: Array.from({ length: 12 }, (_, n) => n % 3),
      });
      const optimizer = sgd({ learningRate: 0.05, momentum: 0.9 });
      const goal = { data, batchSize: 4, epochs: 2, optimizer };
      const description = { input: [2, 6, 8], layers };
      const traffic: GpuBackend["traffic"][] = [];
      const held: number[] = [];
      const losses = await lossesOf(backend, description, goal, () => {
        traffic.push(backend.traffic);
        held.push(backend.held);
      });
      const expected = await lossesOf(reference, description, goal);
      const differences = losses.map((loss, i) => Math.abs(loss - expected[i]!));
      assert.is(losses.length, 6);
      assert.ok(Math.max(...differences) < 1e-5, `losses differ by ${differences}`);
      const [before, after] = [traffic.at(-2)!, traffic.at(-1)!];
      const [batch, logits, channels] = [4 * (2 * 6 * 8), 4 * 3, 4];
      const mask = Math.ceil((4 * 24) / 24);
      // mean, ρ, weight and bias; both means of the gradient, and weight · ρ; and the last bias,
      // which lives on the processor, since the loss's gradient is summed there
      assert.is((after.sent - before.sent) / 4, batch + logits + mask + 7 * channels + 3);
      // moments and sums
      assert.is((after.fetched - before.fetched) / 4, logits + (5 + 4) * channels);
      assert.is(held.at(-1), held[1], "expected as much memory after the last step");
      assert.equal([...backend.returns], []);
    }));
}
