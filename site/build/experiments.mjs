/** The experiments: their list, in the order of the chapter, and a page for each. */
import { escaped } from "./html.mjs";
import { renderMarkdown } from "./markdown.mjs";
import { settingOf } from "./pages.mjs";
import { experimentNames, linkTo, placeOf, read } from "./places.mjs";
import { shell } from "./shell.mjs";
import { placeOfLink } from "./site-map.mjs";

const INDEX = "experiments/index.html";
const CHAPTER = "derivations/experiments.md";

/** The size of a thumbnail, in pixels; of a tall picture it is the upper part. */
const [THUMBNAIL, THUMBNAIL_HEIGHT] = [200, 150];

const fileOf = (name) => `results/experiments/${name}/README.md`;

/**
 * The chapter's headings, each with the experiments that are told below it first; what it leaves
 * out comes last.
 *
 * @param {string} text of the chapter
 * @param {readonly string[]} names of all experiments
 * @returns {{ title: string, names: string[] }[]}
 */
export function inOrder(text, names) {
  const told = new Set();
  const parts = text.split(/^## /m).map((part) => {
    const found = [...part.matchAll(/\]\(\.\.\/results\/experiments\/([\w-]+)\/README\.md\)/g)]
      .map(([, name]) => name)
      .filter((name) => names.includes(name) && !told.has(name));
    for (const name of found) told.add(name);
    return { title: part.split("\n")[0], names: [...new Set(found)] };
  });
  const rest = names.filter((name) => !told.has(name));
  return [...parts, { title: "And", names: rest }].filter((part) => part.names.length > 0);
}

/** How many runs an experiment had, and how long they took, from the chapter's last table. */
function costs(text) {
  const rows = text.matchAll(/^\| \[([\w-]+)\]\([^)]*\) \| (\d+) \| (\d+) \|$/gm);
  return new Map([...rows].map(([, name, units, minutes]) => [name, { units, minutes }]));
}

export function experimentsPage(site) {
  const text = read(CHAPTER);
  const known = costs(text);
  const parts = inOrder(text, experimentNames()).map(
    ({ title, names }) => `<section class="part">
<h2>${escaped(title)}</h2>
<ul class="entries">
${names.map((name) => entry(site, name, known.get(name))).join("\n")}
</ul>
</section>`,
  );
  return shell({
    path: INDEX,
    kind: "experiments",
    name: "experiments",
    title: "Experiments",
    description: "Why a convolution: each experiment with its question, prediction and result.",
    main: `<h1>Experiments</h1>
<p class="lead">Each asks one question. What was expected was written down before it was run, and is
not corrected afterwards.</p>
<p><a href="${linkTo(INDEX, placeOf(CHAPTER))}">The chapter</a> tells what they say together. Every
run is recorded, and one command repeats it to the same digits.</p>
${parts.join("\n")}`,
    course: site.chapters,
  });
}

/** An experiment in the list: its first picture, its question, and what it cost. */
function entry(site, name, cost) {
  const markdown = read(fileOf(name));
  const page = placeOf(fileOf(name));
  const { html } = renderMarkdown(markdown, settingOf(site, fileOf(name), INDEX));
  const question = /<p>([\s\S]*?)<\/p>/.exec(html)[1];
  const [, source] = /!\[[^\]]*\]\(([^)]+\.svg)\)/.exec(markdown) ?? [];
  const place = source === undefined ? null : placeOfLink(source, fileOf(name));
  const picture =
    place === null
      ? ""
      : `<img src="${linkTo(INDEX, place)}" alt="" width="${THUMBNAIL}"
height="${THUMBNAIL_HEIGHT}" loading="lazy" decoding="async">`;
  const spent = cost === undefined ? "" : `, ${cost.units} units, ${cost.minutes} minutes`;
  return `<li>${picture}<div><p class="question">${question}</p>
<p class="more"><a href="${linkTo(INDEX, page)}">${name}</a>${spent}</p></div></li>`;
}

/** @returns {[path: string, html: string][]} */
export function experimentPages(site) {
  const names = inOrder(read(CHAPTER), experimentNames()).flatMap((part) => part.names);
  const neighbour = (name) =>
    name === undefined ? null : { path: placeOf(fileOf(name)), title: name };
  return names.map((name, at) => {
    const path = placeOf(fileOf(name));
    const { html, title, description } = renderMarkdown(
      read(fileOf(name)),
      settingOf(site, fileOf(name), path),
    );
    const { main, headings } = withParts(html);
    const page = shell({
      ...{ path, kind: "experiment", name, title, description, headings },
      main: `<p class="trail"><a href="index.html">experiments</a> /</p>\n${main}`,
      course: site.chapters,
      previous: neighbour(names[at - 1]),
      next: neighbour(names[at + 1]),
    });
    return [path, page];
  });
}

/**
 * A report's paragraphs begin with a word in bold: here these are headings. How it was done is
 * folded, so that the result is not far below the question.
 */
export function withParts(html) {
  const headings = [];
  const part = (title) => {
    const slug = title
      .toLowerCase()
      .replace(/[^a-z ]/g, "")
      .replaceAll(" ", "-");
    headings.push({ level: 2, slug, html: title });
    return `<h2 id="${slug}">${title}</h2>`;
  };
  const main = html
    .replace(/<\/h1>\n<p>/, '</h1>\n<p class="lead">')
    .replace(/<p><strong>([^<]+)\.<\/strong> ([\s\S]*?<\/p>\n)/g, (_, title, rest) =>
      title === "Method"
        ? `<details class="fold method"><summary>Method</summary>\n<p>${rest}</details>\n` +
          `${part("Results")}\n`
        : `${part(title)}\n<p>${rest}`,
    );
  return { main, headings };
}
