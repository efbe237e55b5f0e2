/** How large gradients and updates are, against what the optimizer's formula says. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { reference } from "leibniz/kernels";
import { affine, flatten, type Sequential, tanh, weightsSha256 } from "leibniz/network";
import { Random } from "leibniz/tensor";
import {
  type Recipe,
  recipeNetwork,
  sgd,
  type StepMeasure,
  StepMeasures,
  train,
} from "leibniz/training";
import { mnist, someImages } from "../helpers/mnist.js";

const { train: all, test: others } = await mnist();
const [data, tried] = [someImages(all, 60), someImages(others, 5)];
const recipe: Recipe = {
  ...{ name: "small", description: "", epochs: 1, batchSize: 4 },
  network: {
    input: [1, 28, 28],
    layers: {
      flatten: flatten(),
      first: affine({ outFeatures: 7 }),
      tanh: tanh(),
      second: affine({ outFeatures: 10 }),
    },
  },
  optimizer: sgd({ learningRate: 0.25 }),
};

/** Trains, and calls back before the first step and after each. */
async function run(
  onStart: (network: Sequential) => void,
  onStep: (...step: Parameters<StepMeasures["step"]>) => void,
): Promise<string> {
  const network = recipeNetwork(recipe, reference, new Random("start"));
  onStart(network);
  const options = { recipe, network, train: data, test: tried, backend: reference };
  for await (const event of train({ ...options, random: new Random(1), epochs: 4 }))
    if (event.type === "step") onStep(event);
  return weightsSha256(network);
}

test("gradients and updates are those of the step, at first of many, then every 50th", async () => {
  let measures: StepMeasures;
  let network: Sequential;
  let before = new Map<string, Float64Array>();
  const lengthOf = (values: ArrayLike<number>): number =>
    Math.sqrt(Array.from(values).reduce((sum, one) => sum + one * one, 0));
  const weights = (): Map<string, Float64Array> =>
    new Map(
      network.parameters.map(({ name, parameter }) => [
        name,
        Float64Array.from(parameter.value.data),
      ]),
    );
  const found: StepMeasure[] = [];
  await run(
    (built) => {
      network = built;
      before = weights();
      measures = new StepMeasures(network);
    },
    (event) => {
      const measure = measures.step(event);
      if (measure !== null) {
        found.push(measure);
        assert.is(measure.loss, event.loss);
        for (const { name, parameter } of network.parameters) {
          const gradient = lengthOf(parameter.grad.data);
          assert.ok(Math.abs(measure.gradientNorms[name]! / gradient - 1) < 1e-5, name);
          const length = lengthOf(before.get(name)!);
          const ratio = measure.updateRatios[name];
          // descent moves a parameter by the rate times its gradient
          if (length === 0) assert.is(ratio, null);
          else assert.ok(Math.abs(ratio! / ((0.25 * gradient) / length) - 1) < 1e-4, name);
        }
      }
      before = weights();
    },
  );
  const steps = [1, 2, 3, 5, 7, 10, 14, 20, 28, 40, 50];
  assert.equal(
    found.map(({ epoch, step, steps }) => epoch * steps + step),
    steps,
  );
  assert.equal(
    found.map(({ epoch }) => epoch),
    steps.map((step) => Math.floor((step - 1) / 15)),
  );
});

test("looking changes no bit of the training", async () => {
  let measures: StepMeasures | null = null;
  const looked = await run(
    (network) => (measures = new StepMeasures(network)),
    (event) => measures!.step(event),
  );
  assert.is(
    looked,
    await run(
      () => {},
      () => {},
    ),
  );
});

test("what is begun in the middle measures the same from its second step on", async () => {
  let [whole, late]: (StepMeasures | null)[] = [null, null];
  const found: [StepMeasure[], StepMeasure[]] = [[], []];
  let own: Sequential;
  await run(
    (network) => {
      own = network;
      whole = new StepMeasures(network);
    },
    (event) => {
      const [a, b] = [whole!.step(event), late?.step(event) ?? null];
      if (a !== null) found[0].push(a);
      if (b !== null) found[1].push(b);
      if (event.epoch === 0 && event.step === 6) late = new StepMeasures(own);
    },
  );
  assert.equal(found[1], found[0].slice(4));
});

test.run();
