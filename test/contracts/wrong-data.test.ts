/** What is no data set, no batch or no example is named, with what is missing. */
import { Dataset, type Examples } from "leibniz/data";
import { tensor } from "leibniz/tensor";
import { evaluate, measure } from "leibniz/training";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertRejects } from "../helpers/assert-close.js";
import {
  backend,
  fitWith,
  images,
  loss,
  network,
  right,
  target,
  turned,
} from "../helpers/front-door.js";

const test = suite("wrong data");

test("what is no data set is named, and which part of it may be one", async () => {
  const loaded = { train: right, test: right, classes: 2, classNames: ["a", "b"], found: "here" };
  const got = "got an object with train, test, classes, classNames, …";
  for (const [given, message] of [
    [loaded, `fit: expected data, a data set, ${got}; did you mean its .train?`],
    [
      Promise.resolve(loaded),
      "fit: expected data, a data set, got a promise; is an await missing?",
    ],
    [turned, "fit: expected data, a data set, got a Tensor; see Dataset.from"],
    [{}, "fit: expected data, a data set, got an empty object; see Dataset.from"],
    [{ count: 3, batch: 3 }, "fit: expected data, a data set, got an object with count, batch"],
    [{ count: "3", batch: () => {} }, 'data with a count of examples, at least 1, got "3"'],
  ] as const)
    await assertRejects(() => fitWith({ data: given }), message);
  await assertRejects(
    () => fitWith({ validation: loaded }),
    `fit: expected validation, a data set, ${got}; did you mean its .test?`,
  );
  const wrong = loaded as unknown as Examples;
  await assertRejects(
    () => evaluate({ network: network(), dataset: wrong, backend, batchSize: 2 }),
    `evaluate: expected dataset, a data set, ${got}; did you mean its .test?`,
  );
  await assertRejects(
    () => measure(network(), { backend, data: wrong, loss }),
    `measure: expected data, a data set, ${got}; did you mean its .train?`,
  );
});

test("images with too few bytes, or without labels, are refused at once", async () => {
  const images = { count: 2, height: 1, width: 3, pixels: new Uint8Array(5) };
  await assertRejects(
    () => fitWith({ data: { images, labels: Uint8Array.of(0, 1) } }),
    "fit: data: expected 6 bytes of pixels, 2 · 1 · 1 · 3, got 5",
  );
  const whole = { ...images, pixels: new Uint8Array(6) };
  await assertRejects(() => fitWith({ data: { images: whole } }), "a class number for each of 2");
  await assertRejects(
    () => fitWith({ data: { images: whole, labels: Uint8Array.of(0) } }),
    "fit: data: expected a label for each of 2 images, got 1 label;",
  );
});

test("a batch callback that returns something else is told what is missing", async () => {
  const x = images(3, 3, 4, 5);
  const labels = [0, 1, 0];
  for (const [batch, message] of [
    [() => {}, "a batch, { x, target }, got undefined; is a return missing?"],
    [() => null, "a batch, { x, target }, got null"],
    [() => [x, labels], "a batch, { x, target }, got an array"],
    [() => x, "a batch, { x, target }, got a Tensor"],
    [
      () => ({ x: [[1]], target: labels }),
      "a batch with a tensor x, got an array; tensor(x) makes",
    ],
    [() => ({ x, labels }), "a target for each of 3 examples, got no targets"],
    [() => ({ x, target: [0] }), "a target for each of 3 examples, got 1 target"],
    [() => ({ x, target: 3 }), "a target for each of 3 examples, got 3"],
    [() => ({ x, target: labels, weights: 3 }), "a weight for each of 3 examples, got 3"],
  ] as const) {
    await assertRejects(() => fitWith({ data: { count: 3, batch } }), `fit: expected ${message}`);
    await assertRejects(
      () => measure(network(), { backend, data: { count: 3, batch } as never, loss }),
      `measure: expected ${message}`,
    );
  }
  const rows = Dataset.from({
    x,
    target: [
      [1, 0],
      [0, 1],
      [1, 0],
    ],
  });
  await assertRejects(
    () => fitWith({ data: rows }),
    "argmax(target, 1) tells the places of the 1s",
  );
});

test("x that is not finite is blamed on its example, not on the learning rate", async () => {
  const x = images(6, 3, 4, 5);
  x.set([4, 1, 2, 3], Number.NaN);
  const spoiled = Dataset.from({ x, target });
  const hint = "the input itself is not finite: x of example 4 holds NaN";
  let message = "";
  await fitWith({ data: spoiled, shuffle: false }).catch((error: Error) => {
    message = error.message;
  });
  assert.is(message, `fit: expected a finite loss, got NaN in epoch 0, step 2; ${hint}`);
  await assertRejects(
    () => measure(network(), { backend, data: spoiled, loss, batchSize: 2 }),
    hint,
  );
});

test("Dataset says what is wrong with columns, examples and changes", async () => {
  const from = (columns: object) => () => Dataset.from(columns as never);
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  for (const [columns, message] of [
    [{ x, labels: [0, 1] }, "got labels; did you mean target?"],
    [{ x, y: [0, 1] }, "got y; did you mean target?"],
    [{ x: new Float32Array(4), target: [0, 1] }, "got a Float32Array; Tensor.from(x, [count, …])"],
    [{ x: Promise.resolve(x), target: [0, 1] }, "got a promise; is an await missing?"],
    [{ x: [[1, 2], [3]], target: [0, 1] }, "Dataset.from: x: tensor: expected rows of equal"],
    [{ x, target: [0, Number.NaN] }, "class numbers whole and ≥ 0, got NaN for example 1"],
    [{ x, target: [0, null] }, "got null for example 1"],
    [{ x, target: [0, 1], weights: 3 }, "a weight for each of 2 examples, got 3"],
  ] as const)
    await assertRejects(from(columns), message);
  const generated = (example: unknown) => () => Dataset.generate(2, example as never).batch([0, 1]);
  for (const [example, message] of [
    [undefined, "Dataset.generate: expected a function of an index, got undefined"],
    [() => {}, "Dataset.generate: expected an example, { x, target }, got undefined at position 0"],
    [() => ({ x: [1] }), "got an object with x at position 0"],
    [async () => ({ x: [1], target: 0 }), "got a promise at position 0; examples are made at once"],
    [
      (n: number) => ({ x: [1], target: n ? [1] : 0 }),
      "targets of one kind, got class numbers and",
    ],
    [() => ({ x: "a", target: 0 }), "Dataset.generate: x: tensor: expected numbers in nested"],
  ] as const)
    await assertRejects(generated(example), message);
  const set = Dataset.from({ x, target: [0, 1] });
  const changed = (change: unknown) => () => set.map(change as never).batch([0]);
  await assertRejects(changed(3), "map: expected a function of a batch, got 3");
  await assertRejects(
    changed(() => {}),
    "map: expected a batch, { x, target }, got undefined",
  );
  await assertRejects(
    changed(async () => 3),
    "got a promise; is an await missing?",
  );
});

test.run();
