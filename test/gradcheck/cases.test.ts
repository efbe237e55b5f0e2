/** The one loop over the catalog, and how an entry becomes a function that can be checked. */
import { gradientName } from "leibniz/backprop";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  casesOf,
  catalog,
  type CatalogEntry,
  checkCase,
  checkCases,
  layerEntry,
} from "leibniz/gradcheck";
import { multiply, Random, type Tensor, tensor } from "leibniz/tensor";
import { assertRejects } from "../helpers/assert-close.js";

const find = (wanted: string): CatalogEntry => catalog.find(({ layer }) => layer === wanted)!;

test(
  "the fixed cases come first, then as many random ones as are asked for, each by its " + "name",
  () => {
    const conv2d = find("conv2d");
    const fixed = conv2d.cases(new Random("cases"));
    const cases = casesOf(conv2d, new Random("cases"), 2);
    assert.equal(
      cases.map(({ name, isRandom }) => [name, isRandom]),
      [...fixed.map((_, i) => [`fixed ${i + 1}`, false]), ["random 1", true], ["random 2", true]],
    );
    for (const [i, { options, inputs }] of fixed.entries()) {
      assert.equal(cases[i]!.options, options);
      assert.equal([...cases[i]!.inputs["x"]!.data], [...inputs["x"]!.data]);
    }
  },
);

test("random cases may be drawn from elsewhere, and then leave the first source alone", () => {
  const affine = find("affine");
  const random = new Random("cases");
  const before = new Random("cases");
  affine.cases(before);
  casesOf(affine, random, 5, new Random("elsewhere"));
  assert.is(random.next(), before.next());
});

test(
  "every gradient of every case is checked, with its adjoint and its curve where " + "asked",
  async () => {
    const affine = find("affine");
    const random = new Random("all");
    const names: string[] = [];
    for await (const { name, isRandom, inputs, gradients } of checkCases(
      affine,
      casesOf(affine, random, 2),
      { random, adjoints: true, curves: true },
    )) {
      names.push(name);
      assert.equal(
        gradients.map(({ result }) => result.argument),
        Object.keys(inputs),
      );
      for (const { result, adjoint } of gradients) {
        assert.equal([result.verdict, adjoint?.verdict], ["pass", "pass"], name);
        assert.is(result.curve === null, isRandom, name);
      }
    }
    assert.equal(names, ["fixed 1", "fixed 2", "random 1", "random 2"]);
    const [{ adjoint } = { adjoint: undefined }] = await checkCase(
      affine,
      affine.cases(random)[0]!,
      {
        random,
      },
    );
    assert.is(adjoint, null);
  },
);

test("what stands around the layer is what is checked", async () => {
  const relu = find("relu");
  const random = new Random("around");
  const [{ result } = { result: undefined }] = await checkCase(relu, relu.cases(random)[0]!, {
    random,
    around: (layer) => async (inputs) => {
      const { backward, ...rest } = await layer(inputs);
      return {
        ...rest,
        backward: async (dOut) => ({ x: multiply((await backward(dOut))["x"]!, 2) }),
      };
    },
  });
  assert.is(result?.verdict, "wrong");
});

test("the gradient of weight is dWeight, of a network's conv1.weight dConv1.weight", () => {
  assert.equal(["x", "weight", "conv1.weight", "constructor", "__proto__"].map(gradientName), [
    "dX",
    "dWeight",
    "dConv1.weight",
    "dConstructor",
    "d__proto__",
  ]);
});

test(
  "an affine layer without a bias has no gradient for one, and one with a bias " + "has",
  async () => {
    const affine = find("affine");
    const [hasBias, hasNone] = affine.cases(new Random("bias")) as [
      ReturnType<CatalogEntry["cases"]>[0],
      ReturnType<CatalogEntry["cases"]>[0],
    ];
    const names = async ({ options, inputs }: typeof hasBias): Promise<string[]> => {
      const { out, backward } = await affine.differentiable(options)(inputs);
      return Object.keys(await backward(out as Tensor));
    };
    assert.equal(await names(hasBias), ["x", "weight", "bias"]);
    assert.equal(await names(hasNone), ["x", "weight"]);
  },
);

test("what a layer returns for no input is refused, unless it is null", async () => {
  const doubled = (more: Readonly<Record<string, Tensor | null>>): CatalogEntry =>
    layerEntry({
      layer: "doubled",
      forward: async ({ x }) => ({ out: multiply(x!, 2), cache: null }),
      backward: async (dOut) => ({ dX: multiply(dOut, 2), ...more }),
      cases: () => [{ options: {}, inputs: { x: tensor([1, 2, 3]) } }],
      sample: () => ({ options: {}, inputs: { x: tensor([4, 5]) } }),
    });
  const verdicts = async (entry: CatalogEntry): Promise<string[]> => {
    const random = new Random("doubled");
    const gradients = await checkCase(entry, entry.cases(random)[0]!, { random });
    return gradients.map(({ result }) => `${result.argument} ${result.verdict}`);
  };
  assert.equal(await verdicts(doubled({})), ["x pass"]);
  assert.equal(await verdicts(doubled({ dBias: null })), ["x pass"]);
  await assertRejects(
    () => verdicts(doubled({ dBias: tensor([1]) })),
    "gradientCheck: expected gradients for x, got one for dBias",
  );
  await assertRejects(() => verdicts(doubled({ dX: null })), "a gradient for x", "got null");
});

test.run();
