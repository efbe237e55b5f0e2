/** Takes the loops out of a file of `loops/`, and keeps what a reader needs to write them. */
import type { Exercise } from "./empty.js";
import { describeGiven, lettersOf } from "./letters.js";

/** Columns of a line, as everywhere here. */
const LONGEST_LINE = 100;

const STUB = [
  "  // Yours. Hints, one after the other: node check.mjs --hint 1, --hint 2, …",
  "  return {};",
];

/** What gradients start from, for a file that lies anywhere. */
const ZEROS = [
  "/** Zeros in nested arrays: zeros(2, 3) is [[0, 0, 0], [0, 0, 0]]. */",
  "function zeros(extent: number, ...inner: number[]): any[] {",
  "  const [next, ...rest] = inner;",
  "  return Array.from({ length: extent }, () => (inner.length === 0 ? 0 : zeros(next, ...rest)));",
  "}",
  "",
];

/**
 * Empties the `backward` of a file in `loops/`: what is left is its first comment, what it is
 * given, and the function around an empty body.
 *
 * @param layer as the catalog calls it
 * @param source the file's text
 */
export function emptyLoops(layer: string, source: string): Exercise {
  const lines = source.split("\n");
  const header = lines.slice(0, lines.indexOf(" */") + 1);
  const tools = lines.flatMap(
    (line) => /^import (\{ .+ \}) from "(?:\.\.\/)+tensor\/index\.js";$/.exec(line)?.[1] ?? [],
  );
  const first = lines.findIndex((line) => /\}: GivenOf<.*\) \{$/.test(line)) + 1;
  const taken = lines.slice(first, lines.indexOf("}", first));
  const head = signature(Object.keys(lettersOf(layer).given));
  const text = [
    ...header,
    ...tools.map((names) => `import ${names} from "leibniz/tensor";`),
    "",
    ...manual(layer, tools),
    ...head,
    ...STUB,
    "}",
    "",
    ...ZEROS,
  ].join("\n");
  const written = { equations: equationsOf(taken), lines: taken };
  const around = { stub: STUB, signature: head, before: [] };
  return { text, functions: [{ name: "backward", ...written, ...around }] };
}

/** A comment that says what the names of the parameters are. */
function manual(layer: string, tools: readonly string[]): readonly string[] {
  const described = describeGiven(layer).map((line) => `   ${line}`);
  const also = tools.length === 0 ? "" : "; what is imported above takes a number";
  const { given, returned } = lettersOf(layer);
  const shapes = [...Object.values(given).map(({ axes }) => axes), ...Object.values(returned)];
  const isNested = shapes.some((axes) => axes.length > 1);
  return [
    "/*",
    isNested
      ? " * Given. [N, C] are nested arrays, read as dOut[n][c]:"
      : " * Given. [M] is an array of M numbers, read as x[i]:",
    " *",
    ...described.slice(0, -1).map((line) => ` *${line}`),
    " *",
    ` *${described.at(-1)!.slice(2)}`,
    ` * ${isNested ? "zeros(N, C) makes such arrays" : "zeros(M) makes such an array"}${also}.`,
    " */",
  ];
}

/** The function's first lines, with as many names on a line as fit. */
function signature(names: readonly string[]): readonly string[] {
  const open = "export function backward(";
  const whole = `${open}{ ${names.join(", ")} }) {`;
  if (whole.length <= LONGEST_LINE) return [whole];
  const rows: string[] = [];
  for (const name of names) {
    const longer = `${rows.at(-1) ?? " "} ${name},`;
    if (rows.length > 0 && longer.length <= LONGEST_LINE) rows[rows.length - 1] = longer;
    else rows.push(`  ${name},`);
  }
  return [`${open}{`, ...rows, "}) {"];
}

/** The comments that are equations; one may go on in lines `//   …`. */
function equationsOf(lines: readonly string[]): { tag: string; formula: string }[] {
  const text = lines.join("\n").replace(/\n\s*\/\/ {3}(?=\S)/g, " ");
  return [...text.matchAll(/^\s*\/\/ \(([\w-]+\.\d+[a-z]?)\) (.+)$/gm)].map(([, tag, formula]) => ({
    tag: tag!,
    formula: formula!,
  }));
}
