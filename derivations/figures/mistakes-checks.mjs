/** How many mistakes of each theme each check catches: the table of the chapter, counted. */
import { readFileSync } from "node:fs";
import { mistakes } from "leibniz/checks";
import { matrixChart } from "leibniz/figures";

export const breaks = {
  file: "src/checks/mistakes/catalog/parameters.ts",
  find: 'theme: "parameters"',
  replace: 'theme: "data"',
};

const chapter = new URL("../mistakes.md", import.meta.url);

/** @returns {Promise<string>} the whole drawing */
export default async function draw() {
  const lines = readFileSync(chapter, "utf8").split("\n");
  const cellsOf = (line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((text) => text.trim());
  const head = cellsOf(lines.find((line) => line.startsWith("| mistake |")));
  const checks = head.slice(1, -2);
  const caught = new Map(
    lines.flatMap((line) => {
      const name = /^\| \[([\w-]+)\]\(#/.exec(line)?.[1];
      return name === undefined ? [] : [[name, cellsOf(line).slice(1, -2)]];
    }),
  );
  const themes = [...new Set(mistakes.map(({ theme }) => theme))];
  const rows = themes.map((theme) => mistakes.filter((one) => one.theme === theme));
  const values = rows.map((all) =>
    checks.map((_, c) => all.filter(({ name }) => caught.get(name)[c] === "✓").length),
  );
  return matrixChart({
    title: "How many mistakes each check catches",
    description:
      "The gradient check and the derivations catch nearly all mistakes in layers, the loop and " +
      "the data checks those around them; no check catches all.",
    width: 420,
    rows: {
      label: "mistakes in (how many there are)",
      names: themes.map((theme, t) => `${theme.replace(" and ", ", ")} (${rows[t].length})`),
    },
    columns: {
      label: "the check; the last four are popular ones",
      names: checks.map((name) => name.replaceAll("*", "").replace("difference", "diff.")),
    },
    values,
    kind: "amount",
    format: (value) => (value === 0 ? "" : String(value)),
  });
}
