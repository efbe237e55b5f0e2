/** Where a formula may be broken, if it is too long for its line. */

/** What a piece may begin with: a relation, or a sign between two terms. */
const BREAKS =
  /^(?:[=+<>-]|\\(?:leftarrow|rightarrow|Rightarrow|approx|le|ge|odot|ast|cdot|qquad)(?![a-zA-Z]))/;
/** Nothing is broken in braces, brackets and matrices; only in large round ones. */
const OPENS = /^(?:[{[(]|\\(?:begin|lfloor|langle|lVert)(?![a-zA-Z]))/;
const CLOSES = /^(?:[}\])]|\\(?:end|rfloor|rangle|rVert)(?![a-zA-Z]))/;
const LARGE_ROUND = /^\\[Bb]ig[lr]\s*[()]/;
const TOKEN = /^(?:\\[a-zA-Z]+|\\?[\s\S])/;

/** A shorter piece is not worth a line of its own. */
const SHORTEST = 12;

/** @returns pieces of LaTeX that make the formula when they follow each other */
export function piecesOf(latex: string): readonly string[] {
  const pieces = [""];
  let depth = 0;
  for (let at = 0; at < latex.length; ) {
    const rest = latex.slice(at);
    const token = (LARGE_ROUND.exec(rest) ?? TOKEN.exec(rest))![0];
    const last = pieces.at(-1)!;
    if (
      depth === 0 &&
      BREAKS.test(rest) &&
      last.trim().length >= SHORTEST &&
      !/[=(]\s*$/.test(last)
    )
      pieces.push("");
    if (!LARGE_ROUND.test(rest)) {
      if (OPENS.test(rest)) depth++;
      else if (CLOSES.test(rest)) depth--;
    }
    pieces[pieces.length - 1] += token;
    at += token.length;
  }
  return pieces;
}
