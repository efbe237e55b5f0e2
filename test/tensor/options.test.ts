import { test } from "uvu";
import * as assert from "uvu/assert";
import { nearestName } from "leibniz/tensor";

const LAYERS = ["affine", "relu", "softmax", "conv2d", "maxPool2d", "convPool2d", "batchNorm2d"];

test("the nearest name: a slip, however it is written", () => {
  for (const [name, nearest] of [
    ["rleu", "relu"],
    ["Conv2d", "conv2d"],
    ["conv3d", "conv2d"],
    ["max-pool2d", "maxPool2d"],
    ["max_pool_2d", "maxPool2d"],
    ["MAXPOOL2D", "maxPool2d"],
    ["max-pool-2-d", "maxPool2d"],
  ] as const)
    assert.is(nearestName(name, LAYERS), nearest, name);
});

test("the nearest name: the shortest that it is a part of, rather one that begins so", () => {
  for (const [name, nearest] of [
    ["conv", "conv2d"],
    ["pool", "maxPool2d"],
    ["max", "maxPool2d"],
    ["batchNorm", "batchNorm2d"],
    ["norm", "batchNorm2d"],
  ] as const)
    assert.is(nearestName(name, LAYERS), nearest, name);
});

test("the nearest name: what other libraries say", () => {
  for (const name of ["linear", "Linear", "dense", "Dense"])
    assert.is(nearestName(name, LAYERS), "affine");
  assert.is(nearestName("linear", ["conv2d"]), null);
});

test("no name is near: too short, too far away, or there are none", () => {
  for (const name of ["", "a", "2d", "perceptron", "x".repeat(10_000)])
    assert.is(nearestName(name, LAYERS), null, name.slice(0, 20));
  assert.is(nearestName("relu", []), null);
});

test.run();
