/** Code on pages: what site/build/code makes of it. */
import { escaped } from "./html.mjs";

/** Lines of code without colours. */
export const plainCode = {
  codeHtml: (code) =>
    code
      .split("\n")
      .map((line) => `<span class="line">${escaped(line)}</span>`)
      .join("\n"),
  linesHtml: () => "",
};
