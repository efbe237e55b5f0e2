/**
 * The page of letters: what each letter and name of the formulas means, its shape, and the equation
 * that uses it first. It is put together from the tables of the chapters, the arguments that the
 * exercises give, and the formulas themselves.
 */
import { courseChapters } from "../../dist/cli/course-items.js";
import { lettersOf } from "../../dist/checks/exercises/letters.js";
import { symbolsOfFormula } from "./code/symbols.mjs";
import { renderMarkdown } from "./markdown.mjs";
import { settingOf } from "./pages.mjs";
import { shell } from "./shell.mjs";
import { letterRows } from "./symbols.mjs";

const PATH = "letters.html";
const NOTATION = "derivations/notation.md";

/** Options that move a window: names that end in the axis. */
const WINDOW = /^(stride|pad|dilation)[HW]$/;

/** @param {import("./site.mjs").Site} site */
export function lettersPage(site) {
  const { html, headings, title, description } = renderMarkdown(
    lettersText(site.chapters),
    settingOf(site, NOTATION, PATH),
  );
  return shell({
    ...{ path: PATH, kind: "letters", name: "letters", title, description, headings },
    main: html,
    course: site.chapters,
  });
}

/**
 * The page as Markdown, with links as in the chapter on notation.
 *
 * @param {readonly { name: string, title: string, text: string }[]} chapters in reading order
 */
export function lettersText(chapters) {
  const first = firstUses(chapters);
  const { options, tensors } = layerLetters();
  return `# Letters

What each letter and name of the formulas means, what shape it has, and which equation uses it
first. The chapter on [notation](notation.md) explains how they are written.

## Sizes and their indices

A capital letter counts something, and its index runs over it.

${table(
  ["letter", "counts", "index", "runs over", "first in"],
  letterRows().map((row) => [...row, first(row[0].split(", "))]),
)}

## Windows

How far a window moves, and what is around the image.

${table(
  ["name", "meaning", "first in"],
  options.map(({ name, means }) => [name, means, first([name])]),
)}

## Tensors

With a d in front, a name is the gradient of the loss with respect to the tensor. It has the
tensor's shape.

${table(
  ["name", "meaning", "shape", "of the layers", "first in"],
  tensors.map(({ name, means, shape, layers }) => [
    `\`${name}\``,
    means,
    shape,
    layers.join(", "),
    first([name]),
  ]),
)}

## Signs

${tableOf(chapters.find(({ name }) => name === "notation").text, "| sign | says |")}

${chapters.flatMap((chapter) => chapterPart(chapter)).join("\n\n")}
`;
}

/** The letters that one chapter explains for itself. */
function chapterPart({ name, title, text }) {
  if (name === "notation") return [];
  const found = /^\| letter \| meaning \|.*$/m.exec(text);
  if (found === null) return [];
  const [head, , ...rows] = rowsOf(tableOf(text, found[0]));
  const first = firstUses([{ text }]);
  const lines = rows.map((row) => [...row, first(row[0].split(/, | = /).map(bare))]);
  return [
    `## ${title}\n\nIn [its chapter](${name}.md) only.\n\n${table([...head, "first in"], lines)}`,
  ];
}

/** A letter without its index or argument: β₁ is a β, G(d) a G. */
const bare = (letter) => letter.replace(/[₀-₉]+$|\(.*$/g, "").normalize("NFD");

/**
 * Which equation uses a name first.
 *
 * @param {readonly { text: string }[]} chapters in reading order
 * @returns {(names: readonly string[]) => string} `(conv2d.7)`, or nothing, for the first of names
 */
export function firstUses(chapters) {
  const tags = new Map();
  for (const { text } of chapters)
    for (const [, formula, tag] of text.matchAll(
      /^\$\$\n((?:(?!\$\$)[\s\S])*?)\\tag\{([^}]*)\}\n\$\$$/gm,
    ))
      for (const symbol of symbolsOfFormula(formula)) if (!tags.has(symbol)) tags.set(symbol, tag);
  return (names) => {
    const found = names.find((name) => tags.has(name));
    return found === undefined ? "" : `(${tags.get(found)})`;
  };
}

/** What the exercises' layers are given and return, each name with each shape once. */
function layerLetters() {
  const options = new Map();
  const tensors = new Map();
  const add = (name, means, axes, layer) => {
    const shape = axes.length === 0 ? "a number" : `[${axes.join(", ")}]`;
    const key = `${name} ${shape}`;
    const known = tensors.get(key) ?? { name, means, shape, layers: [] };
    tensors.set(key, known);
    known.layers.push(layer);
  };
  for (const layer of layerNames()) {
    const { given, returned } = lettersOf(layer);
    for (const [name, { axes, means }] of Object.entries(given)) {
      if (WINDOW.test(name) && !options.has(name)) options.set(name, { name, means });
      if (axes.length > 0) add(name, means, axes, layer);
    }
    for (const [name, axes] of Object.entries(returned))
      add(name, `the gradient with respect to ${gradientOf(name)}`, axes, layer);
  }
  const all = [...tensors.values()];
  const names = [...new Set(all.map(({ name }) => name))];
  return {
    options: [...options.values()],
    tensors: names.flatMap((name) => all.filter((one) => one.name === name)),
  };
}

/** dWeight is the gradient with respect to weight. */
const gradientOf = (name) => name[1].toLowerCase() + name.slice(2);

function layerNames() {
  const items = courseChapters().flatMap(({ items: all }) => all);
  return [...new Set(items.filter(({ kind }) => kind === "exercise").map(({ name }) => name))];
}

/** A table of a text, by the beginning of its first line. */
function tableOf(text, head) {
  const from = text.slice(text.indexOf(`\n${head}`) + 1);
  return from.slice(0, from.search(/\n(?!\|)/));
}

const rowsOf = (markdown) =>
  markdown.split("\n").map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
