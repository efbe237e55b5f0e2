/** The site's pages that are made of code: sources, the reference, exercises. */
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { catalog } from "leibniz/gradcheck";
import { exercisesPage } from "../../site/build/code/exercises.mjs";
import { highlightLines, project } from "../../site/build/code/index.mjs";
import { sourcePage } from "../../site/build/code/pages.mjs";
import { referencePages } from "../../site/build/code/reference.mjs";

const test = suite("site: pages of code");

const site = { chapters: [] };
const shown = (html: string): string =>
  html
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

test("no line of any source is lost or changed", () => {
  // each file is highlighted alone, so a sample from all folders does
  const sample = project.sources.filter((_, i) => i % 12 === 0);
  assert.ok(sample.length > 50);
  for (const path of sample) {
    const lines = highlightLines(project.text(path), { path, root: "../", ids: true });
    assert.is(`${shown(lines.join("\n"))}\n`, project.text(path), path);
  }
});

test("a source's page has its lines as places, its equations and who imports it", () => {
  const html = sourcePage(project, site, "src/im2col/im2col.ts");
  const count = project.text("src/im2col/im2col.ts").split("\n").length - 1;
  for (const line of [1, count]) assert.match(html, ` id="L${line}"`);
  assert.not.match(html, ` id="L${count + 1}"`);
  assert.match(
    html,
    /Convolution<\/a>: .*href="[./]+chapters\/conv2d\.html#conv2d\.1d" data-ref="conv2d\.1d"/,
  );
  assert.match(html, '<a href="../../src/im2col/index.ts.html">');
  // in the order of the chapter, though the code cites them in another
  const cited = [...html.matchAll(/data-ref="(conv2d\.(?:9|10a))"/g)].map(([, tag]) => tag);
  assert.equal(cited.slice(0, 2), ["conv2d.9", "conv2d.10a"]);
});

test("a name that is imported leads to its declaration", () => {
  const html = sourcePage(project, site, "src/backprop/conv2d.ts");
  const line = project
    .text("src/im2col/geometry.ts")
    .split("\n")
    .findIndex((text) => text.startsWith("export function pair("));
  assert.match(html, `<a href="../../src/im2col/geometry.ts.html#L${line + 1}">pair</a>`);
});

test("the reference has every name that a module exports", async () => {
  const pages = new Map(referencePages(project, site));
  for (const folder of ["tensor", "backprop", "training"]) {
    const names = Object.keys(await import(`leibniz/${folder}`));
    const html = pages.get(`api/${folder}.html`)!;
    for (const name of names) assert.match(html, ` id="${name}"`, `${name} of ${folder}`);
  }
  assert.match(pages.get("api/leibniz.html")!, ' id="Engine"');
});

test("the reference says of every module what it is for", () => {
  const html = new Map(referencePages(project, site)).get("api/index.html")!;
  const items = [...html.matchAll(/<code>(leibniz[^<]*)<\/code><\/a> <span>([^<]*)/g)];
  assert.is(items.length, project.folders.length + 1);
  for (const [, name, says] of items) assert.match(says!, /^\w.{10,}\. $/, name);
});

test("every layer has an exercise on three levels, with equations that exist", () => {
  const [path, html] = exercisesPage(project, site);
  assert.is(path, "exercises.html");
  const rows = html.match(/<tr><th scope="row">[123], /g) ?? [];
  assert.is(rows.length, 3 * catalog.length);
  for (const { layer } of catalog) assert.match(html, `id="exercise-${layer}"`);
  assert.not.match(html, 'href="null"');
});

test.run();
