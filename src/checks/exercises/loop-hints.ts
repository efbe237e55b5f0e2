/** The last hints of an exercise in loops: from the equations to the code, in four steps. */
import type { Exercise } from "./empty.js";
import type { Hint } from "./hints.js";

/** A statement that makes a gradient's entry: what is in front, name and index, sign, value. */
const STATEMENT = /^( *(?:if \([^/]*\) )?)(d[A-Z]\w*(?:\[[^\]]+\])+) (\+?=)\s[^;]+;$/gm;

/** What keeps the best of a search so far, and what it is compared with. */
const SEARCH = /^( *(?:let )?\[largest, [^\]]+\]) = [^;]+;$/gm;
const COMPARED = /(?<= if \().+ > largest(?=\) \{$)/gm;

/**
 * The hints of an exercise that `emptyLoops` has made.
 *
 * @param steps the questions and equations that lead to what the loops compute
 */
export function hintsForLoops({ functions }: Exercise, steps: readonly Hint[]): readonly Hint[] {
  const { name, equations, lines } = functions[0]!;
  return [
    ...steps,
    {
      about: `${name}, in short`,
      text: equations.map(({ tag, formula }) => `(${tag}) ${formula}`).join("\n"),
    },
    { about: `${name}, which loops`, text: loopsOf(lines) },
    {
      about: `${name}, all but the lines that matter`,
      text: lines
        .join("\n")
        .replace(STATEMENT, "$1$2 $3 …;")
        .replace(SEARCH, "$1 = …;")
        .replace(COMPARED, "…"),
    },
    { about: `${name}, as leibniz has it`, text: lines.join("\n") },
  ];
}

interface Loop {
  readonly depth: number;
  readonly index: string;
  readonly limit: string;
}

/** For each gradient, the loops around the statement that makes it. */
function loopsOf(lines: readonly string[]): string {
  const code = lines.join("\n");
  const said = new Set<string>();
  const computed = new Set<string>();
  for (const { 2: entry, 3: sign, index: at } of code.matchAll(STATEMENT)) {
    const around = loopsAbove(code.slice(0, at), code.slice(at).search(/\S/));
    for (const [name] of entry!.slice(entry!.indexOf("[")).matchAll(/(?<![.\w])[a-z]\w*/g))
      if (!around.some(({ index }) => index === name)) computed.add(name);
    const loops = around.map(({ index, limit }) => `${index} < ${limit}`);
    said.add(`${entry} ${sign} …\n    inside of loops over ${loops.join(", ")}`);
  }
  return [
    ...said,
    ...([...said].some((line) => line.includes(" += "))
      ? ["An index that has a loop and is not on the left is summed over, hence +=."]
      : []),
    ...(computed.size > 0
      ? [
          `No loop runs over ${[...computed].join(", ")}: the loops' indices decide.`,
          ...[...computed].flatMap((name) => meaningOf(name, code)),
        ]
      : []),
  ].join("\n");
}

/** What a comment says of a name, in a line of its own; none where there is no comment. */
function meaningOf(name: string, code: string): readonly string[] {
  const comment = new RegExp(`^ *const ${name} = .*; // (?!\\()(.+)$`, "m").exec(code)?.[1];
  return comment === undefined ? [] : [`${name} is the ${comment}.`];
}

/** The loops that are open at the end of some lines, from the outside in. */
function loopsAbove(code: string, depth: number): readonly Loop[] {
  const open: Loop[] = [];
  const close = (to: number): void => {
    while (open.length > 0 && open.at(-1)!.depth >= to) open.pop();
  };
  for (const line of code.split("\n")) {
    if (line === "") continue;
    close(line.search(/\S/));
    const found = /^\s*for \(let (\w+) = 0; \1 < (.+?); \1\+\+\)/.exec(line);
    if (found !== null) open.push({ depth: line.search(/\S/), index: found[1]!, limit: found[2]! });
  }
  close(depth);
  return open;
}
