/** From docstrings to pages, with TypeDoc; what TypeDoc does not know is in the files beside. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Application, Logger, LogLevel, ReflectionKind } from "typedoc";
import { readChapters } from "./chapters.mjs";
import { joinChapters } from "./join-chapters.mjs";

/** What TypeDoc has to say, one line each, with the place where it knows one. */
class Problems extends Logger {
  found = [];
  #root;

  constructor(root) {
    super();
    this.#root = root;
  }

  log(message, level) {
    super.log(message, level);
    if (level >= LogLevel.Warn) this.found.push(message.replace(/\s*\n\s*/g, " "));
  }

  addContext(message, _level, ...[place, file]) {
    const from = (path) => path.replace(`${this.#root.replace(/\/$/, "")}/`, "");
    if (typeof place !== "number" || file === undefined) return message;
    const line = file.getLineAndCharacterOfPosition(place).line + 1;
    return `${from(file.fileName)}:${line}: ${message}`;
  }
}

/**
 * Makes the reference of a package, and returns what is wrong with it, sorted, one line each.
 *
 * @param root the folder with `package.json`, whose `exports` name the folders of `src` in reading
 *   order, `tsconfig.build.json`, `derivations` and `docs`
 * @param out the folder to write, emptied first; null to check only
 */
export async function makeReference({ root, out }) {
  const { name, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const folders = Object.keys(exports).flatMap((path) => /^\.\/(\w+)$/.exec(path)?.[1] ?? []);
  const chapters = readChapters(join(root, "derivations"));
  const pages = [
    ...[...chapters.keys()].map((chapter) => join(root, `derivations/${chapter}.md`)),
    ...readdirSync(join(root, "docs"))
      .filter((file) => file.endsWith(".md"))
      .map((file) => join(root, "docs", file)),
  ];
  const app = await Application.bootstrap({
    name,
    entryPoints: folders.map((folder) => join(root, `src/${folder}/index.ts`)),
    projectDocuments: pages,
    tsconfig: join(root, "tsconfig.build.json"),
    basePath: root,
    // the build has found all errors of types already
    skipErrorChecking: true,
    // in reading order, as in package.json
    sortEntryPoints: false,
    router: "leibniz",
    excludeExternals: true,
    excludeInternal: true,
    excludePrivate: true,
    disableGit: true,
    sourceLinkTemplate: "{path}#{line}",
    readme: "none",
    customCss: join(import.meta.dirname, "style.css"),
    hideGenerator: true,
    navigation: { includeGroups: true },
    groupOrder: ["Modules", "Chapters", "Docs", "*"],
    useFirstParagraphOfCommentAsSummary: true,
    searchInComments: true,
    headings: { readme: false, document: false },
    highlightLanguages: ["bash", "console", "diff", "json", "python", "text", "ts"],
    requiredToBeDocumented: [
      ...["Class", "Interface", "TypeAlias", "Enum", "Function", "Variable"],
      ...["Constructor", "Property", "Method", "Accessor", "EnumMember"],
    ],
    validation: {
      invalidLink: true,
      // in docstrings `[N]: the classes` reads like a link; the pages' links are tested already
      invalidPath: false,
      notDocumented: true,
      notExported: true,
      rewrittenLink: true,
      unusedMergeModuleWith: true,
    },
  });
  const problems = new Problems(root);
  app.logger = problems;
  joinChapters(app, { root, name, chapters, pages });
  const project = await app.convert();
  if (project !== undefined) {
    nameUnpacked(project);
    app.validate(project);
    if (out !== null) await app.generateDocs(project, out);
  }
  return [...new Set(problems.found)].sort();
}

/** Names the parameters that a function takes apart at once, `{ cols }: Conv2dCache`: `cache`. */
function nameUnpacked(project) {
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
    if (parameter.name !== "__namedParameters") continue;
    const words = parameter.type?.name?.match(/[A-Z]+[a-z0-9]*$/);
    parameter.name = words ? words[0].toLowerCase() : "options";
  }
}
