/** The list of experiments, and the parts of a report. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inOrder, withParts } from "../../site/build/experiments.mjs";

const test = suite("site: experiments");

const link = (name: string): string => `[${name}](../results/experiments/${name}/README.md)`;

test("experiments are in the order of the chapter, each once, and none is left out", () => {
  const [first, then] = [`${link("b")} and ${link("a")}.`, `${link("b")} ${link("c")}.`];
  const chapter = `# Why\n\n## First\n\n${first}\n\n## Then\n\n${then}\n`;
  assert.equal(inOrder(chapter, ["a", "b", "c", "d"]), [
    { title: "First", names: ["b", "a"] },
    { title: "Then", names: ["c"] },
    { title: "And", names: ["d"] },
  ]);
});

test("a report has a lead and headings, and its method is folded", () => {
  const report = [
    "<h1>depth</h1>\n<p>Why?</p>\n",
    "<p><strong>Expected, before it was run.</strong> More.</p>\n",
    "<p><strong>Method.</strong> Two\nlines.</p>\n",
    "<figure></figure>\n<p><strong>What it shows.</strong> Less.</p>\n",
  ].join("");
  const { main, headings } = withParts(report);
  assert.match(main, '<p class="lead">Why?</p>');
  assert.match(
    main,
    '<h2 id="expected-before-it-was-run">Expected, before it was run</h2>\n<p>More.',
  );
  assert.match(
    main,
    '<details class="fold method"><summary>Method</summary>\n<p>Two\nlines.</p>\n</details>\n',
  );
  assert.match(main, '</details>\n<h2 id="results">Results</h2>');
  assert.equal(
    headings.map(({ slug }) => slug),
    ["expected-before-it-was-run", "results", "what-it-shows"],
  );
});

test.run();
