/** The page on which the reference opens: the package's first names, its folders, its chapters. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TypeScript as ts } from "typedoc";

/** What the comment at the beginning of a file says. */
export function headerText(source) {
  const [, header = ""] = /^\s*\/\*\*([\s\S]*?)\*\//.exec(source) ?? [];
  return header.replace(/^[ \t]*\* ?/gm, "").trim();
}

/**
 * What `src/index.ts` exports, under the comments that stand there, as
 * `{ about, sections: [{ heading, names: [{ folder, name }] }] }`.
 */
export function readIndex(text) {
  const file = ts.createSourceFile("index.ts", text, ts.ScriptTarget.Latest, true);
  const commentsOf = (node) =>
    (ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []).map(({ pos, end }) =>
      text.slice(pos, end),
    );
  const index = { about: headerText(text), sections: [] };
  for (const statement of file.statements) {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause) continue;
    const comments = commentsOf(statement);
    const heading = comments.filter((comment) => comment.startsWith("//"));
    if (heading.length > 0 || index.sections.length === 0)
      index.sections.push({
        heading: heading
          .map((line) => line.slice(2).trim())
          .join(" ")
          .replaceAll("`", ""),
        names: [],
      });
    const [, folder] = /^\.\/(\w+)\//.exec(statement.moduleSpecifier.text);
    for (const { name } of statement.exportClause.elements)
      index.sections.at(-1).names.push({ folder, name: name.text });
  }
  return index;
}

/** Parts of a comment, as TypeDoc has them. */
export const text = (content) => ({ kind: "text", text: content });
export const link = (words, target) => ({ kind: "inline-tag", tag: "@link", text: words, target });

/** The first sentence of what a comment says, in one line. */
function firstSentence(comment) {
  const parts = [];
  for (const part of comment?.summary ?? []) {
    const words = part.text.replace(/\s+/g, " ");
    const [sentence] =
      part.kind === "text" ? (/^.*?\.(?= [A-Z]|$)/.exec(words.trimEnd()) ?? []) : [];
    parts.push({ ...part, text: sentence ?? words });
    if (sentence !== undefined) break;
  }
  return parts;
}

function item(words, target, comment) {
  const sentence = firstSentence(comment);
  return [
    text("- "),
    link(words, target),
    text(sentence.length > 0 ? ": " : ""),
    ...sentence,
    text("\n"),
  ];
}

/**
 * The start page, as parts of a comment, and what it should name and cannot.
 *
 * @param documents the pages of chapters and docs by their paths from the root, in reading order
 */
export function startPage({ project, root, name, documents }) {
  const index = readIndex(readFileSync(join(root, "src/index.ts"), "utf8"));
  const missing = [];
  const entry = ({ folder, name: exported }) => {
    const module = project.children.find((child) => child.name === `${name}/${folder}`);
    const found = module?.children?.find((child) => child.name === exported);
    if (found === undefined) {
      missing.push(`src/index.ts: ${exported} is not in the reference of ${folder}`);
      return [];
    }
    const target = found.isReference() ? found.getTargetReflectionDeep() : found;
    const [signature] = target.getNonIndexSignatures();
    return item(`\`${exported}\``, target, signature?.comment ?? target.comment);
  };
  const pages = (folder) =>
    [...documents].flatMap(([path, page]) =>
      path.startsWith(folder) ? item(page.name, page) : [],
    );
  const page = [
    text(`# ${name}\n\n${index.about}\n\n## Where to begin\n\n`),
    text(`Everything in this section is imported from \`${name}\` itself.\n`),
    ...index.sections.flatMap(({ heading, names }) => [
      text(`\n### ${heading.charAt(0).toUpperCase()}${heading.slice(1)}\n\n`),
      ...names.flatMap(entry),
    ]),
    text("\n## The folders, in reading order\n\n"),
    ...project.children.flatMap((module) => item(module.name, module, module.comment)),
    text("\n## The chapters, in reading order\n\n"),
    ...pages("derivations/"),
    text("\n## Docs\n\n"),
    ...pages("docs/"),
  ];
  return { page, missing };
}
