import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  belongsTo,
  type Chapter,
  type EquationResult,
  mutationsOf,
  openChapter,
  runChapter,
  type Vocabulary,
} from "leibniz/checks";
import { chapterModule, wholeOf } from "../../../src/checks/derive/build.mjs";

/** A chapter of one equation. */
function chapterOf(block: (words: Vocabulary) => void): Chapter {
  const tags = [{ tag: "trial.1", line: 3, isDefinition: false, hasBlock: true }];
  return {
    name: "trial",
    partOf: null,
    tags,
    derive: (words, take) =>
      take(
        "trial.1",
        () => block(words),
        () => () => block(words),
      ),
  };
}

async function verdictOf(block: (words: Vocabulary) => void): Promise<EquationResult> {
  const [result] = await runChapter(chapterOf(block));
  return result!;
}

test("what agrees passes, with the largest difference and the number of comparisons", async () => {
  const { verdict, comparisons, maxDifference, problem } = await verdictOf(
    ({ equals, random, indexed }) => {
      const x = random(2, 3);
      equals(x, x.tensor, indexed(x.tensor.clone()));
      equals(1, 1 + 1e-10);
    },
  );
  assert.equal([verdict, comparisons, problem], ["pass", 13, null]);
  assert.ok(Math.abs(maxDifference! - 1e-10) < 1e-14);
});

test("a changed block ends at the first pair that differs, any other goes on", async () => {
  const chapter = chapterOf(({ equals, random }) => {
    equals(1, 1);
    equals(random(2, 3), random(2, 3));
    equals(random(4), random(5));
  });
  const runs: [count: number, isRight: boolean][] = [];
  await openChapter(chapter, 0, async (_tag, run, source, runChanged) => {
    for (const { comparisons, problem } of [await run(), await runChanged(source)])
      runs.push([comparisons.count, problem === null]);
  });
  assert.equal(runs, [
    [8, false],
    [2, false],
  ]);
});

test("differences, NaN, infinities, shapes and blocks without comparison are wrong", async () => {
  const cases: [what: RegExp, block: (words: Vocabulary) => void][] = [
    [/^its sides differ: 1 and 1\.00000001$/, ({ equals }) => equals(1, 1.00000001)],
    [/^its sides differ: 0 and 2e-9$/, ({ equals }) => equals(0, 2e-9)],
    [/^its sides differ: NaN and NaN$/, ({ equals }) => equals(NaN, NaN)],
    [/^its sides differ: 1 and NaN$/, ({ equals }) => (equals(1, NaN), equals(1, 1))],
    [/^its sides differ: Infinity and -Infinity$/, ({ equals }) => equals(Infinity, -Infinity)],
    [/^its sides differ: 2 and 3$/, ({ equals }) => equals(2, 2, 3)],
    [
      /^its sides differ: shapes \[2, 3\] and \[3, 2\]$/,
      ({ equals, random }) => equals(random(2, 3), random(3, 2)),
    ],
    [/^its sides differ: shapes \[\] and \[1\]$/, ({ equals, random }) => equals(1, random(1))],
    [
      /^its sides differ: .* at entry 1 of \[2\]$/,
      ({ equals, random, indexed }) => {
        const x = random(2);
        const y = indexed(x.tensor.clone());
        y.tensor.data[1]! += 1e-3;
        equals(x, y);
      },
    ],
    [/^its sides differ: 2 and 1$/, ({ atMost }) => (atMost(1, 2), atMost(2, 1))],
    [/^the block compares nothing$/, () => {}],
    [/^the block compares nothing$/, ({ equals }) => equals(1)],
    [
      /^indexed: expected an index into \[2, 3\], got \(2, 0\)$/,
      ({ equals, random }) => equals(random(2, 3)(2, 0), 0),
    ],
    [
      /^indexed: expected an index into \[2, 3\], got \(1\)$/,
      ({ equals, random }) => equals(random(2, 3)(1), 0),
    ],
  ];
  for (const [what, block] of cases) {
    const { verdict, problem } = await verdictOf(block);
    assert.is(verdict, "wrong", String(what));
    assert.match(problem!, what);
  }
});

test("an equation without a block is missing, unless it is a definition", async () => {
  const tags = [
    { tag: "trial.1", line: 3, isDefinition: true, hasBlock: false },
    { tag: "trial.2", line: 7, isDefinition: false, hasBlock: false },
  ];
  const results = await runChapter({ name: "trial", partOf: null, tags, derive: async () => {} });
  assert.equal(
    results.map(({ tag, verdict, maxDifference }) => [tag, verdict, maxDifference]),
    [
      ["trial.1", "definition", null],
      ["trial.2", "missing", null],
    ],
  );
});

test("where a setting stops, equations above it are judged, those below are wrong", async () => {
  const tags = ["trial.1", "trial.2", "trial.3"].map((tag, i) => ({
    tag,
    line: 10 * i,
    isDefinition: tag === "trial.3",
    hasBlock: tag !== "trial.3",
  }));
  const derive: Chapter["derive"] = async (words, take) => {
    await take(
      "trial.1",
      () => words.equals(1, 1),
      () => null,
    );
    throw new Error("expected shapes that fit");
  };
  const results = await runChapter({ name: "trial", partOf: null, tags, derive });
  assert.equal(
    results.map(({ verdict, problem }) => [verdict, problem]),
    [
      ["pass", null],
      ["wrong", "not reached, since a setting before it stopped: expected shapes that fit"],
      ["definition", null],
    ],
  );
});

test("the numbers are the same in every run, and others for another seed", async () => {
  const drawn: number[] = [];
  const chapter = chapterOf(({ random, randomIn, equals }) => {
    drawn.push(random(1)(0), randomIn(3, 4));
    equals(1, 1);
  });
  for (const seed of [0, 0, 1]) await runChapter(chapter, seed);
  assert.equal(drawn.slice(0, 2), drawn.slice(2, 4));
  assert.is.not(drawn[4], drawn[0]);
  assert.ok(drawn[1]! >= 3 && drawn[1]! < 4);
});

test("sums, products, maxima and slopes are what they say", async () => {
  await runChapter(
    chapterOf(({ sum, product, largest, delta, indicator, each, slope, derivative, random }) => {
      assert.is(
        sum(2, 3, (i, j) => 10 * i + j),
        36,
      );
      assert.is(
        sum(2, 3, 4, 5, (i, j, k, l) => i + j + k + l),
        120 * (0.5 + 1 + 1.5 + 2),
      );
      assert.is(
        sum(0, () => 1),
        0,
      );
      assert.is(
        product(4, (i) => i + 1),
        24,
      );
      assert.is(
        product(0, () => 2),
        1,
      );
      assert.is(
        largest(2, 3, (i, j) => j - 5 * i),
        2,
      );
      assert.equal([delta(2, 2), delta(1, 2), indicator(2 > 1), indicator(1 > 2)], [1, 0, 1, 0]);
      const visited: number[][] = [];
      each(2, 2, (i, j) => void visited.push([i, j]));
      assert.equal(visited, [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ]);
      assert.ok(Math.abs(slope(Math.exp, 0.3) - Math.exp(0.3)) < 1e-12);
      assert.ok(Math.abs(slope(Math.log, 1.7) - 1 / 1.7) < 1e-12);
      assert.ok(Math.abs(slope((x) => x ** 7, 1.1) - 7 * 1.1 ** 6) < 1e-10);
      const x = random(2, 3);
      const before = [...x.tensor.data];
      assert.ok(
        Math.abs(derivative(() => x(1, 2) * x(1, 2) * x(0, 1), x, 1, 2) - 2 * x(1, 2) * x(0, 1)) <
          1e-12,
      );
      assert.equal([...x.tensor.data], before);
    }),
  );
});

test(
  "each kind of mistake is planted, and comments, strings, heads of loops and symmetric " +
    "arguments are left alone",
  () => {
    const changes = (source: string): string[] =>
      mutationsOf(source).map((mutation) => mutation.source);
    assert.equal(changes("a + b"), ["a - b"]);
    assert.equal(changes("f(a) - b"), ["f(a) + b"]);
    assert.equal(changes("f(-a)"), ["f(a)"]);
    assert.equal(changes("x = -a;"), ["x = a;"]);
    assert.equal(changes("[-a, b]"), ["[a, b]"]);
    assert.equal(changes("a * b"), ["a * 2 * b"]);
    assert.equal(changes("a / b"), ["a / 2 / b"]);
    assert.equal(changes("x(n, 3)"), ["x(n, 4)", "x(3, n)"]);
    assert.equal(changes("matmul(a.tensor, b.tensor)"), ["matmul(b.tensor, a.tensor)"]);
    assert.equal(changes("1e-3"), ["1.001"]);
    assert.equal(changes("x(n, c, h)"), ["x(c, n, h)", "x(n, h, c)"]);
    assert.equal(changes("delta(a, b)"), ["2 * delta(a, b)"]);
    assert.equal(changes("a.transpose()"), ["a"]);
    assert.equal(changes("sum(N, (n) => x(n))"), ["2 * sum(N, (n) => x(n))"]);
    for (const source of [
      "// a + b",
      '"a * b"',
      "/* x(n, i) */",
      "each(N, O, (n, o) => f(n))",
      "equals(a, b)",
      "conv2d",
      "const f = (a, b) => a;",
    ])
      assert.equal(changes(source), [], source);
  },
);

const page = (...lines: string[]): string => ["# Trial", "", ...lines, ""].join("\n");
const display = ["$$", "a = b", "\\tag{trial.1}", "$$", ""];

test("a block belongs to the equation directly above it, and keeps its line", () => {
  const { text, errors, name } = chapterModule(
    "derivations/trial.md",
    page(
      "```ts setting",
      'import { relu } from "leibniz";',
      "const a = 1;",
      "```",
      "",
      ...display,
      "```ts equation",
      "equals(a, 1);",
      "```",
    ),
  );
  assert.equal(errors, []);
  assert.is(name, "trial");
  const lines = text.split("\n");
  assert.match(lines[0]!, /import \{ relu \} from "leibniz";.*export async function derive\(/);
  assert.is(lines[4], "const a = 1;");
  assert.is(lines[13], "equals(a, 1);");
  assert.match(lines[12]!, /^await equation\("trial\.1"/);
  assert.match(text, /"tag":"trial\.1","line":10,"isDefinition":false,"hasBlock":true/);
});

test("a page is a part of the chapter whose name and a dash its own begins with", () => {
  const names = ["conv2d", "conv2d-gradients", "conv2d-gradients-again", "softmax-loss", "conv"];
  const wholes = names.map((name) => wholeOf(name, names));
  assert.equal(wholes, [null, "conv2d", "conv2d", null, null]);
  const { text, name } = chapterModule("derivations/a-b.md", page(...display), "a");
  assert.is(name, "a-b");
  assert.match(text, 'export const partOf = "a";');
  assert.match(chapterModule("derivations/a-b.md", page()).text, "export const partOf = null;");
});

test("a chapter's name means its parts as well, a part's name the part alone", () => {
  const [whole, part] = [chapterOf(() => {}), { ...chapterOf(() => {}), name: "trial-two" }];
  const pages = [whole, { ...part, partOf: "trial" }];
  const chosen = (...names: string[]): string[] =>
    pages.filter((one) => belongsTo(one, names)).map(({ name }) => name);
  assert.equal(chosen("trial"), ["trial", "trial-two"]);
  assert.equal(chosen("trial-two"), ["trial-two"]);
  assert.equal(chosen("two"), []);
});

test(
  "a block that belongs to nothing, a second one, " +
    "and an import that is no list are refused with their line",
  () => {
    const errorsOf = (...lines: string[]): string[] =>
      chapterModule("derivations/trial.md", page(...lines)).errors;
    const block = ["```ts equation", "equals(1, 1);", "```"];
    assert.equal(errorsOf(...block), [
      "derivations/trial.md:3: expected a displayed equation with a tag directly above the block",
    ]);
    assert.equal(errorsOf(...display, "And so", "", ...block), [
      "derivations/trial.md:10: expected a displayed equation with a tag directly above the block",
    ]);
    assert.equal(errorsOf(...display, ...block, "", ...block), [
      "derivations/trial.md:12: expected a displayed equation with a tag directly above the block",
    ]);
    assert.equal(errorsOf("```ts setting", 'import all from "leibniz";', "```"), [
      'derivations/trial.md:4: expected import { … } from "…";, got import all from "leibniz";',
    ]);
    assert.equal(errorsOf(...display, "```ts equation", "equals(1, 1);"), [
      "derivations/trial.md:8: the block has no end",
    ]);
  },
);

test.run();
