/** Rules by which markdown-it reads formulas, as GitHub writes them, folded parts and comments. */

const lineOf = (state, line) =>
  state.src.slice(state.bMarks[line] + state.tShift[line], state.eMarks[line]);

/** `$$ … $$` on lines of its own. */
export function displayFormula(state, startLine, endLine, silent) {
  const first = lineOf(state, startLine);
  if (!first.startsWith("$$")) return false;
  const lines = [first.slice(2)];
  let line = startLine;
  while (!lines.at(-1).trimEnd().endsWith("$$")) {
    if (++line >= endLine) return false;
    lines.push(lineOf(state, line));
  }
  if (silent) return true;
  const tex = lines.join("\n").trimEnd().slice(0, -2).trim();
  const token = state.push("display_formula", "", 0);
  const tag = /\\tag\{([^}]*)\}/.exec(tex)?.[1] ?? null;
  token.meta = { tag, tex: tex.replace(/\\tag\{[^}]*\}/, "").trim() };
  token.map = [startLine, line + 1];
  state.line = line + 1;
  return true;
}

/**
 * A comment, `<!-- … -->`, for those who read the file. One for the site puts a laboratory
 * there, in the state that a link to it would have:
 *
 *     <!-- laboratory: im2col v1&stride=2 | Which outputs does this pixel reach? -->
 */
export function comment(state, startLine, endLine, silent) {
  const first = lineOf(state, startLine);
  if (!first.startsWith("<!--")) return false;
  const laboratory = /^<!-- laboratory: ([\w-]+)(?: (v\S+))? \| (.+) -->$/.exec(first);
  if (laboratory !== null && !silent) {
    const [, name, link = "", words] = laboratory;
    const token = state.push("laboratory", "", 0);
    token.meta = { name, link, words };
    token.map = [startLine, startLine + 1];
  }
  let line = startLine;
  while (!lineOf(state, line).includes("-->")) if (++line >= endLine) return false;
  if (!silent) state.line = line + 1;
  return true;
}

/** `$…$` in a text. */
export function inlineFormula(state, silent) {
  const found = /^\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)/.exec(
    state.src.slice(state.pos, state.posMax),
  );
  if (found === null) return false;
  if (!silent) state.push("inline_formula", "", 0).content = found[1];
  state.pos += found[0].length;
  return true;
}

/** `<details><summary>…</summary>`, which may go over several lines, and `</details>`. */
export function detailsBlock(state, startLine, endLine, silent) {
  const first = lineOf(state, startLine);
  if (first.trim() === "</details>") {
    if (silent) return true;
    state.push("details_close", "details", 0).map = [startLine, startLine + 1];
    state.line = startLine + 1;
    return true;
  }
  if (!first.startsWith("<details><summary>")) return false;
  let line = startLine;
  let summary = first.slice("<details><summary>".length);
  while (!summary.includes("</summary>")) {
    if (++line >= endLine) return false;
    summary += `\n${lineOf(state, line)}`;
  }
  if (silent) return true;
  const map = [startLine, line + 1];
  state.push("details_open", "details", 0).map = map;
  state.push("summary_open", "summary", 0);
  const inline = state.push("inline", "", 0);
  inline.content = summary.slice(0, summary.indexOf("</summary>")).trim();
  inline.map = map;
  inline.children = [];
  state.push("summary_close", "summary", 0);
  state.line = line + 1;
  return true;
}
