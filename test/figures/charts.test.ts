/** What each figure shows, where it leaves gaps, and what it refuses. */
import { decode } from "fast-png";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  barChart,
  histogram,
  intervalChart,
  lineChart,
  matrixChart,
  pictures,
  type Series,
  signs,
} from "leibniz/figures";
import { assertRejects } from "../helpers/assert-close.js";
import {
  elementsOf,
  type Node,
  overlaps,
  parseMarkup,
  textBoxes,
  textOf,
} from "../helpers/markup.js";

const words = { title: "A figure", description: "What it shows." };
const [x, y] = [{ label: "epoch" }, { label: "loss in nats" }];
const nan = Number.NaN;

function textsOf(figure: string): string[] {
  return elementsOf(parseMarkup(figure), "text").map(textOf);
}

function ofClass(figure: string, name: string, like: string): Node[] {
  return elementsOf(parseMarkup(figure), name).filter(({ attributes }) =>
    ` ${attributes["class"]} `.includes(` ${like} `),
  );
}

/** Pairs of numbers in a path. */
function placesIn(path: string): number[][] {
  return [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, a, b]) => [Number(a), Number(b)]);
}

test("lineChart: points lie where the grid's numbers say", () => {
  const points = [
    [0, 0],
    [5, 2.5],
    [10, 10],
  ] as const;
  const chart = lineChart({ ...words, x, y, series: [{ name: "", points }] });
  const [line] = ofClass(chart, "path", "line");
  const places = placesIn(line!.attributes["d"]!);
  const lines = ofClass(chart, "line", "grid").map(({ attributes }) => attributes);
  const numbers = textsOf(chart);
  const level = (text: string): number => {
    const label = elementsOf(parseMarkup(chart), "text").find(
      (node) => textOf(node) === text && node.attributes["text-anchor"] === "end",
    );
    return Number(label!.attributes["y"]) - 4;
  };
  assert.ok(numbers.includes("epoch") && numbers.includes("loss in nats"));
  assert.ok(Math.abs(places[0]![1]! - level("0")) < 0.1);
  assert.ok(Math.abs(places[2]![1]! - level("10")) < 0.1);
  const quarter = places[0]![1]! + 0.25 * (places[2]![1]! - places[0]![1]!);
  assert.ok(Math.abs(places[1]![1]! - quarter) < 0.2);
  assert.ok(lines.some(({ y1, y2 }) => y1 === y2 && Math.abs(Number(y1) - level("10")) < 0.1));
});

test("lineChart: on a logarithmic axis a decade is as long as the next", () => {
  const points = [
    [1, 1e-3],
    [2, 1e-1],
    [3, 1e1],
  ] as const;
  const chart = lineChart({
    ...words,
    x,
    y: { ...y, scale: "log" },
    series: [{ name: "", points }],
  });
  const [a, b, c] = placesIn(ofClass(chart, "path", "line")[0]!.attributes["d"]!);
  assert.ok(Math.abs(a![1]! - b![1]! - (b![1]! - c![1]!)) < 0.3);
  for (const text of ["0.001", "0.1", "10"]) assert.ok(textsOf(chart).includes(text), text);
});

test("lineChart: what has no place is a gap, and a line says so", () => {
  const points = [
    [0, 1],
    [1, nan],
    [2, 3],
    [3, Infinity],
    [4, 2],
  ] as const;
  const chart = lineChart({ ...words, x, y, series: [{ name: "train", points }] });
  assert.is(ofClass(chart, "path", "line")[0]!.attributes["d"]!.match(/M/g)?.length, 3);
  assert.ok(textsOf(chart).includes("train: 2 values not finite, left out."));
  const [description] = elementsOf(parseMarkup(chart), "desc");
  assert.is(textOf(description!), "What it shows. train: 2 values not finite, left out.");
  const log = lineChart({
    ...{ ...words, x, y: { ...y, scale: "log" as const } },
    series: [{ name: "", points: [[0, 0], ...points] }],
  });
  assert.ok(textsOf(log).includes("3 values not above 0 and finite, left out."));
  const cut = lineChart({
    ...{ ...words, x, y: { ...y, domain: [0, 2.5] as const } },
    series: [{ name: "", points }],
  });
  assert.ok(textsOf(cut).includes("3 values not from 0 to 2.5, left out."));
  const whole = lineChart({ ...words, x, y, series: [{ name: "", points: [[0, 1]] }] });
  assert.not.match(whole, /left out/);
});

test("lineChart: a long line keeps its ends, spikes and gaps, and says how much is drawn", () => {
  const points = Array.from({ length: 20_000 }, (_, i) => [i, 5 + Math.sin(i)] as const).map(
    ([at, value]): [number, number] =>
      at === 7_001
        ? [at, 9.5]
        : at === 12_345
          ? [at, nan]
          : at === 15_000
            ? [at, 0.5]
            : [at, value],
  );
  const draw = (rest: Pick<Series, "points" | "runs">): string =>
    lineChart({ ...words, width: 400, x, y, series: [{ name: "", ...rest }] });
  const [plain] = ofClass(
    draw({ points: [points[0]!, points.at(-1)!, [2, 9.5], [3, 0.5]] }),
    "path",
    "line",
  );
  const [first, last, [, top], [, bottom]] = placesIn(plain!.attributes["d"]!) as [
    number,
    number,
  ][];
  const chart = draw({ points });
  const [line] = ofClass(chart, "path", "line");
  const path = line!.attributes["d"]!;
  const places = placesIn(path);
  assert.equal([places[0], places.at(-1)], [first, last]);
  assert.is(places.filter(([, at]) => at === top).length, 1, "the spike");
  assert.is(places.filter(([, at]) => at === bottom).length, 1, "the dip");
  assert.is(path.match(/M/g)!.length, 2, "the gap");
  const ordered = places.every(([at], i) => i === 0 || at! >= places[i - 1]![0]!);
  assert.ok(ordered);
  const texts = textsOf(chart).join(" ");
  // the NaN is one of those that are kept
  assert.ok(texts.includes(`${places.length + 1} of 20,000 points are drawn`), texts);
  assert.ok(texts.includes("1 value not finite, left out."));
  assert.ok(places.length < 700);
  const runs = textsOf(draw({ runs: [points, points.slice(0, 100)] })).join(" ");
  assert.ok(runs.includes(`${places.length + 101} of 20,100 points are drawn`), runs);
  assert.not.ok(
    textsOf(draw({ points: points.slice(0, 300) }))
      .join(" ")
      .includes("are drawn"),
  );
});

test("lineChart: runs are thin lines, intervals bands, guides dashed and without a colour", () => {
  const line = [
    [0, 1],
    [1, 2],
  ] as const;
  const series: Series[] = [
    {
      name: "mean",
      points: line,
      runs: [line, line],
      interval: [
        [0, 0.5, 1.5],
        [1, 1.5, 2.5],
      ],
    },
    { name: "chance", points: line, isGuide: true },
    { name: "other", points: line, dots: [[1, 2, "the last one"]] },
  ];
  const chart = lineChart({
    ...words,
    x,
    y,
    series,
    rules: [{ axis: "y", at: 1.2, name: "best" }],
  });
  assert.is(ofClass(chart, "path", "run").length, 2);
  assert.is(ofClass(chart, "path", "band").length, 1);
  assert.is(ofClass(chart, "path", "guide")[0]!.attributes["stroke-dasharray"], "4 4");
  assert.is(ofClass(chart, "path", "s1").length, 3); // a line, a mark, and the mark in the legend
  assert.is(ofClass(chart, "line", "rule").length, 2); // and one in the legend
  assert.ok(
    elementsOf(parseMarkup(chart), "title").some((node) => textOf(node) === "the last one"),
  );
  for (const name of ["mean", "chance", "other", "best"]) assert.ok(textsOf(chart).includes(name));
});

test("lineChart: names stand beside the ends of lines where there is room, else above", () => {
  const series = ["train", "test"].map((name, s) => ({
    name,
    points: [
      [0, s],
      [9, 5 + 0.01 * s],
    ] as const,
  }));
  const place = (width: number): number[] => {
    const texts = elementsOf(parseMarkup(lineChart({ ...words, width, x, y, series })), "text");
    return ["train", "test"].map((name) =>
      Number(texts.find((t) => textOf(t) === name)!.attributes["x"]),
    );
  };
  assert.ok(place(900).every((left) => left > 700));
  assert.ok(place(380).every((left) => left < 300));
});

test("lineChart: five names beside a low plot would not fit, and stand above it", () => {
  const series = ["a", "b", "c", "d", "e"].map((name) => ({
    name,
    points: [
      [0, 0],
      [9, 1],
    ] as const,
  }));
  const boxesAt = (height: number): ReturnType<typeof textBoxes> =>
    textBoxes(parseMarkup(lineChart({ ...words, width: 900, height, x, y, series })));
  for (const height of [24, 67, 68, 200]) assert.equal(overlaps(boxesAt(height)), []);
  const left = (height: number): number => boxesAt(height).find(({ text }) => text === "e")!.left;
  assert.ok(left(24) < 400 && left(200) > 800);
});

test("a share's axis stays from 0 to 100 %, and a change's does not", () => {
  const ticks = (values: number[], scale: "linear" | "log"): number[] => {
    const x = { label: "errors", scale, format: "percent" as const };
    return textsOf(intervalChart({ ...words, x, rows: [{ name: "a", values }] })).flatMap((text) =>
      text.endsWith(" %") ? Number(text.slice(0, -2).replace("−", "-")) : [],
    );
  };
  for (const scale of ["linear", "log"] as const)
    for (const value of [0.935, 1, 0.004])
      assert.ok(Math.max(...ticks([value], scale)) <= 100, `${scale} ${value}`);
  assert.is(Math.min(...ticks([0], "linear")), 0);
  assert.ok(Math.max(...ticks([0.9, 1.3], "linear")) > 100);
  assert.ok(Math.min(...ticks([-0.2, 0.1], "linear")) < 0);
});

test("intervalChart: every run a dot, the mean and its interval, a row for each", () => {
  const chart = intervalChart({
    ...{ ...words, x: { label: "accuracy", format: "percent" as const } },
    rows: [
      {
        name: "with",
        values: [0.9, 0.91, 0.92],
        mean: 0.91,
        interval: [0.89, 0.93],
        text: "91 ± 2 %",
      },
      { name: "without", values: [0.8, nan], mean: 0.8 },
    ],
    reference: { at: 0.85, name: "published" },
  });
  assert.is(elementsOf(parseMarkup(chart), "circle").length, 4);
  assert.is(ofClass(chart, "line", "line").length, 3);
  assert.is(ofClass(chart, "path", "fill").length, 2);
  for (const text of ["with", "without", "91 ± 2 %", "published", "accuracy"])
    assert.ok(textsOf(chart).includes(text), text);
  assert.ok(textsOf(chart).includes("without: 1 value not finite, left out."));
  const titles = elementsOf(parseMarkup(chart), "title").map(textOf);
  assert.ok(titles.includes("with: 91 %"));
  // a tooltip has no more digits than a reader can use
  for (const [format, said] of [
    ["percent", "a: 0.5 %"],
    [undefined, "a: 0.005"],
    [(value: number) => value.toFixed(1), "a: 0.0"],
  ] as const) {
    const x = { label: "errors", ...(format === undefined ? {} : { format }) };
    const shown = intervalChart({ ...words, x, rows: [{ name: "a", values: [1 - 0.995] }] });
    assert.ok(elementsOf(parseMarkup(shown), "title").map(textOf).includes(said), said);
  }
});

test("barChart: as long as its number, in parts that follow each other", () => {
  const chart = barChart({
    ...{ ...words, x: { label: "ms" }, parts: ["forward", "backward"] },
    bars: [
      { name: "conv1", values: [1, 3] },
      { name: "relu1", values: [1, 0] },
    ],
  });
  const bars = ofClass(chart, "rect", "edge").map(({ attributes }) => attributes);
  const widths = bars.map(({ width }) => Number(width));
  assert.ok(Math.abs(widths[1]! / widths[0]! - 3) < 0.01);
  assert.is(widths[0], widths[2]);
  assert.is(widths[3], 0);
  assert.ok(Math.abs(Number(bars[0]!["x"]) + widths[0]! - Number(bars[1]!["x"])) < 0.02);
  assert.ok(textsOf(chart).includes("4"));
});

test("histogram: every number is counted once, the largest in the last interval", () => {
  const values = [0, 0, 0, 0.5, 1, 1, nan];
  const chart = histogram({ ...words, x: { label: "weight", domain: [0, 1] }, values, bins: 2 });
  const heights = ofClass(chart, "rect", "s0").map(({ attributes }) =>
    Number(attributes["height"]),
  );
  assert.is(heights.length, 2);
  assert.is(heights[0], heights[1]);
  assert.ok(textsOf(chart).includes("how many of 6"));
  assert.ok(textsOf(chart).includes("1 of 7 not from 0 to 1, left out."));
});

const names = ["cat", "dog", "owl"];

test("matrixChart: what is right has a colour of its own, and zeros are empty", () => {
  const chart = matrixChart({
    ...{ ...words, kind: "confusion" as const },
    rows: { label: "true class", names },
    columns: { label: "guess", names },
    values: [
      [98, 1, 0],
      [4, 1234, 0],
      [0, 0, 0],
    ],
  });
  const cells = elementsOf(parseMarkup(chart), "rect").filter(({ attributes }) =>
    /^(?:right|wrong)\d$/.test(attributes["class"]!),
  );
  assert.equal(
    cells.map(({ attributes }) => attributes["class"]),
    ["right6", "wrong3", "wrong0", "wrong6", "right6", "wrong0", "wrong0", "wrong0", "right0"],
  );
  const [title] = elementsOf(cells[3]!, "title");
  assert.is(textOf(title!), "dog, cat: 4");
  const texts = textsOf(chart);
  assert.ok(texts.includes("1234") && texts.includes("down: true class"));
  assert.not.ok(texts.includes("0"));
});

test("matrixChart: signed numbers have a sign, and what is not finite no colour", () => {
  const chart = matrixChart({
    ...{ ...words, kind: "signed" as const },
    rows: { label: "from", names: ["a"] },
    columns: { label: "to", names },
    values: [[-2, 1, nan]],
  });
  const shade = (at: number): string | undefined =>
    elementsOf(parseMarkup(chart), "rect").slice(2)[at]!.attributes["class"];
  assert.equal([0, 1, 2].map(shade), ["right6", "wrong3", "band"]);
  const texts = textsOf(chart);
  for (const text of ["−2", "+1", "NaN", "1 value is not finite."]) assert.ok(texts.includes(text));
});

test("matrixChart: where cells are too small for numbers, it says so", () => {
  const many = Array.from({ length: 40 }, (_, i) => `class ${i}`);
  const chart = matrixChart({
    ...{ ...words, width: 400, kind: "confusion" as const },
    rows: { label: "true class", names: many },
    columns: { label: "guess", names: many },
    values: many.map((_, r) => many.map((_, c) => (r === c ? 999 : 0))),
  });
  assert.not.ok(textsOf(chart).includes("999"));
  assert.match(chart, /Cells are too small for their numbers\./);
});

/** [H, W, RGBA] of the n-th picture. */
function pixelsOf(figure: string, n = 0): { width: number; height: number; data: Uint8Array } {
  const href = elementsOf(parseMarkup(figure), "image")[n]!.attributes["href"]!;
  const { width, height, data } = decode(Buffer.from(href.split(",")[1]!, "base64"));
  return { width, height, data: Uint8Array.from(data) };
}

const rgb = (colour: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

test("pictures: signed numbers are a colour for each sign, as strong as they are large", () => {
  const figure = pictures({
    ...{ ...words, kind: "signed" as const },
    pictures: [{ caption: "filter", shape: [1, 2, 3], values: [-2, 1, 0, 2, nan, -1] }],
  });
  const { width, height, data } = pixelsOf(figure);
  assert.equal([width, height], [3, 2]);
  const [plus, minus] = [rgb(signs.plus), rgb(signs.minus)];
  const pixel = (p: number): number[] => Array.from(data.slice(4 * p, 4 * p + 4));
  assert.equal(pixel(0), [...minus, 255]);
  assert.equal(pixel(1), [...plus, 128]);
  assert.is(pixel(2)[3], 0);
  assert.equal(pixel(3), [...plus, 255]);
  assert.is(pixel(4)[3], 0);
  assert.equal(pixel(5), [...minus, 128]);
  // squares are large enough for signs: two lines for a plus, one for a minus
  const [drawn] = ofClass(figure, "path", "sign");
  assert.is(drawn!.attributes["d"]!.match(/h5/g)?.length, 4);
  assert.is(drawn!.attributes["d"]!.match(/v5/g)?.length, 2);
  assert.match(figure, /1 number is not finite and left blank/);
  assert.match(figure, /<title>filter, ±2<\/title>/);
});

test("pictures: a range of its own, or one for all", () => {
  const two = [
    { caption: "a", shape: [1, 1], values: [1] },
    { caption: "b", shape: [1, 1], values: [4] },
  ];
  const drawn = (range: "own" | "shared"): string =>
    pictures({ ...words, kind: "signed", range, pictures: two });
  assert.is(pixelsOf(drawn("own"), 0).data[3], 255);
  assert.is(pixelsOf(drawn("shared"), 0).data[3], 64);
  assert.match(drawn("shared"), /strongest colour is 4/);
});

test("pictures: light as it is, gray and in colours, and cut to what a screen shows", () => {
  const figure = pictures({
    ...{ ...words, kind: "light" as const },
    pictures: [
      { caption: "gray", shape: [1, 3], values: [0, 0.5, 1.5] },
      { caption: "colour", shape: [3, 1, 2], values: [1, 0, 0, 0.2, 0, 1] },
    ],
  });
  assert.equal(Array.from(pixelsOf(figure).data), [0, 128, 255]);
  assert.equal(Array.from(pixelsOf(figure, 1).data), [255, 0, 0, 0, 51, 255]);
  const broken = pictures({
    ...{ ...words, kind: "light" as const },
    pictures: [{ caption: "gray", shape: [1, 2], values: [nan, 0.2] }],
  });
  assert.equal(Array.from(pixelsOf(broken).data), [0, 0, 0, 0, 51, 51, 51, 255]);
});

test("pictures: amounts are as strong as they are large, and nothing below 0", () => {
  const figure = pictures({
    ...{ ...words, kind: "amount" as const },
    pictures: [{ caption: "map", shape: [1, 3], values: [-1, 1, 4] }],
  });
  const { data } = pixelsOf(figure);
  assert.equal([data[3], data[7], data[11]], [0, 64, 255]);
});

test("nothing to draw, and what cannot be drawn, is refused by name", async () => {
  const chart = (series: readonly Series[]): string => lineChart({ ...words, x, y, series });
  const axis = { label: "l", names: ["a"] };
  const matrix = { ...words, rows: axis, columns: axis, kind: "confusion" as const };
  const picture = { caption: "c", shape: [2, 2], values: [1] };
  for (const [run, message] of [
    [() => chart([]), "lineChart: expected at least one series, got none"],
    [
      () => chart([{ name: "a", points: [] }]),
      'lineChart: expected points in series "a", got none',
    ],
    [
      () => chart([{ name: "a", points: [[nan, 1]] }]),
      'lineChart: expected finite x in series "a", got NaN',
    ],
    [
      () => chart([{ name: "a", points: [[0, nan]] }]),
      'lineChart: expected a number for "loss in nats" that has a place, got none; ' +
        "is anything finite?",
    ],
    [
      () => lineChart({ ...words, title: " ", x, y, series: [{ name: "", points: [[0, 0]] }] }),
      "lineChart: expected a title in words, got none",
    ],
    [
      () => lineChart({ ...words, width: 10, x, y, series: [{ name: "", points: [[0, 0]] }] }),
      "lineChart: expected a width from 200 to 4000 pixels, got 10",
    ],
    [
      () =>
        lineChart({
          ...words,
          x,
          y: { ...y, domain: [1, 1] },
          series: [{ name: "", points: [[0, 0]] }],
        }),
      'lineChart: expected a domain of "loss in nats" from a number to a larger one, got [1,1]',
    ],
    [
      () => intervalChart({ ...words, x, rows: [] }),
      "intervalChart: expected at least one row, got none",
    ],
    [
      () => intervalChart({ ...words, x, rows: [{ name: "a" }] }),
      'intervalChart: expected values, a mean or an interval in row "a", got none',
    ],
    [
      () => barChart({ ...words, x, parts: [], bars: [] }),
      "barChart: expected at least one bar, got none",
    ],
    [
      () => barChart({ ...words, x, parts: [""], bars: [{ name: "a", values: [1, 2] }] }),
      'barChart: expected 1 numbers in bar "a", got 2',
    ],
    [
      () => barChart({ ...words, x, parts: [""], bars: [{ name: "a", values: [-1] }] }),
      'barChart: expected numbers from 0 on in bar "a", got -1',
    ],
    [
      () => histogram({ ...words, x, values: [], bins: 0 }),
      "histogram: expected at least one bin, got 0",
    ],
    [
      () => histogram({ ...words, x, values: [] }),
      'histogram: expected a number for "epoch" that has a place, got none; is anything finite?',
    ],
    [
      () => matrixChart({ ...matrix, rows: { ...axis, names: [] }, values: [] }),
      "matrixChart: expected at least one cell, got 0 × 1",
    ],
    [
      () => matrixChart({ ...matrix, values: [[1, 2]] }),
      "matrixChart: expected 1 rows of 1 values, got 1 of 2",
    ],
    [
      () => matrixChart({ ...matrix, values: [[nan]] }),
      "matrixChart: expected counts from 0 on, got NaN",
    ],
    [
      () => pictures({ ...words, kind: "light", pictures: [] }),
      "pictures: expected at least one picture, got none",
    ],
    [
      () => pictures({ ...words, kind: "light", pictures: [picture] }),
      'pictures: expected values for [2, 2] in "c", got 1',
    ],
    [
      () => pictures({ ...words, kind: "signed", pictures: [{ ...picture, shape: [3, 2, 2] }] }),
      'pictures: expected a shape [H, W] or [1, H, W], got [3, 2, 2] in "c"',
    ],
    [
      () =>
        pictures({ ...words, kind: "light", size: 1, pictures: [{ ...picture, shape: [1, 1] }] }),
      "pictures: expected a size from 8 to 380, got 1",
    ],
  ] as const)
    await assertRejects(run, message);
});

test.run();
