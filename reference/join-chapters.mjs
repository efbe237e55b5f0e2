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
import { headerText, link, startPage, text } from "./start-page.mjs";

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

/** A comment above an index's exports is about its folder, and no docstring of what is exported. */
function dropIndexComments(project) {
  for (const module of project.children)
    for (const entry of (module.children ?? []).flatMap((child) => [child, ...commented(child)])) {
      const from = entry.comment?.sourcePath;
      if (from?.endsWith("/index.ts") && entry.sources?.[0]?.fullFileName !== from)
        delete entry.comment;
    }
}

/** What the first comment of an index says, as TypeDoc has it. */
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

/** Where in the code which equations are: tags by `file#name`, and by the chapter. */
function equationsByPlace(chapters) {
  const equations = new Map();
  for (const [chapter, markdown] of chapters)
    for (const { tag, file, name } of rowsOf(markdown)) {
      const place = `${file}#${name}`;
      if (!equations.has(place)) equations.set(place, new Map());
      const ofPlace = equations.get(place);
      ofPlace.set(chapter, [...new Set([...(ofPlace.get(chapter) ?? []), tag])]);
    }
  return equations;
}

/** Folders without a comment, and chapters and equations that a comment names and that are none. */
function problemsOf(project, chapters) {
  const folders = project.children.filter(({ comment }) => comment === undefined);
  const wrong = project.getReflectionsByKind(ReflectionKind.All).flatMap((reflection) => {
    const { comment } = reflection;
    if (comment === undefined) return [];
    const parts = [...comment.summary, ...comment.blockTags.flatMap(({ content }) => content)];
    const mentions = parts.flatMap(({ text }) => mentionsIn(text, chapters));
    const why = mentions.flatMap((mention) => wrongMention(mention, chapters) ?? []);
    return why.map((one) => `The comment for ${reflection.getFriendlyFullName()}: ${one}`);
  });
  return [
    ...folders.map(({ name }) => `${name}: its index does not begin with a comment`),
    ...wrong,
  ];
}

/**
 * Teaches an application the chapters. What is wrong with them goes to its logger.
 *
 * @param root the project's folder, with a slash at its end
 * @param chapters the text of each, by name, in reading order
 * @param pages the paths of all documents
 */
export function joinChapters(app, { root, name, chapters, pages }) {
  app.files = new LinkedFiles(pages);
  app.renderer.defineRouter("leibniz", Router);
  const documents = new Map();
  let entries = new Map();
  let current = null;
  const documentOf = (chapter) => documents.get(`derivations/${chapter}.md`);

  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    dropIndexComments(project);
    for (const module of project.children) {
      module.comment ??= headerOf(app, project, join(root, module.name, "index.ts"));
      module.name = `${name}/${basename(module.name)}`;
    }
    for (const document of project.documents) {
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
      // the place in src is told, but no page of it to lead to
      for (const { sources = [] } of project.getReflectionsByKind(ReflectionKind.All))
        for (const source of sources) delete source.url;
      const { page, missing } = startPage({ project, root, name, documents });
      project.readme = page;
      for (const problem of [...missing, ...problemsOf(project, chapters)])
        app.logger.warn(problem);
    },
    AFTER_LINKS,
  );

  app.renderer.on(RendererEvent.BEGIN, () => {
    const equations = equationsByPlace(chapters);
    for (const [place, reflection] of entries) {
      const tags = new Map(equations.get(place));
      if (reflection.kindOf(ReflectionKind.Class | ReflectionKind.Function))
        for (const chapter of chaptersOfFile(root + place.replace(/#.*/, ""), chapters))
          if (!tags.has(chapter)) tags.set(chapter, []);
      if (tags.size > 0) addDerivation(reflection, tags, chapters, documentOf);
    }
  });
  app.renderer.on(PageEvent.BEGIN, (page) => (current = page.model));
  const urlTo = (target) =>
    target === undefined ? null : app.renderer.router.relativeUrl(current, target);
  app.options.setValue("markdownItLoader", (parser) =>
    extendMarkdown(parser, {
      chapters,
      chapterUrl: (chapter) => urlTo(documentOf(chapter)),
      entryUrl: (file, entry) => urlTo(entries.get(`${file}#${entry}`)),
      known: (href) => /^(?:[a-z]+:|#)|\.html(?:#|$)|(?:^|\/)media\//.test(href),
    }),
  );
}

/** Says on an entry's page where it is derived: chapters, and in them the equations. */
function addDerivation(reflection, tags, chapters, documentOf) {
  const content = [...tags].flatMap(([chapter, equations], i) => [
    ...(i === 0 ? [] : [text("; ")]),
    link(titleOf(chapters.get(chapter)), documentOf(chapter)),
    text(equations.map((tag, at) => `${at === 0 ? " " : ", "}(${tag})`).join("")),
  ]);
  for (const target of commented(reflection)) {
    target.comment ??= new Comment([]);
    target.comment.blockTags.push(new CommentTag("@derivation", content));
  }
}
