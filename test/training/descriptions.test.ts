/** Losses, schedules, recipes as data: through JSON, files, checkpoints, or refused by name. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  buildLoss,
  lossDescriber,
  type LossDescription,
  lossKinds,
  meanSquaredError,
  softmaxCrossEntropy,
  weightedSum,
} from "leibniz/backprop";
import { Dataset, elastic, loadMnist, shift } from "leibniz/data";
import { wasmBackend } from "leibniz/kernels";
import {
  affine,
  buildNetwork,
  loadNetwork,
  type NetworkDescription,
  relu,
  saveNetwork,
  type Sequential,
  weightsSha256,
} from "leibniz/network";
import { InputError, Random, Tensor } from "leibniz/tensor";
import {
  adam,
  buildOptimizer,
  buildSchedule,
  checkSameRecipe,
  constant,
  cosine,
  decodeCheckpoint,
  encodeCheckpoint,
  fit,
  type FitOptions,
  findRecipe,
  measure,
  oneCycle,
  readRecipe,
  type Recipe,
  recipeNetwork,
  recipes,
  scheduleDescriber,
  type ScheduleDescription,
  scheduleKinds,
  sgd,
  stepDecay,
  train,
  warmUp,
} from "leibniz/training";
import { assertRejects } from "../helpers/assert-close.js";
import { someImages } from "../helpers/mnist.js";

const test = suite("descriptions of trainings");

const throughJson = <T>(data: T): T => JSON.parse(JSON.stringify(data)) as T;

test("descriptions are plain JSON, and nothing in them is the caller's", () => {
  assert.equal(softmaxCrossEntropy(), { kind: "softmaxCrossEntropy" });
  assert.equal(softmaxCrossEntropy({ labelSmoothing: 0.1 }), {
    kind: "softmaxCrossEntropy",
    labelSmoothing: 0.1,
  });
  assert.equal(meanSquaredError(), { kind: "meanSquaredError" });
  assert.equal(constant, { kind: "constant" });
  assert.equal(warmUp(3, oneCycle({ peakAt: 0.2 }), { from: 0 }), {
    kind: "warmUp",
    steps: 3,
    next: { kind: "oneCycle", peakAt: 0.2 },
    from: 0,
  });
  const parts: [number, LossDescription][] = [[2, softmaxCrossEntropy()]];
  const sum = weightedSum(parts);
  parts[0]![0] = 5;
  (parts[0]![1] as { kind: string }).kind = "mse";
  assert.equal(sum, { kind: "weightedSum", parts: [[2, { kind: "softmaxCrossEntropy" }]] });
  assert.equal(throughJson(sum), sum);
});

const between = (random: Random, least: number, most: number): number =>
  least + random.integer(most - least + 1);
const part = (random: Random): number => random.integer(11) / 10;
const maybe = (random: Random, options: object): object =>
  Object.fromEntries(Object.entries(options).filter(() => random.integer(2) === 0));

function randomLoss(random: Random, depth = 0): LossDescription {
  const kind = random.integer(depth > 2 ? 2 : 4);
  if (kind === 0) return meanSquaredError();
  if (kind === 1) return softmaxCrossEntropy(maybe(random, { labelSmoothing: part(random) }));
  const count = between(random, 1, 3);
  return weightedSum(
    Array.from({ length: count }, () => [random.integer(9) / 4 - 1, randomLoss(random, depth + 1)]),
  );
}

function randomSchedule(random: Random, depth = 0): ScheduleDescription {
  switch (random.integer(depth > 3 ? 4 : 6)) {
    case 0:
      return constant;
    case 1:
      return stepDecay({
        every: between(random, 1, 9),
        ...maybe(random, { factor: part(random) }),
      });
    case 2:
      return cosine(maybe(random, { lowest: part(random) }));
    case 3: {
      const shape = { peakAt: part(random) / 2, start: part(random), end: part(random) };
      return oneCycle(maybe(random, { ...shape, threePhases: random.integer(2) === 0 }));
    }
    default:
      return warmUp(
        between(random, 0, 6),
        random.integer(4) === 0 ? undefined : randomSchedule(random, depth + 1),
        maybe(random, { from: part(random) }),
      );
  }
}

type Mutable = Record<string, unknown>;

/** Every description inside another, itself included. */
function everyPart(part: unknown): Mutable[] {
  if (typeof part !== "object" || part === null) return [];
  const own = "kind" in part ? [part as Mutable] : [];
  return [...own, ...Object.values(part).flatMap(everyPart)];
}

/** Spoils a copy in one place. @returns the copy, and what the message has to say */
function spoiled(description: object, random: Random): [spoiled: unknown, piece: string] {
  const copy = throughJson(description);
  const all = everyPart(copy);
  const one = all[random.integer(all.length)]!;
  const options = Object.keys(one).filter((name) => name !== "kind");
  const option = options.length === 0 ? undefined : options[random.integer(options.length)];
  const names = ["facter", "__proto__", "toString", "kind ", ""];
  const values: unknown[] = [null, "1", -1, 1e999, {}, [], [[]], [[1]], [[1, null]], true, [1, {}]];
  const spoils: (() => string)[] = [
    () => ((one["kind"] = "nothing"), 'got "nothing"'),
    () => ((one["kind"] = values[random.integer(3)]), "a kind among"),
    () => (delete one["kind"], "got undefined"),
    () => {
      const name = names[random.integer(names.length)]!;
      Object.defineProperty(one, name, { value: 1, enumerable: true });
      return `got ${name}`;
    },
  ];
  if (option !== undefined)
    spoils.push(() => {
      const fits = option === "threePhases" ? [1, 2] : option === "parts" ? [1, 2] : [0, 1];
      one[option] = values[fits[random.integer(2)]!];
      return option;
    });
  return [copy, spoils[random.integer(spoils.length)]!()];
}

/** Spoils anything, anywhere; only no other error than the one of bad input may come. */
function garbled(description: object, random: Random): unknown {
  const copy = throughJson(description);
  const all = everyPart(copy);
  const one = all[random.integer(all.length)]!;
  const names = [...Object.keys(one), "next", "parts", "steps", "constructor", "length"];
  const values: unknown[] = [
    ...[undefined, null, 0, "", "kind", NaN, Infinity, -1, true, [], {}, [[1]], [[1, []]]],
    ...[new Map(), Symbol("s"), 7n, Tensor.zeros([2]), () => 1, softmaxCrossEntropy, cosine],
    ...[{ kind: { kind: "cosine" } }, [[1, { kind: "cosine" }]], { next: 1 }],
  ];
  one[names[random.integer(names.length)]!] = values[random.integer(values.length)];
  return copy;
}

const families = [
  ["loss", randomLoss, (one: never) => void buildLoss(one), kindsOf(lossKinds)],
  [
    "schedule",
    randomSchedule,
    (one: never) => void buildSchedule(one)(0, 10),
    kindsOf(scheduleKinds),
  ],
] as const;

function kindsOf(all: readonly object[]): string[] {
  return all.flatMap((one) => Object.values(one).map(({ kind }: { kind: string }) => kind));
}

for (const [what, draw, build, kinds] of families) {
  test(`every kind of ${what} is among the random ones`, () => {
    const seen = new Set<unknown>();
    for (let seed = 0; seed < 200; seed++)
      for (const { kind } of everyPart(draw(new Random(seed)))) seen.add(kind);
    assert.equal([...seen].sort(), [...kinds].sort());
  });

  test(`200 descriptions of a ${what}, half of them spoiled: right, or refused`, async () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(`${what} ${seed}`);
      const description = draw(random);
      assert.equal(throughJson(description), description);
      build(throughJson(description) as never);
      if (seed % 2 === 0) continue;
      const [wrong, piece] = spoiled(description, random);
      try {
        await assertRejects(() => build(wrong as never), piece);
      } catch (error) {
        throw new Error(`${JSON.stringify(wrong)}: ${(error as Error).message}`);
      }
    }
  });

  test(`1000 garbled descriptions of a ${what}: refused in a line, or none`, () => {
    let refused = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const random = new Random(`garbled ${what} ${seed}`);
      const description = garbled(draw(random), random);
      try {
        build(description as never);
      } catch (error) {
        assert.instance(error, InputError, String((error as Error).stack));
        assert.not.match((error as Error).message, "\n");
        refused++;
      }
    }
    assert.ok(refused > 300 && refused < 1000, String(refused));
  });

  test(`a ${what} after JSON does what it did before, to the bit`, async () => {
    const x = new Random(1).normal([5, 3], 0, 1, "float64");
    for (let seed = 0; seed < 50; seed++) {
      const description = draw(new Random(seed));
      if (what === "loss") {
        const values = [description, throughJson(description)].map((one) =>
          buildLoss(one)(x, [0, 2, 1, 1, 0], [1, 2, 0, 0.5, 3]),
        );
        const [a, b] = await Promise.all(values);
        assert.is(a!.loss, b!.loss);
        assert.equal((await a!.backward()).data, (await b!.backward()).data);
      } else {
        const [a, b] = [buildSchedule(description), buildSchedule(throughJson(description))];
        for (let t = 0; t <= 17; t++) assert.is(a(t, 17), b(t, 17));
      }
    }
  });
}

test("messages name the kind, the option and what was meant", async () => {
  const nested = (depth: number): object =>
    depth === 0 ? { kind: "cosine" } : { kind: "warmUp", steps: 1, next: nested(depth - 1) };
  const itself: Mutable = { kind: "warmUp", steps: 1 };
  itself["next"] = itself;
  const refused: [run: () => unknown, ...pieces: string[]][] = [
    [
      () => buildLoss({ kind: "softmaxCrossEntropi" }),
      'loss: expected a kind among softmaxCrossEntropy, meanSquaredError, weightedSum, got "soft',
      "did you mean softmaxCrossEntropy?",
    ],
    [() => buildLoss(softmaxCrossEntropy as never), "the function softmaxCrossEntropy; call it"],
    [() => buildLoss("mse" as never), "loss: expected a description, such as softmaxCrossEntropy"],
    [
      () => buildLoss({ kind: "weightedSum", parts: [[1, { kind: "meanSquaredError", by: 2 }]] }),
      "weightedSum: meanSquaredError: expected no options, got by",
    ],
    [
      () => weightedSum([[1, { kind: "nothing" }] as never, 3 as never]),
      "weightedSum: expected parts to be at least one [factor, loss]",
    ],
    [
      () => buildLoss(throughJson(weightedSum([[1, () => ({}) as never]]))),
      "weightedSum: expected parts to be at least one [factor, loss]",
      "got [[1,null]]",
    ],
    [
      () => buildSchedule({ kind: "coszne" }),
      "schedule: expected a kind among constant, stepDecay, cosine, warmUp, oneCycle, got",
      "did you mean cosine?",
    ],
    [() => buildSchedule(cosine as never), "the function cosine; call it: cosine()"],
    [() => buildSchedule({ kind: "cosine", lowest: 2 }), "cosine: expected lowest to be a number"],
    [
      () => buildSchedule({ kind: "oneCycle", peakAt: 0.6, threePhases: true }),
      "oneCycle: expected peakAt up to 0.5",
    ],
    [
      () => buildSchedule({ kind: "warmUp", steps: 1, next: { kind: "cosine", lowst: 0 } }),
      "warmUp: cosine: expected options among lowest, got lowst; did you mean lowest?",
    ],
    [() => buildSchedule(nested(200) as never), "schedule: expected at most 100 levels"],
    [() => buildSchedule(itself as never), "schedule: expected at most 100 levels"],
    [() => warmUp(1, itself as never), "warmUp: expected at most 100 levels"],
  ];
  for (const [run, ...pieces] of refused) await assertRejects(async () => run(), ...pieces);
});

test("a kind of one's own is given beside those there are", async () => {
  const half = scheduleDescriber<object>({ kind: "half", rules: {}, build: () => () => 0.5 });
  const kinds = [...scheduleKinds, half];
  assert.is(buildSchedule(throughJson(warmUp(2, half())), kinds)(3, 9), 0.5);
  await assertRejects(async () => buildSchedule(half()), "schedule: expected a kind among");
  const nothing = lossDescriber<object>({
    kind: "nothing",
    rules: {},
    build: () => (prediction) => ({ loss: 0, backward: () => Tensor.zeros(prediction.shape) }),
  });
  const sum = buildLoss(throughJson(weightedSum([[2, nothing()]])), [...lossKinds, nothing]);
  assert.is((await sum(Tensor.zeros([1, 2]), [0])).loss, 0);
  await assertRejects(async () => buildLoss(nothing()), "loss: expected a kind among");
});

const description: NetworkDescription = {
  input: [3],
  layers: { a: affine({ outFeatures: 5 }), relu: relu(), b: affine({ outFeatures: 2 }) },
};
const examples = Dataset.from({
  x: new Random("x").normal([24, 3]),
  target: [...Array(24).keys()].map((n) => n % 2),
});
const wasm = await wasmBackend({ threads: 1 });
const built = (seed: number): Sequential =>
  buildNetwork(description, {
    storage: { allocator: wasm.persistent },
    random: new Random(seed),
  });
const training = {
  loss: weightedSum([
    [0.8, softmaxCrossEntropy({ labelSmoothing: 0.1 })],
    [0.2, meanSquaredError()],
  ]),
  schedule: warmUp(3, oneCycle()),
  optimizer: adam({ learningRate: 0.05 }),
};

test("fit and measure take descriptions, after JSON too, or functions: one hash", async () => {
  const shared = { backend: wasm, data: examples, epochs: 3, batchSize: 5 };
  const shas = new Set<string>();
  const losses = new Set<number>();
  const choices: Pick<FitOptions, "loss" | "schedule" | "optimizer">[] = [
    training,
    throughJson(training),
    {
      loss: buildLoss(training.loss),
      schedule: buildSchedule(training.schedule),
      optimizer: (parameters) => buildOptimizer(training.optimizer, parameters),
    },
  ];
  for (const choice of choices) {
    const network = built(1);
    for await (const _ of fit(network, { ...shared, ...choice }));
    shas.add(await weightsSha256(network));
    const { loss } = await measure(network, { backend: wasm, data: examples, loss: choice.loss });
    losses.add(loss);
    network.dispose();
  }
  assert.is(shas.size, 1);
  assert.is(losses.size, 1);
  const other = built(1);
  for await (const _ of fit(other, { ...shared, ...training, schedule: constant }));
  assert.not.ok(shas.has(await weightsSha256(other)));
});

test("a network through a file in the middle of a training: one hash", async () => {
  const shared = { backend: wasm, data: examples, batchSize: 5, ...training, schedule: undefined };
  const whole = built(2);
  for await (const _ of fit(whole, { ...shared, epochs: 2 }));
  const part = built(2);
  let rest: Sequential | null = null;
  for await (const event of fit(part, { ...shared, epochs: 2 })) {
    if (event.type !== "epoch" || rest !== null) continue;
    rest = loadNetwork(saveNetwork(part), "n", { storage: { allocator: wasm.persistent } });
    const info = { epochs: 1, recipe: "own", seed: 0 };
    const checkpoint = decodeCheckpoint(encodeCheckpoint(part, event.optimizer, info), "c");
    const optimizer = buildOptimizer(training.optimizer, rest.parameters);
    checkpoint.restore(rest, optimizer);
    const from = { epoch: 1, optimizer };
    for await (const _ of fit(rest, { ...shared, epochs: 2, from }));
    break;
  }
  assert.is(await weightsSha256(rest!), await weightsSha256(whole));
});

const small: Recipe = {
  name: "small",
  description: "a softmax regression",
  network: {
    input: [1, 28, 28],
    layers: { flatten: { kind: "flatten" }, classes: affine({ outFeatures: 10 }) },
  },
  ...training,
  epochs: 2,
  batchSize: 20,
};

test("JSON.stringify(recipe) is the whole recipe: it trains to the same hash", async () => {
  const { train: images, test: others } = await loadMnist();
  const data = { train: someImages(images, 60), test: someImages(others, 10) };
  const augment = [shift({ pixels: 2 }), elastic({ strength: 20, smoothness: 3 })];
  for (const recipe of [...recipes, small, { ...small, augment }]) {
    const again = readRecipe(JSON.stringify(recipe), "r");
    assert.equal(again, recipe);
    checkSameRecipe("r", recipe, again);
    const shas = new Set<string>();
    for (const one of [recipe, again, { ...recipe, ...throughJson(recipe) }]) {
      const network = recipeNetwork(one, wasm, new Random(1));
      const run = { recipe: one, network, ...data, backend: wasm, random: new Random(1) };
      for await (const _ of train({ ...run, epochs: 1 }));
      shas.add(await weightsSha256(network));
      network.dispose();
    }
    assert.is(shas.size, 1, recipe.name);
  }
});

test("what is no recipe is refused by the option's name, in one line", async () => {
  const text = JSON.stringify(small);
  const changed = (changes: object): string => JSON.stringify({ ...small, ...changes });
  const refused: [text: string, ...pieces: string[]][] = [
    ["", "r: expected JSON, got "],
    [text.slice(0, 200), 'r: expected JSON, got "{'],
    ["null", "r: expected a JSON object, got null"],
    ["[]", "got an array"],
    [`"${"x".repeat(2e6)}"`, "r: expected a recipe of at most 1000000 characters, got 2000002"],
    ["[".repeat(90_000), "r: expected JSON"],
    [
      text.replace('"epochs"', `"a":${'{"a":'.repeat(5000)}1${"}".repeat(5000)},"epochs"`),
      "r: expected at most 100 levels of descriptions in each other, got more",
    ],
    ["{}", "r: recipe: expected name, a text of 1 to 60 characters, got none"],
    [changed({ name: "" }), "expected name to be a text of 1 to 60 characters"],
    [changed({ name: "a\u001b[2J" }), "expected name to be a text of 1 to 60 characters"],
    [changed({ description: "a\nb" }), "expected description to be a text on one line"],
    [changed({ epoch: 3 }), "r: recipe: expected options among", "did you mean epochs?"],
    [changed({ epochs: "3" }), 'expected epochs to be a whole number ≥ 1, got "3"'],
    [changed({ batchSize: 0 }), "expected batchSize to be a whole number ≥ 1, got 0"],
    [changed({ images: 0 }), "expected images to be a whole number ≥ 1, or null for all"],
    [
      changed({ augment: {} }),
      "recipe: expected augment to be an array of descriptions, [{ … }, …]",
    ],
    [
      changed({ augment: [{ kind: "rotaton" }] }),
      "r: augment: augmentation: expected a kind among shift, rotation, scale, shear, elastic, ",
      'got "rotaton"; did you mean rotation?',
    ],
    [changed({ augment: [{ kind: "shift" }] }), "r: augment: shift: expected pixels, a finite"],
    [changed({ shuffle: 1 }), "expected shuffle to be true or false"],
    [changed({ clipNorm: -1 }), "expected clipNorm to be a finite number above 0"],
    [changed({ meanOver: "steps" }), 'expected meanOver to be "examples" or "batches"'],
    [changed({ optimizer: "adam" }), 'optimizer to be a description, { … }, got "adam"'],
    [
      changed({ optimizer: { kind: "adam", lr: 1 } }),
      "r: optimizer: adam: expected options among",
      "did you mean learningRate?",
    ],
    [changed({ optimizer: { kind: "sgd" } }), "r: optimizer: sgd: expected learningRate"],
    [changed({ loss: { kind: "mse" } }), "r: loss: expected a kind among", 'got "mse"'],
    [changed({ schedule: { kind: "cosine", low: 0 } }), "r: cosine: expected options among lowest"],
    [changed({ network: {} }), "r: network: expected layers, a description"],
    [changed({ network: { layers: {} } }), "r: network: expected at least one layer, got none"],
    [changed({ network: { layer: {} } }), "expected options among input, dtype, layers, got layer"],
  ];
  for (const [given, ...pieces] of refused)
    await assertRejects(async () => readRecipe(given, "r"), ...pieces);
});

test("recipes differ by the first option that does; names and defaults do not count", async () => {
  checkSameRecipe("f", small, { ...small, name: "other", description: "" });
  const { name, description: text, ...plain } = findRecipe("default");
  const spelt = {
    shuffle: true,
    augment: [],
    images: null,
    schedule: constant,
    freshOptimizer: false,
  };
  checkSameRecipe("f", findRecipe("default"), { name, description: text, ...spelt, ...plain });
  const refused: [changes: Partial<Recipe>, message: string][] = [
    [
      { optimizer: adam({ learningRate: 0.01 }) },
      "f: optimizer.learningRate: expected 0.05, got 0.01; the file belongs to another recipe",
    ],
    [{ optimizer: sgd({ learningRate: 0.05 }) }, 'f: optimizer.kind: expected "adam", got "sgd"'],
    [{ schedule: warmUp(4, oneCycle()) }, "f: schedule.steps: expected 3, got 4"],
    [{ schedule: warmUp(3, cosine()) }, 'f: schedule.next.kind: expected "oneCycle", got "cosine"'],
    [{ batchSize: 8 }, "f: batchSize: expected 20, got 8"],
    [
      { augment: [shift({ pixels: 1 })] },
      'f: augment: expected [], got [{"kind":"shift","pixels":1}]',
    ],
    [{ shuffle: false }, "f: shuffle: expected true, got false"],
    [
      { network: { ...small.network, layers: { flatten: { kind: "flatten" } } } },
      "f: classes: expected {",
    ],
  ];
  for (const [changes, message] of refused)
    await assertRejects(async () => checkSameRecipe("f", small, { ...small, ...changes }), message);
});

test("a checkpoint holds network and recipe, and others are told what differs", async () => {
  const network = recipeNetwork(small, wasm, new Random(1));
  const optimizer = buildOptimizer(small.optimizer, network.parameters);
  const info = { epochs: 1, recipe: small.name, seed: 3 };
  const bytes = encodeCheckpoint(network, optimizer, { ...info, wholeRecipe: small });
  const checkpoint = decodeCheckpoint(bytes, "c");
  assert.equal(checkpoint.info, { ...info, wholeRecipe: small });
  const other = recipeNetwork(small, wasm, new Random(2));
  const restore = (recipe: Recipe, into = other): void =>
    checkpoint.restore(into, buildOptimizer(recipe.optimizer, into.parameters), recipe);
  const before = await weightsSha256(other);
  await assertRejects(
    async () => restore({ ...small, optimizer: adam({ learningRate: 0.1 }) }),
    "c: optimizer.learningRate: expected 0.1, got 0.05; the file belongs to another recipe",
  );
  const layers = { ...small.network.layers, classes: affine({ outFeatures: 10, bias: true }) };
  const wider = recipeNetwork({ network: { ...small.network, layers } }, wasm);
  await assertRejects(
    async () => restore(small, wider),
    "c: classes.bias: expected true, got none; the file belongs to another network",
  );
  assert.is(await weightsSha256(other), before, "what is refused changes nothing");
  restore({ ...small, name: "renamed" });
  assert.is(await weightsSha256(other), await weightsSha256(network));
});

test("a checkpoint of before, without descriptions, is taken as it was", async () => {
  const network = recipeNetwork(small, wasm, new Random(1));
  const optimizer = buildOptimizer(small.optimizer, network.parameters);
  Object.defineProperty(network, "description", { value: null });
  const info = { epochs: 1, recipe: "small", seed: 3 };
  const checkpoint = decodeCheckpoint(encodeCheckpoint(network, optimizer, info), "c");
  assert.equal(checkpoint.info, info);
  const other = recipeNetwork(small, wasm, new Random(2));
  checkpoint.restore(other, buildOptimizer(small.optimizer, other.parameters), small);
  assert.is(await weightsSha256(other), await weightsSha256(network));
});

test("the backend is given back", () => wasm.dispose());

test.run();
