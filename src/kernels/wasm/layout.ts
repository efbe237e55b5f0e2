/** What the rows of the table mean: what a call must give, and where it is in memory. */
import type { WindowGeometry } from "../../im2col/index.js";
import { reject } from "../../tensor/index.js";
import { constants, type kernels } from "./table.js";

type Table = typeof kernels;
export type KernelName = keyof Table;

/** Each word of a text. */
type Words<Text extends string, Found = never> = Text extends `${infer First} ${infer Rest}`
  ? Words<Rest, Found | First>
  : Found | Text;

/** The words of a row that a call gives a value for. */
type Given<Row extends string> = Exclude<
  Row extends `length: ${infer Rest}`
    ? "length" | Words<Rest>
    : Row extends `${string}: ${infer Rest}`
      ? Words<Rest>
      : never,
  "item" | "scratch" | "job"
>;

type NameOf<Word extends string> = Word extends `${infer Name}${"[" | "{"}${string}`
  ? Name
  : Word extends `${infer Name}${"?" | "~"}`
    ? Name
    : Word;

type TypeOf<Word extends string> = Word extends "geometry"
  ? WindowGeometry
  : Word extends "geometry?"
    ? WindowGeometry | null
    : Word extends `${string}?`
      ? boolean
      : number;

/** What a call of a kernel gives: every argument of its row, and how many items there are. */
export type KernelArguments<K extends KernelName> = { readonly items: number } & {
  readonly [Word in Given<Table[K]> as NameOf<Word>]: TypeOf<Word>;
};

/**
 * A job in memory: 8 bytes of ticket and 4 of `done`, these fields of 4 bytes each, and the
 * kernel's arguments.
 */
export const jobFields = ["kernel", "chunks", "items", "scratch", "scratchBytes"] as const;
export const FIELDS_AT = 12;
export const ARGUMENTS_AT = FIELDS_AT + 4 * jobFields.length;

/** How windows slide, as a kernel reads it: 4 bytes each. */
const fields = "H W kH kW strideH strideW padH padW dilationH dilationW outH outW";
export const geometryFields = fields.split(" ") as readonly (keyof WindowGeometry)[];

/** What the marks behind a name say. */
const kinds = { "": "count", "[": "array", "{": "part", "?": "flag", "~": "number" } as const;
type Mark = keyof typeof kinds;

export interface Argument {
  readonly name: string;
  readonly kind: (typeof kinds)[Mark] | "geometry" | "chunk";
  /** Of an array: what is multiplied to get how many numbers an item, or a chunk, has; or "". */
  readonly share: string;
}

export interface Layout {
  readonly unit: string;
  readonly args: readonly Argument[];
  /** Where the arguments are: numbers of 8 bytes first, then words of 4, then a geometry. */
  readonly numbers: readonly string[];
  readonly words: readonly string[];
  readonly geometryAt: number;
  readonly bytes: number;
}

/**
 * Reads a row.
 *
 * @throws InputError naming the kernel and the word that is wrong
 */
export function layoutOf(kernel: string, row: string): Layout {
  const [, unit, text] = /^([a-z ]+): (.+)$/.exec(row) ?? [];
  if (unit === undefined || text === undefined)
    return reject(`kernels.${kernel}`, 'a row such as "planes: x[H·W]"', `"${row}"`);
  const args = text.split(" ").map((word) => argumentOf(kernel, word));
  const named = (...wanted: readonly Argument["kind"][]): string[] =>
    args.filter(({ kind }) => wanted.includes(kind)).map(({ name }) => name);
  const numbers = named("number");
  const counted = unit === "length" ? [unit] : [];
  const words = [...counted, ...named("array", "part", "count", "flag")];
  checkNames(kernel, ["items", ...counted, ...args.map(({ name }) => name)]);
  const hasGeometry = named("geometry").length > 0;
  checkShares(kernel, args, [
    ...counted,
    ...named("count"),
    ...(hasGeometry ? geometryFields : []),
  ]);
  const geometryAt = 8 * numbers.length + 4 * words.length;
  const bytes = geometryAt + (hasGeometry ? 4 * geometryFields.length : 0);
  return { unit, args, numbers, words, geometryAt, bytes };
}

function argumentOf(kernel: string, word: string): Argument {
  const pattern = /^([a-z][a-z0-9]*)(?:([?~]?)|(\[)([\w·]*)\]|(\{)([\w·]+)\})$/i;
  const [, name, mark, bracket, ofItem, brace, ofChunk] = pattern.exec(word) ?? [];
  if (name === undefined)
    return reject(`kernels.${kernel}`, "name, name[…], name{…}, name? or name~", `"${word}"`);
  const share = ofItem ?? ofChunk ?? "";
  if (name === "geometry") return { name, kind: "geometry", share };
  if (["item", "scratch", "job"].includes(word)) return { name, kind: "chunk", share };
  return { name, kind: kinds[(mark ?? bracket ?? brace) as Mark], share };
}

/** Each name is there once. */
function checkNames(kernel: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) reject(`kernels.${kernel}`, "each name once", `${twice} twice`);
}

/** What an item or a chunk has of an array is a product of numbers and counts. */
function checkShares(kernel: string, args: readonly Argument[], counts: readonly string[]): void {
  const cut = args.find(({ share }) => share !== "");
  if (cut !== undefined && args.some(({ name }) => name === "job"))
    reject(`kernels.${kernel}`, `${cut.name}[], since its function cuts the job`, `"${cut.share}"`);
  const known = [...Object.keys(constants), ...counts];
  for (const { name, share } of args)
    for (const factor of share === "" ? [] : share.split("·"))
      if (!known.includes(factor) && !/^[1-9]\d*$/.test(factor))
        reject(`kernels.${kernel}`, `a count to multiply in ${name}`, `"${factor}"`);
}
