/** What all pages have around their text: head, bar, the course, and where to go from here. */
import { escaped } from "./html.mjs";
import { linkTo, rootOf } from "./places.mjs";

/**
 * A whole page.
 *
 * @param {object} page
 * @param {string} page.path such as `chapters/conv2d.html`
 * @param {string} page.kind for the style: `chapter`, `source`, `home` …
 * @param {string} page.name
 * @param {string} page.title
 * @param {string} page.description
 * @param {string} page.main the content of `main`
 * @param {readonly { level: number, slug: string, html: string }[]} [page.headings]
 * @param {readonly { path: string, title: string }[]} page.course the chapters in reading order
 * @param {{ path: string, title: string } | null} [page.previous]
 * @param {{ path: string, title: string } | null} [page.next]
 * @param {string} [page.lang]
 */
export function shell(page) {
  const root = rootOf(page.path);
  const title = page.kind === "home" ? page.title : `${page.title} · leibniz`;
  return `<!doctype html>
<html lang="${page.lang ?? "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<meta name="description" content="${escaped(page.description)}">
<link rel="icon" type="image/svg+xml" href="${root}assets/icon.svg">
<link rel="stylesheet" href="${root}assets/site.css">
<script src="${root}assets/theme.js"></script>
</head>
<body data-page="${page.kind}" data-name="${escaped(page.name)}" data-root="${root}">
<a class="skip" href="#text">Skip to the text</a>
${bar(page, root)}
<main id="text">
${page.main}
</main>
<div class="rail" id="rail">
${contents(page)}
${course(page)}
</div>
${foot(page)}
<script defer src="${root}assets/site.js"></script>
</body>
</html>
`;
}

/** The places that every page's bar leads to. */
const DOORS = [
  ["chapters/notation.html", "Read"],
  ["src/index.html", "Code"],
  ["exercises.html", "Exercises"],
  ["experiments/index.html", "Experiments"],
  ["pictures.html", "Pictures"],
  ["docs/index.html", "Docs"],
];

function bar({ path }, root) {
  const doors = DOORS.map(([place, word]) => `<a href="${linkTo(path, place)}">${word}</a>`);
  const button = (action, word) =>
    `<button class="needs-script ${action}" type="button" data-action="${action}">${word}</button>`;
  return `<header class="bar">
${button("menu", "Contents")}
<a class="name" href="${root}index.html">leibniz</a>
<nav class="doors" aria-label="Site">${doors.join(" ")}</nav>
${button("search", "Search <kbd>/</kbd>")}
${button("theme", "Theme")}
</header>`;
}

function course({ path, course }) {
  const items = course.map((chapter) => {
    const current = chapter.path === path ? ' aria-current="page"' : "";
    return `<li><a href="${linkTo(path, chapter.path)}"${current}>${escaped(chapter.title)}</a></li>`;
  });
  return `<nav class="course" aria-label="Chapters"><h2>Chapters</h2><ol>
${items.join("\n")}
</ol></nav>`;
}

function contents({ headings = [] }) {
  const shown = headings.filter(({ level }) => level === 2 || level === 3);
  if (shown.length < 2) return "";
  const items = shown.map(
    ({ level, slug, html }) => `<li class="level${level}"><a href="#${slug}">${html}</a></li>`,
  );
  return `<nav class="contents" aria-label="On this page"><h2>On this page</h2><ol>
${items.join("\n")}
</ol></nav>`;
}

function foot({ path, previous = null, next = null }) {
  const link = (to, rel) =>
    to === null ? "" : `<a rel="${rel}" href="${linkTo(path, to.path)}">${escaped(to.title)}</a>`;
  if (previous === null && next === null) return "";
  return `<footer>
${link(previous, "prev")}
${link(next, "next")}
</footer>`;
}
