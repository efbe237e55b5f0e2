/** The check with everything in the open says what the shipped one says. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { curveSteps, errorCurve, gradientCheck, slopeAt, STEP } from "leibniz/gradcheck";
import { type DType, Random, Tensor } from "leibniz/tensor";
import {
  balanceOf,
  CHECKED_LAYERS,
  checkedLayer,
  type CheckSetting,
  errorTurn,
  type Evaluations,
  evaluationsAt,
  explainedAt,
  judgedAt,
  mistakeNames,
  noticesOf,
  passAt,
  type Passed,
  plantedMistake,
  type PlantedMistake,
  slopesFrom,
} from "leibniz/tracing";
import { drawnSetting } from "./settings.js";

const asItIs: PlantedMistake["plant"] = (layer) => layer;

for (const layer of CHECKED_LAYERS)
  test(`${layer}: verdicts, numbers and hints are those of gradientCheck`, async () => {
    const random = new Random(`as shipped ${layer}`);
    for (const name of [null, ...mistakeNames(layer).map((one) => one.name)]) {
      const setting = drawnSetting(layer, random);
      const { entry, options, inputs } = checkedLayer(setting);
      const plant = name === null ? asItIs : plantedMistake(layer, name).plant;
      const f = plant(entry.differentiable(options), options);
      const { shape } = (await f(inputs)).out;
      const dOut = new Random("dOut").uniform(shape, -1, 1, "float64");
      const passed = await passAt(f, inputs, dOut);
      const slopes = slopesFrom(passed, await evaluationsAt(passed, Object.keys(inputs), STEP));
      const shipped = await gradientCheck(f, inputs, { random: new Random("dOut") });
      assert.equal(await explainedAt(passed, slopes, STEP), shipped);
      assert.equal(
        judgedAt(passed, slopes),
        shipped.map((result) => ({ ...result, hint: null })),
      );
    }
  });

test("in float32 the distance is the one between numbers that float32 has", async () => {
  const x = Tensor.from([1000.3], [1], "float32");
  const identity = async (inputs: Readonly<Record<string, Tensor>>) => ({
    out: inputs["x"]!.clone(),
    backward: async (dOut: Tensor) => ({ x: dOut }),
  });
  const { point } = await passAt(identity, { x }, Tensor.full([1], 1, "float64"));
  const slope = await slopeAt(point, "x", 0, 0.001);
  assert.is(slope.coarse, 1);
  // 3·ε·|f|/h with the ε of float32
  const expected = (3 * 2 ** -24 * Math.fround(1000.3)) / 0.001;
  assert.ok(Math.abs(slope.rounding / expected - 1) < 1e-5, String(slope.rounding));
});

test("the turn of x³ lies where the chapter says", async () => {
  const cube = async (inputs: Readonly<Record<string, Tensor>>) => ({
    out: Tensor.from([inputs["x"]!.item() ** 3], [], "float64"),
    backward: async (dOut: Tensor) => ({
      x: Tensor.from([dOut.item() * 3 * inputs["x"]!.item() ** 2], [], "float64"),
    }),
  });
  const inputs = { x: Tensor.from([1.5], [], "float64") };
  const { point, gradients } = await passAt(cube, inputs, Tensor.full([], 1, "float64"));
  const curve = await errorCurve(point, "x", [], 0, gradients["x"]!.item());
  assert.equal(
    curve.points.map(({ step }) => step),
    curveSteps(),
  );
  const turn = errorTurn(curve, curve.thirdDerivative);
  // gradient-check.md: 5.7e-6, at most 9.8e-11
  assert.ok(Math.abs(turn.predicted!.step / 5.7e-6 - 1) < 0.05, String(turn.predicted!.step));
  assert.ok(Math.abs(turn.predicted!.error / 9.8e-11 - 1) < 0.05);
  assert.ok(turn.lowest!.error <= turn.predicted!.error);
  assert.ok(Math.abs(turn.slopeRight! - 2) < 0.02, String(turn.slopeRight));
  assert.ok(Math.abs(turn.slopeLeft! + 1) < 0.25, String(turn.slopeLeft));
  const flat = errorTurn(curve, 0);
  assert.equal([flat.predicted, flat.slopeRight], [null, null]);
});

test("a curve of known slopes, and one of nothing", () => {
  const points = curveSteps().map((step) => ({
    ...{ step, central: step * step + 1e-16 / step, extrapolated: 0 },
    ...{ rounding: 1e-16 / step, isKink: false },
  }));
  const turn = errorTurn({ index: [0], analytic: 1, points, thirdDerivative: 6 }, 6);
  assert.ok(Math.abs(turn.slopeRight! - 2) < 0.01);
  assert.ok(Math.abs(turn.slopeLeft! + 1) < 0.01);
  // (3·1e-16 / 6)^(1/3)
  assert.ok(Math.abs(turn.predicted!.step - Math.cbrt(5e-17)) < 1e-12);
  const kinks = points.map((point) => ({ ...point, isKink: true }));
  const nothing = errorTurn({ index: [0], analytic: 1, points: kinks, thirdDerivative: 0 }, 0);
  assert.equal(nothing, { lowest: null, predicted: null, slopeRight: null, slopeLeft: null });
});

for (const layer of ["affine", "conv2d", "averagePool2d", "im2col"] as const)
  test(`${layer}: the balance is level, and tips with a mistake`, async () => {
    const random = new Random(`balance ${layer}`);
    for (let i = 0; i < 10; i++) {
      const setting = drawnSetting(layer, random);
      const { entry, options, inputs } = checkedLayer(setting);
      const f = entry.differentiable(options);
      const y = random.uniform((await f(inputs)).out.shape, 0.5, 1, "float64");
      for (const argument of Object.keys(inputs)) {
        const { result, moved, back } = await balanceOf(f, inputs, argument, y);
        const sum = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
          Array.from(a).reduce((total, value, j) => total + value * b[j]!, 0);
        assert.is(result.verdict, "pass");
        assert.is(result.forward, sum(moved, y.data));
        assert.is(result.backward, sum(inputs[argument]!.data, back));
        const { plant } = plantedMistake(layer, "thousandth");
        const tipped = await balanceOf(plant(f, options), inputs, argument, y);
        const isNothing = Math.abs(result.forward) < 1e-9;
        assert.is(tipped.result.verdict, isNothing ? "pass" : "wrong");
      }
    }
  });

async function noticed(
  layer: (typeof CHECKED_LAYERS)[number],
  name: string | null,
): Promise<Record<string, string | null>> {
  const random = new Random("notices");
  const setting: CheckSetting = {
    ...drawnSetting(layer, random),
    ...{ images: 2, channels: 2, filters: 2, features: 3, outputs: 3 },
    size: [4, 5],
    kernel: [3, 2],
    stride: [1, 1],
    padding: [1, 0],
    dilation: [1, 1],
  };
  const measure = (passed: Passed, _: DType, step: number): Promise<Evaluations> =>
    evaluationsAt(passed, Object.keys(passed.point.inputs), step);
  const plant = name === null ? asItIs : plantedMistake(layer, name).plant;
  const notices = await noticesOf(setting, plant, measure);
  return Object.fromEntries(notices.map(({ check, verdict }) => [check, verdict]));
}

test("exchanged outputs: a dOut of ones lets them pass", async () => {
  for (const layer of ["conv2d", "affine", "averagePool2d", "im2col"] as const) {
    const { random, ones, adjoint } = await noticed(layer, "exchanged");
    assert.equal([random, ones, adjoint], ["wrong", "pass", "wrong"], layer);
  }
});

test("what happens in a tie only the conventions notice", async () => {
  const { kinks, ...others } = await noticed("maxPool2d", "last-wins");
  assert.is(kinks, "wrong");
  assert.not.ok(Object.values(others).includes("wrong"));
  const relu = await noticed("relu", "not-strict");
  assert.equal([relu["kinks"], relu["random"], relu["adjoint"]], ["wrong", "pass", null]);
});

test("where nothing is wrong, nobody says so", async () => {
  for (const layer of CHECKED_LAYERS) {
    const says = await noticed(layer, null);
    assert.not.ok(Object.values(says).includes("wrong"), `${layer}: ${JSON.stringify(says)}`);
    assert.is(says["random"], "pass", layer);
  }
});

test.run();
