/** Code on pages: blocks of Markdown, the lines beside equations, and a page for every source. */
import { besideEquation, blockHtml } from "./code/beside.mjs";
import { refresh, project } from "./code/index.mjs";
import { sourcePages } from "./code/pages.mjs";

/** Reads chapters and sources anew. */
export async function code() {
  refresh();
  return {
    codeHtml: (text, language, file, page) => blockHtml(project, text, language, file, page),
    linesHtml: (tag, page) => besideEquation(project, tag, page),
    pages: (site) => sourcePages(project, site),
  };
}
