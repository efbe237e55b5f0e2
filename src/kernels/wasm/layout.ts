/** Where a job and the arguments of its kernel are in memory, and what a call must give. */
import type { WindowGeometry } from "../../im2col/index.js";
import { type KernelRow, kernels } from "./table.js";

export type KernelName = keyof typeof kernels;

/** Each name of several with spaces between them. */
type Words<Text extends string> = Text extends `${infer First} ${infer Rest}`
  ? First | Words<Rest>
  : Text;

/** The names in one column of a kernel's row; none where the row has no such column. */
type Names<K extends KernelName, Column extends string> =
  (typeof kernels)[K] extends Readonly<Record<Column, infer Text extends string>>
    ? Words<Text>
    : never;

type GeometryOf<K extends KernelName> = (typeof kernels)[K] extends { readonly geometry: infer G }
  ? { readonly geometry: G extends true ? WindowGeometry : WindowGeometry | null }
  : object;

/** What a call of a kernel gives: every argument of its row, and how many items there are. */
export type KernelArguments<K extends KernelName> = { readonly items: number } & Readonly<
  Record<Names<K, "bytes"> | Names<K, "counts"> | Names<K, "numbers">, number> &
    Record<Names<K, "flags">, boolean>
> &
  GeometryOf<K>;

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

/** Where a kernel's arguments are: numbers of 8 bytes first, then words of 4, then a geometry. */
export function layoutOf(kernel: KernelName): {
  readonly numbers: readonly string[];
  readonly words: readonly string[];
  readonly geometryAt: number;
  readonly bytes: number;
} {
  const row: KernelRow = kernels[kernel];
  const names = (text = ""): string[] => text.split(" ").filter((name) => name !== "");
  const numbers = names(row.numbers);
  const words = [row.bytes, row.counts, row.flags].flatMap(names);
  const geometryAt = 8 * numbers.length + 4 * words.length;
  const geometryBytes = row.geometry === undefined ? 0 : 4 * geometryFields.length;
  return { numbers, words, geometryAt, bytes: geometryAt + geometryBytes };
}
