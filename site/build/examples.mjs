/** The small programs of `examples/`, each on a page. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { escaped } from "./html.mjs";
import { linkTo, read, root } from "./places.mjs";
import { shell } from "./shell.mjs";

const INDEX = "examples/index.html";

/** @returns {[path: string, html: string][]} the list, and a page for each */
export function examplePages(site) {
  const files = readdirSync(join(root, "examples")).filter((file) => /\.(ts|json)$/.test(file));
  const pages = files.map((file) => {
    const path = `examples/${file}.html`;
    const text = read(`examples/${file}`);
    const language = file.endsWith(".ts") ? "ts" : "json";
    const html = site.code.codeHtml(text.trimEnd(), language, `examples/${file}`, path);
    const main = `<h1>${escaped(file)}</h1>
<pre class="code" data-language="${language}"><code>${html}</code></pre>`;
    const says = firstComment(text) ?? recipeWords(text);
    return { file, path, main, says };
  });
  const entries = pages.map(
    ({ file, path, says }) =>
      `<li><a href="${linkTo(INDEX, path)}"><code>${escaped(file)}</code></a>\n` +
      `<span>${escaped(says)}</span></li>`,
  );
  const list = {
    path: INDEX,
    file: "Examples",
    says: "Small programs to copy.",
    main: `<h1>Examples</h1>
<p>Small programs to copy; <a href="${linkTo(INDEX, "docs/library.html")}">Library</a> explains
what they use.</p>
<ul class="files">
${entries.join("\n")}
</ul>`,
  };
  return [list, ...pages].map(({ path, file, says, main }) => [
    path,
    shell({
      path,
      kind: path === INDEX ? "examples" : "source",
      name: path === INDEX ? "examples" : `examples/${file}`,
      title: file,
      description: says,
      main,
      course: site.chapters,
    }),
  ]);
}

/** A recipe says itself what it trains. */
function recipeWords(text) {
  return `A recipe of one's own: ${JSON.parse(text).description}.`;
}

/** What the comment at a program's head says. */
function firstComment(text) {
  const [, comment] = /^(?:#!.*\n)?\/\*\*([\s\S]*?)\*\//.exec(text) ?? [];
  return comment
    ?.replace(/^\s*\* ?/gm, "")
    .trim()
    .split("\n\n")[0]
    .replace(/\s+/g, " ");
}
