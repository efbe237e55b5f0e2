import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Affine,
  affineBackward,
  affineForward,
  Conv2d,
  Dropout,
  everyLayer,
  type Layer,
  type Pass,
  Relu,
  Residual,
  residualBackward,
  residualForward,
} from "leibniz/backprop";
import { type Differentiable, gradientCheck, type NamedTensors } from "leibniz/gradcheck";
import { type Backend, reference, wasmBackend } from "leibniz/kernels";
import { add, Random, tensor, Tensor } from "leibniz/tensor";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const float64 = { dtype: "float64" } as const;
const training = { backend: reference, mode: "train", random: new Random("pass") } as const;
type Branch = (x: Tensor) => Promise<Pass>;
const normal = (seed: string, shape: readonly number[]): Tensor =>
  new Random(seed).normal(shape, 0, 1, "float64");

const affine =
  (weight: Tensor): Branch =>
  async (x) => {
    const { out, cache } = await affineForward(x, weight, null);
    return { out, backward: async (dOut) => (await affineBackward(dOut, cache)).dX };
  };

/** With random weights, drawn by name. */
function filled<L extends Layer>(layer: L, seed: string): L {
  for (const { name, layer: inner } of everyLayer([{ name: "block", layer }])) {
    for (const parameter of inner.parameters)
      parameter.value.data.set(
        normal(`${seed} ${name}.${parameter.name}`, parameter.value.shape).data,
      );
  }
  return layer;
}

/** A block whose body bends, with a projection: [N, 2, H, W] → [N, 3, H/2, W − 1]. */
const projected = (seed: string): Residual =>
  filled(
    new Residual({
      body: {
        conv1: new Conv2d(
          { inChannels: 2, outChannels: 4, kernelSize: [3, 2], stride: [2, 1], padding: [1, 0] },
          float64,
        ),
        relu: new Relu(),
        conv2: new Conv2d(
          { inChannels: 4, outChannels: 3, kernelSize: [1, 3], padding: [0, 1] },
          float64,
        ),
      },
      shortcut: {
        projection: new Conv2d(
          { inChannels: 2, outChannels: 3, kernelSize: [1, 2], stride: [2, 1], bias: false },
          float64,
        ),
      },
    }),
    seed,
  );

test("out is the body's output plus x, or plus the shortcut's", async () => {
  const [x, body, shortcut] = [
    normal("x", [5, 3]),
    normal("body", [3, 3]),
    normal("shortcut", [3, 3]),
  ];
  const f = (await affineForward(x, body, null)).out;
  assertClose((await residualForward(x, affine(body), null)).out, add(f, x), { tolerance: 0 });
  assertClose(
    (await residualForward(x, affine(body), affine(shortcut))).out,
    add(f, (await affineForward(x, shortcut, null)).out),
    { tolerance: 0 },
  );
});

test("both ways are given dOut as it is, and dX is the sum of what comes back", async () => {
  const heard: Tensor[] = [];
  const branch =
    (dX: Tensor): Branch =>
    async (x) => ({ out: x, backward: async (dOut) => (heard.push(dOut.clone()), dX) });
  const [x, dOut, first, second] = ["x", "dOut", "first", "second"].map((seed) =>
    normal(seed, [2, 3]),
  ) as [Tensor, Tensor, Tensor, Tensor];
  const both = await residualForward(x, branch(first), branch(second));
  assertClose((await residualBackward(dOut, both.cache)).dX, add(first, second), { tolerance: 0 });
  assert.is(heard.length, 2);
  for (const upstream of heard) assertClose(upstream, dOut, { tolerance: 0 });
  const plain = await residualForward(x, branch(first), null);
  assertClose((await residualBackward(dOut, plain.cache)).dX, add(first, dOut), { tolerance: 0 });
});

test("what the branches return, and dOut, are not changed by the sums", async () => {
  const [x, dOut] = [normal("x", [2, 3]), normal("dOut", [2, 3])];
  const before = [x.clone(), dOut.clone()];
  const same: Branch = async (input) => ({ out: input, backward: async (upstream) => upstream });
  const { out, cache } = await residualForward(x, same, null);
  assertClose(out, add(x, x), { tolerance: 0 });
  assertClose((await residualBackward(dOut, cache)).dX, add(dOut, dOut), { tolerance: 0 });
  [x, dOut].forEach((value, i) => assertClose(value, before[i]!, { tolerance: 0 }));
});

test(
  "the layer agrees with numeric differentiation, in x and in every parameter of both " +
    "branches",
  async () => {
    // the block inside another one's body, so that the sum is taken twice
    const inside = (block: Residual): Layer => block;
    const nested = filled(
      new Residual({
        body: {
          inner: inside(
            filled(
              new Residual({
                body: {
                  affine1: new Affine({ inFeatures: 3, outFeatures: 5 }, float64),
                  relu: new Relu(),
                  affine2: new Affine({ inFeatures: 5, outFeatures: 3 }, float64),
                },
              }),
              "inner",
            ),
          ),
          affine: new Affine({ inFeatures: 3, outFeatures: 3 }, float64),
          dropout: new Dropout({ probability: 0.3 }),
        },
      }),
      "nested",
    );
    for (const [block, shape, names] of [
      [
        projected("numeric"),
        [2, 2, 6, 5],
        [
          "x",
          "block.conv1.weight",
          "block.conv1.bias",
          "block.conv2.weight",
          "block.conv2.bias",
          "block.projection.weight",
        ],
      ],
      [
        nested,
        [4, 3],
        [
          "x",
          "block.inner.affine1.weight",
          "block.inner.affine1.bias",
          "block.inner.affine2.weight",
          "block.inner.affine2.bias",
          "block.affine.weight",
          "block.affine.bias",
        ],
      ],
    ] as const) {
      const parameters = everyLayer([{ name: "block", layer: block }]).flatMap(({ name, layer }) =>
        layer.parameters.map((parameter) => [`${name}.${parameter.name}`, parameter] as const),
      );
      const run: Differentiable = async ({ x }) => {
        const { out, backward } = await block.forward(x!, training);
        return {
          out,
          backward: async (dOut): Promise<NamedTensors> => {
            parameters.forEach(([, parameter]) => parameter.zeroGrad());
            const dX = await backward(dOut);
            return {
              x: dX!,
              ...Object.fromEntries(
                parameters.map(([name, parameter]) => [name, parameter.grad.clone()]),
              ),
            };
          },
        };
      };
      const inputs = {
        x: normal(`x ${shape}`, shape),
        ...Object.fromEntries(parameters.map(([name, parameter]) => [name, parameter.value])),
      };
      const results = await gradientCheck(run, inputs, { random: new Random("dOut") });
      assert.equal(
        results.map(({ argument }) => argument),
        names,
      );
      for (const { argument, verdict, maxRelativeError, kinks } of results) {
        assert.is(verdict, "pass", `${argument}: ${maxRelativeError}`);
        assert.equal(kinks, [], argument);
      }
    }
  },
);

test(
  "without dX neither branch computes one, and the parameters' gradients are the " + "same",
  async () => {
    let scattered = 0;
    const backend: Backend = {
      ...reference,
      productOntoImages: (...operands) => (scattered++, reference.productOntoImages(...operands)),
    };
    const block = projected("without");
    const gradients = (): Tensor[] =>
      everyLayer([{ name: "block", layer: block }]).flatMap(({ layer }) =>
        layer.parameters.map(({ grad }) => grad.clone()),
      );
    const [x, dOut] = [normal("x", [2, 2, 6, 5]), normal("dOut", [2, 3, 3, 4])];
    await (await block.forward(x, { ...training, backend })).backward(dOut);
    assert.is(scattered, 3); // conv2, conv1 and the projection
    const first = gradients();
    for (const { layer } of everyLayer([{ name: "block", layer: block }]))
      layer.parameters.forEach((parameter) => parameter.zeroGrad());
    const { backward } = await block.forward(x, { ...training, backend });
    assert.is(await backward(dOut, false), null);
    assert.is(scattered, 4); // conv2 alone, for conv1 behind it
    gradients().forEach((gradient, i) => assertClose(gradient, first[i]!, { tolerance: 0 }));
  },
);

test("wasm computes what the reference does, in a step and without one", async () => {
  const build = (storage: object): Layer[] => {
    const conv = new Conv2d({ inChannels: 1, outChannels: 3, kernelSize: [2, 3] }, storage);
    const block = new Residual({
      body: {
        relu: new Relu(),
        conv: new Conv2d(
          { inChannels: 3, outChannels: 3, kernelSize: [3, 5], padding: [1, 2] },
          storage,
        ),
      },
    });
    return [conv, block, new Relu()].map((layer, i) => filled(layer, `wasm ${i}`));
  };
  const run = async (backend: Backend, step: Backend["step"]): Promise<Tensor[]> => {
    const layers = build({ allocator: backend.persistent });
    return step(async () => {
      let x = new Random("images").normal([4, 1, 9, 12]);
      const passes: Pass[] = [];
      for (const layer of layers) {
        passes.push(await layer.forward(x, { backend, mode: "train" }));
        x = passes.at(-1)!.out;
      }
      let dX = new Random("dOut").normal(x.shape);
      for (const { backward } of [...passes].reverse()) dX = (await backward(dX))!;
      return [
        x,
        dX,
        ...layers
          .flatMap((layer) => everyLayer([{ name: "", layer }]))
          .flatMap(({ layer }) => layer.parameters.map(({ grad }) => grad)),
      ].map((result) => result.clone());
    });
  };
  const alone: Backend["step"] = async (work) => work();
  const expected = await run(reference, alone);
  for (const threads of [1, 2]) {
    const backend = await wasmBackend({ threads });
    try {
      for (const step of [backend.step, alone])
        (await run(backend, step)).forEach((result, i) =>
          assertClose(result, expected[i]!, {
            tolerance: 1e-5,
            what: `result ${i}, ${threads} threads`,
          }),
        );
    } finally {
      await backend.dispose();
    }
  }
});

test(
  "two shapes are refused in one line that names both, by the function, by outputShape and " +
    "by forward",
  async () => {
    await assertRejects(
      () => residualForward(Tensor.zeros([5, 3], "float64"), affine(normal("w", [4, 3])), null),
      "residual: expected the body's output to have x's shape [5, 3], got [5, 4]",
    );
    const block = new Residual({ body: { affine: new Affine({ inFeatures: 3, outFeatures: 4 }) } });
    const uneven = new Residual({
      body: { affine1: new Affine({ inFeatures: 3, outFeatures: 4 }) },
      shortcut: { affine2: new Affine({ inFeatures: 3, outFeatures: 2 }) },
    });
    for (const run of [
      (layer: Layer) => layer.outputShape([5, 3]),
      (layer: Layer) => layer.forward(Tensor.zeros([5, 3]), training),
    ]) {
      await assertRejects(
        () => run(block),
        "residual: expected the body's output to have x's shape [5, 3], got [5, 4]; give the " +
          "block a shortcut",
      );
      await assertRejects(
        () => run(uneven),
        "residual: expected the body's output to have the shortcut's shape [5, 2], got [5, 4]; " +
          "give both",
      );
    }
    // [5, 1] would broadcast
    await assertRejects(
      () => residualForward(Tensor.zeros([5, 3], "float64"), affine(normal("w", [1, 3])), null),
      "[5, 3], got [5, 1]",
    );
  },
);

test("an upstream gradient of another shape is refused", async () => {
  const { cache } = await residualForward(tensor([[1, 2, 3]]), affine(normal("w", [3, 3])), null);
  await assertRejects(
    () => residualBackward(tensor([[1], [2]]), cache),
    "residualBackward: expected dOut of shape [1, 3], got [2, 1]",
  );
});

test("a block without layers, and two layers of one name, are refused", async () => {
  await assertRejects(
    () => new Residual({ body: {} }),
    "residual body: expected at least one layer, got none",
  );
  await assertRejects(
    () => new Residual({ body: { relu: new Relu() }, shortcut: {} }),
    "residual shortcut: expected at least one layer, got none",
  );
  await assertRejects(
    () => new Residual({ body: { relu: new Relu() }, shortcut: { relu: new Relu() } }),
    "residual: expected a name of its own for every layer, got relu twice",
  );
});

test.run();
