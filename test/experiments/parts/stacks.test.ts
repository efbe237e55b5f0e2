import { mapSizes } from "leibniz/experiments/parts/stacks";
import { test } from "uvu";
import * as assert from "uvu/assert";

test("maps become smaller as one counts windows by hand", () => {
  /** Places for a window, counted one by one. */
  const places = (size: number, window: number, stride: number): number => {
    let count = 0;
    for (let at = 0; at + window <= size; at += stride) count++;
    return count;
  };
  for (const halving of ["none", "stride 2", "pooling"] as const)
    for (const padding of [0, 1]) {
      const expected: number[] = [];
      for (let size = 28; expected.length < 15; expected.push(size)) {
        size = places(size + 2 * padding, 3, halving === "stride 2" ? 2 : 1);
        if (halving === "pooling") size = places(size, 2, 2);
        if (size === 0) break;
      }
      assert.equal(mapSizes({ halving, padding, depth: 15 }), expected, `${halving}, ${padding}`);
    }
});

test("without padding 13 layers are the most, with a stride or a pooling three", () => {
  const depthOf = (halving: "none" | "stride 2" | "pooling"): number =>
    mapSizes({ halving, padding: 0, depth: 20 }).length;
  assert.equal([depthOf("none"), depthOf("stride 2"), depthOf("pooling")], [13, 3, 3]);
  assert.is(mapSizes({ halving: "none", padding: 1, depth: 20 }).at(-1), 28);
});

test.run();
