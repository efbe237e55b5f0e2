/**
 * The generated part of derivations/mistakes.md: every mistake with its lines and what became of
 * it, and the table of all.
 */
import { pageOf, checks, difference, popularChecks, setups } from "../checks/index.js";
import { reject } from "../tensor/index.js";
import { caughtBy, type Epoch, missedBy, type MistakeResult, percent } from "./mistakes-results.js";
import { readText, writeFileWhole } from "./files.js";

const BEGIN = "<!-- from here on written by `leibniz mistakes --write` -->";
const END = "<!-- up to here -->";
const WIDTH = 118;
const LEGEND = wrap(
  "✓ means that the check catches the mistake, and an empty place that it does not, or that it " +
    "does not apply. A popular check that looks at the " +
    "changed code and still passes **misses** it. The last two columns hold the accuracy after " +
    "an epoch, with the mistake and without; where two " +
    "networks were trained, those of the last one.",
);

/**
 * What stands before and after the generated part of a file.
 *
 * @throws InputError when the file has not both marks, once each
 */
export function readGenerated(file: string): { readonly before: string; readonly after: string } {
  const text = readText(file, { keepMark: true });
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin || text.split(BEGIN).length + text.split(END).length !== 4)
    reject(file, `the line ${BEGIN} and below it ${END}, once each`, "another arrangement");
  return { before: text.slice(0, begin + BEGIN.length), after: text.slice(end) };
}

/**
 * Replaces the generated part of a file. `images` is how many an epoch had, or null if nothing was
 * trained.
 *
 * @throws InputError as {@link readGenerated}
 */
export function writeChapter(
  file: string,
  results: readonly MistakeResult[],
  images: number | null,
  sourceOf: (file: string) => string,
): void {
  const { before, after } = readGenerated(file);
  writeFileWhole(file, `${before}\n\n${chapterPart(results, images, sourceOf)}\n${after}`);
}

function chapterPart(
  results: readonly MistakeResult[],
  images: number | null,
  sourceOf: (file: string) => string,
): string {
  const themes = [...new Set(results.map(({ mistake }) => mistake.theme))];
  const sections = themes.map((theme) => {
    const own = results.filter(({ mistake }) => mistake.theme === theme);
    return (
      `### ${theme[0]!.toUpperCase()}${theme.slice(1)}\n\n` +
      `${own.map((result) => section(result, sourceOf)).join("\n")}`
    );
  });
  const trained =
    images === null
      ? "This time nothing was trained."
      : `Here an epoch has ${images.toLocaleString("en-US")} training images.`;
  return (
    `${trained}\n\n${sections.join("\n")}\n## Which check catches which\n\n${LEGEND}\n\n` +
    `${table(results)}`
  );
}

function section(
  { mistake, findings, epochs }: MistakeResult,
  sourceOf: (file: string) => string,
): string {
  const { name, title, file, tag, story, breaksNoEquation } = mistake;
  const by = caughtBy({ findings });
  const first = findings.find(({ check }) => check === by[0]);
  const missed = missedBy({ findings });
  const verdict = [
    by.length === 0 ? "**No check catches it.**" : `Caught by ${list(by)}.`,
    ...(first?.complaint == null
      ? []
      : [`The first of them says: \`${first.complaint.replaceAll("`", "'")}\`.`]),
    ...(missed.length === 0 ? [] : [`Missed by ${list(missed)}.`]),
  ];
  const seen = mistake.setups.map(
    (setup) => `${setups[setup].description}: ${epochText(epochs, setup)}`,
  );
  const equation =
    breaksNoEquation === true
      ? "where it breaks no equation"
      : `against [(${tag})](${pageOf(tag)}.md)`;
  return [
    `#### ${name}`,
    "",
    wrap(`**${sentence(title)}.** In \`${file}\`, ${equation}.`),
    "",
    "```diff",
    difference(sourceOf(file), mistake),
    "```",
    "",
    wrap(`${story} ${seen.length === 0 ? "" : `*After one epoch*, ${seen.join("; ")}.`}`),
    "",
    wrap(verdict.join(" ")),
    "",
  ].join("\n");
}

/**
 * With a capital, unless the first word is a name of the mathematics or the code: dX, ε, col2im.
 */
function sentence(title: string): string {
  return /^[a-z]+(?![^\s,-])/.test(title) ? `${title[0]!.toUpperCase()}${title.slice(1)}` : title;
}

/** `98.61 % (98.54 % without it)` */
function epochText(epochs: readonly Epoch[], setup: Epoch["setup"]): string {
  const epoch = epochs.find((one) => one.setup === setup);
  if (epoch === undefined) return "not trained";
  return `${accuracyText(epoch)} (${percent(epoch.right)} without it)`;
}

function accuracyText({ accuracy }: Epoch): string {
  return accuracy === null ? "stops" : percent(accuracy);
}

function table(results: readonly MistakeResult[]): string {
  const head = [
    "mistake",
    ...checks.map(({ name }) => name),
    ...popularChecks.map(({ name }) => `*${name}*`),
    "epoch",
    "right",
  ];
  const rows = results.map(({ mistake, findings, epochs }) => {
    const verdictOf = (name: string): string =>
      findings.find(({ check }) => check === name)?.verdict ?? "idle";
    const own = checks.map(({ name }) => (verdictOf(name) === "caught" ? "✓" : ""));
    const popular = popularChecks.map(
      ({ name }) =>
        ({ caught: "✓", passed: "**misses**", idle: "" })[
          verdictOf(name) as "caught" | "passed" | "idle"
        ],
    );
    const last = epochs.at(-1);
    return [
      `[${mistake.name}](#${mistake.name})`,
      ...own,
      ...popular,
      last === undefined ? "" : accuracyText(last),
      last === undefined ? "" : percent(last.right),
    ];
  });
  const line = (cells: readonly string[]): string =>
    `| ${cells.join(" | ")} |`.replace(/ {2,}/g, " ");
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Breaks a paragraph into lines. */
function wrap(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
