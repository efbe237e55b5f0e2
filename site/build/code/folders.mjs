/** The index of all sources: folders in reading order, and what each file says about itself. */
import { posix } from "node:path";
import { escaped } from "../html.mjs";
import { shell } from "../shell.mjs";
import { sentenceHtml } from "./sentence.mjs";

/**
 * @param {import("./project.mjs").Project} project
 * @param {{ chapters: readonly { path: string, title: string }[] }} site
 * @returns {Generator<[path: string, html: string]>}
 */
export function* indexPages(project, site) {
  const folders = project.folders.map((name) => folderOf(project, name));
  yield [
    "src/index.html",
    shell({
      ...{ path: "src/index.html", kind: "sources", name: "src", title: "The code" },
      description: "Every source file of leibniz, folder by folder, in reading order.",
      course: site.chapters,
      headings: folders.map(({ name }) => ({ level: 2, slug: name, html: escaped(name) })),
      main: `<h1>The code</h1>
<p>A file imports from its own folder or from folders above it on this page, so it can be read from
top to bottom. Beside a file is the
number of equations that it cites. What each folder exports is in the
<a href="../api/index.html">reference</a>.</p>
<ul class="files">
<li><a href="index.ts.html"><code>index.ts</code></a>
<span>${sentenceHtml(project.summary("src/index.ts"))}</span></li>
</ul>
${folders.map((folder) => folderHtml(project, folder)).join("\n")}`,
    }),
  ];
}

/** A folder of src with all below it. */
function folderOf(project, name) {
  const files = project.sources.filter((path) => path.startsWith(`src/${name}/`));
  const below = [...new Set(files.map((path) => posix.dirname(path).slice("src/".length)))];
  return {
    name,
    groups: below.sort().map((folder) => ({ folder, files: inFolder(files, folder) })),
  };
}

/** The files of one folder; its index, which says what it is, is named by the folder itself. */
function inFolder(files, folder) {
  return files.filter((path) => posix.dirname(path) === `src/${folder}`);
}

function folderHtml(project, { name, groups }) {
  const parts = groups.map(({ folder, files }) => {
    const index = files.find((path) => path.endsWith("/index.ts"));
    const about = index === undefined ? "" : project.summary(index);
    const head =
      folder === name
        ? `<h2>${escaped(name)}</h2>`
        : `<h3 id="${folder}"><code>${escaped(folder)}</code></h3>`;
    const says = about === "" ? "" : `<p>${sentenceHtml(about)}</p>\n`;
    return `${head}
${says}<ul class="files">
${files.map((path) => fileItem(project, path, posix.basename(path))).join("\n")}
</ul>`;
  });
  return `<section class="part" id="${name}">\n${parts.join("\n")}\n</section>`;
}

/** A file with its summary, or, for a folder's index, how much it exports. */
function fileItem(project, path, name) {
  const tags = new Set(project.citations(path).map(({ tag }) => tag));
  const count =
    tags.size === 0
      ? ""
      : ` <span class="count">${tags.size} equation${tags.size === 1 ? "" : "s"}</span>`;
  const exported = project.imports(path).filter(({ isExport }) => isExport).length;
  const about =
    name === "index.ts" && exported > 0
      ? `<span class="exports">what other folders may import</span>`
      : sentenceHtml(project.summary(path));
  const href = `${path.slice(path.indexOf("/") + 1)}.html`;
  const link = `<a href="${href}"><code>${escaped(name)}</code></a>`;
  return `<li>${link} <span>${about}${count}</span></li>`;
}
