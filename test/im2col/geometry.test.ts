import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { conv2dGeometry, pair, type WindowOptions } from "leibniz/im2col";
import { assertRejects } from "../helpers/assert-close.js";
import { windowCases } from "../helpers/windows.js";

/** How many windows fit along an axis, by trying every position. */
function countPositions(
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): number {
  let count = 0;
  for (let start = -padding; start + dilation * (kernel - 1) < size + padding; start += stride)
    count++;
  return count;
}

test("the output size is the number of positions that a window can take", () => {
  fc.assert(
    fc.property(windowCases, ({ size: [H, W], kernelSize, stride, padding, dilation }) => {
      const { outH, outW } = conv2dGeometry("test", H, W, {
        kernelSize,
        stride,
        padding,
        dilation,
      });
      assert.is(outH, countPositions(H, kernelSize[0], stride[0], padding[0], dilation[0]));
      assert.is(outW, countPositions(W, kernelSize[1], stride[1], padding[1], dilation[1]));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('padding "same" leaves the image its size, with what is odd below and on the right', () => {
  for (const [kernelSize, dilation, pads] of [
    [[3, 5], 1, [1, 2]],
    [[2, 4], 1, [0, 1]],
    [[1, 6], 1, [0, 2]],
    [
      [4, 2],
      [3, 2],
      [4, 1],
    ],
  ] as const) {
    const g = conv2dGeometry("test", 5, 9, { kernelSize, dilation, padding: "same" });
    assert.equal([g.outH, g.outW, g.padH, g.padW], [5, 9, ...pads]);
  }
});

test('padding "same" is refused along with a stride, and so is any other word', () => {
  for (const [options, piece] of [
    [
      { kernelSize: 2, stride: [1, 2], padding: "same" },
      'a stride of 1 along with padding "same", got [1, 2]',
    ],
    [{ kernelSize: 2, padding: "valid" }, 'or two of them as [h, w], or "same", got'],
  ] as const)
    assert.throws(
      () => conv2dGeometry("test", 5, 9, options as WindowOptions),
      (error: Error) => error.message.includes(piece) || assert.unreachable(error.message),
    );
});

test("the notes' examples of equation (7.1)", () => {
  const size = (H: number, options: WindowOptions): number =>
    conv2dGeometry("test", H, H + 1, options).outH;
  assert.is(size(4, { kernelSize: 3, padding: 1 }), 4);
  assert.is(size(7, { kernelSize: 3, stride: 2 }), 3);
  assert.is(size(28, { kernelSize: 3 }), 26);
  assert.is(size(28, { kernelSize: 5, stride: 3, padding: 2 }), 10);
});

test("every option lands on its own axis", () => {
  const options = {
    kernelSize: [2, 3],
    stride: [3, 1],
    padding: [1, 4],
    dilation: [5, 2],
  } as const;
  assert.equal(conv2dGeometry("test", 13, 8, options), {
    H: 13,
    W: 8,
    kH: 2,
    kW: 3,
    strideH: 3,
    strideW: 1,
    padH: 1,
    padW: 4,
    dilationH: 5,
    dilationW: 2,
    outH: 4, // windows begin on rows −1, 2, 5, 8 of −1 … 13 and span 6
    outW: 12, // windows begin on columns −4 … 7 of −4 … 11 and span 5
  });
});

test("the floor: rows that no further window fits into are left over", () => {
  const size = (H: number): number =>
    conv2dGeometry("test", H, 9, { kernelSize: [2, 4], stride: [3, 1] }).outH;
  assert.equal([2, 3, 4, 5, 6, 7, 8].map(size), [1, 1, 1, 2, 2, 2, 3]);
});

test("a number stands for both axes, and everything but the size has a default", () => {
  const full = conv2dGeometry("test", 9, 7, {
    kernelSize: [3, 3],
    stride: [1, 1],
    padding: [0, 0],
    dilation: [1, 1],
  });
  assert.equal(conv2dGeometry("test", 9, 7, { kernelSize: 3 }), full);
});

test("every option is checked, and the message names caller, option and value", async () => {
  const refused = (options: object, ...pieces: string[]): Promise<void> =>
    assertRejects(() => conv2dGeometry("pool", 5, 6, options as WindowOptions), "pool", ...pieces);
  await refused({ kernelSize: 0 }, "kernelSize", "≥ 1", "0");
  await refused({ kernelSize: [2, 1.5] }, "kernelSize", "[2,1.5]");
  await refused({ kernelSize: [2, 2, 2] }, "kernelSize", "[2,2,2]");
  await refused({ kernelSize: "3" }, "kernelSize", '"3"');
  await refused({ kernelSize: NaN }, "kernelSize", "got NaN");
  await refused({ kernelSize: Infinity }, "kernelSize", "got Infinity");
  await refused({ kernelSize: [2, "3"] }, "kernelSize", '[2,"3"]');
  await refused({ kernelSize: null }, "kernelSize", "got null");
  await refused({}, "expected kernelSize", "got none");
  await refused({ kernelSize: 2, stride: 0 }, "stride", "≥ 1");
  await refused({ kernelSize: 2, stride: [1, 0.5] }, "stride", "[1,0.5]");
  await refused({ kernelSize: 2, padding: -1 }, "padding", "≥ 0", "-1");
  await refused({ kernelSize: 2, dilation: [1, 0] }, "dilation", "≥ 1", "[1,0]");
  await refused(
    { kernelSize: [6, 2] },
    "padded image of 5×6",
    "spans 6×2",
    "smaller kernel or more padding",
  );
  await refused({ kernelSize: [2, 3], dilation: [1, 3] }, "spans 2×7", "dilation [1, 3]");
  await refused(
    { kernelSize: [3, 2], padding: [0, 2], dilation: [3, 1] },
    "padded image of 5×10",
    "spans 7×2",
    "kernelSize [3, 2]",
  );
});

test("a pair is read as it stands, and what is none is refused by its name", async () => {
  assert.equal(pair(3), [3, 3]);
  assert.equal(pair([4, 3]), [4, 3]);
  const geometry = (options: object) => () =>
    conv2dGeometry("test", 5, 6, { kernelSize: 1, ...options });
  await assertRejects(
    geometry({ stride: 0 }),
    "test: expected stride to be a whole number ≥ 1, or two of them as [h, w], got 0",
  );
  await assertRejects(
    geometry({ padding: [0, -2] }),
    "test: expected padding to be a whole number ≥ 0",
    "got [0,-2]",
  );
});

test.run();
