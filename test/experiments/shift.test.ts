import { drawColours, pooledColourDigits } from "leibniz/experiments/parts/coloured-digits";
import { aFewImages, movedImages, shuffledPixels } from "leibniz/experiments/parts/changed-images";
import { layerChanges } from "leibniz/experiments/parts/layer-change";
import { maxPool2dForward, averagePool2dForward, Flatten } from "leibniz/backprop";
import { ImageDataset } from "leibniz/data";
import { reference } from "leibniz/kernels";
import { affine, buildNetwork, Sequential } from "leibniz/network";
import { max, mean, Random, Tensor, tensor } from "leibniz/tensor";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertClose } from "../helpers/assert-close.js";

const [COUNT, H, W] = [3, 6, 8];

function randomImages(seed: string, count = COUNT): ImageDataset {
  const random = new Random(seed);
  const pixels = Uint8Array.from({ length: count * H * W }, () => random.integer(256));
  return new ImageDataset({
    images: { count, height: H, width: W, pixels },
    labels: Uint8Array.from({ length: count }, (_, n) => n + 4),
  });
}

test("a moved image has each pixel where it should be, and 0 where none came from", () => {
  const { images } = randomImages("moved");
  for (const [dH, dW] of [
    [0, 0],
    [2, 0],
    [-1, 3],
    [0, -5],
    [H, 0],
    [-9, 20],
  ] as const) {
    const moved = movedImages(images, dH, dW);
    for (let n = 0; n < COUNT; n++)
      for (let h = 0; h < H; h++)
        for (let w = 0; w < W; w++) {
          const [fromH, fromW] = [h - dH, w - dW];
          const isInside = fromH >= 0 && fromH < H && fromW >= 0 && fromW < W;
          const expected = isInside ? images.pixels[(n * H + fromH) * W + fromW] : 0;
          assert.is(moved.pixels[(n * H + h) * W + w], expected, `${dH}, ${dW}: ${n} ${h} ${w}`);
        }
  }
});

test("shuffled pixels are the same ones in the same new order in every image", () => {
  const all = randomImages("shuffled");
  const order = new Random("order").permutation(H * W);
  const { images, labels } = shuffledPixels(all, order);
  assert.equal([...labels], [...all.labels]);
  for (let n = 0; n < COUNT; n++)
    for (let p = 0; p < H * W; p++)
      assert.is(images.pixels[n * H * W + p], all.images.pixels[n * H * W + order[p]!]);
});

test("a few images keep their labels, and a smaller few are the first of a larger", () => {
  const all = randomImages("few", 8);
  const [two, eight] = [aFewImages(all, 2), aFewImages(all, 9)];
  assert.is(eight.count, 8);
  assert.equal([...two.labels], [...eight.labels.subarray(0, 2)]);
  assert.equal([...two.images.pixels], [...eight.images.pixels.subarray(0, 2 * H * W)]);
  assert.not.equal([...eight.labels], [...all.labels]);
  for (let n = 0; n < 8; n++) {
    const from = all.labels.indexOf(eight.labels[n]!);
    const expected = all.images.pixels.subarray(from * H * W, (from + 1) * H * W);
    assert.equal([...eight.images.pixels.subarray(n * H * W, (n + 1) * H * W)], [...expected]);
  }
});

test("coloured digits are pooled as the layers do it, channels apart or together", async () => {
  const digits = randomImages("coloured");
  const colours = drawColours(COUNT, new Random("colours"));
  const indices = [2, 0];
  const coloured = Tensor.zeros([indices.length, 3, H, W], "float64");
  indices.forEach((index, n) => {
    for (let c = 0; c < 3; c++)
      for (let h = 0; h < H; h++)
        for (let w = 0; w < W; w++) {
          const value = digits.images.pixels[(index * H + h) * W + w]! / 255;
          const [ink, ground] = [colours.ink[3 * index + c]!, colours.ground[3 * index + c]!];
          coloured.set([n, c, h, w], ground + value * (ink - ground));
        }
  });
  const window = { kernelSize: 2, stride: 2 };
  const { out: largest } = await maxPool2dForward(coloured, window, reference);
  const { out: average } = await averagePool2dForward(coloured, window, reference);
  const cases = [
    { takes: "largest", keepsChannels: true, expected: largest },
    { takes: "largest", keepsChannels: false, expected: max(largest, { axes: 1, keepDims: true }) },
    { takes: "mean", keepsChannels: true, expected: average },
    { takes: "mean", keepsChannels: false, expected: mean(average, { axes: 1, keepDims: true }) },
  ] as const;
  for (const { takes, keepsChannels, expected } of cases) {
    const { x, target } = pooledColourDigits(digits, colours, { takes, keepsChannels }).batch(
      indices,
    );
    const what = `${takes}, ${keepsChannels}`;
    assertClose(x.astype("float64"), expected, { tolerance: 1e-6, what });
    assert.equal([...(target as Int32Array)], [6, 4]);
  }
});

test("ink and ground are never too much alike", () => {
  const { ink, ground } = drawColours(500, new Random("alike"));
  for (let n = 0; n < 500; n++) {
    const squares = [0, 1, 2].map((c) => (ink[3 * n + c]! - ground[3 * n + c]!) ** 2);
    assert.ok(Math.sqrt(squares[0]! + squares[1]! + squares[2]!) > 0.4999, `image ${n}`);
  }
});

test("a layer's change is that of its differences, over its output", async () => {
  const network = buildNetwork(
    {
      input: [1, 2, 1],
      dtype: "float64",
      layers: { flatten: { kind: "flatten" }, affine: affine({ outFeatures: 1 }) },
    },
    { random: new Random(0) },
  );
  assert.instance(network, Sequential);
  assert.instance(network.layers[0]!.layer, Flatten);
  const [weight, bias] = network.parameters.map(({ parameter }) => parameter.value);
  weight!.copyFrom(tensor([[2, -1]]));
  bias!.fill(1);
  const x = tensor([[[[3], [4]]], [[[0], [1]]]]);
  const others = [tensor([[[[3], [3]]], [[[0], [1]]]]), tensor([[[[3], [4]]], [[[1], [1]]]])];
  const { layers, changes } = await layerChanges(network, x, others, reference);
  assert.equal(layers, ["input", "flatten", "affine"]);
  // inputs: two differences of 1, in the mean 1, over 9 + 16 + 0 + 1; outputs 3 and 0 become 4, 2
  const expected = [Math.sqrt(1 / 26), Math.sqrt(1 / 26), Math.sqrt((1 + 4) / 2 / 9)];
  changes.forEach((change, l) =>
    assert.ok(Math.abs(change - expected[l]!) < 1e-12, `${layers[l]}: ${change}, ${expected[l]}`),
  );
});

test.run();
