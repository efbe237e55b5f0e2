/** Optimizers as data: what a description says is what the class does. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Parameter } from "leibniz/backprop";
import { reference } from "leibniz/kernels";
import { Random } from "leibniz/tensor";
import {
  Adagrad,
  adagrad,
  Adam,
  adam,
  AdamW,
  adamW,
  buildOptimizer,
  type Optimizer,
  type OptimizerDescription,
  optimizerKinds,
  RmsProp,
  rmsProp,
  Sgd,
  sgd,
} from "leibniz/training";
import { assertClose, assertRejects } from "../helpers/assert-close.js";

const parameters = () => {
  const parameter = new Parameter("weight", [3, 2], 1, 1, { dtype: "float64" });
  parameter.value.copyFrom(new Random("value").normal([3, 2], 0, 1, "float64"));
  parameter.grad.copyFrom(new Random("gradient").normal([3, 2], 0, 1, "float64"));
  return [{ name: "weight", parameter }];
};

type Build = (of: ReturnType<typeof parameters>) => Optimizer;
const pairs: readonly (readonly [OptimizerDescription, Build])[] = [
  [
    sgd({ learningRate: 0.1, momentum: 0.9 }),
    (of) => new Sgd(of, { learningRate: 0.1, momentum: 0.9 }),
  ],
  [adam({ weightDecay: 0.1 }), (of) => new Adam(of, { weightDecay: 0.1 })],
  [adamW(), (of) => new AdamW(of)],
  [adagrad({ learningRate: 0.2 }), (of) => new Adagrad(of, { learningRate: 0.2 })],
  [rmsProp({ alpha: 0.5 }), (of) => new RmsProp(of, { alpha: 0.5 })],
];

test("a description, after JSON, steps as the class with the same options", async () => {
  assert.equal(
    pairs.map(([{ kind }]) => kind),
    optimizerKinds.map(({ optimizerKind }) => optimizerKind.kind),
  );
  for (const [description, build] of pairs) {
    const [own, other] = [parameters(), parameters()];
    const described = buildOptimizer(JSON.parse(JSON.stringify(description)), own);
    const made = build(other);
    assert.is(described.kind, description.kind);
    assert.is(described.kind, made.kind);
    for (let step = 0; step < 3; step++) {
      await described.step(reference);
      await made.step(reference);
    }
    const { value } = own[0]!.parameter;
    assertClose(value, other[0]!.parameter.value, { tolerance: 0, what: description.kind });
    assert.ok(value.data.some((w, i) => w !== parameters()[0]!.parameter.value.data[i]));
  }
});

test("what cannot be built is refused by name", async () => {
  const refused = (description: unknown, ...pieces: string[]): Promise<void> =>
    assertRejects(
      async () => buildOptimizer(description as OptimizerDescription, parameters()),
      ...pieces,
    );
  await refused({ kind: "adma" }, "optimizer: expected a kind among sgd,", "did you mean adam?");
  await refused(
    { kind: "adam", lr: 1 },
    "adam: expected options among",
    "did you mean learningRate?",
  );
  await refused({ kind: "sgd" }, "sgd: expected learningRate, a finite number ≥ 0, got none");
  await refused({}, "got undefined");
  await refused(null, "optimizer: expected a description, such as adam(), got null");
  await refused(adam, "got the function adam; call it: adam()");
  await assertRejects(async () => sgd({ learningRate: -1 }), "sgd: expected learningRate to be");
});

test.run();
