/**
 * The index of the search: from the short form in which it is sent to one that answers questions.
 * `site/build/search-pack.mjs` writes that form, and reads it here to see that nothing is lost.
 */
import MiniSearch, { type AsPlainObject, type SearchResult } from "minisearch";
import { term, tokens } from "./tokens.js";

/** What can be found. */
export interface Entry {
  /** From the site's root: `chapters/conv2d.html#conv2d.7`. */
  readonly url: string;
  readonly title: string;
  /** The page it is on; empty for a file and what is in it, whose address says it. */
  readonly of: string;
  readonly kind: "page" | "part" | "mistake" | "equation" | "file" | "function";
  /** Of a page, what else readers call it. */
  readonly also: readonly string[];
  /** A sentence to show; empty where the page has a formula or a line of code. */
  readonly says: string;
}

export type Found = Entry & SearchResult;

/** How the index is sent. Entries with a text come before those that have none. */
export interface PackedIndex {
  /** Path, title and further names of each page. */
  readonly pages: readonly (readonly [path: string, title: string, names: string])[];
  /** For each entry with a text: page, place, kind (its first letters), title, sentence. */
  readonly entries: readonly (readonly [
    page: number,
    anchor: string,
    kind: "pa" | "mi" | "",
    title: string,
    says: string,
  ])[];
  /** For each page with equations: its number, then tag and symbols of each. */
  readonly equations: readonly (readonly [page: number, ...string[]])[];
  /** For each source file: its path, then name and distance in lines of what it exports. */
  readonly files: readonly string[];
  /** The words of all texts in order, each without what it shares with the one before. */
  readonly words: string;
  /** For each word, the entries that have it: distances in digits of `DIGITS`. */
  readonly places: string;
}

/** Digits of `places`: the last digit of a number is one of the first 56. */
export const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
export const LAST = 56;

const FIELDS = ["title", "names", "page", "text"] as const;
const [TITLE, NAMES, PAGE, TEXT] = [0, 1, 2, 3];

const options = {
  fields: [...FIELDS],
  storeFields: ["url", "title", "of", "kind", "also", "says"],
  tokenize: tokens,
  processTerm: term,
};

/** How often a word is taken to be in a text in which it is more than twice. */
const OFTEN = 4;

/** An entry with the words by which it is found besides those of its text and its page. */
interface Listed extends Entry {
  readonly head: readonly string[];
  readonly names: readonly string[];
}

/** All entries, in the order of their numbers. */
export const listed = (packed: PackedIndex): Listed[] => [
  ...packed.entries.map((entry) => textEntry(packed, entry)),
  ...packed.equations.flatMap(([page, ...all]) =>
    all.map((words) => equationEntry(packed.pages[page]!, words)),
  ),
  ...packed.files.flatMap(fileEntries),
];

function textEntry({ pages }: PackedIndex, entry: PackedIndex["entries"][number]): Listed {
  const [page, anchor, kind, title, says] = entry;
  const [path, of, names] = pages[page]!;
  if (kind === "") {
    const also = names.split(" ");
    const head = tokens(of);
    return { url: path, title: of, of, kind: "page", also, says, head, names: tokens(names) };
  }
  const isPart = kind === "pa";
  return {
    url: `${path}#${anchor}`,
    title,
    of,
    kind: isPart ? "part" : "mistake",
    also: [],
    says,
    head: tokens(title),
    names: isPart ? [] : ["mistake", ...tokens(anchor)],
  };
}

/** An equation is about what is on its left, and has the other symbols as well. */
function equationEntry([path, of]: PackedIndex["pages"][number], words: string): Listed {
  const [tag, ...symbols] = words.split(" ") as [string, ...string[]];
  const left = symbols.filter((symbol) => symbol.startsWith("="));
  return {
    url: `${path}#${tag}`,
    title: `(${tag})`,
    of,
    kind: "equation",
    also: [],
    says: "",
    head: [tag, ...left.map((symbol) => symbol.slice(1))],
    names: symbols.flatMap(tokens),
  };
}

function fileEntries(line: string): Listed[] {
  const [file, ...exported] = line.split(" ") as [string, ...string[]];
  const url = `${file}.html`;
  const entry = { url, title: file, of: "", also: [], says: "", names: [], head: tokens(file) };
  let at = 0;
  return [
    { ...entry, kind: "file" },
    ...exported.map((word): Listed => {
      const [title, distance] = word.split(":") as [string, string];
      at += Number(distance);
      return { ...entry, url: `${url}#L${at}`, title, kind: "function", head: tokens(title) };
    }),
  ];
}

/** What each word is found in: by field, entry and how often. */
type Postings = Map<string, Record<number, Record<number, number>>>;

/** Adds the words of texts, and says how many each entry has. */
function addTexts({ words, places }: PackedIndex, postings: Postings, count: number): number[] {
  const lengths: number[] = new Array<number>(count).fill(0);
  const lists = places.split(" ");
  let word = "";
  words.split(" ").forEach((coded, i) => {
    word = word.slice(0, Number.parseInt(coded[0]!, 36)) + coded.slice(1);
    const found: Record<number, number> = {};
    let [entry, value] = [-1, 0];
    for (const letter of lists[i]!) {
      const digit = DIGITS.indexOf(letter);
      if (digit >= LAST) {
        value = value * (DIGITS.length - LAST) + digit - LAST;
        continue;
      }
      value = value * LAST + digit;
      entry += (value >> 1) + 1;
      found[entry] = value & 1 ? OFTEN : 1;
      lengths[entry]!++;
      value = 0;
    }
    postings.set(word, { [TEXT]: found });
  });
  return lengths;
}

/**
 * Adds the words of a field, and says how many there are. A title says each once: in "strideW for
 * strideH", stride is not twice as much as in "Padding, stride, dilation".
 */
function addWords(
  words: readonly string[],
  field: number,
  entry: number,
  postings: Postings,
): number {
  const kept = new Set(words.map(term).filter((word) => word !== null));
  for (const word of kept) {
    let places = postings.get(word);
    if (places === undefined) postings.set(word, (places = {}));
    (places[field] ??= {})[entry] = 1;
  }
  return kept.size;
}

/** The index, ready to be asked. */
export interface Index {
  readonly search: MiniSearch<Entry>;
  /** All words that are in it. */
  readonly words: ReadonlySet<string>;
}

/** The index as it was sent, ready to be asked. */
export async function unpack(packed: PackedIndex): Promise<Index> {
  const entries = listed(packed);
  const postings: Postings = new Map();
  const texts = addTexts(packed, postings, entries.length);
  const lengths = entries.map(({ head, names, of, kind }, i) => [
    addWords(head, TITLE, i, postings),
    addWords(names, NAMES, i, postings),
    addWords(kind === "page" ? [] : tokens(of), PAGE, i, postings),
    texts[i]!,
  ]);
  const numbered = <T>(values: readonly T[]): Record<string, T> =>
    Object.fromEntries(values.entries());
  const mean = (field: number): number =>
    lengths.reduce((sum, length) => sum + length[field]!, 0) / lengths.length;
  const plain: AsPlainObject = {
    documentCount: entries.length,
    nextId: entries.length,
    documentIds: numbered(entries.map((_, i) => i)),
    fieldIds: { title: TITLE, names: NAMES, page: PAGE, text: TEXT },
    fieldLength: numbered(lengths),
    averageFieldLength: FIELDS.map((_, field) => mean(field)),
    storedFields: numbered(entries.map(({ names: _, head: __, ...shown }) => ({ ...shown }))),
    dirtCount: 0,
    index: [...postings] as AsPlainObject["index"],
    serializationVersion: 2,
  };
  const search = await MiniSearch.loadJSAsync<Entry>(plain, options);
  return { search, words: new Set(postings.keys()) };
}

/** What may stand first, other things being equal. */
const WEIGHT = { page: 1.3, part: 1.2, mistake: 0.8, equation: 0.8, file: 0.6, function: 1 };

/** Sections that every chapter has, and that name what others explain. */
const APPENDIX =
  /^(?:Sources|Letters|With a pencil|Where it is in the code|What the experiments say)$/;

/** Where most questions are answered: in a chapter, or where one starts. */
const FIRST = /^(?:chapters\/|docs\/readme\.)/;

/** Other things are seldom equal: `typed` is what was typed, in lower case. */
function weightOf({ title, also, url, kind }: Entry, typed: string): number {
  const low = title.toLowerCase();
  const isIt = low === typed || low === `(${typed})` || also.includes(typed);
  if (APPENDIX.test(title) && !isIt) return 0.4;
  const from = FIRST.test(url) ? 1.6 : isCode(url) ? 1 : 0.7;
  return WEIGHT[kind] * from * (isIt ? 6 : 1 + shareOfName(also, typed));
}

/** A file, and no list of files. */
const isCode = (url: string): boolean => url.startsWith("src/") && !url.startsWith("src/index.");

/** How much a name of the page and what was typed have of one another: 1 if they are the same. */
function shareOfName(names: readonly string[], typed: string): number {
  const words = typed.match(/[\p{L}\p{N}]+/gu)?.join("-") ?? "";
  const shares = names.map((name) => {
    if (`-${words}-`.includes(`-${name}-`)) return name.length / words.length;
    return words.length > 3 && name.startsWith(words) ? words.length / name.length : 0;
  });
  return Math.max(0, ...shares);
}

/** The best entries for what was typed; those that lack a word come far behind. */
export function find({ search, words }: Index, query: string): Found[] {
  const typed = query
    .trim()
    .replace(/^\(|\)$/g, "")
    .toLowerCase();
  const found = search.search(query, {
    prefix: (word) => word.length > 1,
    // what a word only begins with counts where nothing is the word itself
    weights: { prefix: 0.15, fuzzy: 0.45 },
    // what is a word as it was typed is no slip of another, and a tag is meant as it is
    fuzzy: (word) => (word.length > 3 && !word.includes(".") && !words.has(word) ? 0.25 : false),
    boost: { title: 4, names: 3, page: 2 },
    boostDocument: (_id, _term, stored) => weightOf(stored as unknown as Entry, typed),
  }) as Found[];
  const most = Math.max(0, ...found.map(({ queryTerms }) => queryTerms.length));
  const worth = ({ score, queryTerms: { length } }: Found): number => score * (length / most) ** 2;
  return found.sort((a, b) => worth(b) - worth(a));
}
