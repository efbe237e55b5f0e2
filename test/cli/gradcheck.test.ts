import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog, LAYER_TOLERANCE, NETWORK_TOLERANCE } from "leibniz/gradcheck";
import { Random } from "leibniz/tensor";
import { leibnizHere, temporaryFolder } from "../helpers/cli.js";

const KEYS = [
  "layer",
  "argument",
  "options",
  "maxRelativeError",
  "worstIndex",
  "analytic",
  "numeric",
  "kinks",
  "verdict",
];
const MORE_KEYS = [
  "geometry",
  "entries",
  "errorEstimate",
  "outside",
  "noise",
  "flips",
  "adjoint",
  "hint",
];

function lines(stdout: string): Record<string, unknown>[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** What opens must close, in order; the page holds no void element but `<meta …/>`. */
function expectWellFormed(html: string): void {
  const open: string[] = [];
  for (const [tag, slash, name, selfClosing] of html
    .replace(/<style>[\s\S]*?<\/style>/, "")
    .matchAll(/<(\/?)([a-z0-9]+)(?:\s+[a-zA-Z0-9-]+="[^"<>]*")*\s*(\/?)>/g)) {
    if (slash === "/") assert.is(open.pop(), name, `${tag} closes another`);
    else if (selfClosing !== "/") open.push(name!);
  }
  assert.equal(open, []);
  const text = html
    .replace(/<style>[\s\S]*?<\/style>/, "")
    .replace(/<!DOCTYPE html>|<\/?[a-z0-9]+(?:\s+[a-zA-Z0-9-]+="[^"<>]*")*\s*\/?>/g, "");
  assert.ok(!/[<>]/.test(text), "a sign that is no tag");
}

test("every layer, argument and case: at most 1e-8, on 20 random geometries each", async () => {
  const { status, stdout, stderr } = await leibnizHere("gradcheck", "--json");
  assert.is(status, 0, stderr);
  const all = lines(stdout);
  for (const line of all) {
    assert.equal(Object.keys(line), [...KEYS, ...MORE_KEYS]);
    const where = JSON.stringify(line);
    assert.is(line["verdict"], "pass", where);
    assert.ok((line["maxRelativeError"] as number) <= LAYER_TOLERANCE, where);
    assert.ok((line["errorEstimate"] as number) >= 0, where);
    assert.equal(line["kinks"], [], where);
    assert.is(line["hint"], null, where);
  }
  for (const { layer, cases, kinks = [], linear = [], constants = [] } of catalog) {
    const own = all.filter((line) => line["layer"] === layer);
    const geometries = [...new Set(own.map((line) => line["geometry"]))];
    const fixed = cases(new Random(0));
    assert.equal(
      geometries,
      [
        ...fixed.map((_, i) => `fixed ${i + 1}`),
        ...Array.from({ length: 20 }, (_, i) => `random ${i + 1}`),
        ...kinks.map((_, i) => `kink ${i + 1}`),
      ],
      layer,
    );
    fixed.forEach(({ inputs }, i) => {
      const names = own
        .filter((line) => line["geometry"] === `fixed ${i + 1}`)
        .map((line) => line["argument"]);
      assert.equal(
        names.sort(),
        Object.keys(inputs)
          .filter((name) => !constants.includes(name))
          .sort(),
        `${layer} ${i}`,
      );
    });
    for (const line of own) {
      const isMeasured = !/^kink/.test(line["geometry"] as string);
      const isLinear = isMeasured && linear.includes(line["argument"] as string);
      assert.ok(
        isLinear ? (line["adjoint"] as number) <= 1e-12 : line["adjoint"] === null,
        JSON.stringify(line),
      );
    }
  }
});

test(
  "for people: a line per fixed case and argument, one for all random geometries, and all " +
    "of them on demand",
  async () => {
    const { status, stdout } = await leibnizHere(
      "gradcheck",
      "relu",
      "affine",
      "--geometries",
      "4",
    );
    assert.is(status, 0);
    const rows = stdout.split("\n").filter((line) => line.startsWith("affine"));
    assert.is(rows.length, 3 + 2 + 3);
    assert.is(rows.filter((row) => /\d random; worst:/.test(row)).length, 3);
    assert.match(stdout, /^layer +gradient +relative error +worst at +adjoint +verdict +case$/m);
    assert.match(stdout, /0 wrong; largest relative error \S+ \(up to 1e-8 passes\)/);
    const all = (await leibnizHere("gradcheck", "relu", "--geometries", "4", "--all")).stdout;
    assert.equal(all.match(/(fixed|random|kink) \d/g), [
      "fixed 1",
      "random 1",
      "random 2",
      "random 3",
      "random 4",
      "kink 1",
    ]);
    assert.is(
      lines((await leibnizHere("gradcheck", "relu", "--geometries", "0", "--json")).stdout).length,
      2,
    );
  },
);

test("one seed gives one result, another one another", async () => {
  const run = async (seed: string): Promise<string> =>
    (await leibnizHere("gradcheck", "softmax", "--geometries", "2", "--json", "--seed", seed))
      .stdout;
  const first = await run("3");
  assert.is(await run("3"), first);
  assert.is.not(await run("4"), first);
});

test(
  "the notes' network as a whole: at most 1e-6 for 20 entries of each parameter, kinks " + "listed",
  async () => {
    const { status, stdout, stderr } = await leibnizHere(
      "gradcheck",
      "--network",
      "notebook",
      "--json",
    );
    assert.is(status, 0, stdout);
    assert.is(stderr, "");
    const all = lines(stdout);
    assert.equal(
      all.map(({ argument, entries }) => `${argument} ${entries}`),
      [
        "conv1.weight 20",
        "conv1.bias 16",
        "conv2.weight 20",
        "conv2.bias 20",
        "affine1.weight 20",
        "affine1.bias 20",
        "affine2.weight 20",
        "affine2.bias 10",
        "images 20",
      ],
    );
    for (const line of all) {
      assert.equal(Object.keys(line), [...KEYS, ...MORE_KEYS]);
      assert.is(line["verdict"], "pass", JSON.stringify(line));
      assert.ok((line["maxRelativeError"] as number) <= NETWORK_TOLERANCE, JSON.stringify(line));
      const [kinks, flips] = [line["kinks"] as number[][], line["flips"] as string[]];
      assert.is(kinks.length, flips.length);
      for (const flip of flips)
        assert.match(flip, /^(relu|pool)\d: the (sign of|winner of window) \[/);
    }
    const people = await leibnizHere("gradcheck", "--network", "notebook", "--entries", "2");
    assert.match(people.stdout, /dConv1\.weight .* 2 of \[16, 1, 3, 3\]/);
    assert.match(people.stdout, /MNIST images/);
  },
);

test(
  "--html: one well-formed file with every argument of every fixed case and kink, " +
    "and nothing from elsewhere",
  async () => {
    const path = join(temporaryFolder(), "page.html");
    // kinks, constants, scalars, no parameters, many: a page treats all layers alike
    const names = ["conv2d", "maxPool2d", "relu", "dropout", "layerNorm", "softmaxCrossEntropy"];
    const chosen = catalog.filter(({ layer }) => names.includes(layer));
    const { status, stdout } = await leibnizHere(
      ...["gradcheck", ...names, "--html", path, "--geometries", "1"],
    );
    assert.is(status, 0);
    assert.match(stdout, new RegExp(`written: ${path}`));
    const html = readFileSync(path, "utf8");
    expectWellFormed(html);
    assert.ok(
      !/<script|<link|<img|@import|url\((?!#)|https?:/.test(html),
      "something is fetched or run",
    );
    const sections = html.split("<section ").slice(1);
    assert.is(sections.length, names.length);
    chosen.forEach(({ layer, cases, kinks = [], constants = [] }, i) => {
      const section = sections[i]!;
      assert.ok(section.startsWith(`id="${layer}"`), section.slice(0, 40));
      const expected = [...cases(new Random(0)), ...kinks].flatMap(({ inputs }) =>
        Object.entries(inputs).filter(([name]) => !constants.includes(name)),
      );
      assert.is(section.match(/<article /g)?.length, expected.length, layer);
      const measured = expected.length - kinks.length; // on a kink there is no error by the step
      assert.is(section.match(/<svg class="figure"/g)?.length, measured, layer);
      const cells = section.match(/<rect [^>]*><title>/g)?.length;
      assert.is(
        cells,
        expected.reduce((sum, [, { size }]) => sum + size, 0),
        `${layer}: a square for each entry`,
      );
      for (const [name] of expected)
        assert.ok(
          section.includes(`>d${name[0]!.toUpperCase()}${name.slice(1)}<`),
          `${layer} ${name}`,
        );
    });
  },
);

test("what does not go together is refused, and so is a file that cannot be written", async () => {
  const refused = async (args: string[], ...pieces: string[]): Promise<void> => {
    const { status, stdout, stderr } = await leibnizHere("gradcheck", ...args);
    assert.is(status, 2, stderr);
    assert.is(stderr.trim().split("\n").length, 1, stderr);
    for (const piece of pieces)
      assert.ok(stderr.includes(piece), `expected ${piece} in ${stderr}${stdout}`);
  };
  await refused(["--network", "alexnet"], "--network", "notebook", '"alexnet"');
  await refused(["relu", "--network", "notebook"], "--network", "relu");
  await refused(["--entries", "5"], "--entries", "--network");
  await refused(["--geometries", "-1"], "--geometries");
  await refused(["--geometries", "some"], "--geometries", "whole number");
  await refused(
    ["flatten", "--geometries", "0", "--html", "/no/such/folder/page.html"],
    "/no/such/folder/page.html",
  );
});

test("--mutate breaks a backward pass in many ways, and each is noticed", async () => {
  const { status, stdout, stderr } = await leibnizHere("gradcheck", "relu", "--mutate", "--json");
  assert.equal([status, stderr], [0, ""]);
  const rows = stdout
    .trim()
    .split("\n")
    .map(
      (line) =>
        JSON.parse(line) as {
          layer: string;
          mutation: string;
          verdict: string;
          how: string | null;
        },
    );
  assert.ok(rows.length >= 3);
  for (const { layer, mutation, verdict, how } of rows) {
    assert.is(layer, "relu");
    assert.match(mutation, /^reluBackward: /);
    assert.match(`${verdict} ${how}`, /^noticed dX, relative error/);
  }
  const together = await leibnizHere("gradcheck", "relu", "--mutate", "--network", "notebook");
  assert.equal(
    [together.status, together.stderr],
    [
      2,
      "leibniz: --network: expected no layers along with it, got relu; check them in another run\n",
    ],
  );
  const oneGeometry = await leibnizHere("gradcheck", "--network", "notebook", "--geometries", "3");
  assert.equal(
    [oneGeometry.status, oneGeometry.stderr],
    [
      2,
      "leibniz: --geometries: expected no --network along with it, got both; " +
        "a network has one geometry\n",
    ],
  );
  const alone = await leibnizHere("gradcheck", "relu", "--mutate", "--geometries", "3");
  assert.equal(
    [alone.status, alone.stderr],
    [2, "leibniz: --mutate: expected no --geometries along with it, got --geometries\n"],
  );
});

test.run();
