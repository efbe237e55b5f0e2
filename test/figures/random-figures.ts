/** Every kind of figure, of random numbers and names. */
import fc from "fast-check";
import {
  barChart,
  histogram,
  intervalChart,
  lineChart,
  matrixChart,
  pictures,
} from "leibniz/figures";

/** What breaks a careless writer of SVG, and names as they are. */
export const names: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "train",
    "with a convolution and max pooling, 5 × 5",
    "</text><script>alert(1)</script>",
    "&amp; \"quoted\" 'too' <b>",
    "null\0 escape\u001b[31m half\ud800",
    "漢字かな交じり文の長い名前",
    "",
  ),
  fc.string({ maxLength: 40, unit: "binary" }),
);
const label = names.map((name) => `in ${name}`);
/** Small ones, huge ones, and what is none. */
const number = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -3, max: 3, noNaN: true }) },
  { weight: 2, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.constantFrom(0, 1e-9, 12_345_678, 0.1, 0.2) },
);
const finite = fc.oneof(
  fc.integer({ min: 0, max: 50 }),
  fc.double({ min: -1e9, max: 1e9, noNaN: true }),
);
const above = fc.double({ min: 0, max: 1e6, noNaN: true });
const width = fc.integer({ min: 300, max: 1200 });
const words = { title: label, description: label, width };
const scale = fc.constantFrom("linear" as const, "log" as const);
const format = fc.constantFrom(undefined, "percent" as const);

/** An axis, with `format` left out where it is undefined. */
const axis = fc
  .record({ label, scale, format })
  .map(({ format: how, ...rest }) => (how === undefined ? rest : { ...rest, format: how }));
const linear = label.map((text) => ({ label: text }));

const points = (y: fc.Arbitrary<number>, x = finite): fc.Arbitrary<[number, number][]> =>
  fc.array(fc.tuple(x, y), { minLength: 1, maxLength: 12 });
const positive = fc.double({ min: 1e-12, max: 1e6, noNaN: true });

const lineCharts = fc
  .record({
    ...words,
    x: linear,
    y: axis,
    height: fc.integer({ min: 24, max: 300 }),
    series: fc.array(
      fc.record({
        name: names,
        points: points(number),
        runs: fc.array(points(number), { maxLength: 2 }),
        dots: points(number).map((all) => all.map(([x, y]) => [x, y, "<i>"] as const)),
        isGuide: fc.boolean(),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    anchor: positive,
    isAligned: fc.boolean(),
  })
  .map(({ series, anchor, isAligned, ...rest }) => {
    // where all lines end at the same x, their names stand beside them
    const ended = series.map((one) => ({ ...one, points: [...one.points, [60, anchor] as const] }));
    // at least one number has a place on any axis
    const last = { name: "anchor", points: [[60, anchor] as const] };
    return { ...rest, series: [...(isAligned ? ended : series), last] };
  });

const intervalCharts = fc.record({
  ...words,
  x: axis.map((one) => ({ ...one, scale: "linear" as const })),
  rows: fc.array(
    fc.record({
      name: names,
      values: fc.array(number, { maxLength: 9 }),
      mean: finite,
      interval: fc.tuple(finite, finite),
      text: names.map((name) => name.slice(0, 12)),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  reference: fc.record({ at: finite, name: names }),
});

const barCharts = fc.integer({ min: 1, max: 3 }).chain((parts) =>
  fc.record({
    ...words,
    x: linear,
    parts: fc.array(names, { minLength: parts, maxLength: parts }),
    bars: fc.array(
      fc.record({ name: names, values: fc.array(above, { minLength: parts, maxLength: parts }) }),
      { minLength: 1, maxLength: 6 },
    ),
  }),
);

const histograms = fc
  .record({ ...words, x: linear, values: fc.array(number, { maxLength: 40 }), one: finite })
  .map(({ one, values, ...rest }) => ({ ...rest, values: [...values, one] }));

const matrices = fc
  .record({
    rows: fc.integer({ min: 1, max: 12 }),
    columns: fc.integer({ min: 1, max: 14 }),
    kind: fc.constantFrom("confusion" as const, "amount" as const, "signed" as const),
  })
  .chain(({ rows, columns, kind }) => {
    const across = kind === "confusion" ? rows : columns;
    const value = kind === "confusion" ? fc.nat({ max: 5000 }) : number;
    const named = (count: number): fc.Arbitrary<string[]> =>
      fc.array(names, { minLength: count, maxLength: count });
    return fc.record({
      ...words,
      kind: fc.constant(kind),
      rows: fc.record({ label, names: named(rows) }),
      columns: fc.record({ label, names: named(across) }),
      values: fc.array(fc.array(value, { minLength: across, maxLength: across }), {
        minLength: rows,
        maxLength: rows,
      }),
    });
  });

const pictureSets = fc
  .record({
    kind: fc.constantFrom("light" as const, "amount" as const, "signed" as const),
    range: fc.constantFrom("own" as const, "shared" as const),
    size: fc.integer({ min: 24, max: 90 }),
    height: fc.integer({ min: 1, max: 9 }),
    across: fc.integer({ min: 1, max: 9 }),
    count: fc.integer({ min: 1, max: 9 }),
  })
  .chain(({ kind, range, size, height, across, count }) => {
    const channels = kind === "light" && count % 2 === 0 ? 3 : 1;
    const pixels = channels * height * across;
    return fc.record({
      ...words,
      ...{ kind: fc.constant(kind), range: fc.constant(range), size: fc.constant(size) },
      pictures: fc.array(
        fc.record({
          caption: names,
          shape: fc.constant([channels, height, across]),
          values: fc.array(number, { minLength: pixels, maxLength: pixels }),
        }),
        { minLength: count, maxLength: count },
      ),
    });
  });

/** Each kind by its name, drawn. The title and the description come along. */
export const figures: readonly [name: string, drawn: fc.Arbitrary<Drawn>][] = [
  ["lineChart", lineCharts.map((options) => drawn(options, () => lineChart(options)))],
  ["intervalChart", intervalCharts.map((options) => drawn(options, () => intervalChart(options)))],
  ["barChart", barCharts.map((options) => drawn(options, () => barChart(options)))],
  ["histogram", histograms.map((options) => drawn(options, () => histogram(options)))],
  ["matrixChart", matrices.map((options) => drawn(options, () => matrixChart(options)))],
  ["pictures", pictureSets.map((options) => drawn(options, () => pictures(options)))],
];

export interface Drawn {
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly draw: () => string;
}

function drawn(words: Omit<Drawn, "draw">, draw: () => string): Drawn {
  const { title, description, width } = words;
  return { title, description, width, draw };
}
