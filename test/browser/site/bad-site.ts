/** A site with a page on which everything is wrong that the check looks for. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../helpers/cli.js";

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Wrong</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="bad.css"></head>
<body><header class="bar">A bar</header><nav>Only for a screen</nav>
<main id="text"><h1>Wrong</h1>
<p class="faint">Faint by day</p><p class="night">Faint by night</p>
<p>A line of text</p><p class="over">Another on top of it</p>
<div class="equation" data-tag="bad.1">
<div class="formula"><math><mi>a</mi><mo>=</mo><mi>b</mi></math></div>
<a class="tag" href="#bad.1">(bad.1)</a></div>
<pre class="code"><code>
<span class="line" data-tags="bad.1">${"long ".repeat(60)}</span></code></pre>
<div class="short">Its end is out of reach, since nothing scrolls it</div>
<p class="flat">Its lower half is out of reach</p>
<p class="scrolls">${"Scrolled_sideways_to_be_read".repeat(4)}</p>
<ul class="tight"><li><a href="none.html">1</a></li><li><a href="index.html#nowhere">2</a></li></ul>
<div class="wide">Wider than a screen</div>
<button class="unseen">Where is the focus?</button>
<b id="twice"></b><b id="twice"></b><img src="bad.css">
</main><script src="bad.js"></script></body></html>
`;

const STYLE = `
body { background: #fff; color: #222 }
.faint { color: #999 }
@media (prefers-color-scheme: dark) { .night { color: #888 } }
.over { margin-top: -2.2rem }
.equation { display: flex }
.tag { margin-left: -1rem }
.code { overflow: auto; max-width: 20rem }
.short { width: 9rem; overflow: hidden; white-space: nowrap }
.flat { height: 0.7rem; overflow: hidden }
.scrolls { width: 9rem; overflow: auto }
.tight { line-height: 0.9; font-size: 12px; padding: 0; list-style: none }
.wide { width: 1500px }
.unseen:focus { outline: none }
`;

/** @returns its folder, which has the page index.html */
export function badSite(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "assets"));
  writeFileSync(
    join(folder, "assets", "search.json"),
    JSON.stringify({
      pages: [["gone.html", "Gone", ""]],
      entries: [[0, "", "", "", "It is gone."]],
      equations: [],
      files: [],
      words: "",
      places: "",
    }),
  );
  writeFileSync(join(folder, "index.html"), PAGE);
  writeFileSync(join(folder, "bad.css"), STYLE);
  writeFileSync(join(folder, "bad.js"), 'console.error("said"); throw new Error("thrown");');
  return folder;
}

/** What is to be found on it. */
export const BAD_FINDINGS: readonly RegExp[] = [
  ...[/^none\.html is not there/, /^no place #nowhere on index\.html/, /^gone\.html is not there/],
  ...[/^two elements are #twice/, /^console: said/, /^error: thrown/],
  ...[/^axe, light: image-alt/, /^axe, light: target-size/, /^axe, 390 px: target-size/],
  ...[/^axe, light: color-contrast \(1\): .*Faint by day/],
  ...[/^axe, dark: color-contrast \(2\): .*Faint by night/],
  ...[/^takes no focus \(1\): bad\.1/, /^an equation does not light its lines \(1\): bad\.1/],
  ...[/^the focus is not to be seen \(1\): button\.unseen/],
  ...[/^1440 px: the page scrolls sideways \(1\)/, /^1440 px: sticks out \(1\): div\.wide/],
  ...[/^390 px: texts lie on each other .*("A line of text" and|and "A line of text")/],
  ...[
    /^820 px: the tag lies over its formula/,
    /^320 px: a text is cut .*"Its end is out of reach/,
  ],
  ...[
    /^390 px: top or bottom is cut .*p\.flat/,
    /^390 px: prose is wider than the page .*p\.scrolls/,
  ],
  ...[/^on paper, something is cut .*pre\.code/, /^on paper, what only a screen needs .*nav/],
];
