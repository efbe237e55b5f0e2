/** Code on pages: blocks of Markdown, the lines beside equations, and a page for every source. */
import { besideEquation, blockHtml } from "./code/beside.mjs";
import { refresh, project } from "./code/index.mjs";
import { sourcePage, sourcePages } from "./code/pages.mjs";

/** Reads chapters and sources anew. */
export async function code() {
  refresh();
  return {
    codeHtml: (text, language, file, page) => blockHtml(project, text, language, file, page),
    linesHtml: (tag, page) => besideEquation(project, tag, page),
    pages: (site) => sourcePages(project, site),
    /** Reads one file again: the page of a source, and the chapters that show lines of it. */
    changed: (site, file) => {
      project.changed(file);
      if (!project.sources.includes(file)) return null;
      const chapters = new Set(project.chaptersWithLinesOf(file));
      return {
        page: [`${file}.html`, sourcePage(project, site, file)],
        chapters: site.chapters.filter(({ name }) => chapters.has(name)),
      };
    },
  };
}
