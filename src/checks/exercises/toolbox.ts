/** The comment at the top of an exercise: what there is to write it with, and nothing else. */
import type { EmptiedFunction, Exercise } from "./empty.js";
import { type InScope, type Scope, scopeOf } from "./scope.js";

/** Columns of a line, as everywhere here. */
const LONGEST_LINE = 100;

/** What an exercise's top comment is made of. */
export interface ToolboxOptions {
  /** `conv2d.7`, where only that line was left out. */
  readonly line?: string;
  /** The texts of `src/backprop`, for what is imported from there. */
  readonly sources: readonly string[];
}

/** A row of the comment: what is written, and what it does. */
type Row = readonly [code: string, says: string];

/** The comment, for the first line of the file. */
export function toolboxOf(
  { text, functions }: Exercise,
  { line, sources }: ToolboxOptions,
): string {
  const scopes = functions.map((one) => ({ one, scope: scopeOf(text, one, sources) }));
  const parts = [
    ...scopes.map(({ one, scope }) => ofFunction(one, scope, line)),
    ofTensors(scopes.map(({ scope }) => scope)),
  ];
  const lines = parts.join("\n\n").split("\n");
  return `/*\n${lines.map((one) => ` * ${one}`.trimEnd()).join("\n")}\n */\n`;
}

function ofFunction(
  { name, lines }: EmptiedFunction,
  scope: Scope,
  line: string | undefined,
): string {
  const { given, above, helpers, returns } = scope;
  const task =
    line === undefined
      ? `${name} is yours to write. It is given`
      : `In ${name} one line is yours to write, that of (${line}). The function is given`;
  return [
    wrapped(task, ""),
    table(given.map(({ name: one, says }): Row => [one, said(one, lines) ?? says])),
    ...(returns === "" ? [] : [wrapped(`and returns ${returns.replace(/\.$/, "")}.`, "")]),
    ...(above.length === 0
      ? []
      : [wrapped(`Above your place stand already: ${above.join(", ")}.`, "")]),
    ...(helpers.length === 0 ? [] : [`Also in the file:\n\n${table(helpers.map(helperRow))}`]),
  ].join("\n\n");
}

const helperRow = ({ name, says }: InScope): Row => [name, says];

/** What all layers have, said better than by their docstrings. */
function said(name: string, lines: readonly string[]): string | undefined {
  if (name === "wantsDX")
    return "if false, nobody asks for dX: return null for it, and save the work";
  if (name !== "backend") return undefined;
  return lines.some((line) => line.includes("backend.matmul"))
    ? "what computes: await backend.matmul(a, b, { transposeA: true }) is aᵀ · b, transposeB " +
        "likewise, and axes in front of the last two are a batch; await " +
        "backend.matmulSum(a, b, …) is the same, summed over the first axis; what else it can " +
        "do: src/kernels/backend.ts"
    : "what computes; what it can do: src/kernels/backend.ts";
}

/** How the tools are called; only names that are in scope everywhere are shown. */
const USES: readonly (readonly [names: readonly string[], code: string, says: string])[] = [
  [["zip"], "zip(a, b, (p, q) => p * q)", "entry by entry"],
  [["map"], "map(a, (p) => 2 * p)", "entry by entry"],
  [
    ["add", "subtract", "multiply", "divide"],
    "(a, b)",
    "entry by entry; b may be a number, or broadcasts as in NumPy",
  ],
  [
    ["sum"],
    "sum(a, { axes: [0] })",
    "over an axis, which is then gone; keepDims: true leaves it with extent 1",
  ],
  [
    ["Tensor"],
    "Tensor.zeros(a.shape, a.dtype)",
    "a tensor to fill: dX.set([n, i], 1). Loops are slow, and right",
  ],
];

/** Functions of numbers, and of tensors entry by entry. */
const FUNCTIONS = ["exp", "expm1", "log", "log1p", "tanh", "erf", "erfc", "sqrt"];

/** Functions that come in by an import; those of them are offered that are not in scope. */
const MORE = ["mean", "max", "sqrt", "where"];

function ofTensors(scopes: readonly Scope[]): string {
  const everywhere = (name: string): boolean =>
    scopes.every(({ tensors }) => tensors.includes(name));
  const functions = FUNCTIONS.filter(everywhere);
  const ofNumbers: readonly Row[] =
    functions.length === 0 ? [] : [[functions.join(", "), "of numbers, and of tensors"]];
  const isOfNumbers = scopes.every(({ given }) => given.every(({ says }) => says === "a number"));
  const rows = isOfNumbers
    ? ofNumbers
    : [...tensorRows(everywhere), ...rowsOfShapes(scopes), ...ofNumbers];
  const isHeld = (name: string): boolean =>
    scopes.some(({ given, above, tensors }) =>
      [...given.map((one) => one.name), ...above, ...tensors].includes(name),
    );
  const absent = MORE.filter((name) => !isHeld(name)).slice(0, 2);
  return [
    ...(rows.length === 0 ? [] : [`Imported to write it with:\n\n${table(rows)}`]),
    wrapped(
      `What else src/tensor has comes by a line of its own, such as ` +
        `import { ${absent.join(", ")} } from "leibniz/tensor";`,
      "",
    ),
  ].join("\n\n");
}

/** What only some shapes ask for. */
function rowsOfShapes(scopes: readonly Scope[]): readonly Row[] {
  const isGiven = (shape: RegExp): boolean =>
    scopes.some(({ given }) => given.some(({ says }) => shape.test(says)));
  return [
    ...(isGiven(/^scalar$/)
      ? [["a.item()", "the number in a tensor of one entry, such as dOut"] as Row]
      : []),
    ...(isGiven(/^\[C\]/) && isGiven(/\[N, C, H, W\]/)
      ? [["a.reshape([C, 1, 1])", "a number for each channel, [C], as it broadcasts"] as Row]
      : []),
  ];
}

function tensorRows(isInScope: (name: string) => boolean): readonly Row[] {
  const rows = USES.flatMap(([names, code, says]): readonly Row[] => {
    const here = names.filter(isInScope);
    if (here.length === 0) return [];
    return [[code.startsWith("(") ? `${here.join(", ")} ${code}` : code, says]];
  });
  return [...rows, ["a.shape  a.get(n, i)  a.reshape([n, i])  a.transpose([1, 0])", ""]];
}

/** Rows with what they say in one column, or below a code that is too long for that. */
function table(rows: readonly Row[]): string {
  const width = Math.min(28, Math.max(...rows.map(([code]) => code.length)));
  return rows
    .map(([code, says]) => {
      if (says === "") return `  ${code}`;
      const indent = " ".repeat(width + 4);
      const text = wrapped(indent + says, indent);
      return code.length <= width
        ? `  ${code.padEnd(width)}  ${text.slice(indent.length)}`
        : `  ${code}\n${text}`;
    })
    .join("\n");
}

/** Broken at spaces into lines that fit into the comment; all but the first begin with `indent`. */
function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  let rest = text;
  const room = LONGEST_LINE - " * ".length;
  while (rest.length > room) {
    const at = rest.lastIndexOf(" ", room);
    lines.push(rest.slice(0, at));
    rest = indent + rest.slice(at + 1);
  }
  return [...lines, rest].join("\n");
}
