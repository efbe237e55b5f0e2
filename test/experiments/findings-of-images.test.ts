import { findExperiment } from "leibniz/experiments";
import { classicalFilters } from "leibniz/experiments/parts/classical-filters";
import { packPicture } from "leibniz/experiments/parts/packed-picture";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { madeUp, shown } from "../helpers/made-up.js";

test("permutation: what shuffling costs each network, by seed", () => {
  const all = madeUp("permutation", ({ network, isShuffled }, seed) => {
    const accuracy = network === "cnn" ? (isShuffled ? 0.95 : 0.98) : 0.97;
    const shaken = network === "mlp" && isShuffled ? (seed % 2 === 0 ? 0.001 : -0.001) : 0;
    return { testAccuracy: [0.5, accuracy + 0.001 * seed + shaken], testLoss: [1, 1] };
  });
  const { rows } = findExperiment("permutation").findings(all).tables[0]!;
  assert.is(rows[0]![3], "−3.00 [−3.00, −3.00]");
  assert.match(rows[1]![3]!, /^\+?0\.00 \[−0\.08, 0\.08\]$/);
  const shows = shown("permutation", all);
  assert.match(shows, /an interval that contains 0, as expected/);
  assert.match(shows, /one loses 3\.00 points \[3\.00, 3\.00\], from 98\.45 % to 95\.45 %, as exp/);
  assert.match(shows, /below the fully connected one, as expected, which comes to 97\.45 %/);
  assert.match(shows, /in place it is 1\.00 points \[1\.00, 1\.00\] above/);
  assert.match(shows, /pixels 2\.00 points \[1\.9\d, 2\.0\d\] below it, not just level with it/);
});

test("permutation: a network that gains is not said to fall below the other", () => {
  const all = madeUp("permutation", ({ network, isShuffled }) => {
    const accuracy = network === "cnn" ? 0.98 : isShuffled ? 0.9 : 0.97;
    return { testAccuracy: [accuracy], testLoss: [1] };
  });
  const shows = shown("permutation", all);
  assert.match(shows, /does not contain 0, against what was expected/);
  assert.match(shows, /not below the fully connected one, against what was expected/);
  assert.match(shows, /from 98\.00 % to 98\.00 %, against what was expected/);
  assert.not.match(shows, /does harm/);
});

test("sample-size: twice the errors, four times the images", () => {
  const all = madeUp("sample-size", ({ network, images }, seed) => {
    const factor = (network === "cnn" ? 2 : 4) * (1 + 0.01 * seed);
    const testAccuracy = 1 - factor / Math.sqrt(images as number);
    return { trainLoss: 0, trainAccuracy: 1, testLoss: 1, testAccuracy };
  });
  const { rows } = findExperiment("sample-size").findings(all).tables[0]!;
  assert.is(rows.at(-1)![3], "2.00 [2.00, 2.00]");
  assert.is(rows.at(-1)![4], "15,000");
  const shows = shown("sample-size", all);
  const [, asExpected, against] = shows.split(/As expected[^:]*:|Against what was[^:]*:/);
  assert.match(shows, /^What .* with 60,000 images, the convolutional one .* about 15,000\./);
  assert.match(asExpected!, /makes fewer errors with every number of images \(every\)/);
  // 20.4 and 40.8 %: near enough to 22, too far from 29
  assert.match(against!, /with 100 images 20\.4 % against 40\.8 %, a ratio of 0\.50 \(22\.0 %/);
  assert.match(against!, /slopes on log axes are −0\.50 and −0\.50 \(−0\.45, −0\.4\)/);
  assert.match(against!, /needs 4\.0 times fewer images \(about 3\)/);
});

test("affine-learns-sobel: rates are those that searches found for each layer and picture", () => {
  const best: Readonly<Record<string, number>> = {
    "affine digits": 3e-3,
    "affine noise": 1e-2,
    "convolution digits": 1e-1,
    "convolution noise": 3e-2,
  };
  const all = madeUp("affine-learns-sobel", ({ layer, pictures, images, learningRate }) => {
    const top = best[`${layer} ${pictures}`]!;
    const off = Math.abs(Math.log((learningRate as number) / top));
    const own = layer === "affine" ? 100 / (images as number) + off : 1e-6 + off;
    const other = 5;
    return {
      digitsError: pictures === "digits" ? own : other,
      noiseError: pictures === "noise" ? own : other,
      ...{ insideBefore: 0.01, inside: layer === "affine" ? 0.6 : 1 },
      weights: Array.from({ length: 81 }, (_, i) => i),
    };
  });
  const [errors, rates] = findExperiment("affine-learns-sobel").findings(all).tables;
  assert.equal(
    rates!.rows.map(([, rate]) => rate),
    ["0.003", "0.01", "0.1", "0.03"],
  );
  assert.is(errors!.rows[4]![2], "0.00167 [0.00167, 0.00167]");
  assert.is(errors!.rows[4]![3], "5 [5, 5]");
  assert.equal([errors!.rows[9]![0], errors!.rows[9]![3]], ["affine, noise", "5 [5, 5]"]);
  const shows = shown("affine-learns-sobel", all);
  assert.match(shows, /below 1e-4: as expected/);
  assert.match(
    shows,
    /60 % lie in the window \(less than half: against what was expected, because/,
  );
  assert.match(shows, /On noise that layer's error is 5 \(above 1: as expected\)/);
});

test("filters: chance by its middle 95 %, learned ones by what they are nearest to", () => {
  const learned = Array.from({ length: 16 }, (_, k) =>
    k < 4
      ? [...classicalFilters.box]
      : k < 12
        ? [0, 1, 2, -1, 0, 1, -2, -1, 0]
        : [0, 1, 0, 0, 0, 0, 0, 0, 0],
  );
  const before = Array.from({ length: 16 }, () => [0, 1, 0, 0, 0, 0, 0, 0, 0]);
  const chance = Array.from({ length: 1000 }, (_, i) => 0.4 + i / 10_000);
  const all = madeUp("filters", ({ what }) => ({
    picture: { ...packPicture([0, 0.5, 0.25, 1], [2, 2]) },
    roughness: 1,
    cosines: [1, 0.1, 0, 0, 0],
    ...{ before, learned, chance: what === "chance" ? chance : [] },
  }));
  const { rows } = findExperiment("filters").findings(all).tables[1]!;
  assert.equal(rows.slice(0, 2), [
    ["Sobel", "100 %", "75 %", "0", "0"],
    ["box", "0 %", "25 %", "0", "40"],
  ]);
  const shows = shown("filters", all);
  assert.match(shows, /best \|cosine\| with a classical one is 0\.450/);
  assert.match(shows, /nearest is the box goes from 0 % to 25 %/);
  assert.match(shows, /40 of 160 filters come as near as 0\.9/);
  assert.match(shows, /67 % \(80 of 120\) are nearer still to a slanting edge/);
  assert.match(shows, /untrained filters have 0 % \(0 of 160\), so half was not/);
  const { svg } = findExperiment("filters")
    .findings(all)
    .figures.find(({ file }) => file === "alike.svg")!;
  assert.match(svg, /0\.450 \[0\.403, 0\.497\]/); // 25 of 1000 below and above
});

test("padding-and-depth: what padding is worth by depth, and the best depth of each kind", () => {
  const all = madeUp("padding-and-depth", ({ halving, padding, depth }, seed) => {
    const best = halving === "none" ? 5 : 2;
    const lost = 0.01 * Math.abs((depth as number) - best);
    const accuracy = 0.95 - lost - (padding === 0 ? 0.001 * (depth as number) : 0) + 0.001 * seed;
    return { testAccuracy: [accuracy], testLoss: [1], sizes: [7], parameters: 1234 };
  });
  const [stride1, stride2] = findExperiment("padding-and-depth").findings(all).tables;
  assert.equal(
    stride1!.rows.map(([depth, ...cells]) => [depth, cells.at(-1)]),
    [1, 3, 5, 8, 11, 13].map((depth) => {
      const gap = (0.1 * depth).toFixed(2);
      return [`${depth}`, `+${gap} [${gap}, ${gap}]`];
    }),
  );
  assert.equal(stride2!.rows[4]!.slice(4), ["–", "–", "–", "–"]); // no room for a fifth
  const shows = shown("padding-and-depth", all);
  assert.match(shows, /13 convolutions of stride 1 are the most, and 3 with a stride of 2, 3 with/);
  assert.match(shows, /\+1\.30 \[1\.30, 1\.30\] at 13 \(2×2 left\)/);
  assert.match(shows, /stride 1, padded: 95\.2 % at 5; stride 1, no padding: 94\.7 % at 5/);
  assert.match(shows, /pooling, padded: 95\.2 % at 2/);
});

test("shift: who is ahead at two pixels, layers by name, what merging costs", () => {
  const at: Readonly<Record<string, number>> = {
    "max pooling": 0.9,
    "average pooling": 0.92,
    "strided convolution": 0.8,
    "no pooling": 0.7,
    mlp: 0.6,
  };
  const layers = ["input", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "affine1"];
  const all = madeUp("shift", ({ network, pool }) => {
    const top = network === null ? 0.8 : at[network as string]!;
    const merged = (pool as string | null)?.includes("merged") === true;
    const accuracy = Array.from({ length: 9 }, (_, distance) =>
      // eight directions around a mean that falls by a tenth with each pixel
      (distance === 0 ? [0] : [-4, -3, -2, -1, 1, 2, 3, 4]).map(
        (d) => top - 0.1 * (distance - 2) * (merged ? 0.5 : 1) + 0.001 * d,
      ),
    );
    const own =
      network === "mlp" ? ["input", "affine1", "relu1", "affine2"] : [...layers, "affine2"];
    const changes = own.map((_, l) => 0.7 - 0.05 * l);
    const pooledChange = pool === null ? null : merged ? 0.7 : 0.65;
    return { accuracy, layers: own, changes, changesBefore: changes, pooledChange };
  });
  const { tables } = findExperiment("shift").findings(all);
  assert.equal(tables[0]!.rows[0]!.slice(0, 4), ["max pooling", "110.0 %", "100.0 %", "90.0 %"]);
  const [head, mlp] = [tables[1]!.head, tables[1]!.rows.at(-1)!];
  const cell = (layer: string): string => mlp[head.indexOf(layer)]!;
  assert.equal(["input", "relu1", "affine1", "relu3"].map(cell), [
    "70.0 %",
    "–",
    "65.0 %",
    "60.0 %",
  ]);
  assert.equal(tables[3]!.rows[1], [
    "largest, channels merged",
    "70.0 %",
    "−10.00",
    "+10.00 [10.00, 10.00]",
  ]);
  const shows = shown("shift", all);
  assert.match(shows, /^Both poolings are ahead of everything else at 2 pixels/);
  const [, asExpected, against] = shows.split(/As expected[^:]*:|Against what was[^:]*:/);
  assert.match(asExpected!, /moved by 2 pixels, there are read: max pooling 90 % \(95\), average/);
  assert.match(asExpected!, /the picture 70 % \(70\), behind max pooling 55 % \(55\)/);
  assert.match(asExpected!, /70 % of its contrast, against 65 % \(within a tenth\)/);
  assert.match(against!, /moved by 2 pixels, there are read: strided convolution 80 % \(92\)/);
  assert.match(against!, /at 6 pixels max pooling leads no pooling by 20\.0 points \(no more/);
  assert.match(against!, /10\.0 points fewer digits are read unmoved, −10\.0 moved \(several\)/);
});

test.run();
