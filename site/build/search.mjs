/**
 * The index of the search: parts of pages, equations, functions and mistakes, from the pages as
 * they were written.
 */
import { build } from "esbuild";
import MiniSearch from "minisearch";

/** @typedef {{ url: string, title: string, of: string, kind: string, says: string, names: string, text: string }} Entry */

/** How many letters of a part are shown under its title. */
const SHOWN = 150;

/** The words of a piece of HTML; formulas are left to their symbols. */
function words(/** @type {string} */ html) {
  return html
    .replace(/<annotation[\s\S]*?<\/annotation>|<svg[\s\S]*?<\/svg>/g, " ")
    .replace(/<\/?(?:p|li|td|th|tr|h\d|div|pre|math|figure|span class="line")\b[^>]*>/g, " ")
    .replace(/<[^>]+>/g, "")
    .replace(/&(lt|gt|amp|quot|#39);/g, (_, name) => entities[name])
    .replace(/\s+/g, " ")
    .trim();
}

/** @type {Record<string, string>} */
const entities = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };

/** A name or a short term as it is read, a longer formula as dots. */
function shortMath(/** @type {string} */ math) {
  const text = math.replace(/<[^>]+>/g, "");
  return text.length <= 14 ? text : "…";
}

/** Names in formulas and code, which a reader types as they are. */
function names(/** @type {string} */ html) {
  const found = [...html.matchAll(/data-symbol="([A-Za-z]\w{2,})"/g)].map(([, name]) => name);
  return [...new Set(found)].join(" ");
}

/**
 * What a page has to be found by.
 *
 * @param {string} path from the site's root
 * @param {string} html the page
 * @returns {Entry[]}
 */
export function entriesOf(path, html) {
  const main = /<main[^>]*>([\s\S]*?)<\/main>/.exec(html)?.[1] ?? "";
  const of = words(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(main)?.[1] ?? path);
  // what a folder exports is found by its line of code
  if (path.startsWith("api/")) return [{ ...pageEntry(path, of, ""), says: "", text: "" }];
  const prose = main.replace(/<pre[\s\S]*?<\/pre>/g, " ").replace(/<aside[\s\S]*?<\/aside>/g, " ");
  if (path.startsWith("src/")) return [pageEntry(path, of, main), ...functions(path, main)];
  const [lead, ...parts] = prose.split(/<section class="part" id="/);
  const entries = [pageEntry(path, of, lead)];
  for (const part of parts) {
    const id = part.slice(0, part.indexOf('"'));
    const body = part.slice(part.indexOf(">") + 1);
    const title = words(/<h2[^>]*>([\s\S]*?)<\/h2>/.exec(body)?.[1] ?? id);
    const text = words(
      body.replace(/<h2[^>]*>[\s\S]*?<\/h2>/, "").replace(/<math[\s\S]*?<\/math>/g, shortMath),
    );
    entries.push({
      url: `${path}#${id}`,
      title,
      of,
      kind: "part",
      says: short(text),
      names: "",
      text,
    });
  }
  return [...entries, ...equations(path, of, prose), ...mistakes(path, of, prose)];
}

/** @returns {Entry} */
function pageEntry(
  /** @type {string} */ path,
  /** @type {string} */ of,
  /** @type {string} */ html,
) {
  const text = path.startsWith("src/")
    ? ""
    : words(
        html
          .replace(/<h1[\s\S]*?<\/h1>|<p class="facts[\s\S]*?<\/p>/g, "")
          .replace(/<math[\s\S]*?<\/math>/g, shortMath),
      );
  const kind = path.startsWith("src/") ? "file" : "page";
  const name =
    path
      .replace(/\.html$/, "")
      .split("/")
      .at(-1) ?? "";
  return {
    url: path,
    title: of,
    of,
    kind,
    says: short(text.replace(/^[\s…]+/, "")),
    names: name,
    text,
  };
}

/** Each equation, with the words before it: what it says is shown from its page. */
function equations(
  /** @type {string} */ path,
  /** @type {string} */ of,
  /** @type {string} */ prose,
) {
  const pieces = prose.split(/(?=<div class="equation" id=")/);
  return pieces.slice(1).map((piece, i) => {
    const tag = /id="([^"]+)"/.exec(piece)?.[1] ?? "";
    const before = words((pieces[i] ?? "").replace(/<math[\s\S]*?<\/math>/g, shortMath)).slice(
      -220,
    );
    const says = before.replace(/^\S*\s/, "");
    return {
      url: `${path}#${tag}`,
      title: `(${tag})`,
      of,
      kind: "equation",
      says: short(says.slice(-SHOWN)),
      names: `${tag} ${names(piece.slice(0, piece.indexOf("</math>")))}`,
      text: "",
    };
  });
}

/** What a source file declares, by line. */
function functions(/** @type {string} */ path, /** @type {string} */ main) {
  const lines = [
    ...main.matchAll(
      /<span class="line[^"]*" id="(L\d+)"[^>]*>([\s\S]*?)(?=<span class="line|<\/code>)/g,
    ),
  ];
  return lines.flatMap(([, id, html]) => {
    const line = words(html ?? "");
    const declared = /^export (?:async )?(?:function|class|interface|const) (\w+)/.exec(line);
    if (declared === null) return [];
    const name = declared[1] ?? "";
    return [
      {
        url: `${path}#${id}`,
        title: name,
        of: "",
        kind: "function",
        says: "",
        names: "",
        text: "",
      },
    ];
  });
}

/** The list of mistakes: each item of its page that begins in bold. */
function mistakes(
  /** @type {string} */ path,
  /** @type {string} */ of,
  /** @type {string} */ prose,
) {
  if (!path.endsWith("/mistakes.html")) return [];
  return prose.split(/<section class="part" id="/).flatMap((part) => {
    const id = part.slice(0, part.indexOf('"'));
    const items = [
      ...part.matchAll(/<(?:p|li|td)><strong>([\s\S]*?)<\/strong>([\s\S]*?)<\/(?:p|li|td)>/g),
    ];
    return items.map(([, title, text]) => ({
      url: `${path}#${id}`,
      title: words(title ?? ""),
      of,
      kind: "mistake",
      says: short(words(text ?? "")),
      names: "",
      text: words(text ?? ""),
    }));
  });
}

function short(/** @type {string} */ text) {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN).replace(/\s\S*$/, "")} …`;
}

/** The words as the page will cut them: by the very code that runs there. */
async function cutters() {
  const entry = new URL("../client/tokens.ts", import.meta.url).pathname;
  const made = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  const text = made.outputFiles[0]?.text ?? "";
  return await import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
}

/**
 * The index as JSON.
 *
 * @param {Iterable<readonly [path: string, html: string]>} pages
 * @returns {Promise<string>}
 */
export async function searchIndex(pages) {
  const { term, tokens } = await cutters();
  const index = new MiniSearch({
    fields: ["title", "names", "text"],
    storeFields: ["url", "title", "of", "kind", "says"],
    tokenize: tokens,
    processTerm: term,
  });
  let id = 0;
  for (const [path, html] of pages)
    if (path !== "404.html")
      for (const entry of entriesOf(path, html)) index.add({ id: id++, ...entry });
  return JSON.stringify(index);
}
