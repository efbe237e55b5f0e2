/** Sentences of docstrings as HTML: code in backticks, links to what they name. */
import { escaped } from "../html.mjs";

/**
 * @param {string} text
 * @param {(name: string) => string | null} [linkOfName] where `{@link NAME}` is
 * @param {(tag: string) => string | null} [linkOfTag] where an equation is
 * @param {(chapter: string) => string | null} [linkOfChapter] where `derivations/NAME.md` is
 */
export function sentenceHtml(text, linkOfName, linkOfTag, linkOfChapter) {
  const anchor = (href, html, rest = "") =>
    href === null || href === undefined ? html : `<a${rest} href="${href}">${html}</a>`;
  return text
    .split(/(`[^`]+`|\{@link [\w$.]+\}|\([a-z][a-z0-9-]*\.\d+[a-z]?\))/)
    .map((part, i) => {
      if (i % 2 === 0) return escaped(part);
      if (part.startsWith("{")) {
        const name = part.slice("{@link ".length, -1);
        return anchor(linkOfName?.(name), `<code>${escaped(name)}</code>`);
      }
      if (part.startsWith("("))
        return anchor(
          linkOfTag?.(part.slice(1, -1)),
          part,
          ` class="ref" data-ref="${part.slice(1, -1)}"`,
        );
      const chapter = /^`derivations\/([\w-]+)\.md`$/.exec(part)?.[1];
      const href = chapter === undefined ? null : linkOfChapter?.(chapter);
      return anchor(href, `<code>${escaped(part.slice(1, -1))}</code>`);
    })
    .join("");
}
