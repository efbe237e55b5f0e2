/** The check of a whole network passes a right one, and finds a mistake in any of its layers. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Affine,
  type Backward,
  BatchNorm2d,
  Conv2d,
  Dropout,
  Flatten,
  type Layer,
  LeakyRelu,
  MaxPool2d,
  Parameter,
  Relu,
  Residual,
  TwoPassLayer,
} from "leibniz/backprop";
import type { GradientCheckResult } from "leibniz/gradcheck";
import { initialise, pytorchDefault, Sequential } from "leibniz/network";
import { checkNetwork } from "leibniz/gradcheck";
import { multiply, Random, sum, type Tensor } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";

const float64 = { dtype: "float64" } as const;
const labels = [3, 0, 4];

function layers(): Record<string, Layer> {
  return {
    conv1: new Conv2d(
      { inChannels: 2, outChannels: 3, kernelSize: [3, 2], padding: [1, 0] },
      float64,
    ),
    relu1: new Relu(),
    pool1: new MaxPool2d({ kernelSize: [2, 3], stride: [2, 1] }),
    flatten: new Flatten(),
    affine1: new Affine({ inFeatures: 48, outFeatures: 7 }, float64),
    relu2: new Relu(),
    affine2: new Affine({ inFeatures: 7, outFeatures: 5 }, float64),
  };
}

function networkOf(all: Record<string, Layer>): Sequential {
  const network = new Sequential(all);
  initialise(network, new Random("weights"), pytorchDefault);
  return network;
}

const images = (): Tensor => new Random("images").normal([3, 2, 8, 7], 0, 1, "float64");
const run = (network: Sequential, entries = 20): Promise<GradientCheckResult[]> =>
  checkNetwork(network, images(), labels, { random: new Random("entries"), entries });

test(
  "a right network passes, by all parameters and the images, and is left as it " + "was",
  async () => {
    const network = networkOf(layers());
    const before = network.parameters.map(({ parameter }) => [...parameter.value.data]);
    const results = await run(network);
    assert.equal(
      results.map(({ argument, entries, verdict }) => `${argument} ${entries} ${verdict}`),
      [
        "conv1.weight 20 pass",
        "conv1.bias 3 pass",
        "affine1.weight 20 pass",
        "affine1.bias 7 pass",
        "affine2.weight 20 pass",
        "affine2.bias 5 pass",
        "images 20 pass",
      ],
    );
    for (const { argument, maxRelativeError, checks } of results) {
      assert.ok(maxRelativeError <= 1e-6, `${argument}: ${maxRelativeError}`);
      assert.ok(
        checks.some(({ analytic }) => Math.abs(analytic) > 1e-4),
        `${argument}: every gradient is about 0`,
      );
    }
    assert.equal(
      network.parameters.map(({ parameter }) => [...parameter.value.data]),
      before,
    );
  },
);

/** A layer whose dX is `factor` times what it should be. */
function tampered(layer: Layer, factor: number): Layer {
  return {
    kind: layer.kind,
    parameters: layer.parameters,
    outputShape: (shape) => layer.outputShape(shape),
    forward: async (x, pass) => {
      const done = await layer.forward(x, pass);
      const backward: Backward = async (dOut, wantsDX) => {
        const dX = await done.backward(dOut, wantsDX);
        return dX === null ? null : multiply(dX, factor);
      };
      return { ...done, backward };
    },
  };
}

test(
  "a dX that is 0.1 % too large is found in everything before it, and nothing behind " + "it",
  async () => {
    const all = layers();
    const wrongAfter: [layer: string, wrong: string[]][] = [
      ["affine2", ["conv1.weight", "conv1.bias", "affine1.weight", "affine1.bias", "images"]],
      ["flatten", ["conv1.weight", "conv1.bias", "images"]],
      ["conv1", ["images"]],
    ];
    for (const [name, wrong] of wrongAfter) {
      const results = await run(networkOf({ ...all, [name]: tampered(all[name]!, 1.001) }));
      assert.equal(
        results.filter(({ verdict }) => verdict === "wrong").map(({ argument }) => argument),
        wrong,
        name,
      );
      for (const { maxRelativeError } of results.filter(({ verdict }) => verdict === "wrong"))
        assert.ok(Math.abs(maxRelativeError - 0.001 / 1.001) < 1e-5, String(maxRelativeError));
    }
  },
);

test(
  "kinks are told with the layer whose choice flips, and a smaller step is tried " + "before",
  async () => {
    const network = networkOf(layers());
    const conv1 = network.parameters[0]!.parameter.value;
    const bias = network.parameters[1]!.parameter.value;
    conv1.data.fill(0); // then each rectifier of the first channel sees the bias alone
    bias.data.set([1e-9, 0.3, -0.2]);
    const ofBias = (await run(network)).find(({ argument }) => argument === "conv1.bias")!;
    assert.equal(ofBias.kinks, [[0]]);
    assert.is(ofBias.verdict, "pass");
    assert.match(
      ofBias.checks[0]!.flipped!,
      /^relu1: the sign of \[0, 0, 0, 0\] flips from 1 to 0, relu1: .*, and \d+ more$/,
    );
    assert.ok(Math.abs(ofBias.checks[0]!.step - 1e-6) < 1e-12);
    assert.ok(Math.abs(ofBias.checks[1]!.step - 1e-3) < 1e-12);
    bias.data.set([3e-5, 0.3, -0.2]);
    const nearer = (await run(network)).find(({ argument }) => argument === "conv1.bias")!;
    assert.equal(nearer.kinks, []);
    assert.ok(Math.abs(nearer.checks[0]!.step - 1e-5) < 1e-12, String(nearer.checks[0]!.step));
  },
);

test("layers inside layers, layers that draw, and layers that keep something", async () => {
  const body = {
    conv2: new Conv2d(
      { inChannels: 3, outChannels: 3, kernelSize: [3, 1], padding: [1, 0] },
      float64,
    ),
    bn2: new BatchNorm2d({ channels: 3 }, float64),
    leaky2: new LeakyRelu(),
  };
  const network = networkOf({
    conv1: new Conv2d(
      { inChannels: 2, outChannels: 3, kernelSize: [3, 2], padding: [1, 0] },
      float64,
    ),
    block: new Residual({ body }),
    pool: new MaxPool2d({ kernelSize: [2, 3], stride: [2, 1] }),
    flatten: new Flatten(),
    dropout: new Dropout({ probability: 0.4 }),
    affine: new Affine({ inFeatures: 48, outFeatures: 5 }, float64),
  });
  const kept = network.buffers.map(({ buffer }) => [...buffer.value.data]);
  assert.ok(kept.length > 0);
  const results = await run(network);
  assert.equal(
    results.map(({ argument }) => argument),
    [...network.parameters.map(({ name }) => name), "images"],
  );
  for (const { argument, verdict, maxRelativeError } of results) {
    // The bias in front of a normalisation is taken out again: its gradient is 0, and rounding is
    // all that can be measured.
    if (argument === "block.conv2.bias") assert.is(verdict, "noise");
    else assert.is(verdict, "pass", `${argument}: ${maxRelativeError}`);
  }
  assert.equal(
    network.buffers.map(({ buffer }) => [...buffer.value.data]),
    kept,
  );
});

test("a leaky rectifier in a block names itself", async () => {
  const network = networkOf({
    flatten: new Flatten(),
    block: new Residual({
      body: {
        affine: new Affine({ inFeatures: 112, outFeatures: 112 }, float64),
        leaky: new LeakyRelu(),
      },
    }),
    last: new Affine({ inFeatures: 112, outFeatures: 5 }, float64),
  });
  network.parameters[0]!.parameter.value.data.fill(0);
  network.parameters[1]!.parameter.value.data.fill(0.3);
  network.parameters[1]!.parameter.value.data.fill(1e-9, 0, 40);
  const bias = (await run(network, 112)).find(({ argument }) => argument === "block.affine.bias")!;
  assert.is(bias.kinks.length, 40);
  assert.match(bias.checks[0]!.flipped!, /^block\.leaky: the sign of \[0, 0\] flips from 1 to 0/);
});

test("a factor that starts from 1 is missed where it is forgotten, and is 1 again", async () => {
  class Gain extends TwoPassLayer<{ readonly x: Tensor }> {
    readonly kind = "gain";
    readonly weight = this.parameters[0]!;
    override async compute(x: Tensor) {
      return { out: multiply(x, this.weight.value), cache: { x } };
    }
    override readonly differentiate = async (dOut: Tensor, { x }: { readonly x: Tensor }) => ({
      dX: dOut, // ⊙ weight
      dWeight: sum(multiply(dOut, x), { axes: [0] }),
    });
  }
  const gain = new Gain([new Parameter("weight", [112], 1, 1, float64, 1)]);
  const flat = {
    flatten: new Flatten(),
    before: new Affine({ inFeatures: 112, outFeatures: 112 }, float64),
  };
  const network = networkOf({
    ...flat,
    gain,
    last: new Affine({ inFeatures: 112, outFeatures: 5 }, float64),
  });
  const verdicts = new Map(
    (await run(network, 5)).map(({ argument, verdict }) => [argument, verdict]),
  );
  assert.is(verdicts.get("gain.weight"), "pass");
  assert.is(verdicts.get("before.weight"), "wrong");
  assert.ok(gain.weight.value.data.every((entry) => entry === 1));
});

test("float32 is refused", async () => {
  await assertRejects(
    () =>
      checkNetwork(networkOf(layers()), images().astype("float32"), labels, {
        random: new Random(0),
      }),
    "float64",
    "images in float32",
  );
});

test.run();
