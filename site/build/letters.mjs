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
import { letterRows, TENSORS } from "./symbols.mjs";

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
  const { options } = layerLetters(chapters);
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

A name that several layers share has a row for each shape. With a d in front, it is the gradient of
the loss with respect to the tensor.

${table(["name", "meaning", "shape", "of the layers", "first in"], tensorRows(chapters))}

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

/** What the exercises' layers are given: options of windows, and tensors with each shape once. */
function layerLetters(chapters) {
  const options = new Map();
  const tensors = new Map();
  const gradients = new Map();
  for (const { layer, chapter } of layersOfCourse()) {
    const { given, returned } = lettersOf(layer);
    const first = firstUses(familyOf(chapter, chapters));
    for (const [name, { axes, means }] of Object.entries(given)) {
      if (WINDOW.test(name) && !options.has(name)) options.set(name, { name, means });
      if (axes.length === 0 || name === "dOut") continue;
      const shape = `[${axes.join(", ")}]`;
      const known = tensors.get(`${name} ${shape}`);
      if (known === undefined)
        tensors.set(`${name} ${shape}`, { name, means, shape, layers: [layer], at: first([name]) });
      else known.layers.push(layer);
    }
    for (const name of Object.keys(returned)) {
      const at = gradients.get(name)?.at || first([name]);
      if (/^d[A-Z]/.test(name)) gradients.set(name, { name, at });
    }
  }
  return { options: [...options.values()], tensors: byName(tensors), gradients };
}

/** Those of one name follow each other. */
function byName(tensors) {
  const all = [...tensors.values()];
  return [...new Set(all.map(({ name }) => name))].flatMap((name) =>
    all.filter((one) => one.name === name),
  );
}

/** Names that all chapters use come first, then those of the layers, then the gradients. */
function tensorRows(chapters) {
  const { tensors, gradients } = layerLetters(chapters);
  const first = firstUses(chapters);
  const shared = Object.entries(TENSORS)
    .filter(([name]) => !tensors.some((one) => one.name === name))
    .map(([name, [means, shape]]) => [`\`${name}\``, means, shape, "", first([name])]);
  const own = tensors.map(({ name, means, shape, layers, at }) => [
    `\`${name}\``,
    means,
    shape,
    layers.join(", "),
    at,
  ]);
  const slopes = [{ name: "dOut", at: first(["dOut"]) }, ...gradients.values()].map(
    ({ name, at }) => {
      const of = name[1].toLowerCase() + name.slice(2);
      const means = name === "dOut" ? "the upstream gradient, with respect to out" : "the gradient";
      const more = name === "dOut" ? "" : ` with respect to ${of}`;
      return [`\`${name}\``, means + more, `that of ${of}`, "", at];
    },
  );
  return [...shared, ...own, ...slopes];
}

/**
 * The layers with an exercise, and the chapter that has it. Fused layers come last: they take what
 * others have introduced.
 */
function layersOfCourse() {
  const found = new Map();
  for (const { name: chapter, items } of courseChapters())
    for (const { kind, name } of items)
      if (kind === "exercise" && !found.has(name)) found.set(name, { layer: name, chapter });
  const isFused = ({ chapter }) => Number(chapter === "fused");
  return [...found.values()].sort((one, other) => isFused(one) - isFused(other));
}

/** A chapter with its parts: conv2d and conv2d-gradients. */
function familyOf(name, chapters) {
  const isPart = (part, whole) => part === whole || part.startsWith(`${whole}-`);
  const head = chapters.find((one) => isPart(name, one.name))?.name ?? name;
  return chapters.filter((one) => isPart(one.name, head));
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
