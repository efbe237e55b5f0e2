/**
 * How a chapter teaches, as far as a program can see: what and why, a picture, the smallest case,
 * the result, the derivation, problems for a pencil, sources. CONTRIBUTING.md states the rules. The
 * checks are a pure function of the text, so that a test can also feed it mistakes.
 */

/** A piece of a chapter that ends at an empty line, or a block of code as a whole. */
interface Piece {
  readonly line: number;
  readonly text: string;
  /** Of a block of code: `ts setting`. */
  readonly language: string | null;
  /** Inside `<details>`. */
  readonly isFolded: boolean;
}

/** Of every chapter, in this order; chapters may have any others between them. */
const SECTIONS = [
  "The smallest case",
  "The result",
  "With a pencil",
  "What the experiments say",
  "Sources",
  "Where it is in the code",
];
/** Not every chapter has an experiment. */
const OPTIONAL = ["What the experiments say"];
/** Chapters without a result of their own: the legend of all others, and the list of mistakes. */
const WITHOUT_RESULT = ["notation", "mistakes"];
const RESULTS = ["The smallest case", "The result"];

const PROBLEMS = 3;

/** Everything that is wrong with a chapter's shape, as `line: what is wrong`. */
export function shapeViolations(name: string, text: string): string[] {
  const pieces = piecesOf(text);
  return [
    ...sectionViolations(name, pieces),
    ...beginningViolations(pieces),
    ...codeViolations(pieces),
    ...(WITHOUT_RESULT.includes(name) ? [] : resultViolations(pieces)),
    ...problemViolations(pieces),
  ];
}

/** How many lines of each kind a chapter has. */
export function linesOf(text: string): Record<"prose" | "mathematics" | "code" | "folded", number> {
  const count = { prose: 0, mathematics: 0, code: 0, folded: 0 };
  for (const { text: piece, language, isFolded } of piecesOf(text)) {
    const kind =
      language === null
        ? isDisplay(piece)
          ? "mathematics"
          : "prose"
        : isFolded
          ? "folded"
          : "code";
    count[kind] += piece.split("\n").length;
  }
  return count;
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  const lines = text.split("\n");
  let isFolded = false;
  for (let i = 0; i < lines.length; i++) {
    if (lines[i]!.trim() === "") continue;
    const start = i;
    const fence = /^(`{3,})\s*(.*?)\s*$/.exec(lines[i]!);
    if (fence === null)
      while (
        i + 1 < lines.length &&
        lines[i + 1]!.trim() !== "" &&
        !lines[i + 1]!.startsWith("```")
      )
        i++;
    else
      do i++;
      while (i < lines.length && lines[i]!.trim() !== fence[1]);
    const piece = lines.slice(start, i + 1).join("\n");
    if (fence === null && piece.startsWith("<details")) isFolded = true;
    pieces.push({ line: start + 1, text: piece, language: fence?.[2] ?? null, isFolded });
    if (fence === null && piece.trimEnd().endsWith("</details>")) isFolded = false;
  }
  return pieces;
}

const isDisplay = (piece: string): boolean => /^(?:> )?\$\$/.test(piece);
const isTagged = (piece: string): boolean => isDisplay(piece) && piece.includes("\\tag{");
const headingOf = ({ text, language }: Piece): string | null =>
  (language === null && /^## (.*)$/m.exec(text)?.[1]) || null;

function sectionViolations(name: string, pieces: readonly Piece[]): string[] {
  const headings = pieces.flatMap((piece) => headingOf(piece) ?? []);
  const places = SECTIONS.map((section) => headings.indexOf(section));
  const missing = SECTIONS.filter(
    (section, s) =>
      places[s]! < 0 &&
      !OPTIONAL.includes(section) &&
      !(WITHOUT_RESULT.includes(name) && RESULTS.includes(section)),
  ).map((section) => `1: expected a section ## ${section}, got none`);
  const found = SECTIONS.filter((_, s) => places[s]! >= 0);
  const ordered = [...found].sort((a, b) => headings.indexOf(a) - headings.indexOf(b));
  const isFirst = ordered[0] === undefined || headings[0] === ordered[0];
  return [
    ...missing,
    ...(ordered.join() === found.join()
      ? []
      : [`1: expected the sections in the order ${found.join(", ")}, got ${ordered.join(", ")}`]),
    ...(isFirst || WITHOUT_RESULT.includes(name)
      ? []
      : [`1: expected ## ${ordered[0]} as the first section, got ## ${headings[0]}`]),
  ];
}

/** A picture comes before the first section, and no code before the first equation. */
function beginningViolations(pieces: readonly Piece[]): string[] {
  const section = pieces.findIndex((piece) => headingOf(piece) !== null);
  const picture = pieces.findIndex(({ text }) => /^!\[[^\]]+\]\(figures\//.test(text));
  const equation = pieces.findIndex(({ text }) => isTagged(text));
  const code = pieces.findIndex(({ language, isFolded }) => language !== null && !isFolded);
  return [
    ...(picture >= 0 && picture < section
      ? []
      : ["1: expected a picture before the first section, got none"]),
    ...(picture > 0 && pieces[picture - 1]!.text.startsWith("# ")
      ? [`${pieces[picture]!.line}: expected what and why before the picture, got the title`]
      : []),
    ...(code < 0 || code > equation
      ? []
      : [`${pieces[code]!.line}: shows code before the first equation; fold it or move it`]),
  ];
}

/** The stage is folded, and no code splits a sentence. */
function codeViolations(pieces: readonly Piece[]): string[] {
  return pieces.flatMap((piece, p) => {
    const { line, text, language, isFolded } = piece;
    const [before, after] = [pieces[p - 1]?.text ?? "", pieces[p + 1]?.text ?? ""];
    const found: string[] = [];
    if (language === "ts setting" && !isFolded)
      found.push(`${line}: a setting stands in <details>, with a <summary> that says what it is`);
    if (language === null && text.startsWith("<details") && !/<summary>.+<\/summary>/s.test(text))
      found.push(`${line}: <details> begins with a <summary>`);
    const opens = language === null && text.startsWith("<details");
    if (opens && !/(?:[.!?)|>$]|```)\*{0,2}$/.test(before.trimEnd()) && !/^#/.test(before))
      found.push(`${line}: splits a sentence; it ended in "${before.trimEnd().slice(-20)}"`);
    const ends =
      (language !== null && !isFolded) || (language === null && text.endsWith("</details>"));
    if (ends && /^[a-zäöü]/.test(after))
      found.push(`${line}: splits a sentence; it goes on with "${after.slice(0, 20)}"`);
    return found;
  });
}

/** The box repeats equations of the chapter to the letter, and names those that code cites. */
function resultViolations(pieces: readonly Piece[]): string[] {
  const first = pieces.findIndex((piece) => headingOf(piece) === "The result");
  if (first < 0) return []; // said already
  const rest = pieces.slice(first + 1);
  const end = rest.findIndex((piece) => headingOf(piece) !== null);
  const section = end < 0 ? rest : rest.slice(0, end);
  const { line } = pieces[first]!;
  const boxes = section.filter(({ text }) => text.startsWith("> "));
  const box = boxes.map(({ text }) => text.replace(/^> ?/gm, "")).join("\n");
  const plain = (formula: string): string =>
    formula
      .replace(/\\tag\{[^}]*\}/, "")
      .replaceAll("$$", "")
      .replace(/\s+/g, " ")
      .trim();
  const known = new Set(pieces.filter(({ text }) => isTagged(text)).map(({ text }) => plain(text)));
  return [
    ...(boxes.length > 0 ? [] : [`${line}: expected the result in a box, lines that begin with >`]),
    ...(box.includes("$$") ? [] : [`${line}: expected a displayed formula in the box, got none`]),
    ...[...box.matchAll(/\$\$([\s\S]*?)\$\$/g)]
      .filter(([, formula]) => !known.has(plain(formula!)))
      .map(([, formula]) => `${line}: no equation says to the letter ${plain(formula!)}`),
    ...(/\*\*In a hurry:\*\*[\s\S]*\([a-z0-9-]+\.\d+[a-z]?\)/.test(
      section.map(({ text }) => text).join("\n"),
    )
      ? []
      : [`${line}: expected **In a hurry:** with the equations that the code cites`]),
  ];
}

/** Problems have a number, and an answer that is folded and run. */
function problemViolations(pieces: readonly Piece[]): string[] {
  const first = pieces.findIndex((piece) => headingOf(piece) === "With a pencil");
  if (first < 0) return []; // said already
  const rest = pieces.slice(first + 1);
  const end = rest.findIndex((piece) => headingOf(piece) !== null);
  const section = end < 0 ? rest : rest.slice(0, end);
  const starts = section.flatMap(({ text }, p) => (/^\*\*\d+\.\*\* /.test(text) ? [p] : []));
  const found = starts.flatMap((start, s) => {
    const { line, text } = section[start]!;
    const answer = section.slice(start, starts[s + 1]);
    return [
      ...(text.startsWith(`**${s + 1}.** `) ? [] : [`${line}: expected problem **${s + 1}.**`]),
      ...(answer.some(({ isFolded, language }) => isFolded && language === "ts example")
        ? []
        : [`${line}: expected a folded answer with a block \`ts example\`, got none`]),
      ...answer
        .filter(({ isFolded, language }) => !isFolded && language !== null)
        .map((piece) => `${piece.line}: shows an answer; fold it`),
    ];
  });
  return starts.length >= PROBLEMS
    ? found
    : [...found, `${pieces[first]!.line}: expected ${PROBLEMS} problems, got ${starts.length}`];
}
