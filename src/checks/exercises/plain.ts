/** Chapters for a terminal: prose without its marks, formulas in plain signs. */

/** A wide space, until the narrow ones are put in order. */
const WIDE = "\u2003";

const SIGNS: Readonly<Record<string, string>> = {
  cdot: "·",
  sum: "Σ",
  prod: "Π",
  int: "∫",
  partial: "∂",
  odot: "⊙",
  le: "≤",
  ge: "≥",
  lt: "<",
  gt: ">",
  ne: "≠",
  times: "×",
  pm: "±",
  infty: "∞",
  approx: "≈",
  sim: "~",
  ast: "∗",
  alpha: "α",
  beta: "β",
  gamma: "γ",
  delta: "δ",
  Delta: "Δ",
  epsilon: "ε",
  varepsilon: "ε",
  eta: "η",
  theta: "θ",
  lambda: "λ",
  mu: "μ",
  pi: "π",
  rho: "ρ",
  sigma: "σ",
  Phi: "Φ",
  varphi: "φ",
  ell: "ℓ",
  to: "→",
  rightarrow: "→",
  Rightarrow: "⇒",
  leftarrow: "←",
  dots: "…",
  cdots: "…",
  lfloor: "⌊",
  rfloor: "⌋",
  lceil: "⌈",
  rceil: "⌉",
  langle: "⟨",
  rangle: "⟩",
  lVert: "‖",
  rVert: "‖",
  bmod: " mod ",
  quad: WIDE,
  qquad: WIDE,
  enspace: " ",
  Bigl: "",
  Bigr: "",
  bigl: "",
  bigr: "",
  left: "",
  right: "",
  mathrel: "",
  thinspace: " ",
};

/** Accents that follow their letter. */
const ACCENTS: Readonly<Record<string, string>> = {
  hat: "\u0302",
  bar: "\u0304",
  overline: "\u0304",
  tilde: "\u0303",
};

/**
 * Prose of a chapter for a terminal: links and stress lose their marks, formulas are written in
 * plain signs.
 *
 * @param markdown paragraphs, with formulas inside a line and displays, which move to a line of
 *   their own
 */
export function plain(markdown: string): string {
  return markdown
    .replace(/\$\$([^$]+)\$\$/g, (_, latex: string) => `    ${plainFormula(latex)}`)
    .replace(
      /\$([^$]+)\$|\[([^\]]+)\]\([^)]+\)|\*\*?([^*\n]+)\*\*?/g,
      (_, latex?: string, link?: string, stressed?: string) =>
        latex === undefined ? plain((link ?? stressed)!) : plainFormula(latex),
    );
}

/**
 * A formula of LaTeX in plain signs, without its tag:
 * `\frac{\partial \mathrm{out}[r]}{\partial x} \tag{a.1}` → `∂out[r]/∂x`
 */
export function plainFormula(latex: string): string {
  return readFormula(latex.replace(/\\tag\s*\{[^}]*\}/, ""))
    .replace(/\s*\u2003\s*/g, WIDE)
    .replace(/[ \n]+/g, " ")
    .replace(/ +([,;)\]])/g, "$1")
    .replace(/([([]) +/g, "$1")
    .replace(/([∂√Δ]) +/g, "$1")
    .replaceAll(WIDE, "   ")
    .trim();
}

function readFormula(latex: string): string {
  let text = "";
  for (let rest = latex; rest !== ""; ) {
    const [whole, command] = /^\\([a-zA-Z]+|.)\s*/.exec(rest) ?? [rest[0]!];
    rest = rest.slice(whole.length);
    const argument = (): string => {
      const [inside, after] = group(rest);
      rest = after;
      return readFormula(inside);
    };
    if (command === "frac") text += `${operand(argument())}/${operand(argument())}`;
    else if (command === "sqrt") text += `√(${argument()})`;
    else if (command !== undefined && command in ACCENTS)
      text += `${argument()}${ACCENTS[command]}`;
    else if (command === "mathsf") text += argument().replace(/^T$/, "ᵀ");
    else if (command !== undefined && /^(mathrm|mathbf|mathcal|text)$/.test(command))
      text += argument();
    else if (command !== undefined && /^[,;:! ]$/.test(command)) text += " ";
    else if (command !== undefined)
      text +=
        command in SIGNS
          ? SIGNS[command]! + (/\s$/.test(whole) && SIGNS[command] !== "" ? " " : "")
          : command + whole.slice(1 + command.length);
    else if (whole === "^") text += raised(argument());
    else if (whole === "_") text += lowered(argument());
    else if (whole === "{") {
      rest = `{${rest}`;
      text += argument();
    } else text += whole === "'" ? "′" : whole;
  }
  return text;
}

/** What `{…}`, a command or a sign in front of the rest holds, and what comes behind it. */
function group(latex: string): [inside: string, rest: string] {
  const text = latex.trimStart();
  if (!text.startsWith("{")) {
    const [first] = /^\\[a-zA-Z]+(?:\s*\{[^{}]*\})?|^[\s\S]/.exec(text) ?? [""];
    return [first, text.slice(first.length)];
  }
  for (let i = 0, depth = 0; i < text.length; i++) {
    depth += text[i] === "{" ? 1 : text[i] === "}" ? -1 : 0;
    if (depth === 0) return [text.slice(1, i), text.slice(i + 1)];
  }
  return [text.slice(1), ""];
}

/** Brackets around what a stroke would tear apart. */
function operand(text: string): string {
  const whole = text.trim();
  return /^(?:∂ ?)?[^\s\-+·/()[\]]+(?:[([][^()[\]]*(?:\[[^()[\]]*\])?[)\]])*$/.test(whole)
    ? whole
    : `(${whole})`;
}

const RAISED: Readonly<Record<string, string>> = { "2": "²", "3": "³", T: "ᵀ", ᵀ: "ᵀ" };

function raised(text: string): string {
  return (
    RAISED[text.trim()] ?? (text.trim().length === 1 ? `^${text.trim()}` : `^(${text.trim()})`)
  );
}

function lowered(text: string): string {
  return /^[\w′]+$/.test(text.trim()) ? `_${text.trim()}` : `_(${text.trim()})`;
}
