/** Sizes that were made to fit are sizes that a layer takes. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "leibniz/tensor";
import {
  CHECKED_LAYERS,
  checkedLayer,
  type CheckSetting,
  type CheckSizes,
  fittingSizes,
  inputShapes,
  outputShape,
  type UPSTREAMS,
  upstreamOf,
} from "leibniz/tracing";
import { drawnSetting } from "./settings.js";

for (const layer of CHECKED_LAYERS)
  test(`${layer}: sizes that were made to fit run, and have the shapes that are said`, async () => {
    const random = new Random(`sizes ${layer}`);
    for (let i = 0; i < 300; i++) {
      const setting = drawnSetting(layer, random);
      const where = JSON.stringify(setting);
      const { entry, options, inputs } = checkedLayer(setting);
      const { out } = await entry.differentiable(options)(inputs);
      assert.equal(out.shape, outputShape(setting), where);
      const shapes = Object.entries(inputs).map(([name, { shape }]) => [name, shape]);
      assert.equal(Object.fromEntries(shapes), inputShapes(setting), where);
      assert.is(fittingSizes(setting).changed, null, "what fits is left alone");
    }
  });

const base: CheckSizes = {
  layer: "conv2d",
  images: 1,
  channels: 1,
  filters: 1,
  features: 1,
  outputs: 2,
  size: [1, 5],
  kernel: [3, 3],
  stride: [1, 1],
  padding: [0, 0],
  dilation: [1, 2],
};

test("what had to be changed is said", () => {
  const { sizes, changed } = fittingSizes(base);
  assert.equal(
    [sizes.kernel, sizes.dilation],
    [
      [1, 3],
      [1, 2],
    ],
  );
  assert.match(changed!, "window fits into the image only as 1×3");
  const pooling = fittingSizes({
    ...base,
    layer: "averagePool2d",
    kernel: [1, 2],
    padding: [1, 1],
  });
  assert.equal(pooling.sizes.padding, [0, 1]);
  assert.match(pooling.changed!, "0×1");
  const single = fittingSizes({ ...base, layer: "batchNorm2d", size: [1, 1] });
  assert.is(single.sizes.images, 2);
  assert.match(single.changed!, "no variance");
});

test("numbers are drawn with two digits, typed ones are taken, float32 rounds them", () => {
  const setting: CheckSetting = { ...base, layer: "affine", features: 2, seed: 4, x: [] };
  const { x, weight } = checkedLayer(setting).inputs;
  for (const value of [...x!.data, ...weight!.data])
    assert.is(value, Math.round(100 * value) / 100);
  assert.equal([...checkedLayer(setting).inputs["x"]!.data], [...x!.data], "again the same");
  assert.not.equal([...checkedLayer({ ...setting, seed: 5 }).inputs["x"]!.data], [...x!.data]);
  assert.equal([...checkedLayer({ ...setting, x: [7, -2] }).inputs["x"]!.data], [7, -2]);
  assert.equal([...checkedLayer({ ...setting, x: [7] }).inputs["x"]!.data], [...x!.data]);
  const rounded = checkedLayer(setting, "float32").inputs["x"]!;
  assert.equal([...rounded.data], [...x!.data].map(Math.fround));
});

test("numbers of layers with kinks are 0.1 apart", () => {
  for (const layer of ["relu", "maxPool2d"] as const) {
    const sizes: CheckSizes = { ...base, layer, size: [4, 5], kernel: [2, 2], dilation: [1, 1] };
    const { x } = checkedLayer({ ...sizes, seed: 1, x: [] }).inputs;
    const numbers = [...x!.data].sort((a, b) => a - b);
    numbers.slice(1).forEach((value, i) => assert.ok(value - numbers[i]! > 0.0999));
    assert.ok(numbers.every((value) => Math.abs(value) > 0.0499));
  }
});

test("upstream gradients: ones, a single one, typed, drawn", () => {
  const options = { seed: 2, at: 4, own: [1, 2, 3, 4, 5, 6] };
  const of = (kind: (typeof UPSTREAMS)[number], more = {}): number[] => [
    ...upstreamOf([2, 3], { ...options, kind, ...more }).data,
  ];
  assert.equal(of("ones"), [1, 1, 1, 1, 1, 1]);
  assert.equal(of("one"), [0, 0, 0, 0, 1, 0]);
  assert.equal(of("one", { at: 9 }), [0, 0, 0, 0, 0, 1]);
  assert.equal(of("own"), [1, 2, 3, 4, 5, 6]);
  assert.equal(of("own", { own: [1] }), of("random"));
  assert.is(new Set(of("random")).size, 6);
  assert.equal([...upstreamOf([], { ...options, kind: "one" }).data], [1]);
});

test.run();
