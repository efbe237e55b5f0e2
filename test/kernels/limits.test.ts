import { test } from "uvu";
import * as assert from "uvu/assert";
import { machineLimits } from "leibniz/kernels";

const limits = await machineLimits(2 ** 20);

test(
  "multiplyAdds: 48 numbers go through s ← s·x + y, in float32, from 0, 1, … 11 four times " +
    "each, and every operation is counted",
  () => {
    for (const [steps, x, y] of [
      [0, 2, 3],
      [1, 2, 3],
      [7, 0.5, 1.25],
      [1000, -0.999, 0.1],
      [25, 1.5, -0.3],
    ] as const) {
      const [factor, term] = [Math.fround(x), Math.fround(y)];
      let expected = 0;
      for (let start = 0; start < 12; start++) {
        let s = start;
        for (let step = 0; step < steps; step++) s = Math.fround(Math.fround(s * factor) + term);
        expected += 4 * s;
      }
      const { sum, flop } = limits.multiplyAdds(steps, x, y);
      assert.ok(
        Math.abs(sum - expected) <= 1e-5 * Math.abs(expected),
        `${steps} steps: expected ${expected}, got ${sum}`,
      );
      assert.is(flop, steps * 96);
    }
  },
);

test("read and write: every word of the piece, and none beyond it", () => {
  limits.write(limits.largestBytes, 1, 0x0f0f0f0f);
  limits.write(64, 3, 0x33333333);
  assert.is(limits.read(64, 1), 0, "16 equal words");
  assert.is(limits.read(128, 1), 0);
  for (const word of [1, 0x40000000]) {
    for (const bytes of [64, 192, 4096]) {
      limits.write(bytes, 1, word);
      assert.is(limits.read(bytes, 2), 0);
    }
  }
});

test("read and write: pieces that do not exist are refused", () => {
  for (const bytes of [0, -64, 63, 100, NaN, 2 ** 20 + 64]) {
    assert.throws(
      () => limits.read(bytes, 1),
      /machineLimits: expected a multiple of 64 up to 1048576, got /,
    );
    assert.throws(() => limits.write(bytes, 1, 0), /machineLimits: expected/);
  }
});

test.run();
