/** What all pages have around their text: head, bar, the course, and where to go from here. */
import { escaped } from "./html.mjs";
import { withSizes } from "./part-sizes.mjs";
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
 * @param {readonly string[]} [page.scripts] of this page alone
 * @param {readonly string[]} [page.styles] of this page alone
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
<script src="${root}assets/theme.js"></script>
${["site", ...(page.styles ?? [])].map((name) => style(`${root}assets/${name}.css`)).join("\n")}
${FONTS.map((name) => preload(`${root}assets/fonts/${name}.woff2`)).join("\n")}
${["site", ...(page.scripts ?? [])].map((name) => script(`${root}assets/${name}.js`)).join("\n")}
</head>
<body data-page="${page.kind}" data-name="${escaped(page.name)}" data-root="${root}">
<a class="skip" href="#text">Skip to the text</a>
${bar(page, root)}
<main id="text">
${withSizes(page.main)}
</main>
<div class="rail" id="chapters">
<nav class="places" aria-label="Places">${places(page)}</nav>
${contents(page)}
${course(page)}
</div>
${foot(page)}
</body>
</html>
`;
}

/** They are asked for at once, so that no line moves when they come. */
const FONTS = ["text", "math", "code", "italic", "bold"];

/**
 * A font that is loaded ahead without `crossorigin` would be loaded twice over HTTP. With it,
 * Chromium complains of a page from file:// that it may not; it loads it when a text needs it.
 */
const preload = (font) =>
  `<link rel="preload" href="${font}" as="font" type="font/woff2" crossorigin>`;

const style = (sheet) => `<link rel="stylesheet" href="${sheet}">`;

const script = (source) => `<script defer src="${source}"></script>`;

/** The places that every page's bar leads to. */
const DOORS = [
  ["chapters/notation.html", "Read", "chapters/"],
  ["letters.html", "Letters", "letters.html"],
  ["labs/index.html", "Laboratories", "labs/"],
  ["pictures.html", "Pictures", "pictures.html"],
  ["exercises.html", "Exercises", "exercises.html"],
  ["experiments/index.html", "Experiments", "experiments/"],
  ["src/index.html", "Code", "src/"],
  ["api/index.html", "Reference", "api/"],
  ["docs/index.html", "Docs", "docs/"],
];

/** The one that a page belongs to is marked: as itself, or as where the page is. */
const places = ({ path }) =>
  DOORS.map(([place, word, below]) => {
    const mark = place === path ? "page" : path.startsWith(below) ? "true" : null;
    const current = mark === null ? "" : ` aria-current="${mark}"`;
    return `<a href="${linkTo(path, place)}"${current}>${word}</a>`;
  }).join(" ");

function bar(page, root) {
  return `<header class="bar">
<a class="menu" href="#chapters" data-action="menu">Contents</a>
<a class="name" href="${root}index.html">leibniz</a>
<nav class="doors" aria-label="Site">${places(page)}</nav>
<button class="needs-script" type="button" data-action="search">Search <kbd>/</kbd></button>
<button class="needs-script keys" type="button" data-action="keys">Keys <kbd>?</kbd></button>
<button class="needs-script" type="button" data-action="theme">Dark</button>
</header>`;
}

function course({ path, course, kind }) {
  // the pictures have a heading for each chapter already
  if (kind === "pictures") return "";
  const items = course.map((chapter) => {
    const current = chapter.path === path ? ' aria-current="page"' : "";
    const href = linkTo(path, chapter.path);
    return `<li><a href="${href}"${current}>${escaped(chapter.title)}</a></li>`;
  });
  return `<nav class="course" aria-label="Chapters"><ol>
${items.join("\n")}
</ol></nav>`;
}

function contents({ headings = [] }) {
  const shown = headings.filter(({ level }) => level === 2 || level === 3);
  if (shown.length < 2) return "";
  const items = shown.map(
    ({ level, slug, html }) => `<li class="h${level}"><a href="#${slug}">${html}</a></li>`,
  );
  return `<nav class="contents" aria-label="On this page"><ol>
${items.join("\n")}
</ol></nav>`;
}

/** What every page ends with. */
const ENDS = [
  ["docs/readme.html#two-commands", "Install"],
  ["docs/reading-order.html", "Reading order"],
  ["docs/glossary.html", "Glossary"],
  ["docs/readme-ja.html", '<span lang="ja">日本語</span>'],
  ["docs/contributing.html", "Contributing"],
  ["docs/changelog.html", "Changelog"],
  ["docs/license.txt", "MIT licence"],
];

function foot({ path, previous = null, next = null }) {
  const link = (to, rel, word) =>
    to === null
      ? ""
      : `<a rel="${rel}" href="${linkTo(path, to.path)}">` +
        `<span>${word}</span> ${escaped(to.title)}</a>`;
  const ends = ENDS.map(([place, word]) => `<a href="${linkTo(path, place)}">${word}</a>`);
  return `<footer>
${link(previous, "prev", "Previous")}
${link(next, "next", "Next")}
<nav class="ends" aria-label="About"><i>leibniz</i> ${ends.join(" ")}</nav>
</footer>`;
}
