/** The page that lists the experiments: each with its question and its picture. */
import { escaped } from "./html.mjs";
import { experimentNames, linkTo, placeOf, read } from "./places.mjs";
import { shell } from "./shell.mjs";
import { renderMarkdown } from "./markdown.mjs";
import { settingOf } from "./pages.mjs";

const path = "experiments/index.html";

export function experimentsPage(site) {
  const entries = experimentNames().map((name) => {
    const file = `results/experiments/${name}/README.md`;
    const { title, description } = renderMarkdown(read(file), settingOf(site, file, placeOf(file)));
    const link = linkTo(path, placeOf(file));
    return `<li><a href="${link}">${escaped(title)}</a><p>${escaped(description)}</p></li>`;
  });
  return shell({
    path,
    kind: "experiments",
    name: "experiments",
    title: "Experiments",
    description: "Why a convolution: each experiment with its question, prediction and result.",
    main: `<h1>Experiments</h1>
<p>Each has a question, a prediction that was written down first, and what came out.
<a href="${linkTo(path, "chapters/experiments.html")}">The chapter</a>
tells what they say together.</p>
<ul class="entries">
${entries.join("\n")}
</ul>`,
    course: site.chapters,
  });
}
