/** What the reader's place in a layer's file has in scope: read from the file itself. */
import type { EmptiedFunction } from "./empty.js";

/** A name that can be used there. */
export interface InScope {
  /** `weight`, or `cache.slope` */
  readonly name: string;
  /** What it is, as its docstring says; empty where nobody said. */
  readonly says: string;
}

/** All that a function of an exercise can use. */
export interface Scope {
  /** What the function is given. */
  readonly given: readonly InScope[];
  /** What its own lines above the reader's place have defined. */
  readonly above: readonly string[];
  /** What the file has besides, of which leibniz's own lines make use. */
  readonly helpers: readonly InScope[];
  /** Names imported from `leibniz/tensor` as values, and not hidden by others. */
  readonly tensors: readonly string[];
  /** What the function returns, in the words of its docstring. */
  readonly returns: string;
}

/**
 * Reads from an exercise's file what one of its functions can use at the reader's place.
 *
 * @param text the exercise's file
 * @param one a function in it
 * @param sources the files of `src/backprop`, in which the docstrings of imported names are
 */
export function scopeOf(text: string, one: EmptiedFunction, sources: readonly string[]): Scope {
  const doc = docOf(one.name, [text]);
  const paragraphs = doc.split("\n@");
  const tagged = (tag: string): string =>
    paragraphs
      .find((part) => part.startsWith(tag))
      ?.slice(tag.length)
      .trim() ?? "";
  const given = parametersOf(one.signature).flatMap(({ pattern, type }): readonly InScope[] => {
    const fields = fieldsOf(type, [text, ...sources]);
    if (pattern.startsWith("{"))
      return namesIn(pattern).map((name) => ({ name, says: fields.get(name) ?? "" }));
    const ofFields = [...fields].map(([name, says]) => ({ name: `${pattern}.${name}`, says }));
    const own = { name: pattern, says: tagged(`param ${pattern}`) || WORDS[type] || "" };
    return pattern !== "backend" && ofFields.length > 0 ? ofFields : [own];
  });
  const above = declaredAbove(one);
  const hidden = [...given.map(({ name }) => name.split(".")[0]!), ...above];
  const imports = importsOf(text);
  const used = one.lines.filter((line) => !/^\s*\/\//.test(line)).join("\n");
  const own = [...text.matchAll(/^(?:export )?(?:async )?(?:function|const) (\w+)/gm)].map(
    ([, name]) => name!,
  );
  const beside = imports
    .filter(({ from }) => from.startsWith("leibniz/backprop/"))
    .map(({ name }) => name);
  const helpers = [...own, ...beside]
    .filter((name) => name !== one.name && !hidden.includes(name))
    .filter((name) => new RegExp(`(?<![."'])\\b${name}\\b`).test(used))
    .map((name) => ({
      name: `${name}${argumentsOf(name, [text, ...sources])}`,
      says: phrase(firstSentence(docOf(name, [text, ...sources]))),
    }));
  const tensors = imports
    .filter(({ from, name }) => from === "leibniz/tensor" && !hidden.includes(name))
    .map(({ name }) => name);
  const type = /\): (.+) \{$/.exec(one.signature.join(" "))?.[1] ?? "";
  return { given, above, helpers, tensors, returns: tagged("returns") || WORDS[type] || "" };
}

/** What the types of numbers are called in words. */
const WORDS: Readonly<Record<string, string>> = { number: "a number" };

/** The parameters of a function, from the lines of its head. */
function parametersOf(
  signature: readonly string[],
): readonly { readonly pattern: string; readonly type: string }[] {
  const head = signature.map((line) => line.trim()).join(" ");
  const open = head.indexOf("(");
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const sign of head.slice(open)) {
    if ("([{<".includes(sign)) depth++;
    if (")]}>".includes(sign)) depth--;
    if (depth === 0 || (depth === 1 && sign === ",")) {
      parts.push(part);
      part = "";
      if (depth === 0) break;
    } else if (depth > 1 || sign !== "(") part += sign;
  }
  return parts.flatMap((one) => {
    const found = /^\s*(\{[^}]*\}|\w+)\??: ([^=]+?)(?: = .*)?\s*$/.exec(one);
    return found === null ? [] : [{ pattern: found[1]!, type: found[2]! }];
  });
}

/** The names that `{ a, b: c }`, `[a, , b]` or `a` define. */
function namesIn(pattern: string): readonly string[] {
  return pattern
    .replace(/^[{[]|[}\]]$/g, "")
    .split(",")
    .map((part) => /(\w+)(?:\s*=.*)?\s*$/.exec(part.trim())?.[1] ?? "")
    .filter((name) => name !== "");
}

/** Constants and loop variables above the reader's place whose blocks are still open there. */
export function declaredAbove({ before, stub }: EmptiedFunction): readonly string[] {
  const declared: { name: string; depth: number }[] = [];
  const depthOf = (line: string): number => /^ */.exec(line)![0].length;
  for (const line of [...before, stub[0]!]) {
    const depth = depthOf(line);
    const open = declared.filter((one) => one.depth <= depth);
    declared.splice(0, declared.length, ...open);
    const found = /^\s*(for \()?(?:const|let) (\{[^}]*\}|\[[^\]]*\]|\w+)/.exec(line);
    if (found === null) continue;
    for (const name of namesIn(found[2]!))
      declared.push({ name, depth: depth + (found[1] === undefined ? 0 : 2) });
  }
  return declared.map(({ name }) => name);
}

/** A field with its docstring, its name and its type. */
const FIELD = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+readonly (\w+)\??: ([^;]+);/g;

/** How what is of such a type is used. */
const OF_TYPE: Readonly<Record<string, string>> = {
  Columns: "products take it as it is, and cols.layOut() is a tensor",
  "Storage<Int32Array>": "its numbers are argmax.data",
  WindowGeometry:
    "geometry.H and W, kH and kW, strideH and strideW, padH and padW, dilationH and dilationW, " +
    "outH and outW",
  "readonly Pass[]": "await f.backward(dOut, wanted) is what comes back through one",
  Mode: '"train" or "evaluate"',
  BatchNorm2dCache: "what batchNorm2dBackward is given",
};

/** The docstrings of an interface's fields, by their names; none if no text has the interface. */
function fieldsOf(type: string, texts: readonly string[]): ReadonlyMap<string, string> {
  for (const text of texts) {
    const found = new RegExp(
      `^(?:export )?interface ${type}\\b(?: extends (\\w+))? \\{([\\s\\S]*?)\\}$`,
      "m",
    ).exec(text);
    if (found !== null) {
      const inherited = found[1] === undefined ? [] : fieldsOf(found[1], texts);
      const fields = [...found[2]!.matchAll(FIELD)].map(([, doc, name, of]) => {
        const says = phrase(words(doc!));
        return [
          name!,
          [says, OF_TYPE[of!] ?? ""].filter((part) => part !== "").join("; "),
        ] as const;
      });
      return new Map([...inherited, ...fields]);
    }
    const alias = new RegExp(`^(?:export )?type ${type} = (\\w+);$`, "m").exec(text);
    if (alias !== null) return fieldsOf(alias[1]!, texts);
  }
  return new Map();
}

/** The docstring right above a function or constant, its tags on lines `@…`; empty for none. */
function docOf(name: string, texts: readonly string[]): string {
  for (const text of texts) {
    const found = new RegExp(
      `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n(?:export )?(?:async )?(?:function|const) ${name}\\b`,
    ).exec(text);
    if (found !== null) return words(found[1]!);
  }
  return "";
}

/** A docstring without its stars, on one line but for its tags. */
function words(doc: string): string {
  return doc
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trim())
    .filter((line) => line !== "")
    .join(" ")
    .replace(/\{@link (\w+)\}/g, "$1")
    .replace(/ (?=@(?:param|returns|throws) )/g, "\n")
    .trim();
}

/** `(x, M)`, unless an argument is an object that is taken apart; empty for no function. */
function argumentsOf(name: string, texts: readonly string[]): string {
  for (const text of texts) {
    const found = new RegExp(`^(?:export )?(?:async )?function ${name}\\(([^)]*)\\)`, "m").exec(
      text,
    );
    if (found === null) continue;
    const names = [...found[1]!.matchAll(/(\w+)\??: /g)].map(([, one]) => one!);
    return found[1]!.includes("{") ? "" : `(${names.join(", ")})`;
  }
  return "";
}

/** A docstring as a part of a sentence: `The windows of x.` → `the windows of x` */
function phrase(doc: string): string {
  return doc.replace(/\.$/, "").replace(/^[A-Z](?=[a-z]+ )/, (first) => first.toLowerCase());
}

function firstSentence(doc: string): string {
  return (/^[^\n]*?\.(?= |\n|$)/.exec(doc)?.[0] ?? doc.split("\n")[0]!).replace(/\.$/, "");
}

/** What a file imports as values, by the names that it has there. */
export function importsOf(
  text: string,
): readonly { readonly name: string; readonly from: string }[] {
  return [...text.matchAll(/^import (type )?\{([^}]*)\} from "([^"]+)";$/gm)].flatMap(
    ([, type, names, from]) =>
      type !== undefined
        ? []
        : names!
            .split(",")
            .map((name) => name.trim())
            .filter((name) => name !== "" && !name.startsWith("type "))
            .map((name) => ({ name: name.replace(/^\w+ as /, ""), from: from! })),
  );
}
