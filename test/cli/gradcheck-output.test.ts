/**
 * What the command shows of gradients that are wrong, have kinks, or cannot be judged: the catalog
 * has none, so some are made here.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  catalog,
  type Differentiable,
  gradientCheck,
  LAYER_TOLERANCE,
  type NamedTensors,
  verdictOf,
} from "leibniz/gradcheck";
import { map, multiply, Random, tensor } from "leibniz/tensor";
import type { Checked } from "../../dist/cli/gradcheck/checked.js";
import { gradcheckPage } from "../../dist/cli/gradcheck/page.js";
import { GradcheckTable, jsonOf } from "../../dist/cli/gradcheck/table.js";

/** As in a pipe: a line for each gradient, however long. */
const wide = (): GradcheckTable => new GradcheckTable(Infinity);

async function check(
  f: Differentiable,
  inputs: NamedTensors,
  geometry = "fixed 1",
  layer = "relu",
): Promise<Checked> {
  const [result] = await gradientCheck(f, inputs, { random: new Random("shown"), curves: true });
  return {
    layer,
    options: {},
    geometry,
    shapes: "x [2, 3]",
    point: null,
    tolerance: LAYER_TOLERANCE,
    result: result!,
    adjoint: null,
  };
}

const relu = catalog.find(({ layer }) => layer === "relu")!.differentiable({});
const doubled: Differentiable = async (inputs) => {
  const { backward, ...rest } = await relu(inputs);
  return { ...rest, backward: async (dOut) => ({ x: multiply((await backward(dOut))["x"]!, 3) }) };
};
const plain = (): NamedTensors => ({
  x: tensor([
    [0.5, 1.25, -2],
    [3, 0.75, -1],
  ]),
});
const bent = (): NamedTensors => ({
  x: tensor([
    [0.5, 1e-4, -2],
    [3, 0.75, -2e-4],
  ]),
});

test("a wrong gradient: both values, the estimate, and what it looks like", async () => {
  const checked = await check(doubled, plain());
  const [row, values, hint, ...more] = wide().checked(checked, false);
  assert.match(row!, /^relu +dX +0\.67 +\[\d, \d\] +wrong +fixed 1 {2}x \[2, 3\]$/);
  assert.match(values!, /backward says -?\d\.\d+, measured -?\d\.\d+ ± \de-1\d$/);
  assert.match(
    hint!,
    /looks like this: 3 times too large; 3 is the extent of axis 1 of x \[2, 3\]/,
  );
  assert.equal(more, []);
  const json = jsonOf(checked) as Record<string, unknown>;
  assert.is(json["verdict"], "wrong");
  assert.match(String(json["hint"]), /3 times too large/);
});

test("kinks: counted in the line, described below it, in full on demand", async () => {
  const checked = await check(relu, bent());
  const [row, ...below] = wide().checked(checked, false);
  assert.match(row!, /pass +fixed 1 {2}x \[2, 3\] {2}2 kinks$/);
  assert.equal(
    below.map((line) => line.trim()),
    [
      "kink at [0, 1]: the sign of [0, 1] flips from 1 to 0",
      "kink at [1, 2]: the sign of [1, 2] flips from 0 to 1",
    ],
  );
  const many = await check(relu, { x: tensor([[1e-4, 1e-4, 1e-4, 1e-4, 1, 1, 1, 1]]) });
  assert.match(wide().checked(many, false).at(-1)!, /1 more kinks; --all shows them/);
  assert.is(wide().checked(many, true).length, 5);
  assert.equal((jsonOf(checked) as Record<string, unknown>)["flips"], [
    "the sign of [0, 1] flips from 1 to 0",
    "the sign of [1, 2] flips from 0 to 1",
  ]);
});

test(
  "entries at the edge of a function's domain are counted, and shown where they " + "are",
  async () => {
    const root: Differentiable = async ({ x }) => ({
      out: map(x!, Math.sqrt),
      backward: async (dOut) => ({
        x: multiply(
          dOut,
          map(x!, (value) => 0.5 / Math.sqrt(value)),
        ),
      }),
    });
    const checked = await check(root, { x: tensor([[1, 0, 2]]) });
    const [row, where, ...more] = wide().checked(checked, false);
    assert.match(row!, /pass +fixed 1 {2}x \[2, 3\] {2}1 at the edge of the domain$/);
    assert.is(where, "    [0, 1]: every step leads to where the function has no finite value");
    assert.equal(more, []);
    assert.equal((jsonOf(checked) as Record<string, unknown>)["outside"], [[0, 1]]);
    assert.match(gradcheckPage([checked], null), "[0, 1]  domain");
  },
);

test("an adjoint that does not fit makes it wrong, though the entries pass", async () => {
  const checked: Checked = {
    ...(await check(relu, plain())),
    adjoint: { argument: "x", forward: 0.5, backward: 0.75, relativeError: 0.33, verdict: "wrong" },
  };
  assert.is(verdictOf(checked), "wrong");
  assert.match(wide().checked(checked, false)[1]!, /no adjoint: .* is 0\.5, .* is 0\.75/);
  assert.is((jsonOf(checked) as Record<string, unknown>)["adjoint"], 0.33);
});

test(
  "the line of all random geometries shows the worst, " +
    "and one that does not pass before any that does",
  async () => {
    const all = [
      await check(relu, plain(), "random 1"),
      await check(doubled, plain(), "random 2"),
      await check(relu, bent(), "random 3"),
    ];
    assert.match(wide().geometries(all)[0]!, /wrong +3 random; worst: x \[2, 3\] {2}2 kinks$/);
    assert.match(
      wide().geometries([all[0]!, all[2]!])[0]!,
      /pass +2 random; worst: x \[2, 3\] {2}2 kinks$/,
    );
  },
);

test("80 columns are enough: what a row is about stands above it, once", async () => {
  const options = { kernelSize: [3, 2], stride: [1, 2], padding: [2, 1], dilation: [2, 3] };
  const checked: Checked = { ...(await check(relu, bent(), "fixed 3", "conv2d")), options };
  const table = new GradcheckTable(80);
  assert.equal(table.heading(), [
    "layer, case",
    "  gradient        relative error  worst at       adjoint  verdict",
  ]);
  const [above, row, ...kinks] = table.checked(checked, false);
  assert.is(
    above,
    "conv2d, fixed 3  kernelSize [3,2]  stride [1,2]  padding [2,1]  dilation [2,3]",
  );
  assert.match(row!, /^ {2}dX +\S+ {2}\[\d, \d\] +pass {5}2 kinks$/);
  assert.is(kinks.length, 2);
  // the same case again, and another one
  assert.equal(table.checked(checked, false), [row, ...kinks]);
  assert.match(table.geometries([checked])[0]!, /^conv2d, 1 random; worst: kernelSize \[3,2\]/);
  const inTwo = new GradcheckTable(40).checked(checked, false).join("\n");
  assert.match(inTwo, /^ {2}dX +\S+\n {4}\[\d, \d\] +pass\n {4}2 kinks$/m);
  for (const width of [24, 40, 60, 80, 120, 160]) {
    const narrow = new GradcheckTable(width);
    const lines = [...narrow.heading(), ...narrow.checked(checked, true)];
    for (const line of lines) assert.ok(line.length <= width, `${width}: ${line}`);
    const words = (all: readonly string[]): string[] =>
      all
        .join(" ")
        .split(/[\s,;]+/)
        .sort();
    const whole = [...wide().heading(), ...wide().checked(checked, true)];
    assert.equal(words(lines), words(whole));
  }
});

test(
  "the page: wrong ones with their hint, kinks hatched and listed, " +
    "whatever is in a name made harmless",
  async () => {
    const page = gradcheckPage(
      [
        await check(doubled, plain()),
        { ...(await check(relu, bent())), layer: '<b>&"', shapes: "<i>" },
      ],
      null,
    );
    assert.match(page, /<strong class="wrong">1 is wrong<\/strong>/);
    assert.match(page, /<article class="card wrong">/);
    assert.match(page, /Looks like this: 3 times too large/);
    assert.is(page.match(/fill="url\(#kink\)"><title>/g)?.length, 2);
    assert.match(page, /\[0, 1\]: the sign of \[0, 1\] flips from 1 to 0/);
    assert.ok(!page.includes("<b>&") && !page.includes("<i>") && page.includes("&#60;i&#62;"));
    const colours = (html: string): Set<string> =>
      new Set([...html.matchAll(/fill="(rgb\([^"]+\))"><title>/g)].map((found) => found[1]!));
    const right = colours(gradcheckPage([await check(relu, plain())], null));
    assert.ok(
      [...colours(gradcheckPage([await check(doubled, plain())], null))].some(
        (colour) => !right.has(colour),
      ),
      "wrong entries have the colour of right ones",
    );
  },
);

test("a random geometry is in the page's table, with pictures only if it fails", async () => {
  const [fine, wrong] = [
    await check(relu, plain(), "random 1"),
    await check(doubled, plain(), "random 2"),
  ];
  const quiet = gradcheckPage([fine], null);
  assert.ok(!quiet.includes("<article") && quiet.includes("<td>1</td>"));
  assert.is(gradcheckPage([fine, wrong], null).match(/<article /g)?.length, 1);
});

test.run();
