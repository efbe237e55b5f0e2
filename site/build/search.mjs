/**
 * The index of the search: parts of pages, equations, functions and mistakes, from the pages as
 * they were written.
 */
import { packIndex } from "./search-pack.mjs";

/** @typedef {import("./search.mjs").SearchEntry} Entry what a page can be found by */

/** How many letters of a part are shown under its title. */
const SHOWN = 100;

/** What stands beside the prose: code, what is above it, marks, lines that cite an equation. */
const BESIDE = new RegExp(
  [
    "<pre[\\s\\S]*?</pre>",
    '<div class="lines"[\\s\\S]*?\\n</div>',
    '<span class="mark".*</span>$',
    "<summary>[\\s\\S]*?</summary>",
    '<a class="tag".*?</a>',
  ].join("|"),
  "gm",
);

/** The words of a piece of HTML; formulas are left to their symbols. */
function words(/** @type {string} */ html) {
  return html
    .replace(/<annotation[\s\S]*?<\/annotation>|<svg[\s\S]*?<\/svg>/g, " ")
    .replace(/<math[\s\S]*?<\/math>/g, shortMath)
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

/** Names in formulas, which a reader types as they are; one on the left of `=` comes as `=name`. */
function symbolNames(/** @type {string} */ html) {
  const found = new Set(
    [...html.matchAll(/data-symbol="([A-Za-z]\w{2,})"/g)].map(([, name]) => name),
  );
  const left = html.split("<mo>=</mo>")[0] ?? "";
  const [, first] = /data-symbol="(\w+)"/.exec(left) ?? [];
  return [...found].map((name) => (name === first ? `=${name}` : name));
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
  if (path.startsWith("api/")) return [pageEntry(path, of, "")];
  if (path.startsWith("src/") && path !== "src/index.html")
    return [fileEntry(path), ...functions(path, main)];
  const prose = main.replace(BESIDE, " ");
  const [lead = "", ...parts] = prose.split(/<section class="part" id="/);
  return [
    pageEntry(path, of, lead),
    ...parts.flatMap((part) => partEntries(path, of, part)),
    ...equations(path, of, prose),
  ];
}

/** A section, and the mistakes that it lists. @returns {Entry[]} */
function partEntries(
  /** @type {string} */ path,
  /** @type {string} */ of,
  /** @type {string} */ part,
) {
  const id = part.slice(0, part.indexOf('"'));
  const body = part.slice(part.indexOf(">") + 1);
  const title = words(/<h2[^>]*>([\s\S]*?)<\/h2>/.exec(body)?.[1] ?? id);
  const [first = "", ...items] = body.split(/<h4 id="/);
  const text = words(first.replace(/<h2[^>]*>[\s\S]*?<\/h2>/, ""));
  const entry = {
    url: `${path}#${id}`,
    title,
    of,
    kind: "part",
    says: short(text),
    names: "",
    text,
  };
  const isCatalog = path.endsWith("/mistakes.html") && items.length > 0;
  if (isCatalog) return [entry, ...items.map((item) => mistake(path, of, item))];
  return [{ ...entry, text: words(body.replace(/<h2[^>]*>[\s\S]*?<\/h2>/, "")) }];
}

/** A mistake of the catalog: its name is that of its place, its title what is wrong. */
function mistake(/** @type {string} */ path, /** @type {string} */ of, /** @type {string} */ item) {
  const id = item.slice(0, item.indexOf('"'));
  const text = item.slice(item.indexOf("</h4>"));
  const [whole, title = id] = /<strong>([\s\S]*?)<\/strong>/.exec(text) ?? [""];
  const rest = words(text.replace(whole, ""));
  const url = `${path}#${id}`;
  return { url, title: words(title), of, kind: "mistake", says: "", names: id, text: rest };
}

/** @returns {Entry} */
function pageEntry(
  /** @type {string} */ path,
  /** @type {string} */ of,
  /** @type {string} */ html,
) {
  const text = words(html.replace(/<h1[\s\S]*?<\/h1>|<p class="facts[\s\S]*?<\/p>/g, ""));
  const name =
    path
      .replace(/(?:\/index)?\.html$/, "")
      .split("/")
      .at(-1) ?? "";
  const also = /^(?:chapters|docs)\//.test(path) ? (ALSO[name] ?? "") : "";
  // a page that is called as its file is found by that once
  const own = of.toLowerCase() === name ? "" : name;
  const names = `${own} ${also}`.trim();
  const says = short(text.replace(/^[\s…]+/, ""));
  return { url: path, title: of, of, kind: "page", says, names, text };
}

/** What else readers call what a chapter or a text is about. @type {Record<string, string>} */
const ALSO = {
  activations: "sigmoid tanh gelu",
  affine: "linear dense fully-connected",
  conv2d: "convolution conv",
  "conv2d-im2col": "im2col",
  "conv2d-second-road":
    "transposed-convolution deconvolution flipped-filter flipped-kernel turned rotated",
  dropout: "overfitting regularization",
  initialisation: "he xavier glorot kaiming",
  matmul: "matrix-multiplication gemm",
  "mean-squared-error": "mse",
  normalisation: "batchnorm batch-norm layernorm layer-norm normalization",
  optimizers: "sgd adam adamw momentum rmsprop learning-rate",
  pooling: "maxpool max-pooling average-pooling",
  readme: "install installation getting-started quick-start",
  relu: "rectifier",
  residual: "resnet skip-connection",
  schedules: "learning-rate warm-up cosine gradient-clipping",
  "softmax-cross-entropy": "loss logits softmax-gradient",
};

/** Each equation by its tag and its symbols: what it says is shown from its page. */
function equations(
  /** @type {string} */ path,
  /** @type {string} */ of,
  /** @type {string} */ prose,
) {
  const pieces = prose.split(/(?=<div class="equation" id=")/);
  return pieces.slice(1).map((piece) => {
    const tag = /id="([^"]+)"/.exec(piece)?.[1] ?? "";
    const names = [tag, ...symbolNames(piece.slice(0, piece.indexOf("</math>")))].join(" ");
    return { ...nothing, url: `${path}#${tag}`, title: `(${tag})`, of, kind: "equation", names };
  });
}

const nothing = { of: "", says: "", names: "", text: "" };

/** A source file. */
function fileEntry(/** @type {string} */ path) {
  return { ...nothing, url: path, title: path.replace(/\.html$/, ""), kind: "file" };
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
    return [{ ...nothing, url: `${path}#${id}`, title: declared[1] ?? "", kind: "function" }];
  });
}

function short(/** @type {string} */ text) {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN).replace(/\s\S*$/, "")} …`;
}

/**
 * The index as JSON.
 *
 * @param {Iterable<readonly [path: string, html: string]>} pages
 * @returns {Promise<string>}
 */
export async function searchIndex(pages) {
  const entries = [...pages].flatMap(([path, html]) =>
    path === "404.html" ? [] : entriesOf(path, html),
  );
  return JSON.stringify(await packIndex(entries));
}
