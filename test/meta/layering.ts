/**
 * One line of folders: the check, as a pure function, so that a test can also feed it violations
 * and see them found.
 */
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import type { Files } from "./project.js";
import { importsOf, separate } from "./source-text.js";

export interface LayeringRules {
  /** Each folder imports only from itself and from those before it. */
  readonly order: readonly string[];
  /**
   * Files, or folders ending in `/`, that may use what only Node has. All others run in a browser
   * too.
   */
  readonly nodeOnly: readonly string[];
  /**
   * Files that ask first where they run: they import what only Node has when they need it, never at
   * the top.
   */
  readonly nodeWhereFound: readonly string[];
  /** Files that import what they are told to. */
  readonly importers: readonly string[];
  /** Packages that themselves need Node. */
  readonly nodePackages: readonly string[];
  /** Packages that package.json lists under `dependencies` or `peerDependencies`. */
  readonly dependencies: readonly string[];
  /** Packages that the build bundles, and the file that stands for each. */
  readonly bundled: Readonly<Record<string, string>>;
}

/** Every import that breaks the rules, as `file:line: what is wrong`. */
export function layeringViolations(files: Files, rules: LayeringRules): string[] {
  const violations: string[] = [];
  for (const [path, text] of files) {
    if (!path.startsWith("src/") || !path.endsWith(".ts")) continue;
    const folder = folderOf(path);
    if (path.split("/").includes("utils"))
      violations.push(`${path}: there is no utils folder; name the idea that the file holds`);
    else if (folder === null ? path !== "src/index.ts" : !rules.order.includes(folder)) {
      violations.push(`${path}: not in one of the folders ${rules.order.join(" < ")}`);
      continue;
    }
    const mayUseNode = rules.nodeOnly.some((allowed) =>
      allowed.endsWith("/") ? path.startsWith(allowed) : path === allowed,
    );
    const mayAskForNode = rules.nodeWhereFound.includes(path);
    for (const { specifier, kind, line } of importsOf(separate(text))) {
      const wrong =
        specifier === null
          ? rules.importers.includes(path)
            ? null
            : "imports something that is not written out, so that no one can tell what"
          : specifier.startsWith(".")
            ? relativeViolation(path, folder, specifier, kind === "url" && mayUseNode, rules.order)
            : kind === "url"
              ? null
              : packageViolation(
                  path,
                  specifier,
                  mayUseNode || (mayAskForNode && kind === "dynamic"),
                  rules,
                );
      if (wrong !== null) violations.push(`${path}:${line}: ${wrong}`);
    }
  }
  return violations;
}

/**
 * Files of src that import each other in a circle, types included, each circle once: `a.ts → b.ts →
 * a.ts`. A worker's address is none of it: that is another program.
 */
export function importCycles(files: Files): string[] {
  const targets = new Map(
    [...files]
      .filter(([path]) => path.startsWith("src/") && path.endsWith(".ts"))
      .map(([path, text]) => [
        path,
        importsOf(separate(text))
          .filter(({ specifier, kind }) => specifier?.startsWith(".") === true && kind !== "url")
          .map(({ specifier }) =>
            posix.join(posix.dirname(path), specifier!).replace(/\.js$/, ".ts"),
          ),
      ]),
  );
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(" → "));
    else if (!done.has(path)) {
      for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
      done.add(path);
    }
  };
  for (const path of targets.keys()) visit(path, []);
  return cycles;
}

/** `src/kernels/reference/relu.ts` → `kernels`; null for a file directly in src. */
function folderOf(path: string): string | null {
  const parts = path.split("/");
  return parts.length > 2 ? parts[1]! : null;
}

function relativeViolation(
  path: string,
  folder: string | null,
  specifier: string,
  mayLeaveSrc: boolean,
  order: readonly string[],
): string | null {
  const target = posix.join(posix.dirname(path), specifier);
  if (!target.startsWith("src/"))
    return mayLeaveSrc ? null : `imports ${specifier}, which lies outside src`;
  const targetFolder = folderOf(target);
  if (targetFolder === folder) return null;
  if (targetFolder === null)
    return `imports ${specifier}: the top comes last and nothing imports it`;
  if (folder !== null && order.indexOf(targetFolder) > order.indexOf(folder))
    return `imports from ${targetFolder}, which comes after ${folder}`;
  if (target !== `src/${targetFolder}/index.js`)
    return `imports ${specifier}: other folders are imported through their index.js`;
  return order.includes(targetFolder) ? null : `imports ${specifier}: no such folder`;
}

function packageViolation(
  path: string,
  specifier: string,
  mayUseNode: boolean,
  rules: LayeringRules,
): string | null {
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  if (name === "leibniz")
    return `imports ${specifier}: inside the package, folders are imported by relative paths`;
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith("node:")) return `imports ${specifier}: write node:${specifier}`;
    return mayUseNode ? null : `imports ${specifier}, but must run in a browser too`;
  }
  if (rules.bundled[name] !== undefined)
    return path === rules.bundled[name]
      ? null
      : `imports ${specifier}, which is bundled: import ${rules.bundled[name]}`;
  if (!rules.dependencies.includes(name))
    return `imports ${specifier}, which is not among the dependencies of package.json`;
  return rules.nodePackages.includes(name) && !mayUseNode
    ? `imports ${specifier}, which needs Node, but must run in a browser too`
    : null;
}

/**
 * What is wrong with the reading order that a page gives under the heading `Reading order`: it must
 * name all folders, in their order.
 *
 * @param heading the same in another language
 */
export function readingOrderViolations(
  text: string,
  order: readonly string[],
  page = "README.md",
  heading = "Reading order",
): string[] {
  const pattern = new RegExp(`^##? ${heading}\\s*$([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, "m");
  const section = pattern.exec(text)?.[1];
  if (section === undefined) return [`${page}: no section ## ${heading}`];
  const places = order.map((folder) => section.search(new RegExp(`(?:src/|\`)${folder}\\b`)));
  const missing = order
    .filter((_, i) => places[i]! < 0)
    .map((folder) => `${page}: the reading order does not name src/${folder}`);
  if (missing.length > 0) return missing;
  return order
    .slice(1)
    .flatMap((folder, i) =>
      places[i + 1]! > places[i]!
        ? []
        : [`${page}: the reading order names src/${folder} before src/${order[i]}`],
    );
}
