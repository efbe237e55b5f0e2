/** What backward needs is watched: a change in place is told, not differentiated. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Affine,
  AveragePool2d,
  BatchNorm2d,
  BatchNormPool2d,
  Conv2d,
  ConvPool2d,
  Dropout,
  Elu,
  Flatten,
  Gelu,
  GlobalAveragePool2d,
  type Layer,
  LayerNorm,
  LeakyRelu,
  MaxPool2d,
  type Pass,
  type PassOptions,
  Relu,
  ReluPool2d,
  Residual,
  Sigmoid,
  Silu,
  Softplus,
  Tanh,
  TwoPassLayer,
} from "leibniz/backprop";
import {
  type Backend,
  openBackend,
  reference,
  referenceBackend,
  wasmBackend,
} from "leibniz/kernels";
import { conv2dGeometry } from "leibniz/im2col";
import { initialise, Sequential } from "leibniz/network";
import { Random, Storage, Tensor } from "leibniz/tensor";
import { Adagrad, Adam, AdamW, RmsProp, Sgd } from "leibniz/training";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const [checking, wasm1, wasm2, checkingWasm] = [
  referenceBackend(undefined, { check: true }),
  await wasmBackend({ threads: 1 }),
  await wasmBackend({ threads: 2 }),
  await wasmBackend({ threads: 2, check: true }),
];
const allBackends: readonly [string, Backend][] = [
  ["reference", reference],
  ["reference that checks", checking],
  ["wasm", wasm1],
  ["wasm, 2 threads", wasm2],
  ["wasm that checks", checkingWasm],
];
const surroundings: readonly [string, (backend: Backend) => Backend["step"]][] = [
  ["in a step", (backend) => (run) => backend.step(run)],
  ["without a step", () => async (run) => run()],
];

const passOn = (backend: Backend): PassOptions => ({
  backend,
  mode: "train",
  random: new Random("pass"),
});

function filled<L extends Layer>(layer: L): L {
  for (const { name, value } of layer.parameters)
    value.copyFrom(new Random(`${layer.kind} ${name}`).normal(value.shape));
  return layer;
}

const conv = (): Conv2d =>
  new Conv2d({ inChannels: 2, outChannels: 3, kernelSize: [2, 3], padding: [0, 1] });
const pool = (): MaxPool2d => new MaxPool2d({ kernelSize: [2, 3] });

interface Watched {
  readonly layer: () => Layer;
  readonly shape: readonly number[];
  /** What is watched, as the message calls it: x, parameters, out. */
  readonly needs: readonly string[];
  /** What may change without any harm. */
  readonly free: readonly string[];
}

/** What the gradient of each layer needs of what a user can get hold of, and what it does not. */
const watched: readonly Watched[] = [
  {
    layer: () => new Affine({ inFeatures: 6, outFeatures: 4 }),
    shape: [3, 6],
    needs: ["x", "weight"],
    free: ["bias", "out"],
  },
  {
    layer: () => new Affine({ inFeatures: 6, outFeatures: 4, bias: false }),
    shape: [3, 6],
    needs: ["x", "weight"],
    free: ["out"],
  },
  { layer: conv, shape: [2, 2, 4, 6], needs: ["x", "weight"], free: ["bias", "out"] },
  {
    layer: () => new Conv2d({ inChannels: 2, outChannels: 4, kernelSize: [1, 2], groups: 2 }),
    shape: [2, 2, 4, 6],
    needs: ["x", "weight"],
    free: ["bias", "out"],
  },
  {
    layer: () => new ConvPool2d(conv(), pool(), true),
    shape: [2, 2, 5, 6],
    needs: ["x", "weight"],
    free: ["bias", "out"],
  },
  {
    layer: () => new BatchNormPool2d(new BatchNorm2d({ channels: 2 }), pool(), true),
    shape: [2, 2, 4, 6],
    needs: ["weight"],
    free: ["x", "bias", "out"],
  },
  {
    layer: () => new ReluPool2d(pool().options),
    shape: [2, 2, 4, 6],
    needs: [],
    free: ["x", "out"],
  },
  { layer: () => new Relu(), shape: [2, 5], needs: ["x"], free: ["out"] },
  // the winners are kept, and not the pixels
  { layer: pool, shape: [2, 2, 4, 6], needs: [], free: ["x", "out"] },
  {
    layer: () => new AveragePool2d({ kernelSize: [2, 3] }),
    shape: [2, 2, 4, 6],
    needs: [],
    free: ["x", "out"],
  },
  { layer: () => new GlobalAveragePool2d(), shape: [2, 2, 4, 6], needs: [], free: ["x", "out"] },
  { layer: () => new Flatten(), shape: [2, 2, 4, 6], needs: [], free: ["x", "out"] },
  { layer: () => new Dropout({ probability: 0.5 }), shape: [2, 6], needs: [], free: ["x", "out"] },
];

type Change = readonly [what: string, apply: (tensor: Tensor) => void];

const throughMethods: readonly Change[] = [
  ["set", (tensor) => tensor.set(new Array<number>(tensor.rank).fill(0), 9)],
  ["fill", (tensor) => tensor.fill(9)],
  ["copyFrom", (tensor) => tensor.copyFrom(new Random("other").normal(tensor.shape))],
  ["a view's set", (tensor) => tensor.slice([0, 1]).set(new Array<number>(tensor.rank).fill(0), 9)],
  ["a view's fill", (tensor) => tensor.transpose().fill(9)],
  ["a reshaped view's fill", (tensor) => tensor.reshape([tensor.size]).fill(9)],
];

const throughData: readonly Change[] = [
  ["data[0]", ({ data }) => void (data[0] = 9)],
  ["data[last]", ({ data }) => void (data[data.length - 1]! += 1e-6)],
  ["data.set", ({ data }) => data.set([0.25], 1)],
  ["two entries exchanged", ({ data }) => void ([data[0], data[1]] = [data[1]!, data[0]!])],
];

const harmless: readonly Change[] = [
  [
    "reading",
    (tensor) => void [tensor.toNested(), String(tensor), tensor.get(...tensor.shape.map(() => 0))],
  ],
  ["a clone's fill", (tensor) => tensor.clone().fill(9)],
  ["a copy of a view", (tensor) => tensor.transpose().clone().fill(9)],
  ["another element type's fill", (tensor) => tensor.astype("float64").fill(9)],
];

/** One pass, in which something is changed before going back. */
async function changedPass(
  { layer: build, shape }: Watched,
  backend: Backend,
  name: string,
  change: (tensor: Tensor) => void | Promise<void>,
): Promise<{ readonly kind: string; readonly back: () => Promise<Tensor[]> }> {
  const layer = filled(build());
  const x = new Random("x").normal(shape, 0, 1, "float32", backend.allocator);
  const { out, backward } = await layer.forward(x, passOn(backend));
  const dOut = new Random("dOut").normal(out.shape);
  const tensors: Record<string, Tensor> = {
    x,
    out,
    ...Object.fromEntries(layer.parameters.map((parameter) => [parameter.name, parameter.value])),
  };
  await change(tensors[name]!);
  return {
    kind: layer.kind,
    back: async () => {
      const dX = (await backward(dOut))!;
      return [dX, ...layer.parameters.map(({ grad }) => grad)].map((result) => result.clone());
    },
  };
}

const expectedChange = (kind: string, name: string): string =>
  `${kind}.backward: expected ${name} as it was in the forward pass, got one that was changed in ` +
  `place since; go backward first, or give the forward pass a copy: clone()`;

for (const [surrounding, stepOf] of surroundings)
  for (const [backendName, backend] of allBackends)
    test(
      `${backendName}, ${surrounding}: what backward needs may not change, the rest ` + `may`,
      async () => {
        let refused = 0;
        for (const one of watched) {
          const changes = [...throughMethods, ...(backend.check ? throughData : [])];
          await stepOf(backend)(async () => {
            const expected = await (await changedPass(one, backend, "x", () => {})).back();
            const unharmed = async (
              name: string,
              what: string,
              change: Change[1],
            ): Promise<void> => {
              const { kind, back } = await changedPass(one, backend, name, change);
              (await back()).forEach((result, i) =>
                assertClose(result, expected[i]!, {
                  tolerance: 0,
                  what: `${kind}, ${what} of ${name}, result ${i}`,
                }),
              );
            };
            for (const name of one.needs) {
              for (const [, change] of changes) {
                const { kind, back } = await changedPass(one, backend, name, change);
                for (let time = 0; time < 2; time++)
                  await assertRejects(back, expectedChange(kind, name));
                refused++;
              }
              for (const [what, change] of harmless) await unharmed(name, what, change);
            }
            for (const name of one.free)
              for (const [what, change] of changes) await unharmed(name, what, change);
          });
        }
        assert.ok(refused >= 60, String(refused));
      },
    );

test(
  "without digests, a change through `data` goes unseen: that is what `check` is " + "for",
  async () => {
    for (const backend of [reference, wasm1]) {
      const [affine] = watched;
      const { back } = await changedPass(affine!, backend, "x", ({ data }) => void data.fill(9));
      await back();
    }
    for (const name of ["reference", "wasm"]) {
      const backend = await openBackend({ name, check: true });
      try {
        const { kind, back } = await changedPass(
          watched[0]!,
          backend,
          "x",
          ({ data }) => void data.fill(9),
        );
        await assertRejects(back, expectedChange(kind, "x"));
      } finally {
        await backend.dispose();
      }
    }
  },
);

test("the smooth rectifiers and the normalisations watch their input, too", async () => {
  const layers: Layer[] = [
    ...[new Sigmoid(), new Tanh(), new Softplus(), new Silu(), new Gelu(), new Elu()],
    new LeakyRelu(),
    new LayerNorm({ shape: [5] }),
  ];
  for (const layer of layers) {
    const x = new Random("x").normal([3, 5]);
    const { out, backward } = await layer.forward(x, passOn(reference));
    const dOut = new Random("dOut").normal(out.shape);
    const before = (await backward(dOut))!;
    x.fill(9);
    // an activation keeps x or what it needs of it: either it refuses, or it is right
    const after = await backward(dOut).then(
      (dX) => dX!,
      (error: Error) => error,
    );
    if (after instanceof Error)
      assert.ok(after.message.startsWith(expectedChange(layer.kind, "x")), after.message);
    else assertClose(after, before, { tolerance: 0, what: layer.kind });
  }
});

for (const [backendName, backend] of allBackends)
  for (const [surrounding, stepOf] of surroundings)
    test(
      `${backendName}, ${surrounding}: an optimizer's step between the passes is ` + `told`,
      async () => {
        const optimizers = [
          (parameters: Sequential["parameters"]) => new Sgd(parameters, { learningRate: 0.1 }),
          (parameters: Sequential["parameters"]) =>
            new Sgd(parameters, { learningRate: 0.1, momentum: 0.9 }),
          (parameters: Sequential["parameters"]) => new Adam(parameters),
          (parameters: Sequential["parameters"]) => new AdamW(parameters),
          (parameters: Sequential["parameters"]) => new Adagrad(parameters),
          (parameters: Sequential["parameters"]) => new RmsProp(parameters),
        ];
        for (const allocator of [backend.persistent, undefined]) {
          const storage = allocator === undefined ? {} : { allocator };
          const network = new Sequential({
            conv: new Conv2d({ inChannels: 1, outChannels: 2, kernelSize: [2, 3] }, storage),
            relu: new Relu(),
            flatten: new Flatten(),
            affine: new Affine({ inFeatures: 16, outFeatures: 3 }, storage),
          });
          initialise(network, new Random("optimizer"));
          for (const build of optimizers) {
            const optimizer = build(network.parameters);
            await stepOf(backend)(async () => {
              const x = new Random("x").normal([2, 1, 3, 6]);
              const { backward } = await network.forward(x, passOn(backend));
              const dOut = new Random("dOut").normal([2, 3]);
              await backward(dOut);
              await optimizer.step(backend);
              await assertRejects(
                () => backward(dOut),
                "layer affine: affine.backward: expected weight as it was in the forward pass",
              );
            });
          }
          network.dispose();
        }
      },
    );

test(
  "a change that comes back to the same numbers is refused all the same, a clone is not " +
    "watched",
  async () => {
    const affine = filled(new Affine({ inFeatures: 2, outFeatures: 2 }));
    const x = new Random("x").normal([1, 2]);
    const { backward } = await affine.forward(x, passOn(reference));
    x.set([0, 0], x.get(0, 0));
    await assertRejects(() => backward(Tensor.zeros([1, 2])), expectedChange("affine", "x"));
    const again = await affine.forward(x.clone(), passOn(reference));
    x.fill(0);
    await again.backward(Tensor.zeros([1, 2]));
  },
);

test("a view of a storage that somebody else changes is told, as they are one", async () => {
  const whole = new Random("whole").normal([4, 2]);
  const affine = filled(new Affine({ inFeatures: 2, outFeatures: 2 }));
  const { backward } = await affine.forward(whole.slice([0, 2]), passOn(reference));
  whole.set([3, 1], 9); // beyond the slice, in its memory
  await assertRejects(() => backward(Tensor.zeros([2, 2])), expectedChange("affine", "x"));
});

test(
  "batch norm in evaluation: the running statistics may move on, and its gradient " + "stays",
  async () => {
    const layer = new BatchNorm2d({ channels: 2 });
    const x = new Random("x").normal([3, 2, 4, 5]);
    const evaluated = await layer.forward(x, { backend: reference, mode: "evaluate" });
    const dOut = new Random("dOut").normal(x.shape);
    const dX = (await evaluated.backward(dOut))!;
    await layer.forward(new Random("batch").normal(x.shape, 3, 2), passOn(reference));
    assertClose((await evaluated.backward(dOut))!, dX, { tolerance: 0 });
    layer.weight.value.fill(2);
    await assertRejects(() => evaluated.backward(dOut), expectedChange("batchNorm2d", "weight"));
  },
);

/** A layer of somebody's own, that keeps its tensors wherever it likes. */
class Keeping extends TwoPassLayer<object> {
  readonly kind = "keeping";
  readonly #keep: (x: Tensor) => Promise<object>;

  constructor(keep: (x: Tensor) => Promise<object>) {
    super();
    this.#keep = keep;
  }

  override async compute(x: Tensor) {
    return { out: x.clone(), cache: await this.#keep(x) };
  }

  override readonly differentiate = async (dOut: Tensor) => ({ dX: dOut });
}

test(
  "tensors are watched wherever a cache keeps them, and by the name that they have " + "there",
  async () => {
    const geometry = conv2dGeometry("test", 4, 6, { kernelSize: 2, stride: 2 });
    const argmax = new Storage(Int32Array.from({ length: 6 }, (_, i) => 2 * i));
    const keeps: readonly [string, (x: Tensor) => Promise<object>][] = [
      ["image", async (x) => ({ image: x })],
      ["inner", async (x) => ({ geometry, nested: { inner: x } })],
      ["1", async (x) => ({ list: [3, x.slice([0, 1])] })],
      ["numbers", async (x) => ({ numbers: x.storage })],
      ["x", async (x) => ({ cols: await reference.im2col(x, geometry) })],
      ["winners", async (x) => ({ winners: await reference.winnersGradient(x, argmax, geometry) })],
    ];
    for (const [name, keep] of keeps) {
      const x = new Random("x").normal(name === "winners" ? [1, 1, 2, 3] : [1, 1, 4, 6]);
      const { out, backward } = await new Keeping(keep).forward(x, passOn(reference));
      await backward(out);
      x.set([0, 0, 0, 0], 9);
      await assertRejects(() => backward(out), expectedChange("keeping", name));
    }
    const { out, backward } = await new Keeping(async (x) => ({ copy: x.clone() })).forward(
      Tensor.zeros([2, 3]),
      passOn(reference),
    );
    await backward(out);
  },
);

test("inside a block the layer is named with all that it is in", async () => {
  const inner = filled(new Affine({ inFeatures: 3, outFeatures: 3 }));
  const network = new Sequential({
    block1: new Residual({ body: { relu: new Relu(), affine: inner } }),
    last: filled(new Affine({ inFeatures: 3, outFeatures: 2 })),
  });
  const { backward } = await network.forward(new Random("x").normal([2, 3]), passOn(reference));
  inner.weight.value.fill(1);
  await assertRejects(
    () => backward(Tensor.zeros([2, 2])),
    `layer block1.affine: ${expectedChange("affine", "weight")}`,
  );
});

for (const [backendName, backend] of allBackends)
  for (const [surrounding, stepOf] of surroundings)
    test(
      `${backendName}, ${surrounding}: a network keeps a copy of x, so that it may be ` +
        `filled anew`,
      async () => {
        const float32 = (values: number[], shape: number[]): Tensor => Tensor.from(values, shape);
        await stepOf(backend)(async () => {
          const affine = new Affine({ inFeatures: 2, outFeatures: 1, bias: false });
          affine.weight.value.copyFrom(float32([3, 4], [1, 2]));
          const changes: Change[] = [
            ["fill", (x) => x.fill(0)],
            ["data", ({ data }) => void data.fill(0)],
          ];
          for (const [, change] of changes) {
            affine.weight.zeroGrad();
            const x = float32([1, 2], [1, 2]);
            const network = new Sequential({ affine });
            const { out, backward } = await network.forward(x, passOn(backend));
            change(x);
            assert.equal([...out.data], [11]);
            assert.equal([...(await backward(float32([1], [1, 1]), true))!.data], [3, 4]);
            assert.equal([...affine.weight.grad.data], [1, 2]);
          }
          for (const shape of [
            [1, 1, 2, 2],
            [1, 1, 3, 3],
          ]) {
            // with a pooling behind it, a fused layer on wasm
            const conv2 = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: 2, bias: false });
            conv2.weight.value.copyFrom(float32([1, 2, 3, 4], [1, 1, 2, 2]));
            const last: Record<string, Layer> =
              shape[2] === 3 ? { pool: new MaxPool2d({ kernelSize: 2 }) } : {};
            const x = Tensor.from(
              Array.from({ length: shape[2]! ** 2 }, (_, i) => i + 1),
              shape,
            );
            const { backward } = await new Sequential({ conv2, ...last }).forward(
              x,
              passOn(backend),
            );
            x.fill(0);
            const dX = (await backward(Tensor.full([1, 1, 1, 1], 1), true))!;
            // 3 × 3: the last window wins
            const at = shape[2] === 3 ? [0, 0, 0, 0, 1, 2, 0, 3, 4] : [1, 2, 3, 4];
            assert.equal([...dX.data], at);
            const patch = shape[2] === 3 ? [5, 6, 8, 9] : [1, 2, 3, 4];
            assert.equal([...conv2.weight.grad.data], patch);
          }
        });
      },
    );

test("a pass that is not recorded is given x itself: there is nothing to keep", async () => {
  let given: Tensor | null = null;
  const spy: Layer = {
    kind: "spy",
    parameters: [],
    outputShape: (shape) => [...shape],
    forward: async (x): Promise<Pass> => {
      given = x;
      return { out: x.clone(), backward: async (dOut) => dOut };
    },
  };
  const x = Tensor.zeros([1, 2]);
  const network = new Sequential({
    spy,
    affine: new Affine({ inFeatures: 2, outFeatures: 2 }),
  });
  await network.forward(x, { backend: reference, mode: "evaluate", record: false });
  assert.is(given, x);
});

test("after its step a pass is dead, in one line that says why", async () => {
  for (const [, backend] of allBackends.filter(([, { name }]) => name === "wasm")) {
    for (const { layer: build, shape } of watched) {
      const layer = filled(build());
      let pass: Pass | null = null;
      await backend.step(async () => {
        pass = await layer.forward(new Random("x").normal(shape), passOn(backend));
      });
      const { out, backward } = pass!;
      await assertRejects(
        () => backward(Tensor.zeros(out.shape)),
        `${layer.kind}.backward: expected memory that is still there, got that of a step that ` +
          "has ended",
      );
    }
  }
});

test("the backends are given back", async () => {
  for (const [, backend] of allBackends) await backend.dispose();
});

test.run();
