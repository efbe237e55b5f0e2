/** The reference: a page for each folder of src, with what its index exports. */
import { escaped } from "../html.mjs";
import { rootOf } from "../places.mjs";
import { shell } from "../shell.mjs";
import { docHtml } from "./docstring.mjs";
import { highlightLinesOf } from "./links.mjs";
import { membersOf, signatureOf } from "./members.mjs";
import { sentenceHtml } from "./sentence.mjs";
import { firstSentence } from "./declarations.mjs";

/**
 * @param {import("./project.mjs").Project} project
 * @param {{ chapters: readonly { path: string, title: string }[] }} site
 * @returns {Generator<[path: string, html: string]>}
 */
export function* referencePages(project, site) {
  const parts = ["", ...project.folders].map((folder) => partOf(project, folder));
  for (const [i, part] of parts.entries())
    yield [part.path, partPage(project, site, part, [parts[i - 1], parts[i + 1]])];
  const items = parts.map(
    ({ path, specifier, says, exports }) =>
      `<li><a href="${path.slice("api/".length)}"><code>${specifier}</code></a> ` +
      `<span>${sentenceHtml(says)} <span class="count">${exports.length} names</span></span></li>`,
  );
  yield [
    "api/index.html",
    shell({
      ...{ path: "api/index.html", kind: "reference", name: "api", title: "Reference" },
      description: "Everything that leibniz exports, folder by folder, in reading order.",
      course: site.chapters,
      main: `<h1>Reference</h1>
<p>What a program can import, folder by folder, in reading order. Each name leads to its source.</p>
<ul class="files">
${items.join("\n")}
</ul>`,
    }),
  ];
}

/** A folder of src, or with "" src itself, as a module that programs import. */
function partOf(project, folder) {
  const index = folder === "" ? "src/index.ts" : `src/${folder}/index.ts`;
  return {
    path: `api/${folder === "" ? "leibniz" : folder}.html`,
    title: folder === "" ? "leibniz" : `leibniz/${folder}`,
    specifier: folder === "" ? "leibniz" : `leibniz/${folder}`,
    says: project.summary(index),
    exports: exportsOf(project, index),
  };
}

/** All names that a file hands on, each with the declaration that it leads to. */
function exportsOf(project, path) {
  const own = project
    .declarations(path)
    .filter(({ isExported }) => isExported)
    .map((declaration) => ({ name: declaration.name, file: path, declaration }));
  const others = project
    .imports(path)
    .filter(({ isExport }) => isExport)
    .flatMap(({ name, local, specifier }) => {
      const file = project.imported(path, specifier);
      if (file === null) return [];
      if (name === "*") return exportsOf(project, file);
      const found = project.declarationOf(file, name);
      return found === null ? [] : [{ name: local, ...found }];
    });
  const byName = new Map([...own, ...others].map((one) => [one.name, one]));
  return [...byName.values()];
}

function partPage(project, site, part, [previous, next]) {
  const { path, title, says, exports, specifier } = part;
  const sections = exports.map((one) => exportHtml(project, one, path, exports));
  const values = exports.filter(({ declaration }) => isValue(declaration)).map(({ name }) => name);
  const [first = "…"] = values;
  const line = `import { ${first} } from "${specifier}";`;
  const imported = highlightLinesOf(project, line, { root: "../" });
  return shell({
    ...{ path, kind: "reference", name: title, title, course: site.chapters },
    description: says || `What ${specifier} exports.`,
    headings: exports.map(({ name }) => ({
      level: 2,
      slug: name,
      html: `<code>${escaped(name)}</code>`,
    })),
    main: `<p class="trail"><a href="index.html">reference</a> /</p>
<h1><code>${specifier}</code></h1>
<p>${sentenceHtml(says)}</p>
<pre class="code"><code>${imported.join("\n")}</code></pre>
${sections.join("\n")}`,
    previous: previous ?? null,
    next: next ?? null,
  });
}

const isValue = ({ kind }) => kind !== "interface" && kind !== "type";

/** A name with its signature, its docstring, its members, and the way to its source. */
function exportHtml(project, { name, file, declaration }, page, exports) {
  const root = rootOf(page);
  const text = project.text(file);
  const linkOfName = (other) => {
    const owner = other.split(".")[0];
    if (exports.some((one) => one.name === owner)) return `#${owner}`;
    const found = project.declarationOf(file, owner);
    return found === null ? null : `${root}${found.file}.html#L${found.declaration.line}`;
  };
  const linkOfTag = (tag) => {
    const chapter = project.pagesOfTags.get(tag);
    return chapter === undefined ? null : `${root}chapters/${chapter}.html#${tag}`;
  };
  const linkOfChapter = (chapter) =>
    project.chapters.has(chapter) ? `${root}chapters/${chapter}.html` : null;
  const inline = (words) => sentenceHtml(words, linkOfName, linkOfTag, linkOfChapter);
  const code = (source) => {
    const lines = highlightLinesOf(project, source, { root, symbols: new Set() });
    return `<pre class="code signature"><code>${lines.join("\n")}</code></pre>`;
  };
  const members = membersOf(text, project.tree(file), declaration).map(
    (member) => `${code(member.signature)}\n<p>${inline(firstSentence(member.doc))}</p>`,
  );
  const inside =
    members.length === 0
      ? ""
      : `\n<details class="fold">
<summary>${members.length} member${members.length === 1 ? "" : "s"}</summary>
<div class="members">
${members.join("\n")}
</div></details>`;
  const href = `${root}${file}.html#L${declaration.line}`;
  return `<section class="part" id="${name}">
<h2><code>${escaped(name)}</code></h2>
${code(signatureOf(text, declaration))}
${docHtml(declaration.doc, inline)}${inside}
<p class="where"><a href="${href}">${file}</a></p>
</section>`;
}
