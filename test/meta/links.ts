/** Links between the project's pages: the check, as a pure function. */
import { posix } from "node:path";
import { withoutCode } from "./derivations.js";
import type { Files } from "./project.js";
import { lineOf } from "./source-text.js";

/**
 * Every relative link of the given pages that leads nowhere, as `file:line: what is wrong`.
 *
 * @param exists whether the project has a file or folder at a path from its root
 */
export function linkViolations(pages: Files, exists: (path: string) => boolean): string[] {
  return [...pages].flatMap(([path, text]) => {
    const violations: string[] = [];
    for (const { target, at } of linksOf(text)) {
      const wrong = brokenLink(path, target, pages, exists);
      if (wrong !== null) violations.push(`${path}:${lineOf(text, at)}: ${wrong}`);
    }
    return violations;
  });
}

/**
 * Every program that a page says to run, as in `node bench/speed.mjs`, and that is not there. What
 * is built first, such as `dist`, is not looked for.
 */
export function programViolations(pages: Files, exists: (path: string) => boolean): string[] {
  return [...pages].flatMap(([path, text]) =>
    [...text.matchAll(/\b(?:node|python3|bash)((?: --\S+)*) ((?:\w[\w-]*\/)+[\w.-]+)/g)].flatMap(
      (found) => {
        const program = found[2]!;
        if (exists(program) || /^(?:dist|exercise-[\w-]+)\//.test(program)) return [];
        return [`${path}:${lineOf(text, found.index)}: ${program} does not exist`];
      },
    ),
  );
}

/** Inline links and images, reference definitions, and the attributes of HTML tags. */
function linksOf(text: string): { target: string; at: number }[] {
  const prose = withoutCode(text).replace(/\$\$[\s\S]*?\$\$|\$[^$\n]+\$/g, (maths) =>
    maths.replace(/[^\n]/g, " "),
  );
  const patterns = [
    /\]\(\s*<?([^)\s>]*)>?(?:\s+"[^"]*")?\s*\)/g,
    /^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/gm,
    /<[a-z][^>]*\s(?:href|src|srcset)="([^"]*)"/g,
  ];
  return patterns.flatMap((pattern) =>
    [...prose.matchAll(pattern)].map((found) => ({ target: found[1]!, at: found.index })),
  );
}

function brokenLink(
  from: string,
  target: string,
  pages: Files,
  exists: (path: string) => boolean,
): string | null {
  if (/^(?:https?|mailto):/.test(target)) return null;
  if (target === "" || target.startsWith("/")) return `the link (${target}) is not relative`;
  const [file, anchor] = target.split("#", 2) as [string, string?];
  const path = file === "" ? from : posix.join(posix.dirname(from), decodeURIComponent(file));
  if (path.startsWith("..")) return `the link ${target} leaves the project`;
  if (!exists(path.replace(/\/$/, "")))
    return `the link ${target} leads to ${path}, which does not exist`;
  if (anchor === undefined) return null;
  if (!path.endsWith(".md"))
    return `the link ${target} names a place in a file that has no headings; line numbers drift`;
  const page = pages.get(path);
  if (page === undefined)
    return `the link ${target} names a heading of ${path}, which is not among the pages`;
  return anchorsOf(page).has(decodeURIComponent(anchor))
    ? null
    : `the link ${target} names a heading that ${path} does not have`;
}

/**
 * The anchors that GitHub gives to a page's headings, and those set by hand with `<a id>` or
 * `<a name>`.
 */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  const fenced = markdown.replace(/^ *(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ *\1 *$/gm, "");
  for (const [, heading] of fenced.matchAll(/^#{1,6} +(.*?)(?: +#+)? *$/gm)) {
    const words = heading!.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = words.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "").replaceAll(" ", "-");
    let unique = slug;
    for (let again = 1; anchors.has(unique); again++) unique = `${slug}-${again}`;
    anchors.add(unique);
  }
  for (const [, id] of fenced.matchAll(/<[a-z][^>]*\s(?:id|name)="([^"]+)"/g)) anchors.add(id!);
  return anchors;
}
