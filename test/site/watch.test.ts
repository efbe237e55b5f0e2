/** `npm run site`: what is written anew when a file is saved, and that nothing broken ends it. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chapterPage } from "../../site/build/pages.mjs";
import { blocksOf, chapterPlaces } from "../../site/build/run-again.mjs";
import { Site } from "../../site/build/site.mjs";
import { rebuild, updates } from "../../site/build/watch.mjs";

const test = suite("site: watch");

/** A site of chapters only, in memory. */
function siteOfChapters(): Site & { written: string[]; builds: number } {
  const site = Object.assign(new Site(), { written: [] as string[], builds: 0 });
  site.write = (path) => site.written.push(path);
  site.build = async () => void site.builds++;
  site.recorded = (tag) => (tag === "relu.1" ? "a definition" : "both sides agree");
  site.code = { codeHtml: () => "", linesHtml: () => "", changed: () => null };
  site.readTexts();
  return site;
}

const chapter = (site: Site, name: string): Site["chapters"][number] =>
  site.chapters.find((one) => one.name === name)!;

/** A chapter as it was before it was saved. */
function before(site: Site, name: string, change: (text: string) => string): void {
  const one = chapter(site, name);
  const text = change(one.text);
  assert.is.not(text, one.text);
  one.text = text;
}

test("a word: the chapter's page alone is written", async () => {
  const site = siteOfChapters();
  before(site, "relu", (text) => text.replace(" the ", " a "));
  assert.equal(await rebuild(site, ["derivations/relu.md"]), ["chapters/relu.html"]);
  assert.equal([site.written, site.builds], [["chapters/relu.html"], 0]);
  assert.equal([...site.stale], []);
  assert.match(site.pages.get("chapters/relu.html")!, "both sides agree");
});

test("a heading or a tag, which other pages show: everything is built", async () => {
  for (const change of [
    (text: string) => text.replace("\n## ", "\n## Not "),
    (text: string) => text.replace("\\tag{relu.2}", "\\tag{relu.99}"),
  ]) {
    const site = siteOfChapters();
    before(site, "relu", change);
    assert.is(await rebuild(site, ["derivations/relu.md"]), null);
    assert.is(site.builds, 1);
  }
  const site = siteOfChapters();
  assert.is(await rebuild(site, ["derivations/a-new-chapter.md"]), null);
});

test("an equation's block: its results are old until it has been run again", async () => {
  const site = siteOfChapters();
  before(site, "relu", (text) => text.replace("```ts equation\n", "```ts equation\n// once\n"));
  await rebuild(site, ["derivations/relu.md"]);
  assert.equal([[...site.stale], [...site.edited]], [["relu"], ["relu"]]);
  const page = site.pages.get("chapters/relu.html")!;
  assert.match(page, "not run since the chapter was edited");
  assert.not.match(page, "both sides agree");
  assert.match(page, '<span class="result">a definition</span>');
});

/** Saves files one after the other, and gives what was said. */
async function saved(
  site: Site,
  files: readonly string[],
  parts: Parameters<typeof updates>[1],
): Promise<string[]> {
  const lines: string[] = [];
  const take = updates(site, {
    say: (line) => lines.push(line.replace(/\d+ ms/, "… ms")),
    complain: (line) => {
      // the site has no other pages here
      if (!/: (?:href|src) .*there is no /.test(line)) lines.push(`wrong: ${line}`);
    },
    ...parts,
  });
  for (const file of files) {
    take(file);
    // until nothing more is said
    for (let before = -1; before !== lines.length; ) {
      before = lines.length;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  return lines;
}

test("what cannot be built is named, and built with the next file that is saved", async () => {
  const site = siteOfChapters();
  const builds: string[][] = [];
  const lines = await saved(site, ["site/client/css/base.css", "docs/library.md"], {
    build: async (_, files) => {
      builds.push([...files].sort());
      if (builds.length === 1) throw new Error("site/client/css/base.css:7: no end");
      site.page("docs/library.html", "");
      return ["docs/library.html"];
    },
  });
  assert.equal(builds, [
    ["site/client/css/base.css"],
    ["docs/library.md", "site/client/css/base.css"],
  ]);
  assert.equal(lines, ["wrong: site/client/css/base.css:7: no end", "docs/library.html in … ms"]);
});

test("a reference to no equation is named with its line, and gone when it is mended", async () => {
  const site = siteOfChapters();
  const lines = await saved(site, ["derivations/relu.md", "derivations/relu.md"], {
    build: async (_, [file]) => {
      const isBroken = !site.pages.has("chapters/relu.html");
      site.errors.length = 0;
      if (isBroken) site.errors.push(`${file}:3: there is no equation (relu.99)`);
      site.page("chapters/relu.html", "");
      return ["chapters/relu.html"];
    },
  });
  assert.equal(lines, [
    "wrong: derivations/relu.md:3: there is no equation (relu.99)",
    "chapters/relu.html in … ms",
    "chapters/relu.html in … ms",
  ]);
});

test("edited equations are run in the background, and their page written once more", async () => {
  const site = siteOfChapters();
  before(site, "relu", (text) => text.replace("```ts equation\n", "```ts equation\n// once\n"));
  const lines = await saved(site, ["derivations/relu.md", "src/tensor/shape.ts"], {
    build: async (_, files) => {
      if (files.every((file) => file.endsWith(".md"))) return rebuild(site, files);
      site.page("src/tensor/shape.ts.html", "");
      return ["src/tensor/shape.ts.html"];
    },
    again: async () => null,
  });
  assert.equal(
    lines.map((line) => line.split(" in ")[0]),
    [
      ...["chapters/relu.html", "relu: equations run again", "chapters/relu.html"],
      ...["src/tensor/shape.ts.html", "equations still run what npm run build compiled before"],
    ],
  );
  assert.equal([...site.stale], []);
  assert.match(site.pages.get("chapters/relu.html")!, "both sides agree");
});

test("an equation that does not compile or hold stays old, and its line is named", async () => {
  const site = siteOfChapters();
  before(site, "relu", (text) => text.replace("```ts equation\n", "```ts equation\n// once\n"));
  const lines = await saved(site, ["derivations/relu.md"], {
    again: async () => "derivations/relu.md:104:3: error",
  });
  assert.is(lines.at(-1), "wrong: derivations/relu.md:104:3: error");
  assert.equal([...site.stale], ["relu"]);
  assert.is(
    chapterPlaces(".derivations/relu.ts(104,3): error TS1: no"),
    "derivations/relu.md:104:3: error TS1: no",
  );
});

test("files that editors write beside ours start nothing", async () => {
  const files = ["derivations/.relu.md.swp", "derivations/sedXk2p", "derivations/relu.md~"];
  const lines = await saved(siteOfChapters(), [...files, "src/.#shape.ts", "src/4913"], {
    build: async () => [],
  });
  assert.equal(lines, []);
});

test("only blocks that run count, and a page without script says what was recorded", () => {
  const text = "a\n```ts equation\nb;\n```\n```ts example\nc;\n```\n```ts setting\nd;\n```\n";
  assert.is(blocksOf(text), "```ts equation\nb;\n```\n```ts setting\nd;\n```");
  const site = siteOfChapters();
  assert.match(chapterPage(site, chapter(site, "relu")), "both sides agree");
});

test.run();
