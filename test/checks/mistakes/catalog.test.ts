import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog } from "leibniz/gradcheck";
import {
  chapterOf,
  chapters,
  compiledPath,
  difference,
  type Mistake,
  mistakes,
  patch,
} from "leibniz/checks";
import { root } from "../../helpers/cli.js";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

test("there are at least 25 mistakes, each with a name of its own", () => {
  assert.ok(mistakes.length >= 25, String(mistakes.length));
  assert.is(new Set(mistakes.map(({ name }) => name)).size, mistakes.length);
  for (const { name, title, story } of mistakes) {
    assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)+$/);
    assert.ok(title.length > 10 && title.length < 120, title);
    assert.ok(story.length > 40 && story.endsWith("."), name);
  }
});

test("every mistake fits the source, and what the source is compiled to, and changes both", () => {
  for (const mistake of mistakes) {
    for (const path of [mistake.file, compiledPath(mistake.file)]) {
      const text = read(path);
      assert.is.not(patch(text, mistake, path), text, mistake.name);
    }
  }
});

test("every mistake breaks an equation that there is, in a layer that there is", () => {
  const tags = new Set(chapters.flatMap((chapter) => chapter.tags.map(({ tag }) => tag)));
  const layers = new Set(catalog.map(({ layer }) => layer));
  for (const { name, tag, layers: own } of mistakes) {
    assert.ok(tags.has(tag) && tag.startsWith(`${chapterOf(tag)}.`), `${name}: ${tag}`);
    for (const layer of own) assert.ok(layers.has(layer), `${name}: ${layer}`);
  }
});

const mistake: Mistake = {
  ...mistakes[0]!,
  name: "planted",
  file: "src/a.ts",
  edits: [{ find: "a[i]! += b", replace: "a[i]! = b" }],
};

test("an edit fits TypeScript, and JavaScript without assertions, whatever the line breaks", () => {
  assert.is(patch("for (;;) a[i]! += b!;", mistake, "src/a.ts"), "for (;;) a[i]! = b!;");
  assert.is(patch("for (;;)\n  a[i] +=\n    b;", mistake, "dist/a.js"), "for (;;)\n  a[i] = b;");
  const negated: Mistake = {
    ...mistake,
    edits: [{ find: "x !== y! && !z", replace: "x! != y" }],
  };
  assert.is(patch("if (x !== y && !z)", negated, "dist/a.js"), "if (x != y)");
});

test("an edit fits however the lines are broken, and no other word, sign or text", () => {
  const call: Mistake = {
    ...mistake,
    edits: [{ find: 'import { f, g } = add(f(x), { a: "one two" })', replace: "h" }],
  };
  const broken = 'import {\n  f,\n  g,\n} = add(\n  f(x),\n  {\n    a: "one two",\n  },\n)';
  assert.is(patch(`${broken};`, call, "src/a.ts"), "h;");
  assert.is(patch(`${broken};`, call, "dist/a.js"), "h;");
  for (const [from, to] of [
    ["one two", "one  two"],
    ["f(x)", "ff(x)"],
    ["f(x)", "f(x, y)"],
    ["import ", "reimport "],
    ["a:", "a: !"],
  ] as const)
    assert.throws(() => patch(broken.replace(from, to), call, "src/a.ts"), /once, it does not/);
});

test("an edit that fits nowhere, or in two places, is named", () => {
  assert.throws(
    () => patch("a[i]! -= b", mistake, "src/a.ts"),
    /mistake planted: expected src\/a\.ts to hold `a\[i\]! \+= b` once, it does not/,
  );
  assert.throws(
    () => patch("a[i] += b; a[i] += b;", mistake, "dist/a.js"),
    /mistake planted: expected dist\/a\.js to hold `a\[i\]! \+= b` once, it does 2 times/,
  );
});

test("the difference shows the lines that change, and no others", () => {
  assert.is(
    difference("one\n  for (;;) a[i]! += b!;\nthree\nfour\n", mistake),
    "- for (;;) a[i]! += b!;\n+ for (;;) a[i]! = b!;",
  );
  const longer: Mistake = {
    ...mistake,
    edits: [
      { find: "two;", replace: "2;\n  2.5;" },
      { find: "five;", replace: "" },
    ],
  };
  assert.is(
    difference("one;\n  two;\nthree;\nfour;\n  five;\nsix;\n", longer),
    "- two;\n+ 2;\n+ 2.5;\n- five;",
  );
});

test.run();
