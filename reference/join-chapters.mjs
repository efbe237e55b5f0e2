/** What ties the reference to the chapters, as a plugin of TypeDoc. */
import { readFileSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import {
  Comment,
  CommentTag,
  Converter,
  KindRouter,
  MinimalSourceFile,
  PageEvent,
  ReflectionKind,
  RendererEvent,
  ValidatingFileRegistry,
} from "typedoc";
import { mentionsIn, rowsOf, titleOf, wrongMention } from "./chapters.mjs";
import { extendMarkdown } from "./markdown.mjs";
import { headerText, startPage } from "./start-page.mjs";

/** Links between pages, and pictures. Whatever else a chapter names has no page here. */
class LinkedFiles extends ValidatingFileRegistry {
  #pages;

  constructor(pages) {
    super();
    this.#pages = new Set(pages);
  }

  register(from, path) {
    const absolute = posix.join(posix.dirname(from), path.replace(/#.*/, ""));
    if (!this.#pages.has(absolute) && !/\.(?:svg|png|jpg)$/.test(absolute)) return undefined;
    return super.register(from, path);
  }
}

/** Chapters and docs keep their paths; a name of the code has its kind and its folder before it. */
class Router extends KindRouter {
  getIdealBaseName(reflection) {
    if (!reflection.isDocument())
      return super.getIdealBaseName(reflection).replace(/\/[^/_]+_/, "/");
    const path = reflection.project.files.getReflectionPath(reflection);
    return `${basename(dirname(path))}/${basename(path, ".md")}`;
  }
}

/** Handlers of this priority run when TypeDoc has found what comments link to. */
const AFTER_LINKS = -1000;

/** Comments of a reflection: a function has one for each of its signatures. */
const commented = (reflection) => {
  const signatures = reflection.isDeclaration() ? reflection.getNonIndexSignatures() : [];
  return signatures.length > 0 ? signatures : [reflection];
};

/** Entries by `file#name`, or `file#Class.method`, with the file as a path from the root. */
function entriesByPlace(project, root) {
  const entries = new Map();
  for (const reflection of project.getReflectionsByKind(ReflectionKind.All)) {
    const file = reflection.sources?.[0]?.fullFileName;
    if (!file?.startsWith(root)) continue;
    const { parent } = reflection;
    const name = parent?.kindOf(ReflectionKind.ClassOrInterface)
      ? `${parent.name}.${reflection.name}`
      : reflection.name;
    if (name !== reflection.name || parent?.kindOf(ReflectionKind.Module))
      entries.set(`${file.slice(root.length)}#${name}`, reflection);
  }
  return entries;
}

/** What the first comment of an index says is about its folder. */
function headerOf(app, project, path) {
  const text = headerText(readFileSync(path, "utf8"));
  if (text === "") return undefined;
  const file = new MinimalSourceFile(text, path);
  return new Comment(app.converter.parseRawComment(file, project.files).content);
}

/** The chapters that a file's first comment names. */
function chaptersOfFile(path, chapters) {
  const named = mentionsIn(headerText(readFileSync(path, "utf8")), chapters).map(
    ({ chapter }) => chapter,
  );
  return [...new Set(named)].filter((chapter) => chapters.has(chapter));
}

/**
 * Teaches an application the chapters.
 *
 * @param root the project's folder, with a slash at its end
 * @param chapters the text of each, by name, in reading order
 * @param pages the paths of all documents
 * @returns `mentionProblems(project)`: chapters and equations that a comment names and that do not
 *   exist
 */
export function joinChapters(app, { root, name, chapters, pages }) {
  app.files = new LinkedFiles(pages);
  app.renderer.defineRouter("leibniz", Router);
  const documents = new Map();
  let entries = new Map();
  let current = null;

  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      module.comment ??= headerOf(app, project, join(root, module.name, "index.ts"));
      module.name = `${name}/${basename(module.name)}`;
    }
    for (const document of project.documents ?? []) {
      const path = project.files.getReflectionPath(document);
      const isChapter = basename(dirname(path)) === "derivations";
      documents.set(path.slice(root.length), document);
      document.name = titleOf(readFileSync(path, "utf8"));
      document.frontmatter.group = isChapter ? "Chapters" : "Docs";
    }
  });
  app.converter.on(
    Converter.EVENT_RESOLVE_END,
    ({ project }) => {
      entries = entriesByPlace(project, root);
      for (const reflection of entries.values())
        for (const source of reflection.sources ?? []) delete source.url;
      project.readme = startPage({ project, root, name, documents });
    },
    AFTER_LINKS,
  );

  app.renderer.on(RendererEvent.BEGIN, () => {
    const chapterOf = (chapter) => documents.get(`derivations/${chapter}.md`);
    for (const [place, reflection] of entries)
      for (const target of commented(reflection)) {
        const content = derivation(place, reflection, chapters, root, chapterOf);
        if (content.length === 0) continue;
        target.comment ??= new Comment([]);
        target.comment.blockTags.push(new CommentTag("@derivation", content));
      }
  });
  app.renderer.on(PageEvent.BEGIN, (page) => (current = page.model));
  const urlTo = (target) =>
    target === undefined ? null : app.renderer.router.relativeUrl(current, target) || "#";
  app.options.setValue("markdownItLoader", (parser) =>
    extendMarkdown(parser, {
      chapters,
      chapterUrl: (chapter) => {
        const target = documents.get(`derivations/${chapter}.md`);
        return target === current ? "" : urlTo(target);
      },
      entryUrl: (file, entry) => urlTo(entries.get(`${file}#${entry}`)),
      known: (href) => /^(?:[a-z]+:|#)|\.html(?:#|$)|(?:^|\/)media\//.test(href),
    }),
  );

  return { mentionProblems: (project) => mentionProblems(project, chapters) };
}

/** What an entry's page says about where it is derived: chapters, and in them the equations. */
function derivation(place, reflection, chapters, root, documentOf) {
  const [file] = place.split("#");
  const tags = new Map();
  for (const [chapter, markdown] of chapters)
    for (const row of rowsOf(markdown))
      if (`${row.file}#${row.name}` === place)
        tags.set(chapter, (tags.get(chapter) ?? new Set()).add(row.tag));
  const isRun = reflection.kindOf(ReflectionKind.Class | ReflectionKind.Function);
  if (isRun)
    for (const chapter of chaptersOfFile(root + file, chapters))
      if (!tags.has(chapter)) tags.set(chapter, new Set());
  return [...tags].flatMap(([chapter, equations], i) => [
    { kind: "text", text: i === 0 ? "" : "; " },
    {
      kind: "inline-tag",
      tag: "@link",
      text: titleOf(chapters.get(chapter)),
      target: documentOf(chapter),
    },
    {
      kind: "text",
      text: equations.size === 0 ? "" : ` ${[...equations].map((tag) => `(${tag})`).join(", ")}`,
    },
  ]);
}

function mentionProblems(project, chapters) {
  return project.getReflectionsByKind(ReflectionKind.All).flatMap((reflection) => {
    const { comment } = reflection;
    if (comment === undefined) return [];
    const parts = [...comment.summary, ...comment.blockTags.flatMap(({ content }) => content)];
    const mentions = parts.flatMap(({ text }) => mentionsIn(text, chapters));
    const wrong = mentions.flatMap((mention) => wrongMention(mention, chapters) ?? []);
    return wrong.map((why) => `The comment for ${reflection.getFriendlyFullName()}: ${why}`);
  });
}
