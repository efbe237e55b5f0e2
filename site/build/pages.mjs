/** The pages that are Markdown: chapters, docs, reports of experiments. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { escaped } from "./html.mjs";
import { renderMarkdown } from "./markdown.mjs";
import { placeOf, read, root, rootOf } from "./places.mjs";
import { shell } from "./shell.mjs";
import { placeOfLink, sizeOf } from "./site-map.mjs";

/** Texts of the project's root and of other folders that have a page of their own. */
const OTHERS = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "THIRD-PARTY.md",
  "README.ja.md",
  "bench/README.md",
  "results/speed/README.md",
  "test/fixtures/README.md",
  "test/fixtures/record/README.md",
];

/** How many words a minute are read, and how long one looks at an equation, in minutes. */
const [WORDS_A_MINUTE, MINUTES_AN_EQUATION] = [220, 0.5];

/** How a text is set for a page. */
export function settingOf(site, file, page) {
  return {
    file,
    page,
    placeOfTag: (tag) => site.tags.get(tag) ?? null,
    prefixes: site.prefixes,
    placeOfLink,
    sizeOf,
    codeHtml: (code, language) =>
      site.attempt(() => site.code.codeHtml(code, language, file, page)) ?? escaped(code),
    linesHtml: (tag, at) => site.attempt(() => site.code.linesHtml(tag, at)) ?? "",
    recorded: site.recorded,
    report: site.report,
  };
}

/** What is said of an equation whose chapter was edited; a definition has no result. */
const staleResult = (recorded) =>
  recorded === "a definition" ? recorded : "not run since the chapter was edited";

/** A chapter's page, with its neighbours in reading order. */
export function chapterPage(site, chapter) {
  const at = site.chapters.indexOf(chapter);
  const setting = settingOf(site, chapter.file, chapter.path);
  if (site.stale.has(chapter.name)) setting.recorded = (tag) => staleResult(site.recorded(tag));
  const { html, ...about } = renderMarkdown(chapter.text, setting);
  const minutes = about.words / WORDS_A_MINUTE + about.equations.length * MINUTES_AN_EQUATION;
  const count = about.equations.length;
  const equations = count === 0 ? "" : `, ${count} equation${count === 1 ? "" : "s"}`;
  const run =
    count === 0
      ? ""
      : ' <button type="button" class="needs-script" data-action="run-all">Run all</button>' +
        " <output></output>";
  const facts = `<p class="facts">${Math.round(minutes)} minutes${equations}${run}</p>\n`;
  return shell({
    path: chapter.path,
    kind: "chapter",
    name: chapter.name,
    title: about.title,
    description: about.description,
    main: html.replace("</h1>\n", (end) => end + facts),
    headings: about.headings,
    course: site.chapters,
    previous: site.chapters[at - 1] ?? null,
    next: site.chapters[at + 1] ?? null,
  });
}

/** The page of a text that is no chapter. */
export function textPage(site, file, kind) {
  const path = placeOf(file);
  const { html, title, description, headings } = renderMarkdown(
    read(file),
    settingOf(site, file, path),
  );
  return shell({
    path,
    kind,
    name: file,
    title,
    description,
    main: kind === "pictures" ? withCaptions(html) : html,
    headings,
    course: site.chapters,
    lang: file.endsWith(".ja.md") ? "ja" : "en",
  });
}

/** Pictures by themselves: what each shows is said below it, for everybody. */
const withCaptions = (html) =>
  html.replace(
    /(<img [^>]*alt=")([^"]*)("[^>]*>)\n(?=<\/figure>)/g,
    (_, before, says, after) => `${before}${after}\n<figcaption>${says}</figcaption>\n`,
  );

/** All texts that are no chapters, as files with their kind of page. */
export function texts() {
  const docs = readdirSync(join(root, "docs")).filter((file) => file.endsWith(".md"));
  return [
    ...docs.map((file) => ({ file: `docs/${file}`, kind: "docs" })),
    ...OTHERS.map((file) => ({ file, kind: "docs" })),
    { file: "derivations/figures/README.md", kind: "pictures" },
  ];
}

/**
 * Where nothing is. A host shows this page under the address that was asked for, of any depth, so
 * its links need to be told where the site begins: `npm run site:build -- --base /leibniz/`, or
 * `leibniz site`, which knows. Without that they hold only at the site's root.
 *
 * @param {import("./site.mjs").Site} site
 * @param {string | null} base the site's place on its host
 */
export function notFoundPage(site, base) {
  const path = "404.html";
  const page = shell({
    path,
    kind: "missing",
    name: "404",
    title: "Nothing here",
    description: "There is no such page.",
    main: `<h1>Nothing here</h1>
<p>No page of this site has that address. It may have been moved or renamed.
<button type="button" class="asked needs-script" data-action="search">Search</button>
for a word, a function or the tag of an equation, or begin at one of these:</p>
<ul>
<li><a href="${rootOf(path)}index.html">Home</a>, what this is</li>
<li><a href="${rootOf(path)}chapters/notation.html">The chapters</a>, from the first one on</li>
<li><a href="${rootOf(path)}docs/index.html">The documentation</a></li>
<li><a href="${rootOf(path)}src/index.html">The code</a>, every file</li>
<li><a href="${rootOf(path)}labs/index.html">The laboratories</a>, to see a backward pass</li>
<li><a href="${rootOf(path)}exercises.html">Exercises</a></li>
</ul>`,
    course: site.chapters,
  });
  const start = base === null ? "<head>" : `<head>\n<base href="${escaped(base)}">`;
  // a place on this page is no place at the base
  return page.replace("<head>", start).replaceAll('href="#', `href="${path}#`);
}
