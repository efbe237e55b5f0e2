/** A page for every source: its lines, and the equations that they compute. */
import { posix } from "node:path";
import { escaped } from "../html.mjs";
import { rootOf } from "../places.mjs";
import { shell } from "../shell.mjs";
import { exercisesPage } from "./exercises.mjs";
import { indexPages } from "./folders.mjs";
import { highlightLinesOf } from "./links.mjs";
import { referencePages } from "./reference.mjs";

/**
 * @param {import("./project.mjs").Project} project
 * @param {{ chapters: readonly { path: string, title: string }[] }} site
 * @returns {Generator<[path: string, html: string]>}
 */
export function* sourcePages(project, site) {
  for (const path of project.sources) yield [`${path}.html`, sourcePage(project, site, path)];
  yield* indexPages(project, site);
  yield* referencePages(project, site);
  yield exercisesPage(project, site);
}

/**
 * The page of one source.
 *
 * @param {import("./project.mjs").Project} project
 * @param {{ chapters: readonly { path: string, title: string }[] }} site
 * @param {string} path from the project's root
 * @returns {string}
 */
export function sourcePage(project, site, path) {
  const page = `${path}.html`;
  const root = rootOf(page);
  const text = project.text(path);
  const lines = highlightLinesOf(project, text, { root, path, ids: true });
  const folder = posix.dirname(path);
  const neighbours = project.sources.filter((other) => posix.dirname(other) === folder);
  const at = neighbours.indexOf(path);
  const neighbour = (other) =>
    other === undefined ? null : { path: `${other}.html`, title: posix.basename(other) };
  return shell({
    ...{ path: page, kind: "source", name: path, title: path, course: site.chapters },
    description: project.summary(path) || `${path} of leibniz`,
    headings: headingsOf(project, path),
    main: `${trail(path, root)}
<h1><code>${posix.basename(path)}</code></h1>
${facts(text, citedIn(project, path), root)}
<pre class="code source"><code>${lines.join("\n")}</code></pre>
${importersHtml(project, path, root)}`,
    previous: neighbour(neighbours[at - 1]),
    next: neighbour(neighbours[at + 1]),
  });
}

/** The folders that lead to a file, each a link to its part of the index. */
function trail(path, root) {
  const [top, ...folders] = posix.dirname(path).split("/");
  const links = folders.map((name, i) => {
    const anchor = folders.slice(0, i + 1).join("/");
    return `<a href="${root}${top}/index.html#${anchor}">${name}</a>`;
  });
  const first = `<a href="${root}${top}/index.html">${top}</a>`;
  return `<p class="trail">${[first, ...links].join(" / ")} /</p>`;
}

/** What a file exports, as headings of its page. */
function headingsOf(project, path) {
  return project
    .declarations(path)
    .filter(({ isExported }) => isExported)
    .map(({ name, line }) => ({
      level: 2,
      slug: `L${line}`,
      html: `<code>${escaped(name)}</code>`,
    }));
}

/**
 * The chapters that a file belongs to, the most cited first, each with its equations in order.
 */
function citedIn(project, path) {
  const chapters = new Map();
  for (const { tag } of project.citations(path)) {
    const name = project.pagesOfTags.get(tag);
    if (name === undefined) continue;
    chapters.set(name, (chapters.get(name) ?? new Set()).add(tag));
  }
  return project.chaptersOf(path).map((name) => ({
    name,
    title: project.chapters.get(name).title,
    tags: project.chapters.get(name).tags.filter((tag) => chapters.get(name).has(tag)),
  }));
}

function facts(text, cited, root) {
  const count = text.split("\n").length - 1;
  const size = `<p class="facts">${count} line${count === 1 ? "" : "s"}</p>`;
  if (cited.length === 0) return size;
  const items = cited.map(({ name, title, tags }) => {
    const page = `${root}chapters/${name}.html`;
    const links = tags.map(
      (tag) => `<a class="ref" href="${page}#${tag}" data-ref="${tag}">(${tag})</a>`,
    );
    return `<li><a href="${page}">${escaped(title)}</a>: ${links.join(" ")}</li>`;
  });
  return `${size}
<div class="cited"><p>Equations in this file, by the chapter that derives them:</p>
<ul>
${items.join("\n")}
</ul></div>`;
}

/** Who imports a file. */
function importersHtml(project, path, root) {
  const files = project.importers.get(path) ?? [];
  if (files.length === 0) return "";
  const items = files.map((file) => `<li><a href="${root}${file}.html">${file}</a></li>`);
  const count = `${files.length} file${files.length === 1 ? "" : "s"}`;
  return `<details class="fold importers"><summary>Imported by ${count}</summary>
<ul>
${items.join("\n")}
</ul></details>`;
}
