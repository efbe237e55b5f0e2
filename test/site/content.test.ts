/** Markdown as the pages of the site have it. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { brokenLinks } from "../../site/build/check-links.mjs";
import { notFoundPage } from "../../site/build/pages.mjs";
import { Site } from "../../site/build/site.mjs";
import { type Rendered, renderMarkdown } from "../../site/build/markdown.mjs";

const test = suite("site: content");

const CHAPTER = `# Gain

A layer that multiplies by $\\mathrm{gain}$; see (gain.1) and [affine](affine.md).

![A picture](figures/gain.svg)

## The result, in a box

> It is one product.

$$
\\mathrm{out}[c] = \\bar x[c] \\cdot \\mathrm{gain}[c]
\\tag{gain.1}
$$

\`\`\`ts equation
equals(out(c), x(c) * gain(c));
\`\`\`

<details><summary>The stage: a \`Map<string, number>\`
and more</summary>

\`\`\`ts setting
const a: Map<string, number> = new Map();
\`\`\`

</details>

### The result, in a box

| letter | counts |
| --- | --- |
| N | images |
`;

function rendered(text: string): Rendered & { errors: string[] } {
  const errors: string[] = [];
  const page = renderMarkdown(text, {
    file: "derivations/gain.md",
    page: "chapters/gain.html",
    placeOfTag: (tag) => (tag === "gain.1" ? "chapters/gain.html#gain.1" : null),
    prefixes: new Set(["gain"]),
    placeOfLink: (target) =>
      ({ "affine.md": "chapters/affine.html", "figures/gain.svg": "figures/gain.svg" })[target] ??
      null,
    sizeOf: () => ({ width: 400, height: 300 }),
    codeHtml: (code) => code.replaceAll("<", "&lt;"),
    linesHtml: (tag) => `<aside class="lines" data-tags="${tag}"></aside>\n`,
    recorded: () => "both sides agree",
    report: (error) => errors.push(error),
  });
  return { ...page, errors };
}

test("an equation, its tag, its mark, its block and its lines are one pair", () => {
  const { html, equations } = rendered(CHAPTER);
  assert.equal(equations, ["gain.1"]);
  const [, pair] = /<div class="pair">([\s\S]*?)<\/aside>\s*<\/div>/.exec(html) ?? [];
  assert.match(pair!, '<div class="equation" id="gain.1" data-tag="gain.1" tabindex="-1">');
  assert.match(pair!, '<div class="formula"><math display="block">');
  assert.match(pair!, '<a class="tag" href="#gain.1">(gain.1)</a>');
  assert.match(pair!, /<span class="mark" data-run="gain.1">[\s\S]*both sides agree/);
  assert.match(pair!, /<details class="fold" data-equation="gain.1">[\s\S]*equals\(out\(c\)/);
  assert.match(pair!, '<aside class="lines" data-tags="gain.1">');
});

test("what no space parts from a formula, and an option, stays in its line", () => {
  const { html } = rendered(
    "# G\n\nIt is ($x = 2$), and $y$; run `leibniz derive --mutate` now.\n",
  );
  assert.match(html, /<span class="whole">\(<math>.*?<\/math>\),<\/span> and /);
  assert.match(html, /<span class="whole"><math>.*?<\/math>;<\/span> run /);
  assert.match(html, '<code>leibniz derive <span class="whole">--mutate</span></code>');
  assert.match(rendered("# G\n\nLet $x$ be 2.\n").html, "Let <math>");
});

test("a cell that is a tag leads to its equation; a step's row is quiet", () => {
  const { html, errors } = rendered(
    "| tag | code |\n| --- | --- |\n| gain.1 | step |\n| gain.9 | x |\n",
  );
  assert.match(
    html,
    '<td><a class="ref" href="#gain.1" data-ref="gain.1">gain.1</a></td>\n' +
      '<td class="quiet">step</td>',
  );
  assert.match(html, "<td>gain.9</td>");
  assert.equal(errors, []);
});

test("a formula keeps names whole, marks its symbols, and has no style attribute", () => {
  const { html } = rendered(CHAPTER);
  assert.match(html, '<mi data-symbol="gain">gain</mi>');
  assert.match(html, '<mover data-symbol="x\u0304">');
  assert.not.match(html, " style=");
});

test("links and pictures go to their place on the site, as seen from the page", () => {
  const { html, errors } = rendered(CHAPTER);
  assert.match(html, '<a class="ref" href="#gain.1" data-ref="gain.1">(gain.1)</a>');
  assert.match(html, '<a href="affine.html">affine</a>');
  assert.match(html, '<img src="../figures/gain.svg" alt="A picture" width="400" height="300"');
  assert.equal(errors, []);
});

test("what leads nowhere is reported with its file and line", () => {
  const text = "# Gain\n\nSee (gain.2) and (other.1).\n\nAnd [this](nothing.md).\n";
  assert.equal(rendered(text).errors, [
    "derivations/gain.md:3: there is no equation (gain.2)",
    "derivations/gain.md:5: the link nothing.md leads to no page",
  ]);
});

test("sections have GitHub's names, each once, and folded parts keep their summary", () => {
  const { html, headings } = rendered(CHAPTER);
  const slugs = headings.map(({ slug }) => slug);
  assert.equal(slugs, ["the-result-in-a-box", "the-result-in-a-box-1"]);
  assert.match(html, '<section class="part" id="the-result-in-a-box">');
  assert.match(
    html,
    "<summary>The stage: a <code>Map&lt;string, number&gt;</code>\nand more</summary>",
  );
  assert.is(html.match(/<section/g)?.length, html.match(/<\/section>/g)?.length);
  assert.is(html.match(/<details/g)?.length, html.match(/<\/details>/g)?.length);
});

test("a link is followed to its page, its file and its place", () => {
  const pages = new Map([
    ["index.html", '<a href="a/one.html#x">1</a> <a href="a/one.html#y">2</a>'],
    ["a/one.html", '<p id="x"></p><p id="x"></p><a href="../b.html">3</a><img src="../p.svg">'],
  ]);
  assert.equal(brokenLinks(pages, new Set(["p.svg"])), [
    "index.html: href a/one.html#y: a/one.html has no place #y",
    "a/one.html: href ../b.html: there is no b.html",
    "a/one.html: two elements are called #x",
  ]);
  assert.equal(brokenLinks(pages, new Set(["p.svg"]), ["index.html"]).length, 1);
});

test("a comment of the text is no part of the page", () => {
  const { html } = rendered("# Gain\n\n<!-- written\nby a program -->\n\nText.\n");
  assert.not.match(html, /written|program|--/);
  assert.match(html, "<p>Text.</p>");
});

test("404.html finds everything from any depth once it knows where the site begins", () => {
  const site = new Site();
  site.readTexts();
  const at = (page: string, address: string): Set<string> => {
    const base = /<base href="([^"]*)">/.exec(page)?.[1] ?? "";
    const found = [...page.matchAll(/ (?:href|src)="(?!\/)([^"]*)"/g)].map(
      ([, link]) => new URL(link!, new URL(base, address)).href,
    );
    return new Set(found);
  };
  const known = notFoundPage(site, "/leibniz/");
  const deep = at(known, "https://host.example/leibniz/no/such/page.html");
  assert.equal(deep, at(known, "https://host.example/leibniz/404.html"));
  assert.ok(deep.has("https://host.example/leibniz/assets/site.css"));
  assert.ok(deep.has("https://host.example/leibniz/404.html#text"));
  assert.not.match(notFoundPage(site, null), "<base");
});

test.run();
