import { conv2dForward } from "leibniz/backprop";
import { Dataset } from "leibniz/data";
import { insideShare, noise, windowEntry, withSobel } from "leibniz/experiments/parts/sobel-task";
import { repeated } from "leibniz/experiments/parts/repeated";
import { affine, buildNetwork, conv2d, flatten } from "leibniz/network";
import { Random, Tensor, tensor } from "leibniz/tensor";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertClose } from "../helpers/assert-close.js";

const SOBEL = [-1, 0, 1, -2, 0, 2, -1, 0, 1];

test("the target is what a convolution with Sobel's filter makes of the picture", async () => {
  const images = noise(3, new Random("pictures"));
  const { x, target } = withSobel(images).batch([2, 0]);
  const weight = Tensor.from(SOBEL, [1, 1, 3, 3], "float32");
  const { out } = await conv2dForward(x, weight, null);
  assertClose(target as Tensor, out.reshape([2, 26 * 26]), { tolerance: 1e-6 });
});

test("noise is spread over all bytes, and every picture is another one", () => {
  const { x } = noise(20, new Random("noise")).batch(Array.from({ length: 20 }, (_, i) => i));
  const values = [...x.data];
  assert.is(new Set(values).size, 256);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.abs(mean - 0.5) < 0.01, `${mean}`);
  const repeats = values.filter((value, i) => value === values[i - 1]).length / values.length;
  assert.ok(repeats < 0.01, `a share of ${repeats} is as the pixel before, expected 1 in 256`);
  assert.is(
    new Set(Array.from({ length: 20 }, (_, n) => values.slice(784 * n, 784 * n + 9).join())).size,
    20,
  );
});

test("a layer that is Sobel's filter has all weights inside, a uniform one 9 in 784", () => {
  const network = buildNetwork({
    input: [1, 28, 28],
    layers: { flatten: flatten(), affine: affine({ outFeatures: 676 }) },
  });
  const { value } = network.parameters.find(({ name }) => name === "affine.weight")!.parameter;
  value.fill(-0.25);
  assert.ok(Math.abs(insideShare("affine", network) - 9 / 784) < 1e-12);
  value.fill(0);
  for (let p = 0; p < 26; p++)
    for (let q = 0; q < 26; q++)
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) {
          const [feature, input] = [26 * p + q, 28 * (p + i) + q + j];
          assert.is(windowEntry(feature, input), 3 * i + j);
          value.set([feature, input], SOBEL[3 * i + j]!);
        }
  assert.is(insideShare("affine", network), 1);
  value.set([0, 3], 2); // one weight outside, of the first feature
  assert.ok(insideShare("affine", network) < 1);
  const convolution = buildNetwork({
    input: [1, 28, 28],
    layers: { conv: conv2d({ outChannels: 1, kernelSize: 3 }), flatten: flatten() },
  });
  assert.is(insideShare("convolution", convolution), 1);
});

test("repeated examples come once in each pass, in another order each time", () => {
  const examples = Dataset.from({
    x: tensor([[10], [11], [12], [13], [14]]),
    target: [0, 1, 2, 3, 4],
  });
  const many = repeated(examples, 23, new Random("passes"));
  assert.is(many.count, 23);
  const { target } = many.batch(Array.from({ length: 23 }, (_, i) => i));
  const passes = [0, 5, 10, 15].map((from) => [...(target as Int32Array).slice(from, from + 5)]);
  for (const pass of passes) assert.equal([...pass].sort(), [0, 1, 2, 3, 4]);
  assert.ok(new Set(passes.map((pass) => pass.join())).size > 1);
  assert.is(repeated(examples, 3, new Random(0)).count, 3);
});

test.run();
