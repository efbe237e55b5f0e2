import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { columnsOf, fold, padTo, unfold } from "../../dist/cli/fold.js";
import { formatTable } from "../../dist/cli/table.js";

test("lines that fit stay as they are, also the widest", () => {
  const text = "ten letters\n  and\n\nno more     than 20";
  assert.is(fold(text, 20), text);
  assert.is(fold(text, Infinity, 5), text);
  assert.is.not(fold(text, 18), text);
});

test("a line is folded between words, and its rest moved in", () => {
  assert.is(fold("the error of a quotient", 12), "the error of\na quotient");
  const line = "name      what it is about, in words that take more than one line";
  assert.equal(fold(line, 40, 10).split("\n"), [
    "name      what it is about, in words",
    "          that take more than one line",
  ]);
  // beside so much there is no room for the rest
  assert.equal(fold(line, 30, 10).split("\n"), [
    "name      what it is about, in",
    "  words that take more than",
    "  one line",
  ]);
});

test("between columns rather than between words, if that does not leave the line empty", () => {
  assert.is(fold("kernelSize [3, 2]  stride [1, 2]", 28, 2), "kernelSize [3, 2]\n  stride [1, 2]");
  assert.is(fold("a  the words that go on and on", 20, 2), "a  the words that go\n  on and on");
  // the gap in front of the column that the rest is moved to is no end of the columns
  const row = `${"layer".padEnd(27)}160  inChannels 16, outChannels 32`;
  assert.equal(fold(row, 58, 32).split("\n"), [
    row.slice(0, row.indexOf(" 32")),
    `${" ".repeat(32)}32`,
  ]);
});

test("a word that is longer than a line stays whole: paths can be copied", () => {
  assert.is(fold("written: /a/rather/long/path.html", 20), "written:\n/a/rather/long/path.html");
  assert.is(fold("/a/rather/long/path.html", 10), "/a/rather/long/path.html");
  assert.is(fold("  /a/rather/long/path.html and", 10, 2), "  /a/rather/long/path.html\n  and");
});

test("colours take no room, letters of East Asia two columns, marks on others none", () => {
  assert.is(columnsOf("\u001b[32mpass\u001b[39m"), 4);
  assert.is(columnsOf("畳み込み"), 8);
  assert.is(columnsOf("e\u0301"), 1);
  assert.is(columnsOf("‖gradient‖"), 10);
  assert.is(padTo("\u001b[32mpass\u001b[39m", 6), "\u001b[32mpass\u001b[39m  ");
  const painted = "a \u001b[31mwrong\u001b[39m one";
  assert.is(fold(painted, 11), painted);
  assert.is(fold("畳み込み 逆伝播", 12), "畳み込み\n逆伝播");
});

const words = fc.array(fc.constantFrom("a", "of", "[3, 2]", "gradient", "x".repeat(30)));
const lines = fc.array(words.map((all) => all.join("  ").replace("  ", " ")));

test("no word is lost or cut, and no line is too long that could be shorter", () => {
  fc.assert(
    fc.property(
      lines,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 80 }),
      (...all) => {
        const [texts, width, hang] = all;
        const text = texts.join("\n");
        const folded = fold(text, width, hang);
        assert.equal(folded.split(/\s+/), text.split(/\s+/));
        for (const line of folded.split("\n"))
          assert.ok(line.length <= width || !/\S \S/.test(line.replace(/ +/g, " ")), line);
      },
    ),
  );
});

test("paragraphs of prose become a line each; code, formulas and lists stay", () => {
  const prose = "Let one number move: an entry of the bias, of the weight or of the columns,";
  const code = "  const factor = dOut.item() / N; // the loss is a mean over the batch of\n}";
  assert.is(unfold(`${prose}\nat once.\n\n${code}`), `${prose} at once.\n\n${code}`);
  for (const text of [
    `${prose}\n  moved in`,
    "short\nlines",
    `${prose};\nend`,
    `- ${prose}\n- ${prose}`,
    `| ${prose}\n| ${prose}`,
  ])
    assert.is(unfold(text), text);
});

const HEAD = ["network", "test accuracy", "seconds"];
const ROWS = [
  ["the notes'", "98.8 %", "12"],
  ["wide", "97.0 %", "1,234"],
];

test("a table: the first column to the left, numbers to the right", () => {
  assert.equal(formatTable(HEAD, ROWS, Infinity).split("\n"), [
    "network     test accuracy  seconds",
    "the notes'         98.8 %       12",
    "wide               97.0 %    1,234",
  ]);
  assert.equal(
    formatTable(HEAD, ROWS, 80, "left").split("\n")[2],
    "wide        97.0 %         1,234",
  );
});

test("a table that is too wide: titles are folded, then columns stand below each other", () => {
  assert.equal(formatTable(HEAD, ROWS, 33).split("\n"), [
    "                test",
    "network     accuracy  seconds",
    "the notes'    98.8 %       12",
    "wide          97.0 %    1,234",
  ]);
  assert.equal(formatTable(HEAD, ROWS, 22).split("\n"), [
    "                test",
    "network     accuracy",
    "the notes'    98.8 %",
    "wide          97.0 %",
    "",
    "network     seconds",
    "the notes'       12",
    "wide          1,234",
  ]);
});

test("a table: cells that are too wide for two columns are folded; text stands to the left", () => {
  const rows = [
    ["noticed in some of the runs", "flatten-in-another-order, stride-forgotten"],
    ["in none", "never-shuffled"],
  ];
  assert.equal(formatTable(["noticed", "mistakes"], rows, 44).split("\n"), [
    "noticed          mistakes",
    "noticed in some  flatten-in-another-order,",
    "  of the runs      stride-forgotten",
    "in none          never-shuffled",
  ]);
  assert.is(formatTable(["one"], [["two three"]], 8), "one\ntwo\n  three");
  const numbers = [
    ["a", "–"],
    ["b", "−0.3 ± 0.1"],
    ["c", "12 of 30"],
  ];
  assert.match(formatTable(["", "n"], numbers, 80), /^a {11}–\nb {2}−0.3 ± 0.1\nc {4}12 of 30$/m);
});

test("a table without rows is its titles", () => {
  assert.is(formatTable(["a", "b"], [], 80), "a  b");
});

test.run();
