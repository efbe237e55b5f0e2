/** The page of an experiment, in Markdown, as it is committed beside its measurements. */
import { type AnyExperiment, type Measurement, type Table, settingsOf } from "./experiment.js";

/**
 * The page of an experiment, in Markdown: question, prediction, method, figures, tables and
 * verdict.
 *
 * @param measured all of it
 * @returns the text; figures are to lie beside it, under their file names
 */
export function experimentPage(
  { name, question, prediction, method, findings, verdict }: AnyExperiment,
  measured: readonly Measurement[],
): string {
  const { tables, figures } = findings(measured);
  const { shows, doesNotShow } = verdict?.(measured) ?? NOT_YET;
  const count = measured.length;
  const parts = [
    `# ${name}`,
    question,
    `**Expected, before it was run.** ${prediction}`,
    `**Method.** ${method}`,
    ...figures.map(({ file, alt, svg }) => `![${alt}](${file})\n*${captionOf(svg)}*`),
    ...tables.map(markdownTable),
    `**What it shows.** ${shows}`,
    `**What it does not show.** ${doesNotShow}`,
    `${count} runs of ${settingsOf(measured).length} settings are in \`measurements.jsonl\`, a ` +
      "line for each. In this page's folder, this measures them again and compares every digit:",
    `    npx leibniz experiment ${name} --repeat .`,
  ];
  return `${parts.join("\n\n")}\n`;
}

const NOT_YET = {
  shows: "Not yet written.",
  doesNotShow: "Not yet written.",
};

/** Title and description of a figure, which it shows to nobody that looks at it in a page. */
function captionOf(svg: string): string {
  const [title, description] = ["title", "desc"].map((name) => {
    const [, text] = new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(svg)!;
    return text;
  });
  return `${title}. ${description}`.replace(/&#(34|39);/g, (_, code) =>
    String.fromCharCode(Number(code)),
  );
}

function markdownTable({ caption, head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = line(head.map((_, i) => (i === 0 ? "---" : "---:")));
  return [caption, "", line(head), rule, ...rows.map(line)].join("\n");
}
