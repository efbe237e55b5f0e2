/**
 * Data sets in four idx files, named as MNIST's and those that are made like it, as they are or
 * packed by gzip:
 *
 *     train-images-idx3-ubyte   train-labels-idx1-ubyte
 *     t10k-images-idx3-ubyte    t10k-labels-idx1-ubyte
 *
 * A dot may stand before `idx`, `test` in place of `t10k`, and a name in front of all:
 * `emnist-letters-train-images-idx3-ubyte.gz`. A file `emnist-letters-mapping.txt` beside them says
 * what labels are called: a line has a label, then the codes of its characters.
 */
import { reject } from "../../tensor/index.js";
import { parseIdxImages, parseIdxLabels } from "../idx.js";
import { type FileTree, inFolder, parted } from "./file-tree.js";
import { gunzipIdx, isGzip } from "./gunzip.js";
import type { Part, Parts, Wanted } from "./part.js";
import { shownName } from "./shown-name.js";

/** The usual names, for messages. */
export const MNIST_FILES: readonly string[] = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
];

/** Idx files of one data set that lie in one folder. */
export interface IdxSet {
  readonly folder: string;
  /** `emnist-letters`, or nothing. */
  readonly prefix: string;
  readonly names: readonly string[];
}

const NAME =
  /^(?:(?<prefix>.+)-)?(?<part>train|t10k|test)-(?<what>images|labels)[-.]idx\d-\w+(?:\.gz)?$/;

/**
 * The idx files that a path leads to: in that folder, or in torchvision's `MNIST/raw` below it. Of
 * several sets in a folder, `folder/emnist-letters` names one.
 *
 * @returns null where there are none
 * @throws InputError where there are several, naming them
 */
export async function findIdxSet(tree: FileTree, path: string): Promise<IdxSet | null> {
  if ((await tree.look(path)) === null) {
    const { folder, name } = parted(path);
    if ((await tree.look(folder)) !== "folder") return null;
    return (await setsIn(tree, folder)).find(({ prefix }) => prefix === name) ?? null;
  }
  const sets = await setsIn(tree, path);
  if (sets.length === 0) sets.push(...(await setsBelow(tree, path)));
  const [first, second] = sets;
  if (second !== undefined)
    reject(
      "data",
      `one data set in ${path}`,
      sets.map(({ folder, prefix }) => (prefix === "" ? folder : shownName(prefix))).join(", "),
      `name one of them, such as --data ${inFolder(first!.folder, first!.prefix)}`,
    );
  return first ?? null;
}

async function setsIn(tree: FileTree, folder: string): Promise<IdxSet[]> {
  const sets = new Map<string, string[]>();
  for (const { name } of await tree.list(folder)) {
    const match = NAME.exec(name);
    if (match === null) continue;
    const prefix = match.groups!["prefix"] ?? "";
    sets.set(prefix, [...(sets.get(prefix) ?? []), name]);
  }
  return [...sets].map(([prefix, names]) => ({ folder, prefix, names }));
}

/** Where torchvision puts what it has downloaded: `raw`, and `MNIST/raw`. */
async function setsBelow(tree: FileTree, path: string): Promise<IdxSet[]> {
  const folders = (await tree.list(path)).filter(({ kind }) => kind === "folder");
  const raw = folders
    .map(({ name }) => inFolder(path, name === "raw" ? name : `${name}/raw`))
    .slice(0, 100);
  const sets: IdxSet[] = [];
  for (const folder of raw)
    if ((await tree.look(folder)) === "folder") sets.push(...(await setsIn(tree, folder)));
  return sets;
}

/** @throws InputError when a file is missing, unreadable or malformed */
export async function readIdxSet(tree: FileTree, set: IdxSet, wanted: Wanted): Promise<Parts> {
  const { folder, prefix, names } = set;
  const before = prefix === "" ? "" : `${prefix}-`;
  const zipped = names.some((name) => name.endsWith(".gz")) ? " (gzip)" : "";
  const name = prefix === "" ? "" : `${shownName(prefix)}: `;
  return {
    train: wanted === "test" ? null : await readPart(tree, set, ["train"], `${before}train`),
    test: await readPart(tree, set, ["t10k", "test"], `${before}t10k`),
    classNames: null,
    labelNames: await readMapping(tree, inFolder(folder, `${before}mapping.txt`)),
    found: `${name}idx files${zipped} in ${folder}`,
    warnings: [],
  };
}

/** The first character of each label; no names where there is no such file, or it is another. */
async function readMapping(tree: FileTree, path: string): Promise<ReadonlyMap<number, string>> {
  if ((await tree.look(path)) !== "file") return new Map();
  const text = new TextDecoder().decode((await tree.read(path)).subarray(0, 10_000));
  const lines = [...text.matchAll(/^(\d{1,5}) +(\d{2,5})\b/gm)];
  return new Map(
    lines.map(([, label, code]) => [Number(label), String.fromCharCode(Number(code))]),
  );
}

async function readPart(
  tree: FileTree,
  { folder, names }: IdxSet,
  parts: readonly string[],
  usual: string,
): Promise<Part> {
  const pathOf = (what: "images" | "labels"): string => {
    const fitting = names.filter((name) => {
      const groups = NAME.exec(name)!.groups!;
      return parts.includes(groups["part"]!) && groups["what"] === what;
    });
    // torchvision leaves both: there is no need to unpack it again
    const plain = fitting.find((name) => !name.endsWith(".gz"));
    const axes = what === "images" ? 3 : 1;
    return inFolder(folder, plain ?? fitting[0] ?? `${usual}-${what}-idx${axes}-ubyte`);
  };
  const [images, labels] = [pathOf("images"), pathOf("labels")];
  return {
    images: parseIdxImages(await readIdx(tree, images), images),
    labels: parseIdxLabels(await readIdx(tree, labels), labels),
    where: labels,
  };
}

async function readIdx(tree: FileTree, path: string): Promise<Uint8Array> {
  const bytes = await tree.read(path);
  return isGzip(bytes) ? gunzipIdx(bytes, path) : bytes;
}
