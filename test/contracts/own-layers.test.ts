/** Layers of one's own: where they go, and what files keep of them. */
import { Affine, type Layer, Parameter, Relu, TwoPassLayer } from "leibniz/backprop";
import { affine, describer, loadNetwork, relu, saveNetwork, Sequential } from "leibniz/network";
import { multiply, type Tensor, tensor } from "leibniz/tensor";
import { open } from "leibniz/training";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertRejects } from "../helpers/assert-close.js";
import { backend, engine } from "../helpers/front-door.js";

const test = suite("own layers");

/** A layer of one's own, out = x². */
class Square extends TwoPassLayer<{ readonly x: Tensor }> {
  readonly kind = "square";
  override readonly differentiate = async (dOut: Tensor, { x }: { readonly x: Tensor }) => ({
    dX: multiply(dOut, multiply(x, 2)),
  });

  override async compute(x: Tensor) {
    return { out: multiply(x, x), cache: { x } };
  }
}
const square = describer<object>({
  kind: "square",
  rules: {},
  build: () => new Square(),
});

test("a layer of one's own without its describer is told where that goes", async () => {
  const described = () => engine.network({ square: square() });
  await assertRejects(
    described,
    "square: layer: expected a kind among conv2d, affine,",
    'got "square"; a layer of your own has a describer: open({ layers: [describer] })',
  );
  const way = "layers go into new Sequential({ … }); to describe one of your own, see describer";
  for (const [layer, got] of [
    [new Square(), "a Square, a layer itself"],
    [Square, "the class Square, which makes layers"],
  ] as const)
    await assertRejects(() => engine.network({ square: layer as never }), `got ${got}; ${way}`);
  await assertRejects(
    () => engine.network({ square: square() }, { layers: [square] } as never),
    "network: expected describers of layers in open({ layers: [ … ] }), got them as an option",
  );
  for (const given of [Square, new Square(), square()])
    await assertRejects(
      () => open({ backend: "reference", layers: [given] as never }),
      "open: expected layers to be an array of describers, the functions that describer() makes",
    );
  const knowing = await open({ backend: "reference", layers: [square] });
  const { out } = await knowing
    .network({ square: square() })
    .forward(tensor([[3]]), { backend, mode: "evaluate" });
  assert.equal([...out.data], [9]);
});

test("what takes layers by hand says where descriptions go", async () => {
  const one = (given: unknown) => () => new Sequential({ one: given } as never);
  const way = "descriptions go into engine.network({ … })";
  await assertRejects(one(relu), `a layer under the name one, got the function relu; ${way}`);
  await assertRejects(one(relu()), `a layer under the name one, got an object with kind; ${way}`);
  await assertRejects(one(Relu), "got the class Relu; is a new missing?");
});

test("a file with a layer of one's own says which describer it needs", async () => {
  const knowing = await open({ backend: "reference", layers: [square] });
  const described = { square: square(), classes: affine({ outFeatures: 2 }) };
  const bytes = saveNetwork(knowing.network(described, { input: [3] }));
  const message = 'got "square"; a layer of your own has a describer: open({ layers:';
  await assertRejects(
    () => engine.loadNetwork(bytes, "own.safetensors"),
    "own.safetensors",
    message,
  );
  await assertRejects(() => loadNetwork(bytes, "own.safetensors"), "or kinds: [describer] of");
  assert.is(knowing.loadNetwork(bytes, "own.safetensors").layers.length, 2);
  assert.is(loadNetwork(bytes, "own", { kinds: [square] }).layers.length, 2);
  const byHand = new Sequential({ one: new Affine({ inFeatures: 3, outFeatures: 2 }) });
  await assertRejects(
    () => engine.loadNetwork(saveNetwork(byHand), "own.safetensors"),
    "got weights alone, as of a network that was built by hand; build it again, and loadWeights(",
  );
});

test("options that a file would lose are refused when it is saved", async () => {
  const bent = describer<{ readonly by: unknown }>({
    kind: "bent",
    rules: { by: { expected: "a function", accepts: () => true } },
    build: () => new Square(),
  });
  const knowing = await open({ backend: "reference", layers: [bent] });
  for (const [by, got] of [
    [Math.abs, "the function abs"],
    [Number.NaN, "NaN"],
    [{ inner: new Date(0) }, "a Date"],
  ] as const) {
    const network = knowing.network({ one: bent({ by }) });
    const at = got === "a Date" ? "layers.one.by.inner" : "layers.one.by";
    await assertRejects(
      () => saveNetwork(network),
      `saveNetwork: expected ${at} to be what JSON has words for, got ${got}`,
    );
  }
  assert.ok(saveNetwork(knowing.network({ one: bent({ by: [1, { a: "b", c: null }] }) })));
});

/** A layer with a parameter `weight`, and what is wrong with it. */
function wrong(part: object, parameters = [new Parameter("weight", [2], 1, 1)]) {
  class Wrong extends TwoPassLayer<{ readonly x: Tensor }> {
    readonly kind = "wrong";
    override readonly differentiate = async (dOut: Tensor) => ({ dX: dOut, dWeight: dOut });
    override async compute(x: Tensor) {
      return { out: multiply(x, 2), cache: { x } };
    }
  }
  return Object.assign(new Wrong(parameters), part);
}

test("what a layer of one's own forgets is named", async () => {
  const x = tensor([1, 2]);
  const through = (layer: Layer) => async () => {
    const { out, backward } = await layer.forward(x, { backend, mode: "train" });
    return backward(out);
  };
  for (const [layer, ...pieces] of [
    [wrong({ compute: async () => x }), "wrong.compute: expected { out, cache }", "a Tensor"],
    [wrong({ compute: async () => ({ out: x }) }), "got an object with out"],
    [wrong({ compute: async () => {} }), "got undefined"],
    [wrong({ differentiate: undefined }), "wrong: expected differentiate, its backward pass"],
    [wrong({ differentiate: async () => {} }), "wrong.differentiate: expected { dX, dWeight }"],
    [
      wrong({ differentiate: async () => ({ dX: x, dWeights: x }) }),
      "got an object with dX, dWeights; call it dWeight",
    ],
    [wrong({}, []), "expected { dX }, got also dWeight; is its parameter given to super([…])?"],
  ] as const)
    await assertRejects(through(layer as Layer), ...pieces);
  // a bias that is not there may be null
  const differentiate = async (dOut: Tensor) => ({ dX: dOut, dWeight: dOut, dBias: null });
  assert.is((await through(wrong({ differentiate }))())!.size, 2);
});

test("what a describer lacks is named", async () => {
  const build = () => new Square();
  for (const [kind, ...pieces] of [
    [{ rules: {}, build }, "describer: expected a kind, the name of its layers, got undefined"],
    [{ kind: "square", build }, "describer of square: expected rules", "{} for none"],
    [{ kind: "square", rules: {} }, "expected build, a function (options, storage)"],
    [{ kind: "square", rules: {}, build: Square }, "got the class Square"],
  ] as const)
    await assertRejects(() => describer(kind as never), ...pieces);
});

test.run();
