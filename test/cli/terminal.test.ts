import { test } from "uvu";
import * as assert from "uvu/assert";
import type { EpochResult } from "leibniz/training";
import { barSize } from "../../dist/cli/bar.js";
import { formatEpoch } from "../../dist/cli/epoch-lines.js";
import { barLine } from "../../dist/cli/progress.js";
import { canAnimate, type Output, paint, widthOf } from "../../dist/cli/terminal.js";

const terminal = (columns: number): Output => ({ isTTY: true, columns, hasColors: () => true });
const pipe = { isTTY: false } as Output;

/** Runs with a variable in the environment, which is as before afterwards. */
function having([name, value]: readonly [string, string], run: () => void): void {
  const before = process.env[name];
  process.env[name] = value;
  try {
    run();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}

test("the width: a terminal's own, none in a pipe, and what COLUMNS asks for there", () => {
  assert.is(widthOf(terminal(133)), 133);
  assert.is(widthOf(terminal(0)), 80);
  assert.is(widthOf(pipe), Infinity);
  having(["COLUMNS", "60"], () => {
    assert.is(widthOf(pipe), 60);
    assert.is(widthOf(terminal(133)), 133);
    assert.is(widthOf(terminal(0)), 60);
  });
  for (const COLUMNS of ["", "0", "-5", "wide", "1e400"])
    having(["COLUMNS", COLUMNS], () => assert.is(widthOf(pipe), Infinity, COLUMNS));
});

test("colours on terminals that have them, and nowhere else", () => {
  assert.is(paint("bad", "wrong", terminal(80)), "\u001b[31mwrong\u001b[39m");
  assert.is(paint(null, "wrong", terminal(80)), "wrong");
  assert.is(paint("bad", "wrong", pipe), "wrong");
  assert.is(paint("bad", "wrong", { ...pipe, hasColors: () => true }), "wrong");
  assert.is(paint("bad", "wrong", { ...terminal(80), hasColors: () => false }), "wrong");
});

test("nothing moves in a pipe, or on a terminal that cannot move its cursor", () => {
  having(["TERM", "xterm"], () => {
    assert.ok(canAnimate(terminal(80)));
    assert.not(canAnimate(pipe));
  });
  having(["TERM", "dumb"], () => assert.not(canAnimate(terminal(80))));
});

const result: EpochResult = {
  epoch: 9,
  trainLoss: 0.123456,
  trainAccuracy: 0.98765,
  testLoss: 0.0654321,
  testAccuracy: 0.9876,
  trainSeconds: 754,
  testSeconds: 1,
  imagesPerSecond: 12345.6,
} as EpochResult;

test("the line of an epoch: whole, in fewer words, and as three lines", () => {
  const [long, short] = [
    "epoch 10/20  train loss 0.1235  accuracy 0.9877  test loss 0.0654  accuracy 0.9876  " +
      "12:34 at 12346 images/s",
    "epoch 10/20  train loss 0.1235 acc 0.9877  test loss 0.0654 acc 0.9876  12:34",
  ];
  const line = (width: number): string => formatEpoch({ name: "default" }, result, 20, width);
  for (const width of [Infinity, 160, long.length]) assert.is(line(width), long);
  for (const width of [long.length - 1, 80, short.length]) assert.is(line(width), short);
  for (const width of [short.length - 1, 40])
    assert.equal(line(width).split("\n"), [
      "epoch 10/20  12:34 at 12346 images/s",
      "  train loss 0.1235  accuracy 0.9877",
      "  test loss  0.0654  accuracy 0.9876",
    ]);
});

test("the line with the bar: what is left out where there is no room", () => {
  const name = "epoch 10/20";
  const line = (width: number): string => barLine(name, width)[0].slice(name.length);
  const [loss, accuracy] = ["  loss {loss}", "  accuracy {accuracy}"];
  const whole = `  {bar}  {value}/{total}${loss}${accuracy}  {speed} images/s  {left}`;
  for (const width of [Infinity, 160, 95]) assert.is(line(width), whole);
  assert.is(line(80), `  {bar}  {value}/{total}${loss}${accuracy}  {left}`);
  assert.is(line(70), `  {bar}${loss}${accuracy}  {left}`);
  assert.is(line(60), `${loss}${accuracy}  {left}`);
  for (const width of [40, 20]) assert.is(line(width), loss + accuracy);
  // all but the bar, and the bar, are less than a line
  for (let width = 64; width < 200; width++) {
    const [, others] = barLine(name, width);
    assert.ok(others + barSize(others, width)! < width);
  }
});

test("the notes' own line, where there is room for it", () => {
  const line = (width: number): string => formatEpoch({ name: "notebook" }, result, 20, width);
  const parts = [
    "Epoch: 9",
    "Train Loss: 0.12 Train Acc: 0.9877",
    "Test Loss: 0.07 Test Acc: 0.9876",
  ];
  const whole = parts.join(" ").replace("0.9877", "0.98765");
  assert.is(line(whole.length), whole);
  assert.is(line(whole.length - 1), parts.join(" "));
  assert.equal(
    line(40)
      .split("\n")
      .map((one) => one.trim()),
    parts,
  );
});

test.run();
