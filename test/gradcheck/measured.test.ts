import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Differentiable,
  gradientCheck,
  type GradientCheckResult,
  type NamedTensors,
} from "leibniz/gradcheck";
import { multiply, Random, tensor, type Tensor } from "leibniz/tensor";

interface Square {
  readonly f: Differentiable;
  /** How often its forward pass has run. */
  passes: number;
}

/** x², whose backward is wrong by the factor `slope` and whose last output is off by `shift`. */
function square(slope = 1, shift = 0): Square {
  const one: Square = {
    passes: 0,
    f: async ({ x }: NamedTensors) => {
      one.passes++;
      const out = multiply(x!, x!);
      out.data[2]! += shift;
      const backward = async (dOut: Tensor): Promise<NamedTensors> => ({
        x: multiply(multiply(dOut, x!), 2 * slope),
      });
      return { out, backward, choices: [] };
    },
  };
  return one;
}

const at = (first = 1): NamedTensors => ({ x: tensor([first, -2, 3], "float64") });

async function checked(
  one: Square,
  options: { forward?: string; seed?: number; inputs?: NamedTensors; step?: number } = {},
): Promise<{ result: GradientCheckResult; passes: number }> {
  const { seed = 0, inputs = at(), ...rest } = options;
  const before = one.passes;
  const [result] = await gradientCheck(one.f, inputs, {
    random: new Random(seed),
    hints: false,
    ...rest,
  });
  return { result: result!, passes: one.passes - before };
}

test("what was measured is not measured again, and judges another backward alike", async () => {
  const forward = "a square that is checked twice";
  const first = await checked(square(), { forward });
  assert.equal([first.result.verdict, first.passes], ["pass", 2 + 3 * 4]);
  const wrong = await checked(square(1.001), { forward });
  assert.equal([wrong.result.verdict, wrong.passes], ["wrong", 2]);
  const anew = await checked(square(1.001));
  assert.is(anew.passes, 2 + 3 * 4);
  assert.equal(wrong.result, anew.result);
});

test("another point, dOut, step, output or name is measured anew", async () => {
  const forward = "a square at several points";
  await checked(square(), { forward });
  for (const [one, options] of [
    [square(), { forward: "another square" }],
    [square(), { forward, seed: 1 }],
    [square(), { forward, step: 1e-2 }],
    // the first output is the same
    [square(), { forward, inputs: at(-1) }],
    [square(1, 1), { forward }],
  ] as const) {
    const { result, passes } = await checked(one, options);
    assert.equal([result.verdict, passes], ["pass", 2 + 3 * 4], JSON.stringify(options));
    assert.is((await checked(one, options)).passes, 2);
  }
});

test.run();
