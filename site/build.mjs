/**
 * Builds the reading site:
 *
 *     npm run site:build
 *
 * writes dist/site, which any host can serve from any folder.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { plainCode } from "./build/code.mjs";
import { mathStyles } from "./build/formula.mjs";
import { chapterPage, notFoundPage, textPage, texts } from "./build/pages.mjs";
import { experimentNames, placeOf, root, target } from "./build/places.mjs";
import { readChapters, recordedResults } from "./build/site-map.mjs";

/** Writes a file of the site. */
function write(path, text) {
  const file = join(target, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function copyPictures() {
  const copy = (folder, to) => {
    for (const file of readdirSync(join(root, folder)))
      if (/\.(svg|jpg)$/.test(file)) cpSync(join(root, folder, file), join(target, to, file));
  };
  copy("derivations/figures", "figures");
  for (const name of experimentNames())
    copy(`results/experiments/${name}`, `figures/experiments/${name}`);
}

function build() {
  const errors = [];
  const report = (error) => errors.push(error);
  rmSync(target, { recursive: true, force: true });
  const site = {
    ...readChapters(report),
    code: plainCode,
    recorded: recordedResults(),
    report,
  };
  for (const chapter of site.chapters) write(chapter.path, chapterPage(site, chapter));
  for (const { file, kind } of texts()) write(placeOf(file), textPage(site, file, kind));
  write("404.html", notFoundPage(site));
  copyPictures();
  cpSync(join(root, "site/build/icon.svg"), join(target, "assets/icon.svg"));
  write("assets/math.css", mathStyles());
  for (const error of errors) console.error(error);
  if (errors.length > 0) process.exitCode = 1;
}

build();
