/** What a newcomer mixes up at the front door is told in one line, with the way out. */
import { lossKinds } from "leibniz/backprop";
import { affine, batchNorm2d, he, pytorchDefault, relu, xavier } from "leibniz/network";
import {
  accuracy,
  adam,
  adamW,
  fit,
  measure,
  oneCycle,
  optimizerKinds,
  rmsProp,
  scheduleKinds,
  stepDecay,
} from "leibniz/training";
import { meanSquaredError, rotation, shift, softmaxCrossEntropy } from "leibniz";
import { suite } from "uvu";
import { assertRejects } from "../helpers/assert-close.js";
import {
  backend,
  data,
  engine,
  fitWith,
  goal,
  loss,
  network,
  right,
  turned,
} from "../helpers/front-door.js";

const test = suite("slips");

test("a describer that was not called is named, with its call", async () => {
  for (const [options, message] of [
    [
      { optimizer: adam },
      "optimizer: expected a description, such as adam(), got the function adam; call it: adam()",
    ],
    [{ optimizer: adamW }, "got the function adamW; call it: adamW()"],
    [{ optimizer: rmsProp }, "got the function rmsProp; call it: rmsProp()"],
    [{ loss: softmaxCrossEntropy }, "the function softmaxCrossEntropy; call it: softmaxCross"],
    [{ loss: meanSquaredError }, "the function meanSquaredError; call it: meanSquaredError()"],
    [{ schedule: oneCycle }, "the function oneCycle; call it: oneCycle()"],
    [{ schedule: stepDecay }, "the function stepDecay; call it: stepDecay({ … })"],
    [{ augment: [rotation] }, "got the function rotation; call it: rotation({ … })"],
    [{ augment: shift }, "got the function shift; put it into an array: [ … ]"],
    [{ augment: shift({ pixels: 1 }) }, "put it into an array: [ … ]"],
    [{ metrics: { accuracy: softmaxCrossEntropy } }, "fit: expected metrics to be functions"],
    [{ loss: adam }, "loss: expected a description, such as softmaxCrossEntropy(), got the fun"],
  ] as const)
    await assertRejects(() => fitWith(options), message);
  const one = (layer: unknown) => () => engine.network({ one: layer } as never, { input: [3] });
  await assertRejects(
    one(relu),
    "one: layer: expected a description, such as relu(), got the function relu; call it: relu()",
  );
  await assertRejects(one(affine), "call it: affine({ … })");
  await assertRejects(one(batchNorm2d), "call it: batchNorm2d()");
  await assertRejects(one(Promise.resolve(relu())), "got a promise; is an await missing?");
});

test("every describer says how it is called", async () => {
  for (const [kinds, told] of [
    [optimizerKinds, (given: unknown) => ({ optimizer: given })],
    [lossKinds, (given: unknown) => ({ loss: given })],
    [scheduleKinds.slice(1), (given: unknown) => ({ schedule: given })],
  ] as const)
    for (const describe of kinds)
      await assertRejects(() => fitWith(told(describe)), "got the function ", "; call it: ");
});

test("a function that was called where it is wanted itself is told so", async () => {
  const call = (made: unknown) => made as () => unknown;
  for (const [name, initialiser] of Object.entries({ he, xavier, pytorchDefault }))
    await assertRejects(
      call(initialiser),
      `${name}: expected a parameter, got undefined; an initialiser is the function itself`,
    );
  await assertRejects(
    call(accuracy),
    "accuracy: expected logits [N, C], got undefined; a metric is",
  );
});

test("functions of one's own that return something else are told so", async () => {
  for (const [options, message] of [
    [
      { optimizer: () => adam() },
      "a function that returns an optimizer, got one that returns an object with kind; give fit",
    ],
    [
      { optimizer: () => "adam" },
      'a function that returns an optimizer, got one that returns "adam"',
    ],
    [
      { loss: () => softmaxCrossEntropy() },
      "fit: expected a loss that returns { loss, backward }, got one that returns an object with " +
        "kind; give that description itself",
    ],
    [{ loss: () => 3 }, "fit: expected a loss that returns { loss, backward }, got one that ret"],
    [
      { schedule: () => oneCycle() },
      "fit: expected a schedule that returns a number, got one that",
    ],
    [{ schedule: () => {} }, "fit: expected a schedule that returns a number, got one that retu"],
  ] as const)
    await assertRejects(() => fitWith(options), message);
  await assertRejects(
    () => measure(network(), { backend, data: right, loss: (() => 3) as never }),
    "measure: expected a loss that returns { loss, backward }, got one that returns 3",
  );
});

test("an engine is no backend, and says where its own is", async () => {
  const message = "expected a backend, got an Engine; an engine's is engine.backend";
  const wrong = engine as never;
  await assertRejects(() => fit(network(), { data: right, ...goal, backend: wrong }), message);
  await assertRejects(() => measure(network(), { backend: wrong, data: right, loss }), message);
  await assertRejects(() => network().forward(turned, { backend: wrong, mode: "train" }), message);
});

test("predict takes a tensor, and says what to do with a data set", async () => {
  const expected = "predict: expected a tensor x of shape [N, …], got";
  for (const [given, message] of [
    [data, "a Dataset; data.batch([0, 1]).x has the first two examples; evaluate() goes through"],
    [data.batch([0]), "an object with x, target, weights; give it the batch's x"],
    [[[1, 2]], "an array; tensor([[…]]) makes one of nested arrays"],
    [Promise.resolve(turned), "a promise; is an await missing?"],
  ] as const)
    await assertRejects(() => engine.predict(network(), given as never), `${expected} ${message}`);
  await assertRejects(
    () => engine.predict({ r: relu() } as never, turned),
    "predict: expected a network, got an object with r; engine.network(…) makes one",
  );
  await assertRejects(() => engine.step(3 as never), "step: expected a function, got 3");
});

test.run();
