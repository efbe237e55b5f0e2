/** The page of exercises: the course week by week, with each layer's levels and questions. */
import { exerciseText, levels } from "../../../dist/cli/exercise-text.js";
import { courseChapters, weeks } from "../../../dist/cli/course-items.js";
import { lettersOf } from "../../../dist/checks/exercises/letters.js";
import { escaped } from "../html.mjs";
import { shell } from "../shell.mjs";
import { sentenceHtml } from "./sentence.mjs";

const PAGE = "exercises.html";

/** What is to be written at each level. */
const LEVELS = ["one line", "the backward pass", "in loops"];

const INTRO = `<h1>Exercises</h1>
<p>Take the backward pass out of a layer and write it yourself. The exercise is a file on your own
machine; a checker compares what you wrote with the derivation, in cases that give every mistake
away, and says in the words of the chapter what is wrong.</p>
<pre class="code"><code><span class="line">npx leibniz exercise conv2d --level 1</span>
<span class="line">node exercise-conv2d-1/check.mjs</span>
<span class="line">node exercise-conv2d-1/check.mjs --hint 1</span></code></pre>
<p>The first line writes the exercise, the second checks it, as often as you like, and the third
asks a question. Each hint after it says a little more.</p>
<p>At level 1 a line is missing, at level 2 the whole backward pass, and at level 3 you write it
from nothing, in loops over nested arrays. <code>--python</code> in place of a level makes it an
exercise in NumPy. <code>npx leibniz course</code> keeps a list of what you have done.</p>`;

/**
 * @param {import("./project.mjs").Project} project
 * @param {{ chapters: readonly { name: string, path: string, title: string }[] }} site
 * @returns {[path: string, html: string]}
 */
export function exercisesPage(project, site) {
  const linkOfTag = (tag) => {
    const page = project.pagesOfTags.get(tag);
    return page === undefined ? null : `chapters/${page}.html#${tag}`;
  };
  const chapters = courseChapters();
  const parts = weeks.map(({ title }, i) => {
    const own = chapters.filter(({ week }) => week === i + 1);
    return `<section class="part" id="week-${i + 1}">
<h2>Week ${i + 1}: ${escaped(title)}</h2>
${own.map((chapter) => chapterHtml(chapter, linkOfTag)).join("\n")}
</section>`;
  });
  const headings = [
    { level: 2, slug: "layers", html: "Layers and levels" },
    ...weeks.map(({ title }, i) => {
      return { level: 2, slug: `week-${i + 1}`, html: escaped(`Week ${i + 1}: ${title}`) };
    }),
  ];
  const page = shell({
    ...{ path: PAGE, kind: "exercises", name: "exercises", title: "Exercises" },
    description:
      "Every layer's backward pass as an exercise on three levels, in a course of six weeks.",
    main: `${INTRO}\n${overview(chapters)}\n${parts.join("\n")}`,
    headings,
    course: site.chapters,
  });
  return [PAGE, page];
}

/** All layers with what is to be written at each level. */
function overview(chapters) {
  const rows = chapters.flatMap(({ name, title, items }) => {
    const layers = new Set(
      items.filter(({ kind }) => kind === "exercise").map((item) => item.name),
    );
    return [...layers].map((layer) => {
      const counts = levels.map((level) => {
        return `<td class="right">${exerciseText(layer, level).tags.length}</td>`;
      });
      const exercise = `<a href="#exercise-${layer}"><code>${layer}</code></a>`;
      const chapter = `<a href="chapters/${name}.html">${escaped(title)}</a>`;
      return `<tr><th scope="row">${exercise}</th>${counts.join("")}<td>${chapter}</td></tr>`;
    });
  });
  const heads = levels.map(
    (level, i) => `<th scope="col" class="right">${level}, ${LEVELS[i]}</th>`,
  );
  return `<section class="part" id="layers">
<h2>Layers and levels</h2>
<p>How many equations you write of each layer, level by level.</p>
<div class="table"><table>
<thead><tr><th scope="col">layer</th>${heads.join("")}<th scope="col">derived in</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></div>
</section>`;
}

/** A chapter of the course: what to read, what to do with a pencil, which layers to write. */
function chapterHtml({ name, title, items }, linkOfTag) {
  const path = `chapters/${name}.html`;
  const problems = items.filter(({ kind }) => kind === "problem").length;
  const pencil =
    problems === 0
      ? ""
      : `<a href="${path}#with-a-pencil">` +
        `${problems} problem${problems === 1 ? "" : "s"} for a pencil</a>`;
  const layers = new Set(items.filter(({ kind }) => kind === "exercise").map((item) => item.name));
  const exercises = [...layers].map((layer) => layerHtml(layer, linkOfTag));
  return `<h3><a href="${path}">${escaped(title)}</a></h3>
${pencil === "" ? "" : `<p class="pencil">${pencil}</p>\n`}${exercises.join("\n")}`;
}

/** A layer's exercise: its levels, the questions of its hints, and what level 3 is given. */
function layerHtml(layer, linkOfTag) {
  const texts = levels.map((level) => exerciseText(layer, level));
  const rows = texts.map(({ tags, hints }, i) => {
    const links = tags.map(
      (tag) => `<a class="ref" href="${linkOfTag(tag)}" data-ref="${tag}">(${tag})</a>`,
    );
    const level = `<th scope="row">${i + 1}, ${LEVELS[i]}</th>`;
    return `<tr>${level}<td>${links.join(" ")}</td><td>${hints().length}</td></tr>`;
  });
  const questions = questionsOf(texts[1].hints());
  const items = questions.map((question) => `<li>${sentenceHtml(question, null, linkOfTag)}</li>`);
  return `<div class="exercise" id="exercise-${layer}">
<h4><code>${layer}</code></h4>
<div class="table"><table>
<thead><tr><th scope="col">level</th><th scope="col">equations to write</th>
<th scope="col">hints</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></div>
<details class="fold"><summary>The questions on the way</summary>
<ol>
${items.join("\n")}
</ol></details>
<details class="fold"><summary>What the loops of level 3 are given</summary>
${givenHtml(layer)}
</details>
</div>`;
}

/** The hints that ask, without those that answer and the equations that they quote. */
function questionsOf(hints) {
  return hints
    .filter(({ about }) => /step \d+ of \d+$/.test(about))
    .map(({ text }) => text.split("\n\n")[0].replace(/\s+/g, " "));
}

function givenHtml(layer) {
  const { given, returned } = lettersOf(layer);
  const rows = Object.entries(given).map(([name, { axes, entry, means }]) => {
    const shape =
      axes.length > 0 ? `[${axes.join(", ")}]` : entry === "mode" ? "a word" : `a ${entry}`;
    const head = `<th scope="row"><code>${escaped(name)}</code></th>`;
    return `<tr>${head}<td>${escaped(shape)}</td><td>${escaped(means)}</td></tr>`;
  });
  const results = Object.entries(returned).map(
    ([name, axes]) => `<code>${escaped(name)}</code> [${escaped(axes.join(", "))}]`,
  );
  return `<div class="table"><table>
<thead><tr><th scope="col">name</th><th scope="col">shape</th>
<th scope="col">meaning</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></div>
<p>To return: ${results.join(", ")}.</p>`;
}
