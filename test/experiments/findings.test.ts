import { findExperiment } from "leibniz/experiments";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { madeUp as measured, shown as reads } from "../helpers/made-up.js";
import { tinyLaboratory } from "../helpers/tiny-experiment.js";

test("batch-norm: the share of the grid, the best place, the highest rate that learns", () => {
  const all = measured("batch-norm", ({ isNormalised, factor, learningRate }, seed) => {
    const rate = learningRate as number;
    if (isNormalised === true && rate > 1) return { testAccuracy: null, stopped: "lost" };
    const learns = isNormalised === true || (factor === 1 && rate <= 0.1);
    return { testAccuracy: learns ? 0.9 + 0.01 * seed : 0.3, stopped: null };
  });
  const [table] = findExperiment("batch-norm").findings(all).tables;
  // of 42 places: 4 rates up to 0.1 at one factor; 6 rates up to 1 at all six
  assert.equal(table!.rows[0]!.slice(1), [
    "9.52 % [9.52, 9.52]",
    "85.71 % [85.71, 85.71]",
    "+76.19 [76.19, 76.19]",
  ]);
  assert.match(table!.rows[1]![1]!, /^92\.00 %/);
  assert.is(table!.rows[1]![3], "0.00 [0.00, 0.00]");
  const shows = reads("batch-norm", all);
  assert.match(shows, /^Normalisation forgives: .* by \+76\.19 .* is not better: by 0\.00/);
  const [, asExpected, against] = shows.split(/As expected[^:]*:|Against what was[^:]*:/);
  assert.match(asExpected!, /86 % of the grid reach it with normalisation \(four fifths\)/);
  assert.match(asExpected!, /some factor learns at rates up to 1 \(up to 1\)/);
  assert.match(asExpected!, /the gain at the best place is 0\.00 points/);
  assert.match(asExpected!, /factors from 1 on reach 92\.0 % to 92\.0 %/);
  assert.match(against!, /10 % without \(a third\)/);
  assert.match(against!, /92\.0 % without \(rate 0\.003\), 92\.0 % with .* \(94 to 96 % both\)/);
  assert.match(against!, /the plain network comes to 30 % at most \(chance\), at factor 0\.01/);
});

test("optimizers: rates are those that searches found, steps are counted to a low loss", () => {
  const best: Readonly<Record<string, number>> = { SGD: 1, Adam: 3e-4, RMSprop: 1e-4 };
  const all = measured("optimizers", ({ optimizer, learningRate }, seed) => {
    const top = best[optimizer as string] ?? 0.01;
    const off = Math.abs(Math.log((learningRate as number) / top));
    const slow = optimizer === "SGD" ? seed : 0;
    return {
      losses: [2, 1, ...Array.from({ length: slow }, () => 0.5), 0.2],
      testAccuracy: [0.5, 0.9 - 0.01 * off],
      testLoss: [1, 1],
      stopped: null,
    };
  });
  const { rows } = findExperiment("optimizers").findings(all).tables[0]!;
  const row = (name: string) => rows.find(([first]) => first === name)!;
  assert.is(row("SGD")[1], "1");
  assert.is(row("Adam")[1], "0.0003");
  assert.is(row("RMSprop")[1], "0.0001");
  assert.is(row("momentum")[1], "0.01");
  assert.is(row("Adam")[2], "39 to 39");
  assert.is(row("SGD")[2], "39 to 91");
  assert.is(row("Adam")[5], "–");
});

test("capacity: the smallest network that gets there", () => {
  const all = measured("capacity", ({ kind, width }) => {
    const size = width as number;
    const parameters = kind === "mlp" ? 795 * size + 10 : 1000 * size;
    const accuracy = kind === "mlp" ? 0.5 + 0.0007 * size : Math.min(0.99, 0.9 + 0.01 * size);
    return { parameters, testAccuracy: [accuracy], trainAccuracy: [accuracy], stopped: null };
  });
  const [table] = findExperiment("capacity").findings(all).tables;
  const labels = table!.rows.map(([label]) => label);
  assert.equal(labels.slice(-6, -4), ["cnn, 1 filter", "cnn, 2 filters"]);
  const shows = reads("capacity", all);
  assert.match(shows, /for 90 %, 1,000 and 500,860; for 95 %, 8,000, and no mlp that was tried/);
  assert.match(shows, /holds wherever they can be compared, as expected/);
});

test("capacity: networks have the parameters that are said", async () => {
  const laboratory = await tinyLaboratory();
  const count = async (kind: string, width: number): Promise<unknown> => {
    const options = { isSearch: false, kind, width, learningRate: 1e-3, images: 64, epochs: 1 };
    const unit = { setting: "", seed: 0, options };
    return (await findExperiment("capacity").measure(unit, laboratory))["parameters"];
  };
  assert.is(await count("mlp", 7), 795 * 7 + 10);
  assert.is(await count("cnn", 16), 102_130);
});

test("depth and initialisation: sizes are compared from end to end", () => {
  const down = (count: number) => Array.from({ length: count }, (_, i) => 0.5 ** i);
  const values = (layers: number) => ({
    sizes: { outputs: down(layers), gradients: down(layers).reverse() },
    ...{ losses: [1], testAccuracy: [0.9], trainAccuracy: [0.9], stopped: null },
  });
  const deep = measured("depth", ({ depth }) => values(depth as number));
  const [, gradients] = findExperiment("depth").findings(deep).tables;
  assert.equal(gradients!.rows[0], ["plain, He", "0.5", "0.13", "0.0078", "3.1·10⁻⁵"]);
  const sized = measured("initialisation", () => values(8));
  const [, sizes] = findExperiment("initialisation").findings(sized).tables;
  assert.equal(sizes!.rows[0]!.slice(0, 2), ["deviation 0.01", "0.0078; 0.0078"]);
});

interface BestOptions {
  readonly network: string;
  readonly images: string;
  readonly details: string;
  readonly epochs: number;
}

/** Measurements of best where each choice is worth what is said. */
function madeBest(worth: Readonly<Record<string, number>>): ReturnType<typeof measured> {
  return measured("best", (options, seed) => {
    const { network, images, details, epochs } = options as unknown as BestOptions;
    const gains = [network, images, details].map((name) => worth[name] ?? 0);
    // what is not changed is learned fast, and no better for it
    const isFast = images === "none" && epochs === 5;
    const accuracy = 0.99 + gains.reduce((sum, one) => sum + one, 0) + (isFast ? 0.002 : 0);
    const reached = [0.9, accuracy - 0.0001 * seed];
    return { trainAccuracy: reached, testAccuracy: reached, testLoss: [1, 0.02], stopped: null };
  });
}

test("best: each stage keeps what the one before chose, and the last has it in full", () => {
  const all = madeBest({
    "24 (5 × 5), pool, 48, pool, 64, 64, mean": 0.002,
    "shift, rotation, scale, elastic": 0.004,
    none: 0.001,
    "dropout of 0.3": 0.0005,
  });
  const finals = all.filter(({ setting }) => setting === "final");
  assert.is(finals.length, 3);
  const { network, images, details, epochs } = finals[0]!.options;
  assert.equal(
    [network, images, details, epochs],
    [
      "24 (5 × 5), pool, 48, pool, 64, 64, mean",
      ...["shift, rotation, scale, elastic", "dropout of 0.3", 21],
    ],
  );
  const { rows } = findExperiment("best").findings(all).tables[0]!;
  assert.equal(
    rows.filter(([, name]) => name!.startsWith("**")).map(([, name, taken]) => `${name} ${taken}`),
    [
      "**24 (5 × 5), pool, 48, pool, 64, 64, mean** 5",
      "**shift, rotation, scale, elastic** 21",
      "**dropout of 0.3** 5",
      "**shift, rotation, scale, elastic** 21", // the choice
    ],
  );
  const shows = reads("best", all);
  assert.match(shows, /With them 99\.64 % of the test images .* not below the 99\.6 %/);
  assert.match(shows, /“shift, rotation, scale, elastic” leaves 57 % of the errors \(half\)/);
  assert.match(shows, /With 5 epochs alone, images as they are leave 0\.5. % .* prefers them/);
});

test("best: what the networks' stage has measured stands among the details again", () => {
  const all = madeBest({ "shift, rotation, scale": 0.004, "labels smoothed by 0.1": 0.001 });
  const { rows } = findExperiment("best").findings(all).tables[0]!;
  const first = rows.findIndex(([stage]) => stage === "details");
  assert.equal(rows[first]!.slice(1, 3), ["AdamW at 0.003", "8"]);
  assert.is(rows[first]![3], rows[0]![3]); // the first network was taken
  assert.equal(
    rows.slice(first + 1).map(([stage]) => stage),
    ["", "", "", "", "", "the choice"],
  );
  // two seeds are 0.01 points apart, these details 0.1
  assert.match(reads("best", all), /details differ by 0\.10 %, two seeds of a network by up to/);
});

test.run();
