/** Code on pages: what site/build/code makes of it. */
import { escaped } from "./html.mjs";

/** Lines of code without colours. */
const plainCode = {
  codeHtml: (code) =>
    code
      .split("\n")
      .map((line) => `<span class="line">${escaped(line)}</span>`)
      .join("\n"),
  linesHtml: () => "",
  pages: () => [],
};

export async function code() {
  return plainCode;
}
