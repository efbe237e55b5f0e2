import { test } from "uvu";
import * as assert from "uvu/assert";
import { Affine, BatchNorm2d, Conv2d, Dropout, Flatten, Relu, Residual } from "leibniz/backprop";
import {
  affine,
  batchNorm2d,
  buildNetwork,
  conv2d,
  flatten,
  formatSummary,
  layerNorm,
  notebookNetwork,
  relu,
  residual,
  sameAs,
  Sequential,
  summarise,
} from "leibniz/network";
import { assertRejects } from "../helpers/assert-close.js";

test("the notes' network: every shape and every count", () => {
  assert.equal(
    summarise(notebookNetwork(), [1, 1, 28, 28]).map(({ name, kind, outputShape, parameters }) => [
      name,
      kind,
      outputShape,
      parameters,
    ]),
    [
      ["conv1", "conv2d", [1, 16, 26, 26], 16 * 1 * 3 * 3 + 16],
      ["relu1", "relu", [1, 16, 26, 26], 0],
      ["pool1", "maxPool2d", [1, 16, 13, 13], 0],
      ["conv2", "conv2d", [1, 32, 11, 11], 32 * 16 * 3 * 3 + 32],
      ["relu2", "relu", [1, 32, 11, 11], 0],
      ["pool2", "maxPool2d", [1, 32, 5, 5], 0],
      ["flatten", "flatten", [1, 800], 0],
      ["affine1", "affine", [1, 120], 800 * 120 + 120],
      ["relu3", "relu", [1, 120], 0],
      ["affine2", "affine", [1, 10], 120 * 10 + 10],
    ],
  );
});

test("the notes' network has 102,130 parameters", () => {
  const rows = summarise(notebookNetwork(), [1, 1, 28, 28]);
  assert.is(
    rows.reduce((total, { parameters }) => total + parameters, 0),
    102_130,
  );
  assert.is(
    notebookNetwork().parameters.reduce((total, { parameter }) => total + parameter.value.size, 0),
    102_130,
  );
});

test("the table, to the letter", () => {
  const table = `
layer    kind       output           parameters  options
conv1    conv2d     [1, 16, 26, 26]         160  inChannels 1, outChannels 16, kernelSize 3
relu1    relu       [1, 16, 26, 26]
pool1    maxPool2d  [1, 16, 13, 13]              kernelSize 2
conv2    conv2d     [1, 32, 11, 11]       4,640  inChannels 16, outChannels 32, kernelSize 3
relu2    relu       [1, 32, 11, 11]
pool2    maxPool2d  [1, 32, 5, 5]                kernelSize 2
flatten  flatten    [1, 800]
affine1  affine     [1, 120]             96,120  inFeatures 800, outFeatures 120
relu3    relu       [1, 120]
affine2  affine     [1, 10]               1,210  inFeatures 120, outFeatures 10
total                                   102,130`;
  assert.snapshot(`\n${formatSummary(summarise(notebookNetwork(), [1, 1, 28, 28]))}`, table);
});

test("what was left out and inferred is in the options, inside blocks too", () => {
  const layers = {
    conv: conv2d({ outChannels: 2, kernelSize: [3, 1], bias: false }),
    block: residual({
      body: { norm: batchNorm2d(), relu: relu(), again: sameAs("relu") },
      shortcut: { point: conv2d({ outChannels: 2, kernelSize: 1 }) },
    }),
    norm: layerNorm(),
    flatten: flatten(),
    classes: affine({ outFeatures: 3 }),
  };
  const rows = summarise(buildNetwork({ input: [1, 5, 6], layers }), [1, 1, 5, 6]);
  assert.equal(Object.fromEntries(rows.map(({ name, options }) => [name, options])), {
    conv: { inChannels: 1, outChannels: 2, kernelSize: [3, 1], bias: false },
    "block.norm": { channels: 2 },
    "block.relu": {},
    "block.again": { layer: "relu" },
    "block.point": { inChannels: 2, outChannels: 2, kernelSize: 1 },
    block: {},
    norm: { shape: [2, 3, 6] },
    flatten: {},
    classes: { inFeatures: 36, outFeatures: 3 },
  });
  const table = formatSummary(rows);
  assert.match(table, "inChannels 1, outChannels 2, kernelSize 3×1, bias false\n");
  assert.match(table, "shape 2×3×6\n");
});

test("columns are as wide as their widest cell, heading or not", () => {
  const network = new Sequential({
    aVeryLongNameForALayer: new Conv2d({
      inChannels: 3,
      outChannels: 2,
      kernelSize: [2, 3],
      bias: false,
    }),
    f: new Flatten(),
    a: new Affine({ inFeatures: 2 * 6 * 5, outFeatures: 3 }),
  });
  const lines = formatSummary(summarise(network, [5, 3, 7, 7])).split("\n");
  assert.is(lines.length, 5);
  assert.equal(new Set(lines.map((line) => line.length)).size, 1);
  const [heading, conv, flat, classes, total] = lines as [string, string, string, string, string];
  for (const [column, cells] of [
    ["kind", ["conv2d", "flatten", "affine"]],
    ["output", ["[5, 2, 6, 5]", "[5, 60]", "[5, 3]"]],
  ] as const) {
    const start = heading.indexOf(column);
    [conv, flat, classes].forEach((line, row) =>
      assert.ok(line.startsWith(cells[row]!, start), `${column}: ${line}`),
    );
  }
  assert.ok(
    conv.endsWith(" 36") &&
      classes.endsWith(" 183") &&
      total.endsWith(" 219") &&
      heading.endsWith(" parameters"),
  );
});

test("running statistics have a column of their own, where there are any", () => {
  const network = new Sequential({
    conv: new Conv2d({ inChannels: 1, outChannels: 600, kernelSize: [2, 3] }),
    bn: new BatchNorm2d({ channels: 600 }),
    flatten: new Flatten(),
  });
  const rows = summarise(network, [1, 1, 3, 4]);
  assert.equal(
    rows.map(({ parameters, buffers }) => [parameters, buffers]),
    [
      [4200, 0],
      [1200, 1200],
      [0, 0],
    ],
  );
  const table = `
layer    kind         output          parameters  buffers
conv     conv2d       [1, 600, 2, 2]       4,200         
bn       batchNorm2d  [1, 600, 2, 2]       1,200    1,200
flatten  flatten      [1, 2400]                          
total                                      5,400    1,200`;
  assert.snapshot(`\n${formatSummary(rows)}`, table);
});

test("layers inside a block have rows of their own, before the block's, counted once", () => {
  const network = new Sequential({
    conv: new Conv2d({ inChannels: 1, outChannels: 2, kernelSize: [3, 1] }),
    block1: new Residual({
      body: {
        conv1: new Conv2d({
          inChannels: 2,
          outChannels: 4,
          kernelSize: [1, 3],
          stride: [1, 2],
          padding: [0, 1],
        }),
        relu: new Relu(),
        inner: new Residual({ body: { dropout: new Dropout({ probability: 0.5 }) } }),
      },
      shortcut: {
        projection: new Conv2d({
          inChannels: 2,
          outChannels: 4,
          kernelSize: 1,
          stride: [1, 2],
          bias: false,
        }),
      },
    }),
    flatten: new Flatten(),
    affine: new Affine({ inFeatures: 60, outFeatures: 10 }),
  });
  const table = `
layer                 kind      output        parameters
conv                  conv2d    [1, 2, 5, 6]           8
block1.conv1          conv2d    [1, 4, 5, 3]          28
block1.relu           relu      [1, 4, 5, 3]            
block1.inner.dropout  dropout   [1, 4, 5, 3]            
block1.inner          residual  [1, 4, 5, 3]            
block1.projection     conv2d    [1, 4, 5, 3]           8
block1                residual  [1, 4, 5, 3]            
flatten               flatten   [1, 60]                 
affine                affine    [1, 10]              610
total                                                654`;
  assert.snapshot(`\n${formatSummary(summarise(network, [1, 1, 7, 6]))}`, table);
});

test("an image that does not fit is refused with the layer's name", async () => {
  await assertRejects(
    () => summarise(notebookNetwork(), [1, 1, 28, 24]),
    "layer affine1: ",
    "[1, 640]",
    "[120, 800]",
  );
  await assertRejects(
    () => summarise(notebookNetwork(), [1, 3, 28, 28]),
    "layer conv1: ",
    "[1, 3, 28, 28]",
    "[16, 1, 3, 3]",
  );
  const block = new Sequential({
    block1: new Residual({
      body: {
        relu: new Relu(),
        conv: new Conv2d({ inChannels: 2, outChannels: 2, kernelSize: [3, 1] }),
      },
    }),
  });
  await assertRejects(
    () => summarise(block, [1, 3, 7, 6]),
    "layer block1.conv: conv2d: expected",
    "[1, 3, 7, 6]",
    "[2, 2, 3, 1]",
  );
  await assertRejects(
    () => summarise(block, [1, 2, 7, 6]),
    "layer block1: residual: expected the body's output to have x's shape [1, 2, 7, 6], " +
      "got [1, 2, 5, 6]",
  );
});

test.run();
