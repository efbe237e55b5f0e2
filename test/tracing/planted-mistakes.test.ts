/** What is planted is what the checker knows by the same words, in every geometry. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { mistakenOf, type NamedTensors } from "leibniz/gradcheck";
import { Random, sizeOf, Tensor } from "leibniz/tensor";
import {
  CHECKED_LAYERS,
  checkedLayer,
  type CheckSetting,
  inputShapes,
  mistakeNames,
  passAt,
  plantedMistake,
} from "leibniz/tracing";
import { drawnSetting } from "./settings.js";

const GEOMETRIES = 12;
/** Those that stand in no list of the checker. */
const OF_ANY = ["sign", "thousandth", "exchanged", "no-upstream", "no-mean"];

interface Planted {
  readonly setting: CheckSetting;
  readonly right: NamedTensors;
  readonly wrong: NamedTensors;
  readonly dOut: Tensor;
}

async function planted(setting: CheckSetting, name: string, random: Random): Promise<Planted> {
  const { entry, options, inputs } = checkedLayer(setting);
  const f = entry.differentiable(options);
  const { out } = await f(inputs);
  const dOut = random.uniform(out.shape, -1, 1, "float64");
  const mistaken = plantedMistake(setting.layer, name).plant(f, options);
  const right = await passAt(f, inputs, dOut);
  const wrong = await passAt(mistaken, inputs, dOut);
  assert.equal([...wrong.out.data], [...right.out.data], "forward stays right");
  return { setting, right: right.gradients, wrong: wrong.gradients, dOut };
}

const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

/** Few numbers, so that there are ties; and zeros. */
const tied = (setting: CheckSetting, random: Random): CheckSetting => ({
  ...setting,
  x: Array.from({ length: sizeOf(inputShapes(setting)["x"]!) }, () => random.integer(3) - 1),
});

for (const layer of CHECKED_LAYERS)
  for (const { name } of mistakeNames(layer).filter((one) => !OF_ANY.includes(one.name)))
    test(`${layer}, ${name}: the checker has the same numbers for it`, async () => {
      const random = new Random(`${layer} ${name}`);
      const { says, tag } = plantedMistake(layer, name);
      let differs = false;
      for (let i = 0; i < GEOMETRIES; i++) {
        const drawn = drawnSetting(layer, random);
        const hasTies = layer === "maxPool2d" || layer === "relu";
        const setting = hasTies && i % 2 === 0 ? tied(drawn, random) : drawn;
        const { right, wrong, dOut } = await planted(setting, name, random);
        const { options, inputs } = checkedLayer(setting);
        if (layer === "im2col") {
          assert.is(says, plantedMistake("conv2d", name).says);
          continue;
        }
        const found = mistakenOf(layer).filter((one) => one.says === says && one.tag === tag);
        const fitting = found.filter((one) => {
          const expected = one.gradient({ options, inputs, dOut })!;
          return apart(wrong[one.argument]!.contiguous().data, expected) < 1e-12;
        });
        assert.ok(fitting.length > 0, `${i}: ${JSON.stringify(setting)}`);
        const [{ argument }] = fitting as [(typeof fitting)[number]];
        for (const [other, gradient] of Object.entries(right))
          if (other !== argument)
            assert.equal([...wrong[other]!.data], [...gradient.data], `${other} stays right`);
        differs ||=
          apart(wrong[argument]!.contiguous().data, right[argument]!.contiguous().data) > 0;
      }
      assert.ok(differs || layer === "im2col", "in some geometry it is a mistake");
    });

test("im2col: of overlapping windows the last one is left", async () => {
  const random = new Random("overwritten");
  const setting: CheckSetting = {
    ...drawnSetting("im2col", random),
    ...{ images: 1, channels: 1, size: [1, 3], kernel: [1, 2], stride: [1, 1] },
    ...{ padding: [0, 0], dilation: [1, 1] },
  };
  const { entry, options, inputs } = checkedLayer(setting);
  const wrong = plantedMistake("im2col", "overwritten").plant(
    entry.differentiable(options),
    options,
  );
  const { backward } = await wrong(inputs);
  // columns [1, 2] and [3, 4] lie at 0 and at 1
  const { x } = await backward(Tensor.from([1, 3, 2, 4], [1, 2, 2], "float64"));
  assert.equal([...x!.data], [1, 3, 4]);
});

for (const layer of CHECKED_LAYERS) {
  const names = mistakeNames(layer).map(({ name }) => name);
  test(`${layer}: a flipped sign, and a thousandth`, async () => {
    const random = new Random(`any ${layer}`);
    for (const [name, factor] of [
      ["sign", -1],
      ["thousandth", 1.001],
    ] as const) {
      const { right, wrong } = await planted(drawnSetting(layer, random), name, random);
      for (const [argument, gradient] of Object.entries(right)) {
        const expected = [...gradient.contiguous().data].map((value) => value * factor);
        assert.is(apart(wrong[argument]!.contiguous().data, expected), 0, argument);
      }
    }
  });

  if (names.includes("exchanged"))
    test(`${layer}: exchanged outputs, and a dOut that is left out`, async () => {
      const random = new Random(`outputs ${layer}`);
      const drawn = drawnSetting(layer, random);
      const setting = { ...drawn, channels: 2, filters: 2, outputs: 3, seed: 3 };
      const { entry, options, inputs } = checkedLayer(setting);
      const f = entry.differentiable(options);
      const ones = (await f(inputs)).out.shape;
      const { dOut, wrong } = await planted(setting, "exchanged", random);
      // [N, first, …]: what the first output had has the second
      const swapped = exchangedByHand(dOut);
      const right = (await passAt(f, inputs, swapped)).gradients;
      for (const [argument, gradient] of Object.entries(right))
        assert.is(apart(wrong[argument]!.contiguous().data, gradient.contiguous().data), 0);
      const without = await planted(setting, "no-upstream", random);
      const ofOnes = (await passAt(f, inputs, Tensor.full(ones, 1, "float64"))).gradients;
      for (const [argument, gradient] of Object.entries(ofOnes))
        assert.is(apart(without.wrong[argument]!.contiguous().data, gradient.contiguous().data), 0);
    });

  test(`${layer}: a mistake of no name is refused`, () => {
    for (const name of ["none", "toString"])
      assert.throws(
        () => plantedMistake(layer, name),
        (error: Error) => error.message.includes(`expected a mistake of ${layer}, got "${name}"`),
      );
  });
}

function exchangedByHand(dOut: Tensor): Tensor {
  const [N, K, ...rest] = dOut.shape as [number, number, ...number[]];
  const inner = sizeOf(rest);
  const data: number[] = [];
  for (let n = 0; n < N; n++)
    for (let k = 0; k < K; k++)
      for (let i = 0; i < inner; i++) {
        const from = k === 0 ? 1 : k === 1 ? 0 : k;
        data.push(dOut.contiguous().data[(n * K + from) * inner + i]!);
      }
  return Tensor.from(data, dOut.shape, "float64");
}

test("softmaxCrossEntropy: without 1/N", async () => {
  const random = new Random("no-mean");
  const setting = { ...drawnSetting("softmaxCrossEntropy", random), images: 2 };
  const { right, wrong } = await planted(setting, "no-mean", random);
  const doubled = [...right["logits"]!.data].map((value) => 2 * value);
  assert.is(apart(wrong["logits"]!.data, doubled), 0);
});

test.run();
