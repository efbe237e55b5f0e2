/** Each classic mistake is planted and recognised, and what only resembles it is not. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { affineBackward, affineForward, conv2dBackward, conv2dForward } from "leibniz/backprop";
import {
  type Differentiable,
  findHint,
  gradientCheck,
  type NamedTensors,
  type Suspect,
} from "leibniz/gradcheck";
import { multiply, negate, Random, Tensor } from "leibniz/tensor";

const random = new Random("hints");
const draw = (...shape: number[]): Tensor => random.uniform(shape, -1, 1, "float64");

/** A suspect whose right gradient is `right`. */
function suspect(analytic: Tensor, right: Tensor, more: Partial<Suspect> = {}): Suspect {
  return {
    argument: "weight",
    shape: right.shape,
    analytic: [...analytic.contiguous().data],
    numeric: [...right.contiguous().data],
    ...more,
  };
}

/** The tensor whose entry at each index is that of `x` at `from(index)`. */
function arranged(x: Tensor, from: (index: number[]) => number[]): Tensor {
  const out = Tensor.zeros(x.shape, "float64");
  const visit = (index: number[]): void => {
    if (index.length === x.shape.length) return void out.set(index, x.get(...from(index)));
    for (let i = 0; i < x.shape[index.length]!; i++) visit([...index, i]);
  };
  visit([]);
  return out;
}

function expectHint(found: string | null, ...pieces: string[]): void {
  for (const piece of pieces)
    assert.ok(found?.includes(piece) === true, `expected "${piece}", got ${JSON.stringify(found)}`);
}

test("the right gradient gets no hint, nor does one that is wrong in no special way", () => {
  const right = draw(3, 4, 2, 5);
  assert.is(findHint(suspect(right, right)), null);
  assert.is(findHint(suspect(draw(3, 4, 2, 5), right)), null);
  const oneWrong = right.clone();
  oneWrong.set([1, 2, 0, 3], 0.3);
  assert.is(findHint(suspect(oneWrong, right)), null);
  assert.is(findHint(suspect(Tensor.full([3, 4, 2, 5], NaN, "float64"), right)), null);
});

test("a constant ratio: its size, and which extent it is", () => {
  const right = draw(3, 4);
  const shapes = { x: [7, 4], weight: [3, 4], out: [7, 3] };
  const times = (factor: number): string | null =>
    findHint(suspect(multiply(right, factor), right, { shapes }));
  expectHint(times(7), "7 times too large", "the mean's 1/N is missing");
  const ofLoss = findHint(suspect(multiply(right, 28), right, { shapes: { ...shapes, out: [] } }));
  expectHint(
    ofLoss,
    "28 times too large",
    "the mean's 1/N is missing",
    "the number of entries of x",
  );
  expectHint(times(28), "28 times too large");
  assert.not.match(times(28)!, /mean/); // only a loss, one number, is a mean over all entries
  assert.not.match(
    findHint(suspect(multiply(right, 12), right, { shapes: { ...shapes, out: [] } }))!,
    /mean/,
  ); // and it is one of its first input
  expectHint(times(1 / 7), "7 times too small", "divided by N once too often");
  expectHint(times(3), "3 times too large", "the extent of axis 0 of weight [3, 4]");
  expectHint(times(2), "2 times too large", "added twice");
  expectHint(times(0.5), "2 times too small", "a factor 2 is missing");
  expectHint(times(5), "5 times too large");
  assert.not.match(times(5)!, /extent|mean/);
  expectHint(times(-1), "the sign is flipped");
  expectHint(times(1.001), "1.001 times the right one");
  const image = { x: [1, 2, 3, 5], out: [1, 2] };
  expectHint(
    findHint(suspect(multiply(right, 15), right, { shapes: image })),
    "15 is the product of the last two extents of x [1, 2, 3, 5]",
  );
});

test("a ratio that is constant only in part is none, and one entry alone is no series", () => {
  const right = draw(3, 4);
  const partly = multiply(right, 7);
  partly.set([2, 1], right.get(2, 1));
  assert.is(findHint(suspect(partly, right, { shapes: { x: [7, 4] } })), null);
  const single = Tensor.full([1], 0.3, "float64");
  assert.is(findHint(suspect(multiply(single, 1.37), single)), null);
  expectHint(findHint(suspect(multiply(single, 7), single, { shapes: { x: [7, 4] } })), "1/N");
});

test("nothing but zeros", () => {
  expectHint(findHint(suspect(Tensor.zeros([3, 4], "float64"), draw(3, 4))), "every entry is 0");
});

test("a half turn of the last two axes", () => {
  const right = draw(4, 3, 2, 3);
  const turned = arranged(right, ([k, c, i, j]) => [k!, c!, 1 - i!, 2 - j!]);
  expectHint(findHint(suspect(turned, right)), "half turn", "the filter is rotated");
  expectHint(
    findHint(
      suspect(
        arranged(right, ([k, c, i, j]) => [k!, c!, 1 - i!, j!]),
        right,
      ),
    ),
    "axis 2 is reversed",
  );
});

test("a transpose, of equal extents and of unequal ones", () => {
  const square = draw(4, 4);
  expectHint(
    findHint(suspect(square.transpose(), square)),
    "equal after a transpose of axes 0 and 1",
  );
  const right = draw(3, 5);
  expectHint(
    findHint(suspect(right.transpose().contiguous().reshape([3, 5]), right)),
    "[5, 3]",
    "reshaped where it should be transposed",
  );
  const image = draw(2, 3, 4, 5);
  const swapped = image.transpose([0, 1, 3, 2]).contiguous().reshape([2, 3, 4, 5]);
  expectHint(findHint(suspect(swapped, image)), "[2, 3, 5, 4]", "height and width are swapped");
});

test("zeros that should not be: a row, a channel, a border", () => {
  const right = draw(2, 3, 5, 6);
  const without = (axis: number, ...indices: number[]): Tensor => {
    const copy = right.clone();
    const data = copy.data;
    const inner = right.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    for (let i = 0; i < data.length; i++)
      if (indices.includes(Math.floor(i / inner) % right.shape[axis]!)) data[i] = 0;
    return copy;
  };
  expectHint(
    findHint(suspect(without(1, 1), right)),
    "index 1 of axis 1 is 0: never reached",
    "all else is right",
  );
  assert.not.match(findHint(suspect(without(1, 1), right))!, /border/);
  expectHint(
    findHint(suspect(without(2, 4), right)),
    "index 4 of axis 2 is 0: never reached, at the border",
  );
  expectHint(
    findHint(suspect(without(3, 0, 5), right)),
    "indices 0, 5 of axis 3 are 0: never reached, at the border",
  );
  assert.is(
    findHint(suspect(multiply(without(1, 1), 1.5), right)),
    null,
    "a row of zeros beside other mistakes is not the mistake",
  );
  assert.is(findHint(suspect(right, right)), null);
});

test("one place off along an axis", () => {
  const right = draw(4, 5);
  const later = arranged(right, ([i, j]) => [i!, Math.max(0, j! - 1)]);
  expectHint(
    findHint(suspect(later, right)),
    "one place too far to the end along axis 1",
    "off by one",
  );
  const earlier = arranged(right, ([i, j]) => [Math.min(3, i! + 1), j!]);
  expectHint(findHint(suspect(earlier, right)), "one place too far to the front along axis 0");
  assert.is(
    findHint(
      suspect(
        arranged(right, ([i, j]) => [i!, Math.max(0, j! - 2)]),
        right,
      ),
    ),
    null,
  );
});

test("some signs", () => {
  const right = draw(3, 4);
  const partly = right.clone();
  partly.set([0, 1], -right.get(0, 1));
  partly.set([2, 3], -right.get(2, 3));
  expectHint(findHint(suspect(partly, right)), "the sign of 2 of 12 entries is flipped");
});

test("the numbers of another argument", () => {
  const [right, other] = [draw(3, 4), draw(3, 4)];
  expectHint(
    findHint(suspect(other, right, { others: { weight: [...right.data], x: [...other.data] } })),
    "the gradient of x",
    "the numbers of the gradient of x",
  );
  assert.is(
    findHint(
      suspect(draw(3, 4), right, { others: { weight: [...right.data], x: [...other.data] } }),
    ),
    null,
  );
});

test("unknown entries are no obstacle, and prove nothing", () => {
  const right = draw(3, 4);
  const data = [...right.data];
  data[5] = NaN;
  expectHint(
    findHint({ ...suspect(multiply(right, 3), right), numeric: data }),
    "3 times too large",
  );
  assert.is(findHint({ ...suspect(draw(3, 4), right), numeric: data.map(() => NaN) }), null);
});

test("where all entries are alike, no order is recognised", () => {
  const alike = Tensor.full([4, 4], 0.7, "float64");
  const holed = alike.clone();
  holed.set([0, 1], 0);
  const mirrored = alike.clone();
  mirrored.set([3, 2], 0);
  assert.is(findHint(suspect(mirrored, holed)), null);
});

const affine =
  (
    change: (
      gradients: { x: Tensor; weight: Tensor; bias: Tensor },
      dOut: Tensor,
      inputs: NamedTensors,
    ) => NamedTensors,
  ): Differentiable =>
  async (inputs) => {
    const { out, cache } = await affineForward(inputs["x"]!, inputs["weight"]!, inputs["bias"]!);
    return {
      out,
      backward: async (dOut) => {
        const { dX, dWeight, dBias } = await affineBackward(dOut, cache);
        return change({ x: dX, weight: dWeight, bias: dBias! }, dOut, inputs);
      },
    };
  };

async function hintsOf(
  f: Differentiable,
  inputs: NamedTensors,
): Promise<Record<string, string | null>> {
  return Object.fromEntries(
    (await gradientCheck(f, inputs, { random: new Random("upstream") })).map(
      ({ argument, hint }) => [argument, hint],
    ),
  );
}

test("the check itself gives the hint, with what it knows of the function", async () => {
  const inputs = { x: draw(5, 4), weight: draw(3, 4), bias: draw(3) };
  assert.equal(
    await hintsOf(
      affine((gradients) => gradients),
      inputs,
    ),
    { x: null, weight: null, bias: null },
  );
  const { x, weight } = await hintsOf(
    affine((gradients) => ({
      ...gradients,
      weight: multiply(gradients.weight, 5),
      x: negate(gradients.x),
    })),
    inputs,
  );
  expectHint(weight!, "5 times too large: the mean's 1/N is missing");
  expectHint(x!, "the sign is flipped");
  const last = affine((gradients, dOut) => ({
    ...gradients,
    bias: dOut.slice([4, 5]).reshape([3]),
  }));
  expectHint((await hintsOf(last, inputs))["bias"]!, "only the last entry of the batch counts");
  const first = affine((gradients, dOut) => ({
    ...gradients,
    bias: dOut.slice([0, 1]).reshape([3]),
  }));
  expectHint((await hintsOf(first, inputs))["bias"]!, "only the first entry of the batch counts");
  const ones: Differentiable = async (given) => {
    const { out, cache } = await affineForward(given["x"]!, given["weight"]!, null);
    return {
      out,
      backward: async (dOut) => ({
        x: (await affineBackward(Tensor.full(dOut.shape, 1, "float64"), cache)).dX,
        weight: (await affineBackward(dOut, cache)).dWeight,
      }),
    };
  };
  expectHint(
    (await hintsOf(ones, { x: inputs.x, weight: inputs.weight }))["x"]!,
    "the upstream gradient is not multiplied in",
  );
  const sameShapes = { x: draw(3, 4), weight: draw(3, 4), bias: draw(3) };
  const exchanged = await hintsOf(
    affine(({ x: dX, weight: dWeight, bias }) => ({ x: dWeight, weight: dX, bias })),
    sameShapes,
  );
  expectHint(exchanged["x"]!, "the gradient of weight");
  expectHint(exchanged["weight"]!, "the gradient of x");
});

test("a rotated filter in a convolution", async () => {
  const rotated: Differentiable = async ({ x, weight }) => {
    const { out, cache } = await conv2dForward(x!, weight!, null, {});
    return {
      out,
      backward: async (dOut) => {
        const { dX, dWeight } = await conv2dBackward(dOut, cache);
        return { x: dX, weight: arranged(dWeight, ([k, c, i, j]) => [k!, c!, 1 - i!, 2 - j!]) };
      },
    };
  };
  const { x, weight } = await hintsOf(rotated, { x: draw(2, 2, 4, 5), weight: draw(3, 2, 2, 3) });
  assert.is(x, null);
  expectHint(weight!, "half turn");
});

test.run();
