/**
 * The symbols that formulas and code share: `\mathrm{dOut}` is `dOut`, `\hat x` is `xHat`, `\rho`
 * is `rho`. A symbol is spelled as a formula shows it: dOut, x̂, ρ.
 */

const GREEK = {
  ...{ alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", zeta: "ζ", eta: "η" },
  ...{ theta: "θ", kappa: "κ", lambda: "λ", mu: "μ", nu: "ν", xi: "ξ", pi: "π", rho: "ρ" },
  ...{ sigma: "σ", tau: "τ", phi: "φ", chi: "χ", psi: "ψ", omega: "ω" },
  ...{ Gamma: "Γ", Delta: "Δ", Theta: "Θ", Lambda: "Λ", Sigma: "Σ", Phi: "Φ", Omega: "Ω" },
};
const ACCENTS = { hat: "\u0302", bar: "\u0304", tilde: "\u0303" };
const HATS = { Hat: ACCENTS.hat, Bar: ACCENTS.bar, Tilde: ACCENTS.tilde };

/** Upright words that are operators, constants or units. */
const NO_SYMBOLS = new Set(["E", "Var", "MB", "NaN", "d", "e", "T", "if", "else", "select"]);

/**
 * The symbols of a formula.
 *
 * @param {string} latex
 * @returns {Set<string>}
 */
export function symbolsOfFormula(latex) {
  const found = new Set();
  const add = (symbol) => void (NO_SYMBOLS.has(symbol) || found.add(symbol));
  let rest = latex
    .replace(/\\(?:tag|begin|end|text|mathsf|mathbf|mathcal)\s*\{[^}]*\}/g, " ")
    .replace(/\\(mathsf|mathbf)\s+\w/g, " ");
  rest = rest.replace(/\\mathrm\s*\{([^{}]*)\}/g, (_, words) => {
    const word = accented(words.trim());
    if (/^\p{L}[\p{L}\p{M}\p{N}]*$/u.test(word)) add(word);
    return " ";
  });
  rest = rest.replace(/\\(?:hat|bar|tilde)\s*(?:\{[^{}]*\}|\\[a-zA-Z]+|[a-zA-Z])/g, (one) => {
    add(accented(one));
    return " ";
  });
  rest = rest.replace(/\\([a-zA-Z]+)/g, (_, command) => {
    if (GREEK[command] !== undefined) add(GREEK[command]);
    return " ";
  });
  for (const [letter] of rest.matchAll(/\p{L}\p{M}*/gu)) add(letter);
  return found;
}

/** @param {string} latex such as `d\hat X` */
function accented(latex) {
  return latex
    .replace(
      /\\(hat|bar|tilde)\s*(?:\{([^{}]*)\}|(\\[a-zA-Z]+)|([a-zA-Z]))/g,
      (_, accent, braced, command, letter) =>
        (braced ?? (command && GREEK[command.slice(1)]) ?? letter ?? "") + ACCENTS[accent],
    )
    .replace(/[{}\\\s]/g, "")
    .normalize("NFD");
}

/**
 * All symbols of a chapter's formulas, displayed and in prose.
 *
 * @param {string} markdown
 * @returns {Set<string>}
 */
export function symbolsOfChapter(markdown) {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, " ").replace(/`[^`\n]*`/g, " ");
  const formulas = prose.match(/\$\$[\s\S]*?\$\$|\$[^$]+\$/g) ?? [];
  return new Set(formulas.flatMap((formula) => [...symbolsOfFormula(formula)]));
}

/**
 * The letters of sizes and options that every chapter shares: N, kH, strideH.
 *
 * @param {string} notation the chapter on notation
 * @returns {Set<string>}
 */
export function sharedLetters(notation) {
  const table = /^\| letter \| counts \|[\s\S]*?\n\n/m.exec(notation)?.[0] ?? "";
  const letters = [...table.matchAll(/^\| ([A-Z, a-z]+?) \|/gm)]
    .flatMap(([, names]) => names.split(", "))
    .filter((name) => /[A-Z]/.test(name));
  const options = /are stride, padding and dilation[\s\S]*?\n\n/.exec(notation)?.[0] ?? "";
  return new Set([...letters, ...(options.match(/\b[a-z]+[HW]\b/g) ?? [])]);
}

/**
 * The symbol that an identifier stands for: `xHat` for x̂, `rho` for ρ; the same name for any
 * other.
 *
 * @param {string} identifier
 */
export function symbolOfIdentifier(identifier) {
  if (Object.hasOwn(GREEK, identifier)) return GREEK[identifier];
  if (/^(?:[\x20-\x7e](?!Hat$|Bar$|Tilde$))*$/.test(identifier)) return identifier;
  return identifier.replace(/(?<=\p{L})(?:Hat|Bar|Tilde)$/u, (hat) => HATS[hat]).normalize("NFD");
}

/**
 * The symbols in a formula in plain signs, such as a comment has: `dWeight = Σₙ dOutₙ · colsₙᵀ`.
 * Calls back for each word; indices below the line, which end it, are left to the words' outside.
 *
 * @param {string} plain
 * @param {(word: string, symbol: string) => string} mark
 */
export function markPlainFormula(plain, mark) {
  return plain.replace(/(?![ₐ-ₜᵢ-ᵪΣ])\p{L}(?:(?![ₐ-ₜᵢ-ᵪᵀᵗ])[\p{L}\p{M}\d])*/gu, (word) =>
    mark(word, word.normalize("NFD")),
  );
}
