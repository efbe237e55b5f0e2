/**
 * The index of the search as it is sent: `site/client/search-index.ts` says what is in it, and
 * makes of it what can be asked.
 */
import { build } from "esbuild";

/** @typedef {import("./search.mjs").SearchEntry} Entry */
/**
 * @typedef {typeof import("../client/search-index.js") &
 *   typeof import("../client/tokens.js")} Client
 */

/** The very code that runs in the page. */
export async function searchClient() {
  const folder = new URL("../client/", import.meta.url).pathname;
  const { outputFiles } = await build({
    stdin: {
      contents: 'export * from "./search-index.js"; export * from "./tokens.js";',
      resolveDir: folder,
    },
    bundle: true,
    format: "esm",
    write: false,
  });
  const code = Buffer.from(outputFiles[0]?.text ?? "").toString("base64");
  return /** @type {Promise<Client>} */ (import(`data:text/javascript;base64,${code}`));
}

/**
 * The index.
 *
 * @param {readonly Entry[]} entries page by page
 * @returns {Promise<import("../client/search-index.js").PackedIndex>}
 */
export async function packIndex(entries) {
  const client = await searchClient();
  const isCode = ({ kind }) => kind === "file" || kind === "function";
  const pages = entries.filter(({ kind }) => kind === "page");
  const numbers = new Map(pages.map(({ url }, i) => [url, i]));
  const pageOf = ({ url }) => numbers.get(url.split("#")[0]);
  const texts = entries.filter((one) => !isCode(one) && one.kind !== "equation");
  return {
    pages: pages.map(({ url, title, names }) => [url, title, names]),
    entries: texts.map((entry) => {
      const { url, kind, title, says } = entry;
      if (kind === "page") return [pageOf(entry), "", "", "", says];
      return [pageOf(entry), url.split("#")[1] ?? "", kind === "part" ? "pa" : "mi", title, says];
    }),
    equations: equationsByPage(entries, pageOf),
    files: files(entries.filter(isCode)),
    ...wordList(
      texts.map(({ text }) => text),
      client,
    ),
  };
}

/** The equations of each page that has some. */
function equationsByPage(entries, pageOf) {
  const byPage = new Map();
  for (const entry of entries)
    if (entry.kind === "equation") {
      const page = pageOf(entry);
      if (!byPage.has(page)) byPage.set(page, [page]);
      byPage.get(page).push(entry.names);
    }
  return [...byPage.values()];
}

/** Each file with what it exports, as `src/tensor/shape.ts Shape:9 sizeOf:20`. */
function files(entries) {
  const lines = [];
  let last = 0;
  for (const { kind, url, title } of entries)
    if (kind === "file") {
      lines.push(url.replace(/\.html$/, ""));
      last = 0;
    } else {
      const line = Number(url.split("#L")[1]);
      lines.push(`${lines.pop()} ${title}:${line - last}`);
      last = line;
    }
  return lines;
}

/** The words of texts, and which text has which. */
function wordList(texts, { term, tokens, DIGITS, LAST }) {
  /** @type {Map<string, Map<number, number>>} */
  const found = new Map();
  for (const [i, text] of texts.entries())
    for (const token of tokens(text)) {
      const word = term(token);
      if (word === null) continue;
      const counts = found.get(word) ?? new Map();
      found.set(word, counts.set(i, (counts.get(i) ?? 0) + 1));
    }
  let before = "";
  const words = [];
  const places = [];
  for (const word of [...found.keys()].sort()) {
    let same = 0;
    while (same < 35 && same < word.length && word[same] === before[same]) same++;
    words.push(same.toString(36) + word.slice(same));
    before = word;
    let last = -1;
    let list = "";
    for (const [i, count] of found.get(word) ?? []) {
      list += digits((i - last - 1) * 2 + (count > 2 ? 1 : 0), DIGITS, LAST);
      last = i;
    }
    places.push(list);
  }
  return { words: words.join(" "), places: places.join(" ") };
}

/** A number; its last digit is one of the first `last`, so no space is needed behind it. */
function digits(value, all, last) {
  let text = all[value % last];
  const base = all.length - last;
  for (let rest = Math.floor(value / last); rest > 0; rest = Math.floor(rest / base))
    text = all[last + (rest % base)] + text;
  return text;
}
